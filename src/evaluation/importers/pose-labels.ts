import type { DepthImage } from '../../depth/index.js';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { filesIn, firstOf } from '../../transport/port/files.js';
import type { DataSet } from '../datasets/data-set.js';
import { MAX_LINE_LENGTH } from '../datasets/pose-line.js';
import { type PoseLine, PoseReader } from '../datasets/pose-reader.js';
import { readTextLines } from '../text-lines.js';

/** Joints of one frame, or why they cannot be read. */
export type Label = Float64Array | VoxhandError;

/** One frame of an annotation, or why it cannot be read. */
export interface LabelLine {
  /** From 1; 0 for an error of the file as a whole. */
  readonly line: number;
  readonly pose?: PoseLine;
  readonly error?: VoxhandError;
}

/**
 * The frames of a text annotation one by one; a line that cannot be read is a frame too. A count at the top that is not kept
 * comes last, as an error of line 0.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` for what is no text, and at the end for an annotation that should
 * begin with a count and does not
 */
export async function* readLabels(set: DataSet, path: string): AsyncGenerator<LabelLine> {
  const reader = new PoseReader(set, { where: path, truth: true });
  let frames = 0;
  for await (const lines of readTextLines(path, MAX_LINE_LENGTH)) {
    for (const { number: line, text } of lines) {
      try {
        const pose = reader.read(text, line);
        if (pose === undefined) continue;
        yield { line, pose };
      } catch (error) {
        yield { line, error: toVoxhandError(error) };
      }
      frames++;
    }
  }
  const { announced } = reader;
  if (announced === undefined && set.countedAnnotation) {
    throw new VoxhandError('FILE_INVALID', 'the annotation does not begin with the number of its frames', {
      where: path,
    });
  }
  if (announced === undefined || announced === frames) return;
  const error = new VoxhandError('FILE_INVALID', 'the annotation has another number of frames than it announces', {
    expected: `${announced} frames`,
    found: `${frames}`,
    where: path,
  });
  yield { line: 0, error };
}

/** One frame of a data set: an image and its joints, or why there is none. */
export interface LabelledFrame {
  /** What it is called in messages: the image, or a line of the annotation. */
  readonly file: string;
  /** Frames of different sequences do not belong to one movement. */
  readonly sequence: string;
  /** Why it cannot be used; then the rest is absent. */
  readonly error?: VoxhandError;
  /** Reads the image; may reject. */
  readonly image?: () => Promise<DepthImage>;
  /** Three numbers per joint of the data set, metres in the optical frame. */
  readonly positions?: Float64Array;
}

/** Options of a reader of a data set's folder. */
export interface FolderOptions {
  /** The annotation, where it is not in its place. */
  readonly labels?: string;
}

/** Reads a data set's folder frame by frame, in order. Frames are named and given also where they cannot be used. */
export type FolderReader = (folder: string, options: FolderOptions) => AsyncGenerator<LabelledFrame>;

/**
 * The annotation: the one that is named, or the first that is in its place.
 *
 * @throws VoxhandError `FILE_NOT_FOUND` naming what would have been taken
 */
export async function findLabels(folder: string, names: readonly string[], labels?: string): Promise<string> {
  await filesIn(folder, /^$/); // a folder that is not there is named first
  const found = labels ?? (await firstOf(folder, names));
  if (found !== undefined) return found;
  throw new VoxhandError('FILE_NOT_FOUND', 'no annotation in the folder', {
    expected: `${names.join(' or ')}, or --labels`,
    where: folder,
  });
}
