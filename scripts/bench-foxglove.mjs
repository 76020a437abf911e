#!/usr/bin/env node
/**
 * What it costs to be watched: the Foxglove server with three viewers at 30 Hz of 640x480 depth and markers, as JSON.
 *
 *   node scripts/bench-foxglove.mjs [--seconds 10] [--viewers 3] [--rate 30] [--only compressed,raw]
 *
 * Each kind of depth image is served for so many seconds while what the pipeline does on this thread (reference point, voxels)
 * is done on the same frames; the truth stands for what a network would find. The viewers are a process of their own. `cpu` is the
 * CPU time of this whole process, all threads, as a share of one core; `server` is what is beyond the run without viewers.
 * Frames are synthetic and rendered before anything is timed. Needs `npm run build`.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createReferenceTracker } from '../dist/detection/geometric/reference-tracker.js';
import { connectFoxglove, createFoxgloveServer, ViewerPublisher, viewerTopics } from '../dist/foxglove.js';
import { trackerConfig, VERSION } from '../dist/index.js';
import { syntheticStream } from '../dist/testing.js';
import { HandPublisher } from '../dist/tracking/hand-publisher.js';
import { cubeFor } from '../dist/voxels/cube.js';
import { voxelise } from '../dist/voxels/voxelise.js';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    viewers: { type: 'string', default: '3' },
    rate: { type: 'string', default: '30' },
    only: { type: 'string', default: 'nobody,markers,compressed,picture,raw' },
    watch: { type: 'string' },
    topics: { type: 'string', default: '' },
  },
});
if (values.watch === undefined) await main();
else await watch(values.watch, Number(values.viewers), values.topics.split(','));

/** The viewers' process: counts what comes, and says so when it is told to stop. */
async function watch(url, viewers, topics) {
  const sources = await Promise.all(Array.from({ length: viewers }, () => connectFoxglove(url)));
  const counts = sources.map(() => ({ messages: 0, bytes: 0 }));
  const loops = sources.map(async (source, i) => {
    for await (const { data } of source.subscribe(topics)) {
      counts[i].messages++;
      counts[i].bytes += data.byteLength;
    }
  });
  process.send('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const dropped = sources.flatMap((source) => source.states().map(({ dropped }) => dropped));
  await Promise.all(sources.map((source) => source.close()));
  await Promise.all(loops);
  process.send({ counts, dropped });
  process.disconnect();
}

async function main() {
  const frames = [...syntheticStream({ preset: 'demo', frames: 60, seed: 7 })];
  const config = trackerConfig({ output: { lazy: true } });
  const { image, compressed, picture } = viewerTopics(config);
  const { markers, joints } = config.topics;
  const kinds = {
    nobody: undefined,
    markers: [markers, joints],
    compressed: [compressed, markers, joints],
    picture: [picture, markers, joints],
    raw: [image, markers, joints],
  };
  const results = {};
  for (const kind of values.only.split(',')) results[kind] = await run(frames, config, kinds[kind]);
  const base = results.nobody?.cpu ?? 0;
  for (const result of Object.values(results)) result.server = round(result.cpu - base);
  console.log(
    JSON.stringify(
      {
        version: VERSION,
        machine: machine(),
        viewers: Number(values.viewers),
        rate: Number(values.rate),
        seconds: Number(values.seconds),
        unit: 'shares of a core; ms a frame',
        results,
      },
      null,
      2,
    ),
  );
}

async function run(frames, config, topics) {
  const rate = Number(values.rate);
  const count = Math.round(Number(values.seconds) * rate);
  const server = await createFoxgloveServer({ port: 0 });
  const hands = new HandPublisher(server, config);
  const viewer = new ViewerPublisher(server, config);
  const reference = createReferenceTracker();
  const child = topics && (await startViewers(server, topics));

  const pipeline = [];
  const publish = [];
  let pending = Promise.resolve();
  let before;
  for (let i = -rate; i < count; i++) {
    if (i === 0) before = { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization(), at: performance.now() };
    const due = performance.now() + 1000 / rate;
    const { frame, truth } = frames[(i + rate) % frames.length];
    const stamp = BigInt(i + rate) * 33_333_333n;
    const begin = performance.now();
    const result = findHand(reference, { ...frame, stamp }, { ...truth, stamp });
    const middle = performance.now();
    const sending = hands.publish(result);
    pending = Promise.all([sending, viewer.publish({ ...frame, stamp }, [result])]);
    await sending;
    if (i >= 0) {
      pipeline.push(middle - begin);
      publish.push(performance.now() - middle);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  await pending;
  const cpu = process.cpuUsage(before.cpu);
  const loop = performance.eventLoopUtilization(before.loop);
  const elapsed = performance.now() - before.at;
  const states = server.clients();
  const seen = child && (await stopViewers(child));
  const { lost } = viewer;
  await viewer.close();
  await server.close();
  return {
    cpu: round((cpu.user + cpu.system) / 1000 / elapsed),
    mainThread: round(loop.utilization),
    rate: round((1000 * count) / elapsed),
    pipeline: figures(pipeline),
    publish: figures(publish),
    ...(seen && {
      received: seen.counts.map(({ messages }) => messages),
      megabytesASecond: round(seen.counts.reduce((sum, { bytes }) => sum + bytes, 0) / 1000 / elapsed),
      serverDropped: states.map(({ dropped }) => dropped),
      lost,
    }),
  };
}

/** What the pipeline does on the main thread, and a result as it would have. */
function findHand(reference, frame, truth) {
  const { stamp, frameId } = frame;
  const found = reference.track(frame);
  const options = { edge: 0.25, roll: 'none', handedness: 'right', modelHandedness: 'right' };
  const cube = found.state === 'found' ? cubeFor(found.point, options) : undefined;
  if (cube !== undefined) voxelise(frame, cube, 88);
  const { tracked, handedness, positions, confidences } = truth;
  const hand = { id: 0, handedness, ...(cube && { cube }) };
  return {
    ...{ stamp, frameId, lagFrames: 0 },
    hands: tracked ? [{ ...hand, positions, confidences }] : [],
    lost: tracked ? [] : [{ ...hand, reason: 'no-candidate' }],
    details: new Map([[0, { reference: found, raw: new Map() }]]),
  };
}

async function startViewers(server, topics) {
  const options = ['--watch', server.urls.socket, '--viewers', values.viewers, '--topics', topics.join(',')];
  const child = fork(fileURLToPath(import.meta.url), options);
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}

async function stopViewers(child) {
  const answer = new Promise((resolve) => child.once('message', resolve));
  child.send('stop');
  return answer;
}

function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return { p50: at(0.5), p99: at(0.99), mean: round(times.reduce((a, b) => a + b, 0) / times.length) };
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
