import type { CameraModel } from '../depth/index.js';
import type { ReferencePoint, ReferenceResult, Side } from '../detection/index.js';
import type { SeenPoints, VoxelGrid } from '../voxels/index.js';

/** What is known of a hand in a frame, found or not. */
interface HandInFrame {
  readonly id: number;
  /** The hand that was found or looked for; where either is, that of the last one. */
  readonly handedness: Side;
  /** How likely that side is, 0 to 1; absent where nobody has judged it. */
  readonly handednessScore?: number;
}

/** A hand that is looked for and was not found. */
export interface MissingHand extends HandInFrame {
  readonly state: 'lost';
  readonly reference: Extract<ReferenceResult, { state: 'lost' }>;
  /** Counted under this in place of the reason of the detection. */
  readonly lostReason?: string;
}

/** A hand that was found, with the occupied voxels of the cube around it. */
export interface VoxelisedHand extends HandInFrame {
  readonly state: 'found';
  readonly reference: Extract<ReferenceResult, { state: 'found' }>;
  readonly grid: VoxelGrid;
  /** With `kinematics.enabled`, of one camera: the surface as it saw it. */
  readonly surface?: SeenPoints;
  /** The same hand in the cubes of `inference.variants`; none by default. */
  readonly variants?: readonly VoxelGrid[];
  /**
   * Whether a cube cut by the joints that are read in this one will fit better: it was cut by what a detector said. `agreed`: only where the
   * network is not sure of them, since it was cut by the last joints, too.
   */
  readonly rough?: boolean | 'agreed';
  /** The same points as a hand of the other side would be shown, while nobody knows which hand it is. */
  readonly otherSide?: VoxelGrid;
}

export type SeenHand = MissingHand | VoxelisedHand;

/** What the camera half hands on about one moment: all that the inference half needs to know of it. */
export interface SeenFrame {
  /** Of the depth frames, nanoseconds. */
  readonly stamp: bigint;
  /** Frame of the reference points and the joints: the optical frame of the camera. */
  readonly frameId: string;
  /** The hands that are tracked, looked for, or were there a moment ago, in the order of their ids. */
  readonly hands: readonly SeenHand[];
  /** That took the image; absent where it is not known, behind the cut of a pipeline. */
  readonly camera?: CameraModel;
}

/** What the network saw in a hand's voxels: the camera half looks for the next place of the hand by it. */
export interface RawAnswer {
  /** 63 numbers, metres in the frame of the {@link SeenFrame}, before smoothing. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: Float32Array;
  /** Whether they were believed. */
  readonly tracked: boolean;
  /** Log-odds of a left hand by this one cube; absent where the network does not tell, or what it says of both sides' cubes has been counted already. */
  readonly left?: number;
  /** The direction to the wrist of the cube in which they were seen, see `ReferencePoint.arm`; absent where nobody knows. */
  readonly arm?: ReferencePoint['arm'];
}
