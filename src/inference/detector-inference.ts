import type { Answered, InferenceStatus, NetworkFacts } from './inference.js';

/** A network that finds hands in depth pictures. */
export interface DetectorFacts extends Pick<NetworkFacts, 'name' | 'version' | 'sha256' | 'members'> {
  readonly kind: 'hands';
  /** Focal length of the pictures that it wants, pixels. */
  readonly focal: number;
  /** Width and height are multiples of this, and at most so large; pixels. */
  readonly multiple: number;
  readonly maxSize: number;
}

/** Metres, row by row, 0 is missing. */
export interface DetectorPicture {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
}

/** What {@link DetectorInference.infer} answers. */
export interface DetectorResult extends Pick<Answered, 'timing'> {
  /** The depth that was given in, readable again. */
  readonly depth: Float32Array;
  /** `11 * (height / 4) * (width / 4)` numbers: see `findHands`. */
  readonly hands: Float32Array;
}

/**
 * A network that finds hands in a depth picture, wherever it runs. The rules of {@link Inference} hold: the depth is moved and comes
 * back, one call is in flight and one may wait, and the same errors are rejected with; `DEPTH_SIZE` for a picture of a size that it
 * does not take, which stays as it is.
 */
export interface DetectorInference {
  readonly model: DetectorFacts;
  infer(picture: DetectorPicture): Promise<DetectorResult>;
  status(): InferenceStatus;
  close(): Promise<void>;
}
