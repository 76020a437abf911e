import type { CameraModel } from './camera-model.js';

/**
 * One depth image in metres with the camera that took it.
 *
 * `depth[v * width + u]` is the distance along the optical axis (z, not along the ray) in metres. Missing depth is 0,
 * always: decoders turn NaN, infinities and negative values into 0, so that `z > 0` is the only validity test anywhere.
 *
 * The buffer belongs to the frame; rooms read it and never write to it. Reading `depth` may cost a pass over the image the first time:
 * a room that needs a part of the image only takes `samplesOf`.
 */
export interface DepthFrame {
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
  readonly camera: CameraModel;
}
