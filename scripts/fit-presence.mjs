#!/usr/bin/env node
/**
 * Fit the presence score: the probability that a hand is there whose joints are right within 20 mm on average, as a logistic function
 * of what src/detection/presence.ts looks at.
 *
 *   npm run build && node scripts/fit-presence.mjs presence.jsonl --method learned --model compact --on "40 synthetic sequences"
 *
 *   SAMPLES          by scripts/presence-samples.mjs, one or more files
 *   --method NAME    of detection, default learned
 *   --model A,B      that saw the joints, and further packages of the same network; default compact
 *   --on TEXT        on which data, for the record
 *   --dry            do not write src/detection/presence-weights.ts
 *
 * A weight that would make the score rise with what is less like a hand is set to 0. Of every five sequences one is held out. The reliability table of these, ten bins of the score, goes to stdout as Markdown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PRESENCE_FEATURES, presenceOf } from '../dist/detection/presence.js';
import { PRESENCE_WEIGHTS } from '../dist/detection/presence-weights.js';

const TARGET = fileURLToPath(new URL('../src/detection/presence-weights.ts', import.meta.url));
/** A hand whose joints are off by more is none, mm. */
const RIGHT = 20;
const HELD_OUT = 5;
const BINS = 10;
/** Which way each feature may move the score: what is less like a hand must not be taken for a surer one because the samples are few. */
const SIGNS = {
  meanConfidence: 1,
  lowConfidence: 1,
  evidence: 1,
  proportions: -1,
  size: -1,
  speed: -1,
  change: -1,
  first: -1,
};
/** Ridge of the weights, so that features that go together share them. */
const RIDGE = 1e-3;
const STEPS = 30;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: 'string', default: 'learned' },
    model: { type: 'string', default: 'compact' },
    on: { type: 'string', default: 'synthetic sequences' },
    dry: { type: 'boolean', default: false },
  },
});
if (positionals.length === 0) {
  process.stderr.write('usage: fit-presence.mjs SAMPLES... [--method NAME] [--model NAME] [--on TEXT] [--dry]\n');
  process.exit(2);
}

const samples = positionals.flatMap(readSamples);
const heldOut = samples.filter(({ group }) => group % HELD_OUT === HELD_OUT - 1);
const fitted = samples.filter(({ group }) => group % HELD_OUT !== HELD_OUT - 1);
for (const [name, some] of Object.entries({ fitted, heldOut })) {
  const present = some.filter((sample) => sample.present).length;
  if (present > 0 && present < some.length) continue;
  process.stderr.write(`${name}: ${present} of ${some.length} samples are hands: both kinds are needed\n`);
  process.exit(1);
}
const weights = fitSigned(fitted);
process.stdout.write(`${report(weights, heldOut)}\n`);
if (!values.dry) {
  const { method, on } = values;
  const models = values.model.split(',');
  const entry = { method, models, on, samples: fitted.length, weights };
  const others = PRESENCE_WEIGHTS.filter((other) => other.method !== method || other.models[0] !== models[0]);
  writeFileSync(TARGET, moduleText([...others, entry]));
}

function readSamples(path, file) {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { features, errorMm, sequence } = JSON.parse(line);
    return { features, present: errorMm !== null && errorMm <= RIGHT, group: sequence + file };
  });
}

/** The fit without those features whose weight would have the wrong sign: the wrongest one is left out, and all is fitted again. */
function fitSigned(some) {
  const used = new Set(PRESENCE_FEATURES);
  for (;;) {
    const fit = fitWeights(some, used);
    const wrong = [...used].map((name) => ({ name, pull: fit.features[name].weight * SIGNS[name] }));
    const worst = wrong.reduce((a, b) => (b.pull < a.pull ? b : a));
    if (worst.pull >= 0) return fit;
    used.delete(worst.name);
  }
}

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares), on features of mean 0 and scale 1; those that are not
 * used keep the weight 0.
 */
function fitWeights(some, used) {
  const count = PRESENCE_FEATURES.length;
  const columns = PRESENCE_FEATURES.map((_, k) => some.map(({ features }) => features[k]));
  const means = columns.map((column) => column.reduce((a, b) => a + b, 0) / column.length);
  const scales = columns.map((column, k) =>
    Math.max(1e-6, Math.sqrt(column.reduce((sum, value) => sum + (value - means[k]) ** 2, 0) / column.length)),
  );
  const rows = some.map(({ features }) => [
    1,
    ...features.map((value, k) => (used.has(PRESENCE_FEATURES[k]) ? (value - means[k]) / scales[k] : 0)),
  ]);
  const solution = new Array(count + 1).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = solution.map((w, i) => (i === 0 ? 0 : -RIDGE * some.length * w));
    const hessian = solution.map((_, i) =>
      solution.map((_, j) => (i === j ? (i === 0 ? 1e-9 : RIDGE * some.length) : 0)),
    );
    for (const [n, row] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * solution[i], 0)));
      const error = (some[n].present ? 1 : 0) - p;
      for (let i = 0; i <= count; i++) {
        gradient[i] += error * row[i];
        for (let j = 0; j <= count; j++) hessian[i][j] += p * (1 - p) * row[i] * row[j];
      }
    }
    const change = solved(hessian, gradient);
    for (let i = 0; i <= count; i++) solution[i] += change[i];
    if (Math.max(...change.map(Math.abs)) < 1e-8) break;
  }
  const round = (value) => Number(value.toPrecision(5));
  const [bias, ...own] = solution;
  const features = PRESENCE_FEATURES.map((name, k) => [
    name,
    { weight: round(own[k]), mean: round(means[k]), scale: round(scales[k]) },
  ]);
  return { bias: round(bias), features: Object.fromEntries(features) };
}

/** Gaussian elimination with pivots; of a matrix that is singular to the bit the ridge is all that is left. */
function solved(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = i + 1; k < size; k++) {
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= size; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  const result = new Array(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = rows[i][size];
    for (let j = i + 1; j < size; j++) rest -= rows[i][j] * result[j];
    result[i] = rest / rows[i][i];
  }
  return result;
}

function report(fittedWeights, some) {
  const scored = some.map(({ features, present }) => ({ score: presenceOf(features, fittedWeights), present }));
  const lines = ['| presence score | frames | mean score | hands within 20 mm |', '|---|---|---|---|'];
  let gap = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const inside = scored.filter(({ score }) => Math.min(BINS - 1, Math.floor(score * BINS)) === bin);
    const range = `${(bin / BINS).toFixed(1)} to ${((bin + 1) / BINS).toFixed(1)}`;
    if (inside.length === 0) {
      lines.push(`| ${range} | 0 | | |`);
      continue;
    }
    const mean = inside.reduce((sum, { score }) => sum + score, 0) / inside.length;
    const share = inside.filter(({ present }) => present).length / inside.length;
    gap += (inside.length / scored.length) * Math.abs(mean - share);
    lines.push(`| ${range} | ${inside.length} | ${mean.toFixed(3)} | ${share.toFixed(3)} |`);
  }
  const brier = scored.reduce((sum, { score, present }) => sum + (score - (present ? 1 : 0)) ** 2, 0) / scored.length;
  lines.push(
    '',
    `${scored.length} held-out frames: expected calibration error ${gap.toFixed(3)}, Brier score ${brier.toFixed(3)}.`,
  );
  return lines.join('\n');
}

function moduleText(entries) {
  const text = entries.map(({ method, models, on, samples: count, weights: { bias, features } }) => {
    const lines = Object.entries(features).map(
      ([name, { weight, mean, scale }]) => `        ${name}: { weight: ${weight}, mean: ${mean}, scale: ${scale} },`,
    );
    return `  {
    method: '${method}',
    models: [${models.map((name) => `'${name}'`).join(', ')}],
    on: '${on.replace(/[\\']/g, '\\$&')}',
    samples: ${count},
    weights: {
      bias: ${bias},
      features: {
${lines.join('\n')}
      },
    },
  },`;
  });
  return `// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
${text.join('\n')}
];
`;
}
