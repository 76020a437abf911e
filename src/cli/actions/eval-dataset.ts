import { basename, extname } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { evaluatePredictions, type Predictions } from '../../evaluation/evaluate-predictions.js';
import type { DataSetName, PoseFormat } from '../../evaluation/index.js';
import { DATA_SETS, formatJointShares, formatPerJoint, formatReports, poseErrorSheet } from '../../evaluation/index.js';
import { SMOOTHING_STAGES, type SmoothingConfig, type SmoothingStage, smoothingConfig } from '../../smoothing/index.js';
import { loadPrior } from '../../tracking/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import type { Progress } from '../progress.js';
import { svgToPng } from '../rasterise.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface EvalDatasetCommandOptions extends TalkOptions {
  readonly truth: string;
  readonly dataset: DataSetName;
  readonly method?: readonly string[];
  readonly format?: PoseFormat;
  readonly truthFormat?: PoseFormat;
  readonly smooth?: string;
  readonly fps?: number;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly output?: string;
  readonly plot?: string;
}

/** At this rate consecutive frames are as far apart as stages of smoothing bridge. */
const LEAST_FPS = 2;

export async function evaluateDataset([path]: readonly string[], options: EvalDatasetCommandOptions): Promise<number> {
  const { dataset, truth, format, truthFormat, plot, output, fps = 30 } = options;
  const terminal = new Terminal(options);
  const methods = [{ label: labelOf(path), path }, ...(options.method ?? []).map(parseMethod)];
  checkLabels(methods);
  const smoothing = await smoothingOf(options);
  if (fps <= LEAST_FPS) {
    throw new VoxhandError('USAGE', 'frames too far apart', { expected: `--fps above ${LEAST_FPS}`, found: `${fps}` });
  }
  for (const file of [output, plot]) {
    if (file !== undefined) await prepareOutput(file, truth, ...methods.map((method) => method.path));
  }
  const set = DATA_SETS[dataset];
  let progress: Progress | undefined;
  const result = await evaluatePredictions({
    dataSet: set,
    truth,
    methods,
    fps,
    ...defined({ format, truthFormat, smoothing, output }),
    onFrame: (done) => {
      progress ??= terminal.progress(Infinity, 'frames');
      progress.update(done);
    },
  }).finally(() => progress?.end());
  for (const doubt of result.doubts) terminal.warn(`${doubt} (see --format)`);
  const { reports } = result;
  if (plot !== undefined) await writePlot(plot, poseErrorSheet(reports, set.title));
  const { frames, sequences, doubts } = result;
  const facts = { dataset, truth, frames, sequences, doubts, output: output ?? null, plot: plot ?? null };
  terminal.result({ ...facts, methods: reports }, ({ methods: shown }) =>
    [formatReports(shown), formatJointShares(shown), formatPerJoint(shown)].join('\n\n'),
  );
  return EXIT.ok;
}

/** `NAME=FILE`, or a file that is named after itself. */
function parseMethod(text: string): Predictions {
  const at = text.indexOf('=');
  const [label, path] = at < 0 ? [labelOf(text), text] : [text.slice(0, at).trim(), text.slice(at + 1)];
  if (label !== '' && path !== '') return { label, path };
  throw new VoxhandError('USAGE', 'not a method', { expected: '--method NAME=FILE', found: JSON.stringify(text) });
}

function labelOf(path: string): string {
  return basename(path, extname(path));
}

function checkLabels(methods: readonly Predictions[]): void {
  const twice = methods.find(({ label }, i) => methods.findIndex((other) => other.label === label) < i);
  if (twice === undefined) return;
  throw new VoxhandError('USAGE', 'two methods of the same name', {
    expected: '--method NAME=FILE with another name',
    found: JSON.stringify(twice.label),
  });
}

/** The stages that are asked for, with their settings from the configuration. */
async function smoothingOf({
  smooth,
  config: file,
  set,
}: EvalDatasetCommandOptions): Promise<SmoothingConfig | undefined> {
  const config = await loadConfig(file, set); // a wrong key is refused, smoothing or not
  if (smooth === undefined) return undefined;
  const stages = smooth.split(',').map((stage) => stage.trim());
  const bad = stages.find(
    (stage, i) => !SMOOTHING_STAGES.some((known) => known === stage) || stages.indexOf(stage) < i,
  );
  if (bad !== undefined) {
    throw new VoxhandError('USAGE', 'not a list of stages of smoothing', {
      expected: `some of ${SMOOTHING_STAGES.join(', ')}, each once, with commas between`,
      found: JSON.stringify(smooth),
      where: '--smooth',
    });
  }
  const smoothing = { ...config.smoothing, stages: stages as SmoothingStage[] };
  const prior = stages.includes('prior') ? await loadPrior(smoothing.prior.file) : undefined;
  return smoothingConfig(smoothing, prior);
}

async function writePlot(plot: string, svg: string): Promise<void> {
  await writeOutput(plot, svgToPng(svg, 1.5));
}
