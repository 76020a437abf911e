import type { DepthImage } from '../../depth/index.js';
import type { VoxhandError } from '../../errors/index.js';

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
  /** Three numbers a joint of the data set, metres in the optical frame. */
  readonly positions?: Float64Array;
}

/** What a reader of a data set's folder is told. */
export interface FolderOptions {
  /** The annotation, where it is not in its place. */
  readonly labels?: string;
}

/** Reads a data set's folder frame by frame, in order. Frames are named and given also where they cannot be used. */
export type FolderReader = (folder: string, options: FolderOptions) => AsyncGenerator<LabelledFrame>;
