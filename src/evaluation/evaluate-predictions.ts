import { dirname } from 'node:path';
import { VoxhandError } from '../errors/index.js';
import { JOINT_COUNT } from '../hand/index.js';
import type { SmoothingConfig } from '../smoothing/index.js';
import { nanoseconds } from '../timing/index.js';
import type { DataSet, PoseFormat } from './datasets/data-set.js';
import type { PoseLine } from './datasets/pose-reader.js';
import { hasWholeSkeleton, skeletonGaps } from './datasets/skeleton-map.js';
import { PoseFile, PoseWriter } from './pose-file.js';
import { type PredictionReport, PredictionRun, type Predictions } from './prediction-run.js';

export type { PredictionReport, Predictions } from './prediction-run.js';

export interface EvaluatePredictionsOptions {
  readonly dataSet: DataSet;
  /** The file of true joints; read as its own format, see `PoseReader`. */
  readonly truth: string;
  readonly methods: readonly Predictions[];
  /** Of all files. Default: what the data set's published results have. */
  readonly format?: PoseFormat;
  /** Of the truth, where it is another one. */
  readonly truthFormat?: PoseFormat;
  /** Smooth each method's joints as well. */
  readonly smoothing?: SmoothingConfig;
  /** Frames per second, for stages that look at time. Default 30. */
  readonly fps?: number;
  /** Write the first method's smoothed joints, in the format of its file. */
  readonly output?: string;
  /** Called with each frame. */
  readonly onFrame?: (done: number) => void;
}

/** What was compared. */
export interface PredictionsEvaluation {
  readonly frames: number;
  readonly sequences: number;
  /** In the order of `methods`; where there is smoothing, each followed by its smoothed self. */
  readonly reports: readonly PredictionReport[];
  /** Files that look like the other format. */
  readonly doubts: readonly string[];
}

/** Time between two sequences, seconds: longer than any stage bridges. */
const SEQUENCE_GAP = 10;

/** Stages that know what each joint is. */
const WHOLE_HAND_STAGES = ['gate', 'prior'] as const;

/**
 * Compare files of results on a published data set with its ground truth, frame by frame in step: the k-th line with the
 * k-th line. All are read as they go, so that a file of any length takes little memory.
 *
 * The joints are the data set's own. For smoothing they are turned into our skeleton where it holds all of them; else only
 * the stages that treat each joint by itself (`window`, `oneEuro`) can be used. Frames follow each other at `fps`; where
 * lines are named and the folder of the name changes, a new sequence begins that nothing is averaged across.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` naming line and column, also where files have different frame counts;
 * `USAGE` for a stage of smoothing that the data set's joints are not enough for; `CONFIG_INVALID`; `WRITE_FAILED`.
 */
export async function evaluatePredictions(options: EvaluatePredictionsOptions): Promise<PredictionsEvaluation> {
  const { dataSet, truth, methods, format, truthFormat = format, smoothing, fps = 30, output } = options;
  if (smoothing !== undefined) checkStages(dataSet, smoothing);
  const truths = new PoseFile(dataSet, truth, { truth: true, ...(truthFormat && { format: truthFormat }) });
  const writer = output === undefined ? undefined : await PoseWriter.create(output, dataSet);
  const runOptions = (method: number) => ({
    ...(format && { format }),
    ...(smoothing && { smoothing }),
    ...(writer && method === 0 && { writer }),
  });
  const runs = methods.map((method, i) => new PredictionRun(dataSet, method, runOptions(i)));
  let frames = 0;
  let sequences = 0;
  let folder: string | undefined;
  try {
    for (;;) {
      const wanted = await truths.next();
      if (wanted === undefined) break;
      const inFolder = folderOf(wanted);
      if (frames === 0 || inFolder !== folder) sequences++;
      folder = inFolder;
      const seconds = frames / fps + (sequences - 1) * SEQUENCE_GAP;
      for (const run of runs) await run.step(wanted, truths.path, nanoseconds(seconds));
      frames++;
      options.onFrame?.(frames);
    }
    if (frames === 0) throw new VoxhandError('FILE_INVALID', 'no frames in the ground truth', { where: truth });
    for (const run of runs) await run.finish(frames);
    await writer?.close();
  } catch (error) {
    await writer?.abort();
    throw error;
  } finally {
    await truths.close();
    for (const run of runs) await run.close();
  }
  return {
    frames,
    sequences,
    reports: runs.flatMap((run) => run.reports()),
    doubts: [truths, ...runs.map((run) => run.file)].flatMap(({ doubt }) => doubt ?? []),
  };
}

function checkStages(set: DataSet, smoothing: SmoothingConfig): void {
  if (hasWholeSkeleton(set)) return;
  const stage = WHOLE_HAND_STAGES.find((name) => smoothing[name] !== undefined);
  if (stage === undefined) return;
  const { missing } = skeletonGaps(set);
  throw new VoxhandError('USAGE', `the stage '${stage}' needs all ${JOINT_COUNT} joints of a hand`, {
    expected: 'msra, hands17, hands19 or fphab; window and oneEuro smooth any data set',
    found: `${set.title}, which has ${set.joints.length} joints and not ours: ${missing.join(', ')}`,
  });
}

/** The folder that a frame's name lies in; a number or a bare name has none. */
function folderOf({ name }: PoseLine): string {
  return name === undefined ? '' : dirname(name.replaceAll('\\', '/'));
}
