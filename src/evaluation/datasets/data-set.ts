import type { CameraModel } from '../../depth/depth-frame.js';
import type { Handedness, JointName } from '../../hand/index.js';

export const DATA_SET_NAMES = ['icvl', 'nyu', 'msra', 'hands17', 'hands19', 'fphab'] as const;

export type DataSetName = (typeof DATA_SET_NAMES)[number];

/**
 * How joints are written in files of results: `uvd` is pixel, pixel, millimetres; `xyz` is millimetres in the data set's
 * own axes.
 */
export const POSE_FORMATS = ['uvd', 'xyz'] as const;

export type PoseFormat = (typeof POSE_FORMATS)[number];

/** One joint of a data set. */
export interface DataSetJoint {
  /** In our spelling where the joint is one of ours, else after the data set. */
  readonly name: string;
  /** Which of our 21 joints it is; undefined where none of them is at that place of the hand. */
  readonly ours: JointName | undefined;
  /** It is called like ours, or is ours for want of a nearer one, but was measured to lie elsewhere: see the data set. */
  readonly near?: boolean;
}

/** What one must know of a published data set of hand poses to read its files and to compare with it. */
export interface DataSet {
  readonly name: DataSetName;
  /** For people. */
  readonly title: string;
  /**
   * The depth camera. fy is positive, also where the data set's own formula has a negative one: image rows always go
   * down, and what points up in such a set is its y axis, see `axes`.
   */
  readonly camera: CameraModel;
  /** In the order of the files. */
  readonly joints: readonly DataSetJoint[];
  /** What x, y and z of the files are multiplied by to be in the optical frame (x right, y down, z forward). */
  readonly axes: readonly [1, 1 | -1, 1 | -1];
  /** What published files of results hold. */
  readonly resultFormat: PoseFormat;
  /** The hand as the depth images show it. */
  readonly handedness: Handedness;
  /** Stored depth of this and more is no distance, millimetres. */
  readonly missingFromMm?: number;
  /** A file that begins with a lone whole number is the set's own annotation: the number of frames, then `xyz`. */
  readonly countedAnnotation?: boolean;
}
