#!/usr/bin/env node
/** Write docs/images/joints.svg: the 21 joints of a right hand, palm towards the camera, with their numbers and names. */
import { writeFileSync } from 'node:fs';
import { element, picture, text } from '../dist/evaluation/svg.js';
import { BONES, FINGER_COLORS, FINGER_NAMES, JOINT_NAMES } from '../dist/hand/index.js';

/** Where each joint is drawn, pixels from the left and from the top, in the order of the skeleton. */
const PLACES = [
  [232, 540],
  ...[
    [320, 497],
    [385, 435],
    [432, 378],
    [470, 322],
  ],
  ...[
    [312, 300],
    [330, 215],
    [339, 158],
    [346, 105],
  ],
  ...[
    [244, 285],
    [248, 190],
    [250, 126],
    [251, 66],
  ],
  ...[
    [181, 298],
    [168, 208],
    [161, 148],
    [155, 92],
  ],
  ...[
    [123, 330],
    [95, 266],
    [80, 220],
    [66, 176],
  ],
];
const LEGEND = { left: 570, top: 52, line: 26 };

const colorOf = (joint) => (joint === 0 ? '#5c6773' : FINGER_COLORS[FINGER_NAMES[Math.floor((joint - 1) / 4)]]);

function bone([from, to]) {
  const [[x1, y1], [x2, y2]] = [PLACES[from], PLACES[to]];
  return element('line', { x1, y1, x2, y2, stroke: colorOf(to), 'stroke-width': 6, 'stroke-linecap': 'round' });
}

function numbered(joint, x, y) {
  const circle = { cx: x, cy: y, r: 12, fill: '#ffffff', stroke: colorOf(joint), 'stroke-width': 3 };
  return (
    element('circle', circle) + text(x, y + 4.5, String(joint), { 'text-anchor': 'middle', 'font-weight': 'bold' })
  );
}

const hand = PLACES.map(([x, y], joint) => numbered(joint, x, y));
const legend = JOINT_NAMES.map((name, joint) => {
  const y = LEGEND.top + LEGEND.line * joint;
  return numbered(joint, LEGEND.left, y) + text(LEGEND.left + 24, y + 5, name, { 'font-size': 15 });
});
const title = text(40, 34, 'A right hand, its palm towards the camera', { 'font-size': 15 });
writeFileSync('docs/images/joints.svg', `${picture(760, 600, title, ...BONES.map(bone), ...hand, ...legend)}\n`);
