#!/usr/bin/env node
/**
 * How much faster than plain 3D convolutions the graphs for CPUs are, side by side in one run, as JSON.
 *
 *   npm run bench:v2v -- [--graphs EXPORT] [--variant v2v16] [--repeats 7] [--threads 1,2]
 *
 * Without --graphs a random network of the variant (v2v16 is the paper's V2V-PoseNet, 88^3 to 44^3) is exported into a temporary
 * folder; that needs PyTorch and onnx in the Python that --python or the variable PYTHON names. The graphs take turns, so that
 * other work on the machine slows all of them alike; each has a process of its own. CPU milliseconds leave out what others took.
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    graphs: { type: 'string' },
    variant: { type: 'string', default: 'v2v16' },
    layouts: { type: 'string', default: '3d,2d,2d8' },
    repeats: { type: 'string', default: '7' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
  },
});
const WORKER = fileURLToPath(new URL('./models/timed-graph.mjs', import.meta.url));
const TRAINING = fileURLToPath(new URL('../training', import.meta.url));

const temporary = values.graphs === undefined ? mkdtempSync(join(os.tmpdir(), 'voxhand-v2v-')) : undefined;
try {
  if (temporary !== undefined) exportRandom(temporary);
  const folder = values.graphs ?? temporary;
  const about = JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'));
  const results = {};
  for (const threads of values.threads.split(',').map(Number)) {
    results[`${threads} thread${threads === 1 ? '' : 's'}`] = await race(folder, about.graphs, threads);
  }
  const { model, size, outSize, parameters } = about;
  const network = { model, grid: size, heatMap: outSize, parameters };
  process.stdout.write(
    `${JSON.stringify({ machine: { ...machine(), onnxruntime: readVersion() }, network, unit: 'ms a frame, median', results }, null, 1)}\n`,
  );
} finally {
  if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
}

function exportRandom(out) {
  const options = ['--holdout', '0', '--compare', '0', '--layouts', ...values.layouts.split(',')];
  const command = [
    '-W',
    'ignore',
    '-m',
    'voxhand_training.export',
    '--random',
    values.variant,
    '--out',
    out,
    ...options,
  ];
  execFileSync(values.python, command, { cwd: TRAINING, stdio: ['ignore', 2, 'inherit'] });
}

function readVersion() {
  const path = new URL('../node_modules/onnxruntime-node/package.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

/** Median times of every graph; the first runs of each warm up and are not counted. */
async function race(folder, graphs, threads) {
  const runners = [];
  for (const [key, { files }] of Object.entries(graphs)) {
    const child = fork(WORKER, [join(folder, files[0]), String(threads)]);
    await once(child, 'message');
    runners.push({ key, child, wall: [], cpu: [], rssMiB: 0 });
  }
  for (let i = -1; i < Number(values.repeats); i++) {
    for (const runner of runners) {
      runner.child.send('run');
      const [{ wall, cpu, rssMiB }] = await once(runner.child, 'message');
      runner.rssMiB = rssMiB;
      if (i < 0) continue;
      runner.wall.push(wall);
      runner.cpu.push(cpu);
    }
  }
  for (const { child } of runners) child.disconnect();
  const plain = runners.find(({ key }) => key === '3d');
  const ratio = (a, b) => Math.round((100 * median(a)) / median(b)) / 100;
  return Object.fromEntries(
    runners.map((runner) => [
      runner.key,
      {
        wallMs: Math.round(median(runner.wall) * 10) / 10,
        cpuMs: Math.round(median(runner.cpu) * 10) / 10,
        rssMiB: runner.rssMiB,
        ...(plain === undefined || plain === runner
          ? {}
          : { timesFasterThan3d: { wall: ratio(plain.wall, runner.wall), cpu: ratio(plain.cpu, runner.cpu) } }),
      },
    ]),
  );
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
