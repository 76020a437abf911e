#!/usr/bin/env node
/**
 * `npm run eval:paper`: the tables and plots of the HANDS 2019 Task 2 winners' slides, on our own held-out sequences.
 *
 *   npm run eval:paper                    measure; write docs/paper/results.json, the tables of docs/paper.md and docs/images/paper-*.png
 *   npm run eval:paper -- --quick         100 frames, into out/paper
 *   npm run eval:paper -- --fit           measure table H alone (with and without the skeleton fit), and leave the others
 *   npm run eval:paper -- --render        nothing is measured: tables and plots of the results that there are
 *   npm run eval:paper -- --train         first train the baselines of tables A to C (most of an hour; --frames, --epochs)
 *
 *   --out FOLDER        where everything goes instead of docs/ (FOLDER/paper.md, FOLDER/results.json, FOLDER/paper-*.png)
 *   --baselines FILE    of tables A to C, instead of docs/paper/baselines.json
 *   --model, --refine-com, --refine-rom NAME     instead of compact, refine-com, refine-rom
 *   --ensemble FOLDER   a model of several networks, for table E, which is left out without it
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { svgToPng } from '../dist/cli/rasterise.js';
import { VERSION } from '../dist/index.js';
import { readBaselines, trainBaselines } from './paper/baselines.mjs';
import { fillIn } from './paper/document.mjs';
import { measureFit } from './paper/fit-table.mjs';
import { measure } from './paper/measure.mjs';
import { openNetworks } from './paper/networks.mjs';
import { allPlots } from './paper/plots.mjs';
import { priorPoses } from './paper/prior-poses.mjs';
import {
  FIT_FRAMES,
  FPS,
  FRAMES,
  QUICK_FIT_FRAMES,
  QUICK_FRAMES,
  QUICK_SEQUENCES,
  SEQUENCES,
} from './paper/sequences.mjs';
import { allTables } from './paper/tables.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = {
  quick: { type: 'boolean', default: false },
  render: { type: 'boolean', default: false },
  fit: { type: 'boolean', default: false },
  train: { type: 'boolean', default: false },
  frames: { type: 'string', default: '6000' },
  epochs: { type: 'string', default: '2' },
  baselines: { type: 'string', default: 'docs/paper/baselines.json' },
  out: { type: 'string' },
  model: { type: 'string', default: 'compact' },
  ensemble: { type: 'string' },
  'refine-com': { type: 'string', default: 'refine-com' },
  'refine-rom': { type: 'string', default: 'refine-rom' },
};
/** Pixels of a picture for each unit of its SVG: sharp enough for a page, and small. */
const ZOOM = 1.25;

try {
  await main(parseArgs({ options }).values);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code?.startsWith?.('ERR_PARSE_ARGS') ? 2 : 1;
}

async function main(values) {
  const places = placesOf(values);
  if (values.train) trainBaselines(root, places.baselines, values);
  const baselines = readBaselines(places.baselines);
  const before = values.render || values.fit ? readResults(places.results) : await measured(values);
  const results = values.render ? before : { ...before, fit: await measuredFit(values) };
  // everything is made before anything is written
  const document = fillIn(readFileSync(join(root, 'docs/paper.md'), 'utf8'), allTables(results, baselines));
  const pictures = Object.entries(allPlots(results)).map(([name, svg]) => [`${name}.png`, svgToPng(svg, ZOOM)]);
  for (const folder of [dirname(places.results), dirname(places.document), places.images])
    mkdirSync(folder, { recursive: true });
  if (!values.render) writeFileSync(places.results, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(places.document, document);
  rmSync(join(places.images, 'paper-ensemble.png'), { force: true });
  for (const [name, png] of pictures) writeFileSync(join(places.images, name), png);
  process.stdout.write(`${places.document}\n`);
}

function readResults(file) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  throw new Error(`nothing to render: there is no ${file}; measure first, without --render`);
}

function placesOf({ out, quick, baselines: file }) {
  const baselines = resolve(root, file);
  const folder = out ?? (quick ? join(root, 'out/paper') : undefined);
  if (folder === undefined) {
    const docs = join(root, 'docs');
    return {
      baselines,
      results: join(docs, 'paper/results.json'),
      document: join(docs, 'paper.md'),
      images: join(docs, 'images'),
    };
  }
  return { baselines, results: join(folder, 'results.json'), document: join(folder, 'paper.md'), images: folder };
}

async function measured(values) {
  const { quick, model, ensemble } = values;
  const sequences = quick ? QUICK_SEQUENCES : SEQUENCES;
  const frames = quick ? QUICK_FRAMES : FRAMES;
  const { say, made } = stopwatch();
  const networks = await openNetworks({
    model,
    ensemble,
    refineCom: values['refine-com'],
    refineRom: values['refine-rom'],
  });
  try {
    for (const [what, found] of Object.entries(networks.models)) {
      if (found === null && what !== 'ensemble') say(`${what}: no such model`);
    }
    const figures = await measure(sequences, frames, networks, priorPoses(root), say);
    return {
      voxhand: VERSION,
      made: made(),
      quick,
      models: networks.models,
      fps: FPS,
      framesEach: frames,
      seeds: sequences.map(({ seed }) => seed),
      sequences,
      ...figures,
    };
  } finally {
    await networks.close();
  }
}

async function measuredFit({ quick, model }) {
  const { say, made } = stopwatch();
  const figures = quick
    ? await measureFit(QUICK_SEQUENCES, QUICK_FIT_FRAMES, model, say)
    : await measureFit(SEQUENCES, FIT_FRAMES, model, say);
  return { made: made(), ...figures };
}

/** Says what is done and how long it took, and in the end when and where it was. */
function stopwatch() {
  const begin = performance.now();
  const seconds = () => Math.round((performance.now() - begin) / 1000);
  return {
    say: (line) => process.stderr.write(`${seconds()} s  ${line}\n`),
    made: () => ({
      date: new Date().toISOString().slice(0, 10),
      machine: `${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      seconds: seconds(),
    }),
  };
}
