#!/usr/bin/env node
/**
 * How well several hands are followed: synthetic sequences with ground truth through the tracker, as a table.
 *
 *   npm run build && node scripts/measure-hands.mjs
 *
 *   --presets A,B     default two-hands,visitors
 *   --sequences N     of each preset, default 20
 *   --seconds S       of each sequence, default 10
 *   --seed N          of the first sequence, default 5000: seeds that nothing was tuned on
 *   --camera NAME     default sr305
 *   --fps N           frames per second, default 30
 *   --set KEY=VALUE   a setting of the tracker, may be repeated; policy=every and detection.max_hands=3 by default
 *   --alone           each hand by itself too, the others left out of the scene: what its error is on the same motions, in the same frames
 *   --empty           the scenes without any hand: what looking for one costs
 *   --events          a line for each id switch, run of misses and run of false hands
 *   --json FILE       the reports
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { HandTracks } from '../dist/evaluation/hand-tracks.js';
import { alignColumns } from '../dist/evaluation/report-text.js';
import { matchHands, meanDistance } from '../dist/hand/match-hands.js';
import { jointsOfHands } from '../dist/hand/tracked-hand.js';
import { CAMERAS } from '../dist/synthetic/cameras.js';
import { syntheticStream } from '../dist/synthetic/synthetic-stream.js';
import { parseConfig } from '../dist/tracking/config-file.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { loadParts } from '../dist/tracking/load-parts.js';

const { values } = parseArgs({
  options: {
    presets: { type: 'string', default: 'two-hands,visitors' },
    sequences: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '5000' },
    camera: { type: 'string', default: 'sr305' },
    fps: { type: 'string', default: '30' },
    set: { type: 'string', multiple: true, default: [] },
    alone: { type: 'boolean', default: false },
    empty: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
/** Joints of a found hand that are nearer to a true one's on average may be that hand's, metres. */
const NEAR = 0.06;

const [sequences, seconds, firstSeed, fps] = [values.sequences, values.seconds, values.seed, values.fps].map(Number);
const config = parseConfig('', 'settings', ['policy=every', 'detection.max_hands=3', ...values.set]);
const { close, ...parts } = await loadParts(config);
const reports = {};
/** What the tracker took of all cores, of each preset, microseconds; and the cubes that its network saw. */
const cpu = {};
const cubes = {};
/** Errors of hands in the picture with the others and alone, millimetres, of the frames in which both were found. */
const pairs = {};
try {
  for (const preset of values.presets.split(',')) {
    const tracks = new HandTracks();
    if (values.alone) pairs[preset] = [];
    let before = tracks.report();
    for (let k = 0; k < sequences; k++) {
      const seed = firstSeed + k;
      const all = { preset, frames: Math.round(seconds * fps), fps, camera: CAMERAS[values.camera], seed };
      // every second scene is mirrored: both sides are what the other one was
      const stream = { ...all, handedness: k % 2 === 0 ? 'right' : 'left' };
      const name = `${preset} ${seed}`;
      const { errors, ids, busy, seen } = await follow(tracks, values.empty ? { ...stream, only: [] } : stream, name);
      tracks.newSequence();
      cpu[preset] = (cpu[preset] ?? 0) + busy;
      cubes[preset] = (cubes[preset] ?? 0) + seen;
      for (const id of values.alone ? ids : []) {
        const alone = await follow(new HandTracks(), { ...stream, only: [id] }, `${name}, hand ${id} alone`);
        for (const [key, error] of alone.errors) {
          if (errors.has(key)) pairs[preset].push([errors.get(key), error]);
        }
      }
      const after = tracks.report();
      const changed = (key) => after[key] - before[key];
      const mota = 1 - (changed('misses') + changed('falseHands') + changed('idSwitches')) / changed('hands');
      const counts = ['hands', 'misses', 'falseHands', 'idSwitches'].map((key) => `${key} ${changed(key)}`).join(', ');
      process.stderr.write(`${preset} seed ${seed}: MOTA ${mota.toFixed(3)}, ${counts}\n`);
      before = after;
    }
    reports[preset] = tracks.report();
  }
} finally {
  await close();
}
const rows = Object.entries(reports).map(([preset, report]) => [
  preset,
  `${report.matched}/${report.hands}`,
  report.mota?.toFixed(4) ?? '-',
  `${report.idSwitches} (${report.idSwitchesPerMinute.toFixed(2)})`,
  report.falseHandsPerFrame.toFixed(4),
  `${(100 * (report.side.right ?? 0)).toFixed(2)}%`,
  `${report.side.changes}, ${report.side.idsWithSeveral}`,
  report.joints.meanMm?.toFixed(2) ?? '-',
  (cpu[preset] / 1000 / report.frames).toFixed(2),
  (cubes[preset] / report.frames).toFixed(2),
]);
const head = [
  '',
  'hands',
  'MOTA',
  'id switches (a minute)',
  'false per frame',
  'side right',
  'side changes, ids with more',
  'joints, mm',
  'CPU ms per frame',
  'cubes per frame',
];
process.stdout.write(`${alignColumns([head, ...rows]).join('\n')}\n`);
for (const [preset, list] of Object.entries(pairs)) {
  const [together, alone] = [0, 1].map((k) => list.reduce((sum, pair) => sum + pair[k], 0) / list.length);
  const more = 100 * (together / alone - 1);
  process.stdout.write(
    `${preset}: ${together.toFixed(2)} mm with the others, ${alone.toFixed(2)} mm alone, in the same ${list.length} hand frames: ${more.toFixed(0)} % more\n`,
  );
}
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(reports, null, 1));

/**
 * One sequence through a tracker of its own. Gives the ids of true hands, the error of each one that was found at each moment, by stamp and
 * id, what the tracker took of all cores, microseconds, and how many cubes its network saw.
 */
async function follow(tracks, options, name) {
  const tracker = new HandTracker(config, parts);
  const found = new Map();
  const take = (results) => {
    for (const result of results) found.set(result.stamp, jointsOfHands(result));
  };
  const truths = [];
  const seenBefore = parts.inference.status().inferences;
  let busy = 0;
  for (const { frame, truths: hands } of syntheticStream(options)) {
    truths.push([frame.stamp, hands]);
    const began = process.cpuUsage();
    take(await tracker.track(frame));
    const { user, system } = process.cpuUsage(began);
    busy += user + system;
  }
  take(await tracker.flush());
  let last = tracks.report();
  let trouble = '';
  const ids = new Set();
  const errors = new Map();
  for (const [stamp, hands] of truths) {
    const there = hands.filter(({ tracked }) => tracked);
    for (const [hand, own] of matchHands(there, found.get(stamp) ?? [], { limit: NEAR })) {
      if (hand === undefined) continue;
      ids.add(hand.handId);
      if (own !== undefined) {
        errors.set(`${stamp} ${hand.handId}`, 1000 * meanDistance(own.positions, hand.positions));
      }
    }
    tracks.add(stamp, found.get(stamp) ?? [], hands);
    const now = tracks.report();
    const what = ['misses', 'falseHands', 'idSwitches'].filter((key) => now[key] > last[key]).join(' and ');
    last = now;
    if (!values.events || what === trouble) continue;
    trouble = what;
    const names = (list) =>
      list.filter(({ tracked }) => tracked).map(({ handId, handedness }) => `${handId}${handedness[0]}`);
    const line = `found ${names(found.get(stamp) ?? []).join(' ') || 'none'}, there ${names(hands).join(' ') || 'none'}`;
    process.stdout.write(`${name} ${(Number(stamp) / 1e9).toFixed(2)} s: ${what || 'well again'} (${line})\n`);
  }
  return { errors, ids, busy, seen: parts.inference.status().inferences - seenBefore };
}
