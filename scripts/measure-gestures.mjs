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
  let seconds = 0;
  for (let i = 0; i < sequences; i++) {
    const performance = script(gestures, firstSeed + i);
    const engine = new GestureEngine(profile);
    const found = [];
    const frames = Math.ceil((performance.end + 1) * FPS);
    for (const moment of performanceTruth(performance, { frames, fps: FPS, noise, seed: firstSeed + i })) {
      found.push(...begins(engine.take(moment)));
    }
    seconds += frames / FPS;
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
  return seconds;
}

const all = [...PERFORMED_POSES, ...PERFORMED_MOVEMENTS];
run(all, { gestures: [...POSE_GESTURES, ...MOTIONS] }, (gesture) => !gesture.startsWith('pointer_'));
for (const pointer of PERFORMED_INTERACTIONS) {
  const interaction = pointer.slice('pointer_'.length);
  const profile = { gestures: [], surfaces: [surfaceFor(interaction)] };
  run([pointer, pointer, pointer, pointer], profile, (gesture) => gesture === pointer);
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
if (values.json) writeFileSync(values.json, `${JSON.stringify({ noise, sequences, fps: FPS, table }, undefined, 2)}\n`);
