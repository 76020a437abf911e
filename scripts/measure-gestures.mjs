// How well gestures are recognised on true joints with noise, without pictures and networks: recall, precision and latency of each gesture,
// false activations on hands that mean nothing, jitter and lag of the cursor, cost per hand and frame.
//
//   node scripts/measure-gestures.mjs [--noise 0.004] [--sequences 20] [--json FILE]
//
// Noise is the standard deviation of each coordinate of each joint, metres; independent from frame to frame, which is harsher on
// velocities than a tracker with smoothing and kinder on poses than one that is wrong for many frames.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const dist = new URL('../dist/', import.meta.url);
const { GestureEngine, POSE_GESTURES } = await import(new URL('gestures/index.js', dist));
const { performance: perform, performanceTruth } = await import(new URL('synthetic/performance.js', dist));
const { PERFORMED_INTERACTIONS, PERFORMED_MOVEMENTS, PERFORMED_POSES, PERFORMANCE_SURFACE } = await import(
  new URL('synthetic/performed-gestures.js', dist)
);
const { SeededRandom } = await import(new URL('geometry/random.js', dist));
const { drawHandShape } = await import(new URL('kinematics/hand-shape.js', dist));

const { values } = parseArgs({
  options: {
    noise: { type: 'string', default: '0.004' },
    sequences: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});
const noise = Number(values.noise);
const sequences = Number(values.sequences);
const firstSeed = Number(values.seed);
const FPS = 30;
/** An event may come so long before the moment from which on it is true, and so long after it, seconds. */
const EARLY = 0.25;
/** Of poses, which a hand may take on its way to a movement. */
const EARLY_POSE = 0.9;
/** Of hovering: the truth counts its second from the gesture on, the hand is there and still up to 0.3 s before. */
const EARLY_HOVER = 0.45;
const earlyOf = (gesture) =>
  POSE_GESTURES.includes(gesture) ? EARLY_POSE : gesture === 'pointer_hover' ? EARLY_HOVER : EARLY;
const LATE = 0.5;

const MOTIONS = ['swipe_left', 'swipe_right', 'swipe_up', 'swipe_down', 'push', 'pull', 'wave', 'circle', 'tap'];
const surfaceFor = (interaction) => ({ name: interaction, ...PERFORMANCE_SURFACE, interaction });

/** A performance of gestures in random order. */
function script(gestures, seed) {
  const random = new SeededRandom(seed, 5);
  const order = gestures.map((gesture) => ({ gesture, key: random.next() })).sort((a, b) => a.key - b.key);
  const steps = order.map(({ gesture }, i) => ({ gesture, at: 1.5 + i * 5, speed: random.uniform(0.8, 1.3) }));
  return perform(steps, {
    seed,
    handedness: seed % 2 === 0 ? 'right' : 'left',
    shape: drawHandShape(random, [0.85, 1.15]),
  });
}

function begins(output) {
  return [
    ...output.gestures
      .filter(({ phase }) => phase === 'BEGIN')
      .map(({ gesture, stamp, reason }) => ({ gesture, at: Number(stamp) / 1e9, reason })),
    ...output.pointers
      .filter(({ phase }) => phase === 'DOWN')
      .map(({ interaction, stamp, reason }) => ({
        gesture: `pointer_${interaction}`,
        at: Number(stamp) / 1e9,
        reason,
      })),
  ];
}

const rows = new Map();
const rowOf = (gesture) => {
  if (!rows.has(gesture)) rows.set(gesture, { true: 0, found: 0, false: 0, latencies: [], why: [] });
  return rows.get(gesture);
};

function run(gestures, profile, counted) {
  for (let i = 0; i < sequences; i++) {
    const performance = script(gestures, firstSeed + i);
    const engine = new GestureEngine(profile);
    const found = [];
    const frames = Math.ceil((performance.end + 1) * FPS);
    for (const moment of performanceTruth(performance, { frames, fps: FPS, noise, seed: firstSeed + i })) {
      found.push(...begins(engine.take(moment)));
    }
    const open = new Set(found);
    for (const event of performance.events.filter(({ gesture }) => counted(gesture))) {
      const row = rowOf(event.gesture);
      row.true++;
      const match = found.find(
        (one) =>
          open.has(one) &&
          one.gesture === event.gesture &&
          one.at >= event.from - earlyOf(event.gesture) &&
          one.at <= Math.max(event.to, event.from + LATE),
      );
      if (match === undefined) continue;
      open.delete(match);
      row.found++;
      if (match.at >= event.from - EARLY) row.latencies.push(match.at - event.from);
    }
    for (const one of open) {
      if (!counted(one.gesture)) continue;
      // a finger that taps does not point meanwhile
      const taps = performance.events.some(({ gesture, from }) => gesture === 'tap' && Math.abs(one.at - from) < 0.5);
      if (taps && (one.gesture === 'point' || one.gesture === 'one')) continue;
      // again within a gesture that is true at that time: begun twice
      const during = performance.events.find(
        ({ gesture, from, to }) => gesture === one.gesture && one.at >= from - EARLY && one.at <= to + LATE,
      );
      const near = performance.events
        .filter(({ from, to }) => one.at >= from - 1 && one.at <= to + 1)
        .map(({ gesture }) => gesture);
      rowOf(one.gesture).false++;
      rowOf(one.gesture).why.push(`${during ? 'twice' : [...new Set(near)].join('/') || 'idle'}: ${one.reason}`);
    }
  }
}

const all = [...PERFORMED_POSES, ...PERFORMED_MOVEMENTS];
run(all, { gestures: [...POSE_GESTURES, ...MOTIONS] }, (gesture) => !gesture.startsWith('pointer_'));
for (const pointer of PERFORMED_INTERACTIONS) {
  const interaction = pointer.slice('pointer_'.length);
  const profile = { gestures: [], surfaces: [surfaceFor(interaction)] };
  run([pointer, pointer, pointer, pointer], profile, (gesture) => gesture === pointer);
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
  const engine = new GestureEngine({ gestures: [], surfaces: [{ ...surfaceFor('push'), range: 1 }] });
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
  const lags = Array.from({ length: 101 }, (_, i) => i / 1000);
  const lag = lags.reduce((best, one) => (errorAt(one) < errorAt(best) ? one : best));
  return { jitter, lag };
}

/** Share of pushes whose DOWN lies within a square of 20 mm about the place of the true finger tip before the push. */
function targets() {
  let hit = 0;
  let pushes = 0;
  for (let i = 0; i < sequences; i++) {
    const performance = script(Array(4).fill('pointer_push'), firstSeed + i);
    const options = { frames: Math.ceil((performance.end + 1) * FPS), fps: FPS };
    const exact = [...performanceTruth(performance, options)];
    const engine = new GestureEngine({ gestures: [], surfaces: [surfaceFor('push')] });
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
  const performance = script(all, firstSeed);
  const moments = [...performanceTruth(performance, { frames: 1500, fps: FPS, noise, seed: 1 })];
  const profile = {
    gestures: [...POSE_GESTURES, ...MOTIONS, 'knob', 'zoom', 'rotate'],
    surfaces: [surfaceFor('push')],
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

const quantile = (list, share) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))];
const table = [...rows].map(([gesture, row]) => ({
  gesture,
  true: row.true,
  recall: row.true > 0 ? row.found / row.true : undefined,
  precision: row.found + row.false > 0 ? row.found / (row.found + row.false) : undefined,
  latencyP50: quantile(row.latencies, 0.5),
  latencyP95: quantile(row.latencies, 0.95),
  why: row.why.slice(0, 3),
}));
const percent = (value) => (value === undefined ? '-' : `${(100 * value).toFixed(1)} %`);
const ms = (value) => (value === undefined ? '-' : `${Math.round(1000 * value)} ms`);
console.log(`noise ${1000 * noise} mm per coordinate, ${sequences} sequences, ${FPS} Hz, ${cpus()[0]?.model}`);
console.log('| gesture | shown | recall | precision | latency p50 | p95 |\n|---|---|---|---|---|---|');
for (const { gesture, true: shown, recall, precision, latencyP50, latencyP95, why } of table) {
  console.log(
    `| ${gesture} | ${shown} | ${percent(recall)} | ${percent(precision)} | ${ms(latencyP50)} | ${ms(latencyP95)} |`,
  );
  if (process.env.VERBOSE) for (const line of why) console.log(`    ${line}`);
}
const rest = cursor();
const hits = targets();
const costs = cost();
console.log(`cursor: ${(1000 * rest.jitter).toFixed(2)} mm rms at rest, ${ms(rest.lag)} late in motion`);
console.log(`targets of 20 mm hit by ${percent(hits)} of pushes`);
console.log(`${costs.toFixed(3)} ms per hand and frame with everything switched on`);
if (values.json)
  writeFileSync(
    values.json,
    `${JSON.stringify({ noise, sequences, fps: FPS, table, cursor: rest, hits, cost: costs }, undefined, 2)}\n`,
  );
