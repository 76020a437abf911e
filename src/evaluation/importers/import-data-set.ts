import { type Handedness, lostHand } from '../../hand/index.js';
import type { DataSet, DataSetName } from '../datasets/data-set.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { skeletonGaps, toSkeleton } from '../datasets/skeleton-map.js';
import { readHands17Folder, readHands19Folder, readIcvlFolder } from './listed-folder.js';
import { readFphabFolder, readMsraFolder, readNyuFolder } from './numbered-folders.js';
import type { FolderReader, LabelledFrame } from './pose-labels.js';
import type { RecordedFrames, RecordFramesOptions } from './record-frames.js';
import { ONE_SECOND, OPTICAL_FRAME, recordFrames } from './record-frames.js';

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

export interface ImportDataSetOptions extends RecordFramesOptions {
  readonly dataSet: DataSetName;
  /** The annotation, where it is not in its place. */
  readonly labels?: string;
  /** Frames per second. Default 30. */
  readonly fps?: number;
  /** At most this many frames are read, bad ones included. Default all. */
  readonly frames?: number;
  /** Stamp of the first frame, nanoseconds. Default one second. */
  readonly start?: bigint;
  /** Default `camera_depth_optical_frame`. */
  readonly frameId?: string;
  /** Default as the data set's images show it. */
  readonly handedness?: Handedness;
}

export interface ImportDataSetSummary extends RecordedFrames {
  readonly dataSet: DataSetName;
  /** Frames that the folder has, read or not. */
  readonly files: number;
  readonly sequences: number;
  readonly width: number;
  readonly height: number;
  /** Our joints that the data set has not: their confidence is 0. */
  readonly missingJoints: readonly string[];
  /** Our joints that it has near by only: their confidence is 0.5. */
  readonly nearJoints: readonly string[];
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
  const { dataSet, labels, fps = 30, frames: most = Infinity, start = ONE_SECOND } = options;
  const set = DATA_SETS[dataSet];
  const { width, height } = set.camera;
  const gaps = skeletonGaps(set);
  const reader = READERS[dataSet](folder, labels === undefined ? {} : { labels });
  let files = 0;
  let sequences = 0;
  const recorded = await recordFrames(
    output,
    {
      frames: placed(),
      nameOf: ({ file }) => file,
      async read({ error, image }) {
        if (error !== undefined) throw error;
        return image?.();
      },
      place: ({ positions, stamp }, image) => {
        const { frameId = OPTICAL_FRAME, handedness = set.handedness } = options;
        const none = lostHand(stamp, frameId, handedness);
        const truth = positions === undefined ? none : { ...none, tracked: true, ...toSkeleton(set, positions) };
        return [{ stamp, frameId, ...image, camera: set.camera }, truth];
      },
      expected: `files of ${set.title}`,
      where: folder,
      mostListed: 1000,
    },
    { ...options, metadata: metadataOf(set, fps, options) },
  );
  return { dataSet, files, sequences, width, height, missingJoints: gaps.missing, nearJoints: gaps.near, ...recorded };

  /** The frames with their stamps. */
  async function* placed(): AsyncGenerator<LabelledFrame & { readonly stamp: bigint }> {
    let sequence: string | undefined;
    for await (const frame of reader) {
      if (options.signal?.aborted || files === most) return;
      if (frame.sequence !== sequence) sequences++;
      sequence = frame.sequence;
      const stamp = start + BigInt(Math.round((files * 1e9) / fps)) + BigInt(sequences - 1) * SEQUENCE_GAP;
      files++;
      yield { ...frame, stamp };
    }
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
