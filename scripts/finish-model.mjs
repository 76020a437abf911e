#!/usr/bin/env node
/**
 * Turn an export of training/ into packaged models: measure the error of each graph in onnxruntime through voxhand's own
 * decoders, and write the manifest with self-test, hashes and figures.
 *
 *   npm run model:finish -- training/runs/export            (after: python3 -m voxhand_training.export ...)
 *
 * Writes models/compact (8 bit, depth-stacked, for CPUs) and models/compact-fp32 (plain Conv3D, for GPUs).
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { JOINT_NAMES } from '../dist/hand/index.js';
import { DECODERS, decodeHeatMaps } from '../dist/heatmaps/index.js';
import { mixJointMajor } from '../dist/inference/joint-major.js';
import { peaksOf } from '../dist/inference/self-test.js';

const J = JOINT_NAMES.length;
const directory = process.argv[2] ?? 'training/runs/export';
const about = JSON.parse(readFileSync(join(directory, 'export.json'), 'utf8'));
const { size: N, outSize: R, sigma, edge } = about;
const holdout = readFileSync(join(directory, about.holdout.file));
const RECORD = N ** 3 / 8 + 4 * (3 * J + 1);

const VARIANTS = [
  {
    name: 'compact',
    graph: '2d8',
    precision: 'uint8',
    layout: 'djhw',
    text: '8 bit, depth-stacked 2D convolutions, for CPUs',
  },
  {
    name: 'compact-fp32',
    graph: '3d',
    precision: 'fp32',
    layout: 'jdhw',
    text: 'float32, 3D convolutions, for GPUs and as reference',
  },
];

function sample(index) {
  const at = index * RECORD;
  const grid = new Uint8Array(N ** 3);
  for (let i = 0; i < grid.length; i++) grid[i] = (holdout[at + (i >> 3)] >> (i & 7)) & 1;
  const numbers = new Float32Array(3 * J + 1);
  for (let i = 0; i < numbers.length; i++) numbers[i] = holdout.readFloatLE(at + N ** 3 / 8 + 4 * i);
  return { grid, joints: numbers.subarray(0, 3 * J), edge: numbers[3 * J] };
}

async function open(file, layout) {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, executionProviders: ['cpu'] });
  const shape = session.inputMetadata[0].shape;
  return async (grid) => {
    const { heatmaps } = await session.run({ voxels: new ort.Tensor('uint8', grid, shape) });
    const data = new Float32Array(J * R ** 3);
    mixJointMajor(heatmaps.data, { layout, size: R }, J, 1, data, false);
    return { joints: J, size: R, data };
  };
}

function figures(errors, frames) {
  const sorted = Float64Array.from(errors).sort();
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length;
  const round = (v) => Math.round(v * 100) / 100;
  const within = (mm) => Math.round((frames.filter((worst) => worst <= mm).length / frames.length) * 1e4) / 1e4;
  return {
    mean: round(mean),
    median: round(sorted[sorted.length >> 1]),
    p95: round(sorted[Math.floor(0.95 * sorted.length)]),
    framesAllWithin20: within(20),
    framesAllWithin30: within(30),
    framesAllWithin50: within(50),
  };
}

const report = {};
for (const { name, graph, precision, layout, text } of VARIANTS) {
  const source = join(directory, about.graphs[graph].file);
  const run = await open(source, layout);
  const errors = Object.fromEntries(DECODERS.map((d) => [d, { all: [], worst: [] }]));
  const times = [];
  for (let i = 0; i < about.holdout.count; i++) {
    const { grid, joints, edge: cube } = sample(i);
    const begin = performance.now();
    const maps = await run(grid);
    times.push(performance.now() - begin);
    for (const decoder of DECODERS) {
      const { positions } = decodeHeatMaps(maps, { decoder, sigma });
      let worst = 0;
      for (let j = 0; j < J; j++) {
        const d = [0, 1, 2].map((k) => positions[3 * j + k] - joints[3 * j + k]);
        const mm = Math.hypot(...d) * cube * 1000;
        errors[decoder].all.push(mm);
        worst = Math.max(worst, mm);
      }
      errors[decoder].worst.push(worst);
    }
  }
  const byDecoder = Object.fromEntries(DECODERS.map((d) => [d, figures(errors[d].all, errors[d].worst)]));
  times.sort((a, b) => a - b);
  report[name] = { msMedianOneThread: Math.round(times[times.length >> 1] * 10) / 10, errorMm: byDecoder };

  const target = join('models', name);
  mkdirSync(target, { recursive: true });
  copyFileSync(source, join(target, 'model.onnx'));
  const bytes = readFileSync(source);
  const test = sample(0);
  const occupied = [];
  for (const [i, v] of test.grid.entries()) if (v === 1) occupied.push(i);
  const packed = Buffer.alloc(4 * occupied.length);
  for (const [i, cell] of occupied.entries()) packed.writeUInt32LE(cell, 4 * i);
  const { positions, values } = peaksOf(await run(test.grid));
  const round = (v) => Math.round(v * 1e5) / 1e5;
  const manifest = {
    format: 1,
    name,
    version: '1',
    description: `${about.model}: U-net of V2V residual blocks, ${(about.parameters / 1e6).toFixed(2)} M parameters; ${text}`,
    licence: 'Apache-2.0',
    input: {
      tensor: 'voxels',
      type: 'uint8',
      size: N,
      layout: 'dhw',
      shape: about.graphs[graph].input,
      axes: 'zyx',
      cubeEdge: edge,
      roll: 'forearm-down',
      handedness: 'right',
    },
    output: {
      tensor: 'heatmaps',
      size: R,
      layout,
      shape: about.graphs[graph].output,
      kind: 'gaussian',
      sigma,
      offsetRule: 'cell-centre',
      scale: 1,
    },
    joints: { skeleton: 'voxhand21', names: JOINT_NAMES },
    files: [
      { path: 'model.onnx', sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, precision },
    ],
    training: {
      data: 'voxhand synthetic hands, rendered on the fly (training/)',
      samples: about.samples,
      seed: about.seed,
    },
    measured: {
      errorMm: byDecoder.gauss,
      on: `${about.holdout.count} held-out synthetic samples (seed ${about.holdout.seed}), noise, clutter and held objects on; Gauss decoder, no smoothing`,
    },
    selfTest: {
      occupied: packed.toString('base64'),
      expected: [{ positions: positions.map((p) => p.map(round)), values: values.map(round) }],
      tolerance: { cells: 1, value: 0.05 },
    },
  };
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  process.stderr.write(
    `${name}: mean ${byDecoder.gauss.mean} mm, median ${byDecoder.gauss.median} mm, ${report[name].msMedianOneThread} ms\n`,
  );
}
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
