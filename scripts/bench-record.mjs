#!/usr/bin/env node
/**
 * `node scripts/bench-record.mjs`: what recording and replaying cost, as JSON. Needs a build.
 *
 *   --seconds 60       how long four cameras are recorded, in each compression
 *   --compression none,fast
 *   --frames 300       of the recording that is replayed and read
 *   --folder FOLDER    where recordings are written: the disk that is measured; a temporary folder by default
 *   --only record,replay,read
 */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { McapIndexedReader } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import { trackerConfig, VERSION } from '../dist/index.js';
import { createMcapSink, createRecordingSink, openMcap, replayRecording } from '../dist/mcap.js';
import { cdrCodec, toCameraInfoMessage, toDepthImageMessage } from '../dist/messages.js';
import { renderHeatMaps, stubInference, syntheticStream } from '../dist/testing.js';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    compression: { type: 'string', default: 'none,fast' },
    frames: { type: 'string', default: '300' },
    folder: { type: 'string' },
    only: { type: 'string', default: 'record,replay,read' },
  },
});
const SECONDS = Number(values.seconds);
const FRAMES = Number(values.frames);
const only = values.only.split(',');
const CAMERAS = 4;
const RATE = 30;
const round = (value, digits = 2) => Number(value.toFixed(digits));

const folder = await mkdtemp(join(values.folder ?? os.tmpdir(), 'voxhand-bench-'));
const images = cdrCodec('sensor_msgs/msg/Image');
const infos = cdrCodec('sensor_msgs/msg/CameraInfo');
const frames = [...syntheticStream({ preset: 'hard', frames: 40, seed: 1 })].map(({ frame }) => frame);
const encoded = frames.map((frame) => images.encode(toDepthImageMessage(frame)));

/** Four cameras whose images come at their times whether anybody is ready for them or not. */
async function record(compression) {
  const path = join(folder, `record-${compression}.mcap`);
  const ends = [];
  const recording = await createRecordingSink(path, { compression, onEnd: (end) => ends.push(end) });
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = images;
  const lag = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let sent = 0;
  lag.enable();
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(SECONDS * RATE, Math.floor(((performance.now() - begin) / 1000) * RATE));
      for (; sent < due; sent++) {
        const logTime = BigInt(Math.round((sent / RATE) * 1e9));
        for (let camera = 0; camera < CAMERAS; camera++) {
          const data = encoded[(sent + 7 * camera) % encoded.length];
          const topic = `/camera${camera}/depth/image_rect_raw`;
          const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
          void recording.write({ topic, ...schema, data, logTime, publishTime: logTime, sequence: sent });
        }
      }
      if (sent < SECONDS * RATE) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  lag.disable();
  const recordedSeconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { written, received, bytes, unpackedChunks, end } = await recording.finish();
  const inMb = (received * encoded[0].byteLength) / 1e6;
  await rm(path, { force: true });
  return {
    messages: received,
    lost: received - written,
    inputMBs: round(inMb / recordedSeconds, 1),
    fileMB: round(bytes / 1e6, 1),
    unpackedChunks,
    end: end.reason,
    errors: ends.length,
    mainThreadLagMs: {
      p50: round(lag.percentile(50) / 1e6),
      p99: round(lag.percentile(99) / 1e6),
      max: round(lag.max / 1e6),
    },
    cpuCores: round((user + system) / 1e6 / recordedSeconds),
    finishSeconds: round((performance.now() - begin) / 1000 - recordedSeconds),
  };
}

async function makeRecording(compression) {
  const path = join(folder, `input-${compression}.mcap`);
  const sink = await createMcapSink(path, { compression, chunkSize: 2 << 20 });
  const depth = sink.advertise('/depth/image_rect_raw', images);
  const camera = sink.advertise('/depth/camera_info', infos);
  for (let i = 0; i < FRAMES; i++) {
    const stamp = BigInt(Math.round((i / RATE) * 1e9));
    const k = i % 78;
    // there and back, so that the hand never jumps
    const frame = { ...frames[k < 40 ? k : 78 - k], stamp };
    await camera.publish(toCameraInfoMessage({ ...frame.camera, stamp, frameId: frame.frameId }), stamp);
    await depth.publish(toDepthImageMessage(frame), stamp);
  }
  await sink.close();
  return path;
}

/** Everything but the network, which is replaced by one that answers at once. */
async function replay(path, output) {
  const maps = renderHeatMaps(
    Float64Array.from({ length: 63 }, () => 0.5),
    24,
    1.5,
  );
  const begin = performance.now();
  const { counts } = await replayRecording(path, {
    config: trackerConfig({ detection: { method: 'geometric' }, smoothing: { stages: ['gate', 'oneEuro'] } }),
    inference: stubInference(() => maps, { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 }),
    ...(output && { output, depth: 'copy' }),
  });
  const seconds = (performance.now() - begin) / 1000;
  return { frames: counts.in, seconds: round(seconds), timesRealTime: round(FRAMES / RATE / seconds, 1) };
}

async function readByUs(path) {
  const source = await openMcap(path);
  let bytes = 0;
  const begin = performance.now();
  for await (const { data } of source.subscribe()) bytes += data.byteLength;
  const seconds = (performance.now() - begin) / 1000;
  await source.close();
  return bytes / 1e6 / seconds;
}

async function readByCore(path, decompressHandlers) {
  const file = await open(path);
  const size = BigInt((await stat(path)).size);
  const readable = {
    size: async () => size,
    read: async (offset, length) => {
      const buffer = new Uint8Array(Number(length));
      await file.read(buffer, 0, buffer.byteLength, Number(offset));
      return buffer;
    },
  };
  const reader = await McapIndexedReader.Initialize({ readable, decompressHandlers });
  let bytes = 0;
  const begin = performance.now();
  for await (const { data } of reader.readMessages()) bytes += data.byteLength;
  const seconds = (performance.now() - begin) / 1000;
  await file.close();
  return bytes / 1e6 / seconds;
}

/** In turns, the best of each: what the machine can do while nobody else is at work. */
async function read(path) {
  const handlers = await loadDecompressHandlers();
  let [us, core] = [0, 0];
  for (let i = 0; i < 7; i++) {
    us = Math.max(us, await readByUs(path));
    core = Math.max(core, await readByCore(path, handlers));
  }
  return { voxhandMBs: round(us, 0), mcapCoreMBs: round(core, 0), share: round(us / core) };
}

const results = {};
try {
  if (only.includes('record')) {
    results.record = { cameras: CAMERAS, rate: RATE, seconds: SECONDS };
    for (const compression of values.compression.split(',')) results.record[compression] = await record(compression);
  }
  if (only.includes('replay') || only.includes('read')) {
    const [raw, packed] = [await makeRecording('none'), await makeRecording('zstd')];
    if (only.includes('replay')) {
      await replay(raw);
      results.replay = {
        raw: await replay(raw),
        zstd: await replay(packed),
        rawWithOutput: await replay(raw, join(folder, 'output.mcap')),
      };
    }
    if (only.includes('read')) results.read = { none: await read(raw), zstd: await read(packed) };
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(
  `${JSON.stringify(
    {
      voxhand: VERSION,
      machine: machine(),
      results,
    },
    null,
    2,
  )}\n`,
);
