#!/usr/bin/env node
/**
 * The cursor of a surface on true joints with noise, without pictures and networks: jitter at rest, lag in motion, targets hit by pushes; and
 * what the gestures of a hand cost.
 *
 *   npm run build && node scripts/measure-cursor.mjs [--noise 0.002] [--sequences 20] [--seed 1000]
 *
 * Noise is the standard deviation of each coordinate of each joint, metres, independent from frame to frame.
 *
 *   node scripts/measure-cursor.mjs --network [--sequences 20] [--seed 1000] [--seconds 20] [--camera sr305] [--set KEY=VALUE] [--keep FOLDER]
 *
 * The tracker on pictures of the preset contactless, against the same surface operated by the true joints. With --keep the tracker's results are
 * kept in a folder, and those that are there are taken.
 */
import { parseArgs } from 'node:util';
import { SeededRandom } from '../dist/geometry/random.js';
import { GestureEngine, MOTION_GESTURES, POSE_GESTURES } from '../dist/gestures/index.js';
import { drawHandShape } from '../dist/kinematics/hand-shape.js';
import { CAMERAS } from '../dist/synthetic/cameras.js';
import { performance as perform, performanceTruth } from '../dist/synthetic/performance.js';
import { PERFORMANCE_SURFACE, PERFORMED_MOVEMENTS, PERFORMED_POSES } from '../dist/synthetic/performed-gestures.js';
import { loadGestureProfile } from '../dist/tracking/load-gestures.js';
import { keptMoments } from './tracked-moments.mjs';

const { values } = parseArgs({
  options: {
    noise: { type: 'string', default: '0.002' },
    sequences: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1000' },
    network: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    camera: { type: 'string', default: 'sr305' },
    set: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
  },
});
const [noise, sequences, firstSeed] = [values.noise, values.sequences, values.seed].map(Number);
const FPS = 30;
const surface = { name: 'push', ...PERFORMANCE_SURFACE, interaction: 'push' };

/** A performance of gestures one after the other, at several speeds, of either hand and of several sizes. */
function script(gestures, seed) {
  const random = new SeededRandom(seed, 5);
  const steps = gestures.map((gesture, i) => ({ gesture, at: 1.5 + i * 5, speed: random.uniform(0.8, 1.3) }));
  const handedness = seed % 2 === 0 ? 'right' : 'left';
  return perform(steps, { seed, handedness, shape: drawHandShape(random, [0.85, 1.15]) });
}

/** Moments of joints, with noise, as `performanceTruth` gives them. */
function momentsOf(joints, count, shift, sigma, seed) {
  const random = new SeededRandom(seed, 7);
  return Array.from({ length: count }, (_, frame) => {
    const [dx, dy] = shift(frame / FPS);
    const positions = joints.map((value, i) => value + [dx, dy, 0][i % 3] + sigma * random.normal());
    const hand = { id: 1, handedness: 'right', positions, confidences: new Float32Array(21).fill(1) };
    return { stamp: BigInt(Math.round((frame * 1e9) / FPS)), frameId: 'camera', hands: [hand], lost: [], lagFrames: 0 };
  });
}

function cursorOf(moments) {
  const engine = new GestureEngine({ gestures: [], surfaces: [{ ...surface, range: 1 }] });
  return moments.map((moment) => engine.take(moment).pointers.at(-1));
}

const rms = (list) => Math.sqrt(list.reduce((sum, value) => sum + value * value, 0) / list.length);
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** Of a pointing hand in front of the surface: rms of the cursor at rest, and by how much it is late on a way to and fro. */
function cursor() {
  const still = perform('point', { at: [1.5], hold: 1 });
  const [joints] = [...performanceTruth(still, { frames: 70 })].at(-1).hands.map(({ positions }) => positions);
  const rest = cursorOf(momentsOf(joints, 930, () => [0, 0], noise, 1)).slice(30);
  const [x, y] = [mean(rest.map((event) => event.x)), mean(rest.map((event) => event.y))];
  const jitter = rms(rest.map((event) => Math.hypot(event.x - x, event.y - y)));
  const swing = (time) => [0.1 * Math.sin(Math.PI * time), 0];
  const moving = cursorOf(momentsOf(joints, 630, swing, noise, 2)).slice(30);
  const errorAt = (lag) =>
    rms(
      moving.map((event, i) => event.x - (PERFORMANCE_SURFACE.origin[0] - joints[24] - swing((i + 30) / FPS - lag)[0])),
    );
  return { jitter, lag: leastOf(errorAt) };
}

/** Share of pushes whose DOWN lies within a square of 20 mm about the place of the true finger tip before the push. */
function targets() {
  let hit = 0;
  let pushes = 0;
  for (let i = 0; i < sequences; i++) {
    const performance = script(Array(4).fill('pointer_push'), firstSeed + i);
    const options = { frames: Math.ceil((performance.end + 1) * FPS), fps: FPS };
    const exact = [...performanceTruth(performance, options)];
    const engine = new GestureEngine({ gestures: [], surfaces: [surface] });
    const downs = [...performanceTruth(performance, { ...options, noise, seed: i })].flatMap((moment) =>
      engine.take(moment).pointers.filter(({ phase }) => phase === 'DOWN'),
    );
    for (const { from } of performance.events.filter(({ gesture }) => gesture === 'pointer_push')) {
      pushes++;
      const down = downs.find(({ stamp }) => Math.abs(Number(stamp) / 1e9 - from) < 0.4);
      if (down === undefined) continue;
      const tip = exact[Math.round((from - 0.35) * FPS)].hands[0].positions;
      const [x, y] = [PERFORMANCE_SURFACE.origin[0] - tip[24], tip[25] - PERFORMANCE_SURFACE.origin[1]];
      if (Math.abs(down.x - x) <= 0.01 && Math.abs(down.y - y) <= 0.01) hit++;
    }
  }
  return hit / pushes;
}

/** Milliseconds of processor time for one hand and frame with everything switched on. */
function cost() {
  const performance = script([...PERFORMED_POSES, ...PERFORMED_MOVEMENTS], firstSeed);
  const moments = [...performanceTruth(performance, { frames: 1500, fps: FPS, noise, seed: 1 })];
  const profile = {
    gestures: [...POSE_GESTURES, ...MOTION_GESTURES],
    surfaces: [surface],
    enabling: [{ name: 'move' }],
  };
  const times = [1, 2, 3, 4].map(() => {
    const engine = new GestureEngine(profile);
    const start = process.cpuUsage();
    for (const moment of moments) engine.take(moment);
    return process.cpuUsage(start).user / 1000 / moments.length;
  });
  return Math.min(...times);
}

/** Of the tracker's joints and of the true ones: pushes on the panel of the preset contactless, and how still the cursor is over it. */
async function throughNetwork() {
  const profile = { ...(await loadGestureProfile('launch/gestures/contactless.yaml')), frameRate: FPS };
  const downsOf = (moments) => moments.filter(({ phase }) => phase === 'DOWN');
  const squares = { cursor: [], tip: [] };
  const moving = [];
  let [made, hit, found, falseOnes] = [0, 0, 0, 0];
  for (let i = 0; i < sequences; i++) {
    const handedness = i % 2 === 0 ? 'right' : 'left';
    const frames = Math.round(Number(values.seconds) * FPS);
    const camera = CAMERAS[values.camera];
    const options = { preset: 'contactless', frames, fps: FPS, seed: firstSeed + i, handedness, camera };
    const [engine, exact] = [new GestureEngine(profile), new GestureEngine(profile)];
    const [truth, told] = [[], []];
    const tips = new Map();
    const see = ({ frame: { stamp, frameId }, truths }) => {
      const hands = truths.filter(({ tracked }) => tracked).map((hand) => ({ ...hand, id: hand.handId }));
      truth.push(...exact.take({ stamp, frameId, hands, lost: [], lagFrames: 0 }).pointers);
      if (hands.length > 0) tips.set(stamp, [...hands[0].positions.subarray(24, 27)]);
    };
    const joints = new Map();
    const file = values.keep && `${values.keep}/contactless-${firstSeed + i}.moments`;
    for await (const moment of keptMoments(file, options, values.set, see)) {
      told.push(...engine.take(moment).pointers);
      if (moment.hands.length > 0) joints.set(moment.stamp, [...moment.hands[0].positions.subarray(24, 27)]);
    }
    const left = downsOf(told);
    for (const down of downsOf(truth)) {
      made++;
      const at = left.findIndex(({ stamp }) => Math.abs(Number(stamp - down.stamp)) < 0.3e9);
      if (at < 0) continue;
      const [own] = left.splice(at, 1);
      found++;
      if (Math.abs(own.x - down.x) <= 0.01 && Math.abs(own.y - down.y) <= 0.01) hit++;
    }
    falseOnes += left.length;
    moving.push(...inMotion(told, tips, profile.surfaces[0]));
    const cursors = new Map(told.map(({ stamp, x, y }) => [stamp, [x, y]]));
    for (const stamps of rests(tips)) {
      squares.cursor.push(...awayFromMean(stamps.flatMap((stamp) => (cursors.has(stamp) ? [cursors.get(stamp)] : []))));
      squares.tip.push(...awayFromMean(stamps.flatMap((stamp) => (joints.has(stamp) ? [joints.get(stamp)] : []))));
    }
  }
  console.log(
    `pushes: ${found} of ${made} found, ${falseOnes} false; ${hit} within a square of 20 mm about the true one`,
  );
  console.log(
    `at rest: cursor ${(1000 * rms(squares.cursor)).toFixed(2)} mm rms, finger tip ${(1000 * rms(squares.tip)).toFixed(2)} mm rms`,
  );
  const errorAt = (lag) => rms(moving.map(({ cursor, tipAt }) => distance(cursor, tipAt(lag))));
  const lag = leastOf(errorAt);
  console.log(
    `in motion, ${moving.length} frames: cursor ${Math.round(1000 * lag)} ms late, and then ${(1000 * errorAt(lag)).toFixed(1)} mm rms from the tip`,
  );
}

/** Cursors while the true tip moves along the surface at 0.05 m/s or more, more than to it, each with the tip on the surface some time before. */
function inMotion(told, tips, { origin, xAxis, yAxis }) {
  const stamps = [...tips.keys()];
  const indexOf = new Map(stamps.map((stamp, i) => [stamp, i]));
  const along = (point, axis) => point.reduce((sum, c, i) => sum + (c - origin[i]) * axis[i], 0);
  const onSurface = (index) => {
    const tip = tips.get(stamps[index]);
    return [along(tip, xAxis), along(tip, yAxis)];
  };
  const BEFORE = 6;
  return told.flatMap(({ stamp, phase, dragging, x, y }) => {
    const index = indexOf.get(stamp);
    const isWhole = index >= BEFORE && Number(stamp - stamps[index - BEFORE]) / 1e9 < (BEFORE + 0.5) / FPS;
    // a cursor that is pressed follows when the hand drags
    if (!isWhole || !(phase === 'HOVER' || (phase === 'MOVE' && dragging))) return [];
    const [now, before] = [onSurface(index), onSurface(index - 1)];
    const way = distance(tips.get(stamp), tips.get(stamps[index - 1]));
    const sideways = distance(now, before);
    if (sideways * FPS < 0.05 || sideways < 0.8 * way) return [];
    const tipAt = (lag) => {
      const [whole, share] = [Math.floor(lag * FPS), (lag * FPS) % 1];
      const [late, early] = [onSurface(index - whole), onSurface(index - whole - 1)];
      return late.map((c, i) => c + share * (early[i] - c));
    };
    return [{ cursor: [x, y], tipAt }];
  });
}

const distance = (a, b) => Math.hypot(...a.map((c, i) => c - b[i]));

/** The lag of 0 to 0.15 s, in steps of a millisecond, at which the error is least. */
function leastOf(errorAt) {
  const lags = Array.from({ length: 151 }, (_, i) => [i / 1000, errorAt(i / 1000)]);
  return lags.reduce((best, one) => (one[1] < best[1] ? one : best))[0];
}

/** Runs of stamps in which the true tip rests, without their first two: seven frames at least, less than 0.2 mm from each to the next. */
function rests(tips) {
  const runs = [];
  let run = [];
  let before;
  for (const [stamp, tip] of [...tips, [undefined, undefined]]) {
    const isStill =
      tip !== undefined && before !== undefined && Math.hypot(...tip.map((c, i) => c - before[i])) < 0.0002;
    if (isStill) run.push(stamp);
    else {
      if (run.length >= 7) runs.push(run.slice(2));
      run = [];
    }
    before = tip;
  }
  return runs;
}

/** Distance of each point from their mean. */
function awayFromMean(points) {
  const middle = points[0]?.map((_, axis) => mean(points.map((point) => point[axis])));
  return points.map((point) => Math.hypot(...point.map((c, axis) => c - middle[axis])));
}

if (values.network) await throughNetwork();
else onTrueJoints();

function onTrueJoints() {
  const { jitter, lag } = cursor();
  console.log(`noise ${1000 * noise} mm per coordinate, ${FPS} Hz`);
  console.log(`cursor: ${(1000 * jitter).toFixed(2)} mm rms at rest, ${Math.round(1000 * lag)} ms late in motion`);
  console.log(`targets of 20 mm: ${(100 * targets()).toFixed(1)} % of ${4 * sequences} pushes hit`);
  console.log(`${cost().toFixed(3)} ms of processor time per hand and frame with everything switched on`);
}
