import type { DepthFrame } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import { IDENTITY_TRANSFORM, type Transform } from '../geometry/index.js';

/** A camera of a rig and where it is. */
export interface RigCamera {
  /** Told apart by this; see `distribution.camera`. */
  readonly name: string;
  /** From the camera's optical frame into the frame of the rig, metres. */
  readonly extrinsics: Transform;
}

/** Cameras that look at the same hands, fixed to each other. */
export interface Rig {
  /** The frame that results are in. Of one camera alone, its optical frame. */
  readonly frameId: string;
  readonly cameras: readonly RigCamera[];
}

/** What one camera of a rig sees. */
export interface CameraView extends RigCamera {
  readonly frame: DepthFrame;
}

/** The depth frames of one moment, at most one of each camera. */
export interface FrameSet {
  /** Nanoseconds; of the first view. */
  readonly stamp: bigint;
  /** The frame of the rig. */
  readonly frameId: string;
  /** At least one. */
  readonly views: readonly CameraView[];
}

/** One camera's frame as a set of one: the rig's frame is the camera's own. A set stays as it is. */
export function toFrameSet(frame: DepthFrame | FrameSet, name = 'camera'): FrameSet {
  if ('views' in frame) return frame;
  const { stamp, frameId } = frame;
  return { stamp, frameId, views: [{ name, extrinsics: IDENTITY_TRANSFORM, frame }] };
}

/**
 * The frame of a set of one camera; several are fused by `RigTracker`.
 *
 * @throws VoxhandError `USAGE` for a set of several, or of none
 */
export function onlyFrame({ views }: FrameSet): DepthFrame {
  if (views.length === 1) return views[0].frame;
  throw new VoxhandError('USAGE', 'hands are tracked in the frames of one camera', {
    expected: 'one view',
    found: `${views.length}: ${views.map(({ name }) => name).join(', ')}`,
    where: 'FrameSet.views',
  });
}
