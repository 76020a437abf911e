#!/usr/bin/env node
/**
 * How well gestures are recognised on the joints of scripted hands: recall, precision, latency, and false ones per hour where nothing is meant.
 * The joints are the true ones with noise, or with --network those that the tracker reads off rendered pictures.
 *
 *   npm run build && node scripts/measure-gestures.mjs
 *
 *   --preset NAME     gestures (default) or everyday
 *   --sequences N     default 5
 *   --seconds S       of each sequence, default 180
 *   --seed N          of the first sequence, default 7000
 *   --noise M         standard deviation of each coordinate, metres; default 0.002
 *   --slow M          standard deviation of a further error of each coordinate that lasts for about a second, as those of a network do; default 0
 *   --network         through the whole tracker
 *   --camera NAME     with --network, default sr305
 *   --set KEY=VALUE   with --network: a setting of the tracker, may be repeated
 *   --keep FOLDER     with --network: keep the tracker's results there, and take those that are there
 *   --surface Z       depth of the surface, metres: that of the script by default, 0.38 for everyday: in front of where hands work
 *   --range M         up to what distance it is operated; the profile's default unless given
 *   --enabling        an enabling by a fist held in a zone above the table, too
 *   --list            each false, missed and late one, and why false ones were told
 */
import { parseArgs } from 'node:util';
import { formatGestureErrors, gestureErrors } from '../dist/evaluation/gesture-errors.js';
import { SeededRandom } from '../dist/geometry/random.js';
import {
  GestureEngine,
  INTERACTIONS,
  MOTION_GESTURES,
  POSE_GESTURES,
  parseGestureProfile,
} from '../dist/gestures/index.js';
import { CAMERAS } from '../dist/synthetic/cameras.js';
import { performanceTruth } from '../dist/synthetic/performance.js';
import { PERFORMANCE_SURFACE } from '../dist/synthetic/performed-gestures.js';
import { presetPerformances } from '../dist/synthetic/preset-gestures.js';
import { keptMoments } from './tracked-moments.mjs';

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'gestures' },
    sequences: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '180' },
    seed: { type: 'string', default: '7000' },
    noise: { type: 'string', default: '0.002' },
    slow: { type: 'string', default: '0' },
    network: { type: 'boolean', default: false },
    camera: { type: 'string', default: 'sr305' },
    set: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
    surface: { type: 'string' },
    range: { type: 'string' },
    enabling: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const FPS = 30;
const LATE = 0.1;
const [sequences, seconds, firstSeed, noise] = [values.sequences, values.seconds, values.seed, values.noise].map(
  Number,
);
const frames = Math.round(seconds * FPS);
const { origin, xAxis, yAxis, ...size } = PERFORMANCE_SURFACE;
const depth = Number(values.surface ?? (values.preset === 'everyday' ? 0.38 : origin[2]));
const range = values.range === undefined ? {} : { range: Number(values.range) };
const surface = { ...size, ...range, origin: [origin[0], origin[1], depth], xAxis: [...xAxis], yAxis: [...yAxis] };
// only gestures that the scripts make
const missing = ['knob', 'zoom', 'rotate'];
const profile = parseGestureProfile({
  gestures: [...POSE_GESTURES, ...MOTION_GESTURES.filter((name) => !missing.includes(name))],
  surfaces: INTERACTIONS.map((interaction) => ({ ...surface, name: interaction, interaction })),
  ...(values.enabling && {
    zones: [{ name: 'raised', center: [0, -0.12, 0.52], size: [0.5, 0.2, 0.3] }],
    enabling: [{ name: 'fist', gesture: 'fist', zone: 'raised' }],
  }),
});
const told = [];
const made = [];
let measured = 0;
for (let k = 0; k < sequences; k++) {
  const [seed, handedness] = [firstSeed + k, k % 2 === 0 ? 'right' : 'left'];
  const performances = presetPerformances(values.preset, { seed, handedness });
  const engine = new GestureEngine(profile);
  const engaged = new Set();
  const moments = values.network
    ? keptMoments(
        values.keep && `${values.keep}/${values.preset}-${seed}.moments`,
        { preset: values.preset, frames, fps: FPS, seed, handedness, camera: CAMERAS[values.camera] },
        values.set,
      )
    : drifting(performanceTruth(performances, { frames, fps: FPS, noise, seed }), Number(values.slow), seed);
  // sequences one after the other, a minute apart
  const start = BigInt(Math.round(k * (seconds + 60) * 1e9));
  const tell = (event) => told.push({ ...event, stamp: start + event.stamp });
  let length = 0;
  for await (const moment of moments) {
    length = Number(moment.stamp) / 1e9 + 1 / FPS;
    const { gestures, pointers, enabling } = engine.take(moment);
    for (const event of gestures) if (event.phase === 'BEGIN') tell(event);
    for (const event of pointers)
      if (event.phase === 'DOWN') tell({ ...event, gesture: `pointer_${event.interaction}` });
    for (const { name, engaged: isEngaged, stamp, reason } of enabling) {
      if (isEngaged && !engaged.has(name)) {
        tell({ gesture: `enabling_${name}`, stamp, handedness: 'unknown', reason });
      }
      if (isEngaged) engaged.add(name);
      else engaged.delete(name);
    }
  }
  for (const { gesture, from, to, handedness, optional = false } of performances.flatMap(({ events }) => events)) {
    const at = (time) => start + BigInt(Math.round(1e9 * time));
    // what begins just before the end may be told, and need not be
    made.push({ gesture, from: at(from), to: at(to), handedness, optional: optional || from > length - 1 });
  }
  measured += length;
  process.stderr.write(`${k + 1} of ${sequences} sequences, ${Math.round(measured)} s\n`);
}
if (values.list) list();
process.stdout.write(`${formatGestureErrors(gestureErrors(told, made, { seconds: measured }))}\n`);

/** Adds to each coordinate of each hand a first-order autoregressive error with a time constant of one second. */
function* drifting(moments, deviation, seed) {
  const random = new SeededRandom(seed, 1);
  const kept = Math.exp(-1 / FPS);
  const errors = new Map();
  for (const moment of moments) {
    for (const { id, positions } of moment.hands) {
      const before = errors.get(id) ?? positions.map(() => deviation * random.normal());
      const fresh = deviation * Math.sqrt(1 - kept * kept);
      const error = before.map((value) => kept * value + fresh * random.normal());
      errors.set(id, error);
      error.forEach((value, i) => {
        positions[i] += value;
      });
    }
    yield moment;
  }
}

/** One line for each that is false, missed, or told more than `LATE` seconds after its moment. */
function list() {
  const line = ({ gesture, stamp, from = stamp, handedness }, what) =>
    process.stdout.write(`${(Number(from) / 1e9).toFixed(2)} s: ${gesture}, ${handedness}: ${what}\n`);
  const names = [...new Set([...told, ...made].map(({ gesture }) => gesture))].sort();
  for (const name of names) {
    const [mine, meant] = [told, made].map((all) => all.filter(({ gesture }) => gesture === name));
    for (const one of mine) {
      if (gestureErrors([one], meant, { seconds }).all.falseOnes > 0) line(one, `false: ${one.reason}`);
    }
    for (const one of meant.filter(({ optional }) => !optional)) {
      const { found, latencyMedian } = gestureErrors(mine, [one], { seconds }).all;
      if (found === 0) line(one, 'missed');
      else if (latencyMedian > LATE) line(one, `${Math.round(1000 * latencyMedian)} ms late`);
    }
  }
}
