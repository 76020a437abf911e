#!/usr/bin/env node
/**
 * Write docs/images/hand-axes.svg (axes of palm and bones of both hands) and docs/images/hand-strengths.svg (pinch, grab and curls of some
 * poses). All numbers and directions are those of describeHand and boneOrientations.
 */
import { writeFileSync } from 'node:fs';
import { element, picture, text } from '../dist/evaluation/svg.js';
import { transformPoints } from '../dist/geometry/index.js';
import { BONES, boneOrientations, describeHand, FINGER_COLORS, FINGER_NAMES, SIDE_COLORS } from '../dist/hand/index.js';
import { namedPose, neutralShape } from '../dist/kinematics/index.js';
import { toHandDescriptionMessage } from '../dist/messages/index.js';
import { kinematicHand } from '../dist/synthetic/index.js';

const AXIS_COLORS = { x: '#d62728', y: '#2ca02c', z: '#1f5fd0' };
const INK = '#1c2733';
const FAINT = '#5c6773';
const EDGES = { right: '#8f8410', left: SIDE_COLORS.left };

/** The joints of a pose; of a left hand the mirror image. */
function joints(pose, side) {
  return kinematicHand(namedPose(pose), neutralShape()).joints.map((v, i) => (side === 'left' && i % 3 === 0 ? -v : v));
}

/** Looks at the hand, whose fingers point up (y) and whose palm faces the viewer (z), turned about the vertical and tilted. */
function view({ turn, tilt, scale, left, top }) {
  const [c, s, ct, st] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  return ([x, y, z]) => {
    const [across, deep] = [c * x + s * z, -s * x + c * z];
    return [left + scale * across, top - scale * (ct * y - st * deep)];
  };
}

const pointOf = (positions, joint) => [...positions.subarray(3 * joint, 3 * joint + 3)];
const colorOf = (joint) => (joint === 0 ? FAINT : FINGER_COLORS[FINGER_NAMES[Math.floor((joint - 1) / 4)]]);
const plus = (a, b, scale = 1) => a.map((v, i) => v + scale * b[i]);

function skeleton(positions, see, opacity = 1) {
  const bones = BONES.map(([from, to]) => {
    const [[x1, y1], [x2, y2]] = [see(pointOf(positions, from)), see(pointOf(positions, to))];
    return element('line', {
      x1,
      y1,
      x2,
      y2,
      stroke: colorOf(to),
      'stroke-width': 5,
      'stroke-linecap': 'round',
      opacity,
    });
  });
  const dots = Array.from({ length: 21 }, (_, joint) => {
    const [cx, cy] = see(pointOf(positions, joint));
    return element('circle', { cx, cy, r: 4.2, fill: '#ffffff', stroke: colorOf(joint), 'stroke-width': 2, opacity });
  });
  return [...bones, ...dots];
}

function arrow(from, to, color, label, { width = 3, dashed = false, away = 12, aside = 0 } = {}) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  const line = {
    x1: from[0],
    y1: from[1],
    x2: to[0],
    y2: to[1],
    stroke: color,
    'stroke-width': width,
    'stroke-linecap': 'round',
  };
  const parts = [element('line', { ...line, ...(dashed && { 'stroke-dasharray': '5 5' }) })];
  if (length > 6) {
    const [ux, uy] = [dx / length, dy / length];
    const size = 3 * width;
    const corner = (side) => [to[0] - size * ux + side * 0.5 * size * -uy, to[1] - size * uy + side * 0.5 * size * ux];
    parts.push(
      element('polygon', { points: [plus(to, [ux * 3, uy * 3]), corner(1), corner(-1)].join(' '), fill: color }),
    );
    if (label) {
      const at = plus(to, [ux * away - uy * aside, uy * away + 4 + ux * aside]);
      const anchor = Math.abs(ux) < 0.5 && aside === 0 ? 'middle' : ux < 0 ? 'end' : 'start';
      const style = { 'text-anchor': anchor, 'font-weight': 'bold', 'font-size': 14 };
      parts.push(text(...at, label, { ...style, fill: '#ffffff', stroke: '#ffffff', 'stroke-width': 5 }));
      parts.push(text(...at, label, { ...style, fill: color }));
    }
  }
  return parts;
}

function axes(origin, quaternion, see, length, labelled) {
  const { x, y, z, w } = quaternion;
  const tip = (axis) =>
    plus(origin, [...transformPoints({ translation: [0, 0, 0], rotation: [x, y, z, w] }, axis)], length);
  const one = (name, axis) =>
    arrow(see(origin), see(tip(axis)), AXIS_COLORS[name], labelled ? name : '', { width: labelled ? 3.4 : 2 });
  return [...one('z', [0, 0, 1]), ...one('y', [0, 1, 0]), ...one('x', [1, 0, 0])];
}

function axesPanel(side, left, pose, what, options) {
  const positions = joints(pose, side);
  const hand = { id: 0, handedness: side, positions, confidences: new Float32Array(21).fill(1) };
  const described = describeHand(hand, 0n);
  const { palm } = toHandDescriptionMessage({ stamp: 0n, frameId: '', hand, described });
  const see = view({ scale: 1750, left, top: 410, ...options });
  const origin = described.palmPosition;
  const bones = boneOrientations(hand);
  const fingers = BONES.flatMap(([from, to], bone) => {
    if (from === 0) return [];
    const middle = plus(pointOf(positions, from), plus(pointOf(positions, to), pointOf(positions, from), -1), 0.5);
    const [x, y, z, w] = bones.subarray(4 * bone, 4 * bone + 4);
    return axes(middle, { x, y, z, w }, see, 0.011, false);
  });
  return [
    ...skeleton(positions, see, 0.55),
    ...fingers,
    ...arrow(see(origin), see(plus(origin, described.palmDirection, 0.062)), INK, 'direction', {
      width: 2,
      dashed: true,
    }),
    ...arrow(see(origin), see(plus(origin, described.palmNormal, 0.062)), INK, 'normal', {
      width: 2,
      dashed: true,
      away: 8,
    }),
    ...axes(origin, palm.orientation, see, 0.042, true),
    element('circle', { cx: see(origin)[0], cy: see(origin)[1], r: 4, fill: INK }),
    text(left, 468, what, { 'text-anchor': 'middle', 'font-size': 15, fill: EDGES[side], 'font-weight': 'bold' }),
  ];
}

const turned = { turn: -0.75, tilt: 0.32 };
writeFileSync(
  'docs/images/hand-axes.svg',
  `${picture(
    860,
    520,
    text(30, 34, 'Axes of the palm and of each bone: x, y, z; dashed: palm direction and normal', { 'font-size': 15 }),
    ...axesPanel('right', 225, 'spread', 'right hand', turned),
    ...axesPanel('left', 635, 'spread', 'left hand', { ...turned, turn: 0.75 }),
    text(
      430,
      498,
      'The palms face the reader. The point is the position of the palm. -z runs along the bone, y comes out of the back of the hand.',
      {
        'text-anchor': 'middle',
        'font-size': 12.5,
        fill: FAINT,
      },
    ),
  )}\n`,
);

function bar(x, y, label, value, color) {
  const width = 84;
  return [
    text(x, y + 9, label, { 'font-size': 11.5, fill: FAINT }),
    element('rect', { x: x + 52, y, width, height: 10, rx: 2, fill: '#e4e8ec' }),
    element('rect', { x: x + 52, y, width: Math.max(1, width * value), height: 10, rx: 2, fill: color }),
    text(x + 52 + width + 5, y + 9.5, value.toFixed(2), { 'font-size': 11.5 }),
  ];
}

function strengthsPanel(pose, index) {
  const left = 30 + 205 * index;
  const positions = joints(pose, 'right');
  const described = describeHand({ positions, handedness: 'right' }, 0n);
  const see = view({ scale: 950, left: left + 82, top: 245, turn: -0.6, tilt: 0.25 });
  return [
    text(left, 60, pose, { 'font-size': 15, 'font-weight': 'bold' }),
    ...skeleton(positions, see),
    ...bar(left, 285, 'pinch', described.pinchStrength, '#56606b'),
    ...bar(left, 302, 'grab', described.grabStrength, '#56606b'),
    ...described.curls.flatMap((curl, i) =>
      bar(left, 325 + 16 * i, FINGER_NAMES[i], curl, FINGER_COLORS[FINGER_NAMES[i]]),
    ),
  ];
}

const POSES = ['flat', 'relaxed', 'pinch', 'point', 'fist'];
writeFileSync(
  'docs/images/hand-strengths.svg',
  `${picture(
    1050,
    425,
    text(30, 32, 'Pinch and grab strength, and the curl of each finger, of some poses', { 'font-size': 15 }),
    ...POSES.flatMap(strengthsPanel),
  )}\n`,
);
