#!/usr/bin/env node
/**
 * Turn an export of training/ into a packaged model: copy its graph, write the manifest with self-test, hashes and figures,
 * and measure it in onnxruntime through voxhand's own inference and decoders.
 *
 *   npm run model:finish -- training/runs/export --name compact --graph 2d8
 *
 *   --name NAME      of the model, and of its folder
 *   --graph KEY      which of the export's graphs (2d8, 3d16-gauss, 2d-com, ...), where there are several
 *   --out FOLDER     default models
 *   --version TEXT   default 1
 *   --roll NAME      how the cubes of training are turned, where the export does not say: hand-down, or forearm-down (default)
 *   --samples N      measure on so many of the held-out samples, default all; not for detection
 *   --threads N      default 1
 *
 * The figures go to stdout as JSON, by decoder; those of the detector and of the second stage of detection come from training.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectionManifest, isOfDetection, measureDetection } from './models/detection.mjs';
import { readExport } from './models/exported.mjs';
import { fileNames, manifestOf } from './models/manifest.mjs';
import { measure } from './models/measure.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    graph: { type: 'string' },
    out: { type: 'string', default: 'models' },
    version: { type: 'string', default: '1' },
    roll: { type: 'string', default: 'forearm-down' },
    samples: { type: 'string' },
    threads: { type: 'string', default: '1' },
  },
});
if (positionals.length !== 1 || values.name === undefined) {
  process.stderr.write(
    'usage: npm run model:finish -- EXPORT --name NAME [--graph KEY] [--out FOLDER] [--samples N]\n',
  );
  process.exit(2);
}

const threads = Number(values.threads);
const samples = Number(values.samples ?? Number.MAX_SAFE_INTEGER);
if (![threads, samples].every((n) => Number.isInteger(n) && n >= 1)) {
  process.stderr.write('--samples and --threads are whole numbers from 1\n');
  process.exit(2);
}
try {
  await finish(readExport(positionals[0], values.graph));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Made elsewhere and put into its place at the end, so that a failure leaves the old model as it is. */
async function finish(exported) {
  const { graph, files, holdout } = exported;
  const count = Math.min(samples, holdout?.count ?? 0);
  const folder = mkdtempSync(join(tmpdir(), 'voxhand-model-'));
  try {
    for (const [k, name] of fileNames(graph).entries()) copyFileSync(files[k], join(folder, name));
    const detection = isOfDetection(graph);
    const manifest = detection ? detectionManifest(exported, values) : await manifestOf(exported, values);
    const save = () => writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    save();
    const { figures, ...measured } = detection
      ? await measureDetection(`${folder}/`, exported, manifest, threads)
      : await measuredOf(`${folder}/`, exported, count);
    manifest.measured = measured;
    save();
    const target = join(values.out, values.name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(target, file));
    const { errorMm, milliseconds } = measured;
    const { mean, median } = errorMm;
    process.stderr.write(
      `${values.name}: mean ${mean} mm, median ${median} mm, ${milliseconds.median} ms on ${threads} thread(s)\n`,
    );
    process.stdout.write(`${JSON.stringify({ name: values.name, errorMm: figures, milliseconds }, null, 1)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifest's `measured`, and all `figures` by decoder. */
async function measuredOf(folder, exported, count) {
  const { errorMm: figures, milliseconds } = await measure(folder, exported, { count, threads });
  return { errorMm: errorOf(exported.graph, figures), on: on(exported, count), milliseconds, figures };
}

function errorOf({ kind, target, decoder }, byName) {
  if (kind !== 'point') return byName[decoder ?? 'gauss'];
  return { ...byName[target], meanBefore: byName.before.mean, medianBefore: byName.before.median };
}

function on({ about, graph: { kind, decoder } }, count) {
  const held = `${count} held-out synthetic samples (seed ${about.holdout.seed}), noise, clutter and held objects on`;
  if (kind === 'point') return `${held}; "before" is the point that the network is given`;
  return `${held}; ${decoder === 'smax' ? 'S-max' : 'Gauss'} decoder, no smoothing`;
}
