import { basename } from 'node:path';
import { VoxhandError } from '../errors/index.js';
import type { HandJoints } from '../hand/index.js';
import { type HandStage, type SmoothingConfig, smoothingStage } from '../smoothing/index.js';
import type { DataSet, PoseFormat } from './datasets/data-set.js';
import type { PoseLine } from './datasets/pose-reader.js';
import { fromSkeleton, hasWholeSkeleton, toSkeleton } from './datasets/skeleton-map.js';
import type { JointErrorReport } from './joint-errors.js';
import { PoseErrors } from './pose-errors.js';
import { PoseFile, type PoseWriter } from './pose-file.js';

/** One method's file of results. */
export interface Predictions {
  readonly label: string;
  readonly path: string;
}

/** The report on one file, smoothed or not. */
export interface PredictionReport extends JointErrorReport {
  readonly path: string;
  readonly smoothed: boolean;
}

export interface PredictionRunOptions {
  readonly format?: PoseFormat;
  readonly smoothing?: SmoothingConfig;
  /** Takes the smoothed joints; stays the caller's to close. */
  readonly writer?: PoseWriter;
}

/** A frame whose smoothed joints are still to come. */
interface Waiting {
  readonly stamp: bigint;
  readonly name?: string;
  readonly truth: Float64Array;
}

/** One method's way through a comparison, a frame at a time. */
export class PredictionRun {
  readonly file: PoseFile;
  readonly #set: DataSet;
  readonly #label: string;
  readonly #errors: PoseErrors;
  readonly #smoothedErrors: PoseErrors;
  readonly #stage: HandStage | undefined;
  readonly #stageNames: readonly string[];
  readonly #writer: PoseWriter | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(set: DataSet, { label, path }: Predictions, { format, smoothing, writer }: PredictionRunOptions) {
    const names = set.joints.map(({ name }) => name);
    this.file = new PoseFile(set, path, format === undefined ? {} : { format });
    this.#set = set;
    this.#label = label;
    this.#errors = new PoseErrors(names);
    this.#smoothedErrors = new PoseErrors(names);
    this.#stage = smoothing && smoothingStage(smoothing);
    this.#stageNames = smoothing?.order ?? [];
    this.#writer = writer;
  }

  /**
   * Compare the next frame of the file with this one.
   *
   * @param stamp of the frame, for smoothing; nanoseconds
   * @throws VoxhandError `FILE_INVALID` where there is none, or one of another name
   */
  async step(truth: PoseLine, truthPath: string, stamp: bigint): Promise<void> {
    const predicted = await this.file.next();
    if (predicted === undefined) {
      throw this.#unequal(`a frame for line ${truth.line} of ${truthPath}`, `${this.file.frames} frames`);
    }
    if (!sameName(predicted.name, truth.name)) {
      throw new VoxhandError('FILE_INVALID', 'predictions and ground truth are not in the same order', {
        expected: `${JSON.stringify(truth.name)} as in ${truthPath}, line ${truth.line}`,
        found: JSON.stringify(predicted.name),
        where: `${this.file.path}, line ${predicted.line}`,
      });
    }
    this.#errors.add(predicted.positions, truth.positions);
    if (this.#stage === undefined) return;
    const { name } = predicted;
    this.#waiting.push({ stamp, truth: truth.positions, ...(name !== undefined && { name }) });
    await this.#take(this.#stage.push(this.#toHand(predicted.positions, stamp)));
  }

  /** @throws VoxhandError `FILE_INVALID` where the file has more frames. */
  async finish(frames: number): Promise<void> {
    if ((await this.file.next()) !== undefined) throw this.#unequal(`${frames} frames`, 'more');
    if (this.#stage !== undefined) await this.#take(this.#stage.flush());
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** As the file is, and smoothed where that was asked for. */
  reports(): PredictionReport[] {
    const { path } = this.file;
    const label = [this.#label, ...this.#stageNames].join(' + ');
    return [
      { ...reportOf(this.#label, this.#errors), path, smoothed: false },
      ...(this.#stage === undefined ? [] : [{ ...reportOf(label, this.#smoothedErrors), path, smoothed: true }]),
    ];
  }

  async #take(hands: readonly HandJoints[]): Promise<void> {
    for (const hand of hands) {
      const frame = this.#waiting.shift();
      if (frame === undefined || frame.stamp !== hand.stamp) {
        throw new VoxhandError('INTERNAL', 'a stage of smoothing lost or reordered a frame', {
          found: `${hand.stamp}`,
        });
      }
      const positions = this.#fromHand(hand);
      this.#smoothedErrors.add(positions, frame.truth);
      await this.#writer?.write(positions, this.file, frame.name);
    }
  }

  /** In our skeleton where it holds all joints; else each joint by itself, as the data set has them. */
  #toHand(positions: Float64Array, stamp: bigint): HandJoints {
    const pose = hasWholeSkeleton(this.#set)
      ? toSkeleton(this.#set, positions)
      : { positions, confidences: new Float32Array(this.#set.joints.length).fill(1) };
    const { handedness } = this.#set;
    return { stamp, frameId: this.#set.name, handId: 0, handedness, tracked: true, lagFrames: 0, ...pose };
  }

  #fromHand({ positions }: HandJoints): Float64Array {
    return hasWholeSkeleton(this.#set) ? fromSkeleton(this.#set, positions) : positions;
  }

  #unequal(expected: string, found: string): VoxhandError {
    return new VoxhandError('FILE_INVALID', 'predictions and ground truth have different frame counts', {
      expected,
      found,
      where: this.file.path,
    });
  }
}

function reportOf(label: string, errors: PoseErrors): JointErrorReport {
  const { frames } = errors;
  return {
    label,
    frames: {
      withHand: frames,
      compared: frames,
      notTracked: 0,
      noResult: 0,
      falseHands: 0,
      agreedNoHand: 0,
      withoutTruth: 0,
    },
    ...errors.report(),
    jointsWithoutTruth: [],
    jointsNearTruth: [],
    skeleton: null,
  };
}

/** Names are compared where both files have them, by what the shorter path says. */
function sameName(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  const [short, long] = [a, b].map((name) => name.replaceAll('\\', '/')).sort((x, y) => x.length - y.length);
  return long === short || long.endsWith(`/${short}`) || numberOf(a) === numberOf(b);
}

/** A frame's number; NaN (which equals nothing) for the name of a file. */
function numberOf(name: string): number {
  return /^\d+$/.test(basename(name)) ? Number(name) : Number.NaN;
}
