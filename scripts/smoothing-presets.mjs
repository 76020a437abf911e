#!/usr/bin/env node
/**
 * Measure the smoothing presets on recordings of results with ground truth and raw joints, without the network, and print the table of
 * docs/configuration.md:
 *
 *     for name in demo hard; do voxhand replay recordings/$name.mcap -o $name.mcap --set output.raw_joints=true; done
 *     npm run build && node scripts/smoothing-presets.mjs demo.mcap hard.mcap
 */
import { basename } from 'node:path';
import { jointErrors, TruthByStamp } from '../dist/evaluation/index.js';
import { SMOOTHING_PRESETS, smoothingConfig, smoothingStage } from '../dist/smoothing/index.js';
import { loadPrior, trackerConfig } from '../dist/tracking/index.js';
import { openRecording } from '../dist/transport/mcap/index.js';
import { readHands } from '../dist/transport/port/index.js';

const config = trackerConfig();
const prior = await loadPrior(config.smoothing.prior.file);

/** Results of a recording through some stages. */
function smooth(raw, stages) {
  const stage = smoothingStage(smoothingConfig({ ...config.smoothing, stages }, prior));
  return [...raw.flatMap((hand) => stage.push(hand)), ...stage.flush()];
}

/** Joints that move slower than this should stand still, m/s. */
const SLOW = 0.1;

/**
 * How late the joints follow, ms: the t for which `truth - t * velocity` is nearest to the results (least squares over all coordinates).
 * And how much slow joints tremble, mm: the change of their error from frame to frame (root mean square).
 */
function lagAndJitter(results, truth) {
  const sums = { along: 0, speed: 0, change: 0, joints: 0 };
  let before;
  for (const { stamp, tracked, positions } of results) {
    const at = truth.find(stamp);
    const [last, now, next] = [at - 1, at, at + 1].map((frame) => truth.frames[frame]);
    const errors = tracked && now?.tracked ? positions.map((x, i) => x - now.positions[i]) : undefined;
    if (errors && last?.tracked && next?.tracked) {
      const seconds = Number(next.stamp - last.stamp) / 1e9;
      const velocity = next.positions.map((x, i) => (x - last.positions[i]) / seconds);
      sums.along -= errors.reduce((sum, error, i) => sum + error * velocity[i], 0);
      sums.speed += squares(velocity);
      for (let i = 0; before && i < errors.length; i += 3) {
        if (squares(velocity.slice(i, i + 3)) > SLOW ** 2) continue;
        sums.change += squares([0, 1, 2].map((axis) => errors[i + axis] - before[i + axis]));
        sums.joints++;
      }
    }
    before = errors;
  }
  return { lagMs: (1000 * sums.along) / sums.speed, jitterMm: 1000 * Math.sqrt(sums.change / sums.joints) };
}

function squares(values) {
  return values.reduce((sum, value) => sum + value ** 2, 0);
}

const recordings = await Promise.all(
  process.argv.slice(2).map(async (path) => {
    const recording = await openRecording(path);
    const raw = await handsOn(recording, `${config.topics.joints}/raw/${config.heatMaps.decoder}`);
    const truth = new TruthByStamp(await handsOn(recording, '/hand/truth'));
    await recording.close();
    return { name: basename(path, '.mcap'), raw, truth };
  }),
);

async function handsOn(recording, topic) {
  const hands = [];
  for await (const hand of readHands(recording, topic)) hands.push(hand);
  return hands;
}

const head = recordings.map(({ name }) => `${name}: mean error | lag | jitter`).join(' | ');
console.log(`| preset | stages | frames held back | ${head} |`);
console.log(`|---|---|---|${'---|---|---|'.repeat(recordings.length)}`);
for (const [preset, stages] of Object.entries({ 'raw joints': [], ...SMOOTHING_PRESETS })) {
  let held = 0;
  const cells = recordings.map(({ raw, truth }) => {
    const results = smooth(raw, stages);
    held = Math.max(held, ...results.map(({ lagFrames }) => lagFrames));
    const { lagMs, jitterMm } = lagAndJitter(results, truth);
    return `${jointErrors(results, truth).joints.meanMm.toFixed(2)} mm | ${lagMs.toFixed(0)} ms | ${jitterMm.toFixed(1)} mm`;
  });
  console.log(`| ${preset} | ${stages.join(', ') || 'none'} | ${held} | ${cells.join(' | ')} |`);
}
