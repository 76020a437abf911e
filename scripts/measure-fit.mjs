#!/usr/bin/env node
/**
 * What the fit of a skeleton gains on the held-out sequences of docs/paper.md, as JSON and as the tables of docs/kinematics.md:
 *
 *     npm run build && node scripts/measure-fit.mjs [--sequences demo-402,hard-405] [--frames 90] [--model compact] [--rest]
 *
 * Each sequence goes through the network once. Compared are the joints of the default (its smoothing), and those of the fit, of a hand that
 * is learned meanwhile and of the true proportions. With --rest each sequence stands still in its first moment: only the sensor's noise
 * differs from frame to frame, and what is asked is by how much joints move.
 */
import { parseArgs } from 'node:util';
import { BONES } from '../dist/hand/index.js';
import { ANGLE_NAMES, HandFit, HandFitter, proportionsOf } from '../dist/kinematics/index.js';
import { smoothingConfig, smoothingStage } from '../dist/smoothing/index.js';
import { depthCamera } from '../dist/synthetic/depth-camera.js';
import { PRESETS } from '../dist/synthetic/index.js';
import { CAMERAS, SENSORS } from '../dist/testing.js';
import { trackerConfig } from '../dist/tracking/config.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { loadParts } from '../dist/tracking/load-parts.js';
import { SEQUENCES, shapeOf, streamOf } from './paper/sequences.mjs';

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: 'demo-402,hard-405,objects-411,egocentric-413' },
    frames: { type: 'string', default: '90' },
    model: { type: 'string', default: 'compact' },
    rest: { type: 'boolean', default: false },
  },
});
const FRAMES = Number(values.frames);
const wanted = values.sequences.split(',');
const config = trackerConfig({ policy: 'every', kinematics: { enabled: true }, inference: { model: values.model } });
const { kinematics } = config;
const METHODS = ['network', 'default', 'fit, learned', 'fit, known'];

/** Joints that move slower than this from frame to frame should stand still, metres. */
const SLOW = 0.1 / 30;

/** Evidence of each fit, for the fit of the true proportions beside it. */
let seen;
const fitOf = HandFitter.prototype.fit;
HandFitter.prototype.fit = function fit(evidence) {
  if (seen !== undefined && seen.evidence === undefined) seen.evidence = evidence;
  return fitOf.call(this, evidence);
};

const parts = await loadParts(config);
const rows = [];
for (const sequence of SEQUENCES.filter(({ name }) => wanted.includes(name))) {
  rows.push(await (values.rest ? measureRest(sequence) : measure(sequence)));
  console.error(`${sequence.name}: ${JSON.stringify(rows.at(-1))}`);
}
await parts.close();
console.log(JSON.stringify({ frames: FRAMES, model: values.model, rows }, null, 2));
if (!values.rest) console.log(tables());

async function measure(sequence) {
  const truthShape = proportionsOf(shapeOf(sequence));
  const sums = Object.fromEntries(METHODS.map((name) => [name, newSums()]));
  const learners = [];
  const tracker = new HandTracker(config, { ...parts, onFitter: (_, { learner }) => learners.push(learner) });
  const smoothing = smoothingStage(smoothingConfig(config.smoothing, parts.prior));
  const known = new HandFitter(kinematics, truthShape);
  const exact = new HandFit({
    surfaceNoise: 0,
    prior: 0,
    coupling: 0,
    jointNoise: 1e-4,
    iterations: 40,
    tolerance: 1e-3,
  });
  const lengthErrors = {};
  const cost = [];
  let unfitted = 0;
  let index = 0;
  for (const { frame, truth, visible } of streamOf(sequence, FRAMES)) {
    index++;
    seen = {};
    const [result] = await tracker.track(frame);
    const { evidence } = seen;
    seen = undefined;
    const learner = learners.at(-1);
    if (learner !== undefined && [15, 30, 60, 90, 120, 180].includes(index)) {
      const errors = learner.proportions.lengths.map((length, i) => Math.abs(length / truthShape.lengths[i] - 1));
      lengthErrors[index] = percent(mean([...errors]));
    }
    const hand = result?.hands[0];
    if (hand === undefined || evidence === undefined) continue;
    if (hand.unfitted !== undefined) unfitted++;
    const raw = { ...evidence, frameId: 'c', handId: hand.id, tracked: true, lagFrames: 0 };
    const [smoothed] = smoothing.push(raw);
    const begin = process.cpuUsage().user;
    const fitted = known.fit(evidence);
    cost.push((process.cpuUsage().user - begin) / 1000);
    if (!truth.tracked) continue;
    const angles = anglesOf(exact, truth.positions, truth.handedness, truthShape);
    add(sums.network, raw.positions, truth, visible);
    add(sums.default, smoothed.positions, truth, visible);
    add(sums['fit, learned'], hand.positions, truth, visible, hand.angles?.positions, angles);
    if (typeof fitted !== 'string') add(sums['fit, known'], fitted.positions, truth, visible, fitted.angles, angles);
  }
  const { name, size, camera } = sequence;
  const methods = Object.fromEntries(METHODS.map((method) => [method, figures(sums[method])]));
  cost.sort((a, b) => a - b);
  const ms = { p50: cost[cost.length >> 1], p99: cost[Math.floor(0.99 * cost.length)] };
  return {
    name,
    size,
    camera,
    unfitted,
    lengthErrors,
    frozen: learners.at(-1)?.frozen ?? false,
    fitCpuMs: ms,
    methods,
  };
}

/** How much joints move where the hand does not, millimetres: rms about their mean place, and from frame to frame, after the first ten frames. */
async function measureRest(sequence) {
  const { preset, handedness, camera, seed, name } = sequence;
  const scene = PRESETS[preset].scene({ camera: CAMERAS[camera], seed, shape: shapeOf(sequence), handedness })(0);
  const sensor = camera.startsWith('d435') ? SENSORS.d435 : PRESETS[preset].sensor;
  const eye = depthCamera(CAMERAS[camera], { seed, ...(sensor && { sensor }) });
  const tracker = new HandTracker(config, parts);
  const smoothing = smoothingStage(smoothingConfig(config.smoothing, parts.prior));
  const places = { network: [], default: [], 'fit, learned': [] };
  for (let index = 0; index < FRAMES; index++) {
    const stamp = BigInt(Math.round((index * 1e9) / 30));
    const { frame } = eye.render(scene, { stamp, frameId: 'c', index });
    seen = {};
    const [result] = await tracker.track(frame);
    const { evidence } = seen;
    seen = undefined;
    const hand = result?.hands[0];
    if (hand === undefined || evidence === undefined || index < 10) continue;
    const [smoothed] = smoothing.push({ ...evidence, frameId: 'c', handId: hand.id, tracked: true, lagFrames: 0 });
    places.network.push(evidence.positions.slice());
    places.default.push(smoothed.positions.slice());
    places['fit, learned'].push(hand.positions.slice());
  }
  const rms = (list, from) => {
    const squares = list.map((p, i) => p.reduce((sum, x, k) => sum + (x - from(i)[k]) ** 2, 0) / 21);
    return round(1000 * Math.sqrt(mean(squares)));
  };
  const methods = Object.entries(places).map(([method, list]) => {
    const middle = Float64Array.from({ length: 63 }, (_, k) => mean(list.map((p) => p[k])));
    const changes = rms(list.slice(1), (i) => list[i]);
    return [method, { aboutMean: rms(list, () => middle), fromFrameToFrame: changes }];
  });
  return { name, frames: places.network.length, methods: Object.fromEntries(methods) };
}

/** The angles that the true joints have. */
function anglesOf(exact, positions, handedness, proportions) {
  const joints = handedness === 'left' ? positions.map((x, i) => (i % 3 === 0 ? -x : x)) : positions;
  exact.fit({ joints, confidences: new Float32Array(21).fill(1) }, proportions);
  return exact.state.angles.slice();
}

function newSums() {
  return { all: [], visible: [], hidden: [], tips: [], lengths: [], angles: [], jitter: [], before: undefined };
}

function add(sums, positions, truth, visible, angles, trueAngles) {
  const errors = positions.map((x, i) => x - truth.positions[i]);
  for (let j = 0; j < 21; j++) {
    const error = 1000 * Math.hypot(...errors.subarray(3 * j, 3 * j + 3));
    sums.all.push(error);
    sums[visible[j] === 1 ? 'visible' : 'hidden'].push(error);
    if (j > 0 && j % 4 === 0) sums.tips.push(error);
    const last = sums.before;
    if (last === undefined) continue;
    const change = (a, b) => Math.hypot(...[0, 1, 2].map((k) => a[3 * j + k] - b[3 * j + k]));
    if (change(truth.positions, last.truth) < SLOW) sums.jitter.push((1000 * change(errors, last.errors)) ** 2);
  }
  sums.before = { truth: truth.positions, errors };
  sums.lengths.push(
    BONES.map(([a, b]) => 1000 * Math.hypot(...[0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k]))),
  );
  if (angles === undefined) return;
  ANGLE_NAMES.forEach((_, i) => {
    const chain = i < 5 ? 0 : Math.floor((i - 1) / 4);
    const isVisible = [1, 2, 3, 4].every((k) => visible[4 * chain + k] === 1);
    if (isVisible) sums.angles.push((Math.abs(angles[i] - trueAngles[i]) * 180) / Math.PI);
  });
}

function figures({ all, visible, hidden, tips, lengths, angles, jitter }) {
  const deviations = BONES.map((_, i) => {
    const of = lengths.map((each) => each[i]);
    return Math.sqrt(mean(of.map((x) => (x - mean(of)) ** 2)));
  });
  angles.sort((a, b) => a - b);
  return {
    mean: round(mean(all)),
    visible: round(mean(visible)),
    hidden: round(mean(hidden)),
    tips: round(mean(tips)),
    boneDeviation: round(mean(deviations)),
    jitter: round(Math.sqrt(mean(jitter))),
    angle: angles.length > 0 ? round(angles[angles.length >> 1]) : null,
  };
}

function tables() {
  const head =
    '| sequence | method | mean | visible | hidden | tips | bone length varies by | jitter | angles, median |';
  const lines = rows.flatMap(({ name, methods }) =>
    METHODS.map((method) => {
      const f = methods[method];
      const angle = f.angle === null ? '' : `${f.angle}°`;
      return `| ${name} | ${method} | ${f.mean} | ${f.visible} | ${f.hidden} | ${f.tips} | ${f.boneDeviation} | ${f.jitter} | ${angle} |`;
    }),
  );
  return [head, '|---|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}

function mean(list) {
  return list.length === 0 ? Number.NaN : list.reduce((sum, x) => sum + x, 0) / list.length;
}

function round(x) {
  return Number(x.toFixed(2));
}

function percent(x) {
  return Number((100 * x).toFixed(1));
}
