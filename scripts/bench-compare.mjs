#!/usr/bin/env node
/**
 * How long `voxhand compare` takes: two recordings of so many results (21 joints each), read, matched and measured. JSON on
 * stdout: seconds of each run, mean, spread, and the machine.
 *
 *   npm run build && node scripts/bench-compare.mjs [results, default 10000] [runs, default 5]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMcapSink } from '../dist/mcap.js';
import { cdrCodec } from '../dist/messages/cdr-codec.js';
import { toHandJointsMessage } from '../dist/messages/hand-joints-message.js';
import { compareFiles } from '../dist/regression/compare-recordings.js';
import { machine } from './machine.mjs';

const [results = 10_000, runs = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'voxhand-bench-compare-'));

/** A hand that wanders; `off` millimetres of noise on each coordinate, the same each time. */
async function write(path, off) {
  const sink = await createMcapSink(path);
  const joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
  };
  for (let frame = 0; frame < results; frame++) {
    const stamp = 1_000_000_000n + BigInt(frame) * 33_333_333n;
    const positions = Float64Array.from(
      { length: 63 },
      (_, i) => 0.01 * i + 0.1 * Math.sin(frame / 50) + 2e-3 * off * noise(),
    );
    const hand = {
      stamp,
      frameId: 'camera',
      handId: 0,
      handedness: 'right',
      tracked: true,
      positions,
      confidences: new Float32Array(21).fill(0.9),
      lagFrames: 0,
    };
    await joints.publish(toHandJointsMessage(hand), stamp);
  }
  await sink.close();
  return path;
}

try {
  const golden = await write(join(folder, 'golden.mcap'), 0);
  const found = await write(join(folder, 'new.mcap'), 0.2);
  const seconds = [];
  let verdict;
  for (let run = 0; run < runs; run++) {
    const begin = performance.now();
    ({
      comparison: { verdict },
    } = await compareFiles(golden, found));
    seconds.push((performance.now() - begin) / 1000);
  }
  const mean = seconds.reduce((sum, value) => sum + value, 0) / runs;
  const spread = Math.sqrt(seconds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, runs - 1));
  console.log(
    JSON.stringify(
      {
        what: 'compare two recordings of results',
        results,
        bytes: [golden, found].map((path) => statSync(path).size),
        verdict,
        runs,
        seconds: seconds.map((value) => Number(value.toFixed(4))),
        meanSeconds: Number(mean.toFixed(4)),
        standardDeviationSeconds: Number(spread.toFixed(4)),
        peakRssMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
        limitSeconds: 2,
        machine: machine(),
      },
      null,
      2,
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
