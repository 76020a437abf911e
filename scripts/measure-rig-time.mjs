#!/usr/bin/env node
/**
 * What a moment of several cameras takes: a recording of a rig is replayed through its first camera alone, and through all of them with both
 * kinds of fusion, in turns. Prints a table (Markdown): the time of a moment, from its turn until its results are out, and what it takes of all cores.
 *
 *   npm run build && node scripts/measure-rig-time.mjs [--recording recordings/two-cameras.mcap] [--config examples/two-cameras.params.yaml]
 *                                                     [--rounds 5] [--set KEY=VALUE]
 */
import { parseArgs } from 'node:util';
import { replayRecording } from '../dist/recording/replay.js';
import { findInputTopics } from '../dist/tracking/input-topics.js';
import { loadConfig } from '../dist/tracking/load-config.js';
import { loadParts } from '../dist/tracking/load-parts.js';
import { openRecording } from '../dist/transport/mcap/open-recording.js';

const { values } = parseArgs({
  options: {
    recording: { type: 'string', default: 'recordings/two-cameras.mcap' },
    config: { type: 'string', default: 'examples/two-cameras.params.yaml' },
    rounds: { type: 'string', default: '5' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const recording = await openRecording(values.recording);
const config = await findInputTopics(await loadConfig(values.config, values.set), recording, values.recording);
await recording.close();
const { close, ...parts } = await loadParts(config);
const withFusion = (fusion) => ({ ...config, rig: { ...config.rig, fusion } });
const kinds = {
  'first camera alone': { ...config, cameras: {} },
  joints: withFusion('joints'),
  voxels: withFusion('voxels'),
};
const rounds = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
const stopwatch = () => performance.now() / 1000;
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const [kind, config] of Object.entries(kinds)) {
    const before = process.cpuUsage();
    const { latency, counts } = await replayRecording(values.recording, { config, ...parts, stopwatch });
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds[kind].push({ ...latency, cpu: (user + system) / 1e6 / counts.in }); // the first one warms up
  }
}
await close();

const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const of = (kind, key) => middle(rounds[kind].map((one) => one[key]));
const [alone] = Object.keys(kinds);
console.log(
  '| | p50, ms (rounds) | p99, ms | processor, ms | p50 of one camera | processor of one camera |\n|---|---|---|---|---|---|',
);
for (const kind of Object.keys(kinds)) {
  const spread = rounds[kind].map(({ p50 }) => (1000 * p50).toFixed(1)).join(', ');
  const [p50, p99, cpu] = ['p50', 'p99', 'cpu'].map((key) => (1000 * of(kind, key)).toFixed(1));
  const times = ['p50', 'cpu'].map((key) => (of(kind, key) / of(alone, key)).toFixed(2));
  console.log(`| ${kind} | ${p50} (${spread}) | ${p99} | ${cpu} | ${times.join(' | ')} |`);
}
