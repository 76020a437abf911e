import type { ReferenceResult, Side } from '../detection/index.js';
import type { VoxelGrid } from '../voxels/index.js';

/** What both kinds of {@link SeenFrame} say. */
interface Seen {
  /** Of the depth frame, nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  /** The hand that was found or looked for; where either is, that of the last one. */
  readonly handedness: Side;
}

/** A frame without a hand. */
export interface LostFrame extends Seen {
  readonly state: 'lost';
  readonly reference: Extract<ReferenceResult, { state: 'lost' }>;
  /** Counted under this in place of the reference room's reason. */
  readonly lostReason?: string;
}

/** A frame with the occupied cells of the cube around its hand. */
export interface FoundFrame extends Seen {
  readonly state: 'found';
  readonly reference: Extract<ReferenceResult, { state: 'found' }>;
  readonly grid: VoxelGrid;
  /** The same hand in the cubes of `inference.variants`; none by default. */
  readonly variants?: readonly VoxelGrid[];
  /** Whether a cube cut by the joints that are read in this one will fit better: it was cut by what a detector said. */
  readonly rough?: boolean;
  /** The same points as a hand of the other side would be shown, while nobody knows which hand it is. */
  readonly otherSide?: VoxelGrid;
}

/** What the camera half hands on about a frame: all that the inference half needs to know of it. */
export type SeenFrame = LostFrame | FoundFrame;

/** What the network saw in a frame's cells: the camera half looks for the next hand by it. */
export interface RawAnswer {
  /** 63 numbers, metres in the camera's optical frame, before smoothing. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: Float32Array;
  /** Whether they were believed. */
  readonly tracked: boolean;
}
