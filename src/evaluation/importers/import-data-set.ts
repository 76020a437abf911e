import type { DepthImage } from '../../depth/index.js';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { type Handedness, lostHand } from '../../hand/index.js';
import { DepthRecorder, type DepthRecorderOptions } from '../../recording/depth-recorder.js';
import type { DataSet, DataSetName } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { skeletonGaps, toSkeleton } from '../datasets/skeleton-map.js';
import { readFphabFolder } from './fphab-folder.js';
import { ONE_SECOND } from './import-folder.js';
import type { FolderReader } from './labelled-frame.js';
import { readHands17Folder, readHands19Folder, readIcvlFolder } from './listed-folder.js';
import { readMsraFolder } from './msra-folder.js';
import { readNyuFolder } from './nyu-folder.js';

const READERS: Readonly<Record<DataSetName, FolderReader>> = {
  icvl: readIcvlFolder,
  nyu: readNyuFolder,
  msra: readMsraFolder,
  hands17: readHands17Folder,
  hands19: readHands19Folder,
  fphab: readFphabFolder,
};

/** Time between two sequences, seconds: longer than any stage of smoothing bridges. */
const SEQUENCE_GAP = 2n * ONE_SECOND;

/** So many frames that were left out are listed in a summary; all are counted. */
const MOST_LISTED = 1000;

export interface ImportDataSetOptions extends DepthRecorderOptions {
  readonly dataSet: DataSetName;
  /** The annotation, where it is not in its place. */
  readonly labels?: string;
  /** Frames a second. Default 30. */
  readonly fps?: number;
  /** At most so many frames are read, bad ones included. Default all. */
  readonly frames?: number;
  /** Stamp of the first frame, nanoseconds. Default one second. */
  readonly start?: bigint;
  /** Default `camera_depth_optical_frame`. */
  readonly frameId?: string;
  /** Default as the data set's images show it. */
  readonly handedness?: Handedness;
  /** Told of each frame that is left out. */
  readonly onSkip?: (file: string, error: VoxhandError) => void;
  /** Told of each frame that was written. */
  readonly onFrame?: (done: number) => void;
  /** Ends the import after the frame in hand; what was written stays valid. */
  readonly signal?: AbortSignal;
}

export interface ImportDataSetSummary {
  readonly dataSet: DataSetName;
  /** Frames that the folder has, read or not. */
  readonly files: number;
  readonly frames: number;
  readonly sequences: number;
  readonly skippedFrames: number;
  /** The first thousand of them. */
  readonly skipped: readonly { readonly file: string; readonly code: string; readonly message: string }[];
  readonly width: number;
  readonly height: number;
  /** Our joints that the data set has not: their confidence is 0. */
  readonly missingJoints: readonly string[];
  /** Our joints that it has near by only: their confidence is 0.5. */
  readonly nearJoints: readonly string[];
  readonly aborted: boolean;
}

/**
 * Make a recording of a published data set's own files: depth, camera info, and the joints in our skeleton as ground truth,
 * see `toSkeleton`. A frame that cannot be read is left out, named and counted; its time stays empty. Sequences are two
 * seconds apart.
 *
 * @throws VoxhandError `FILE_NOT_FOUND` for a folder or an annotation that is not there; `FILE_INVALID` for an annotation
 * that cannot be read at all; `RECORDING_EMPTY` where no frame could be read (nothing is written then); `WRITE_FAILED`.
 */
export async function importDataSet(
  folder: string,
  output: string,
  options: ImportDataSetOptions,
): Promise<ImportDataSetSummary> {
  const { dataSet, labels, fps = 30, frames: most = Infinity, start = ONE_SECOND, signal } = options;
  const set = DATA_SETS[dataSet];
  const { width, height } = set.camera;
  const gaps = skeletonGaps(set);
  const skipped: { file: string; code: string; message: string }[] = [];
  let skippedFrames = 0;
  const skip = (file: string, error: VoxhandError) => {
    skippedFrames++;
    if (skipped.length < MOST_LISTED) skipped.push({ file, code: error.code, message: error.message });
    options.onSkip?.(file, error);
  };
  const reader = READERS[dataSet](folder, labels === undefined ? {} : { labels });
  const recorder = await DepthRecorder.create(output, { ...options, metadata: metadataOf(set, fps, options) });
  let files = 0;
  let frames = 0;
  let sequences = 0;
  let sequence: string | undefined;
  try {
    for await (const frame of reader) {
      if (signal?.aborted || files === most) break;
      if (frame.sequence !== sequence) sequences++;
      sequence = frame.sequence;
      const time = start + BigInt(Math.round((files * 1e9) / fps)) + BigInt(sequences - 1) * SEQUENCE_GAP;
      files++;
      try {
        if (frame.error !== undefined) throw frame.error;
        const image = await frame.image?.();
        if (image !== undefined) await write(image, frame.positions, time);
      } catch (thrown) {
        const error = toVoxhandError(thrown, 'FILE_INVALID');
        if (error.code === 'WRITE_FAILED') throw error;
        skip(frame.file, error);
      }
    }
    if (frames === 0 && !signal?.aborted) {
      throw new VoxhandError('RECORDING_EMPTY', 'none of the frames can be read', {
        expected: `files of ${set.title}`,
        found: skipped[0]?.message ?? 'none',
        where: folder,
      });
    }
    await recorder.close();
  } catch (error) {
    await recorder.abort();
    throw error;
  }
  return {
    dataSet,
    files,
    frames,
    sequences,
    skippedFrames,
    skipped,
    width,
    height,
    missingJoints: gaps.missing,
    nearJoints: gaps.near,
    aborted: signal?.aborted ?? false,
  };

  async function write(image: DepthImage, positions: Float64Array | undefined, stamp: bigint): Promise<void> {
    const { frameId = 'camera_depth_optical_frame', handedness = set.handedness } = options;
    const none = lostHand(stamp, frameId, handedness);
    const truth = positions === undefined ? none : { ...none, tracked: true, ...toSkeleton(set, positions) };
    await recorder.write({ stamp, frameId, ...image, camera: set.camera }, truth);
    frames++;
    options.onFrame?.(frames);
  }
}

function metadataOf(set: DataSet, fps: number, { metadata, handedness }: ImportDataSetOptions): Record<string, string> {
  const { missing, near } = skeletonGaps(set);
  return {
    ...metadata,
    source: `imported from ${set.title}`,
    data_set: set.name,
    fps: String(fps),
    handedness: handedness ?? set.handedness,
    ...(missing.length > 0 && { joints_missing: missing.join(' ') }),
    ...(near.length > 0 && { joints_near: near.join(' ') }),
  };
}
