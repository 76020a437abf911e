import type { Answered, InferenceStatus, NetworkFacts } from './inference.js';
import type { PointOutput } from './model-output.js';

/** A network that sees one point of the hand. */
export interface PointFacts extends NetworkFacts {
  readonly kind: 'point';
  readonly target: PointOutput['target'];
}

/** What {@link PointInference.infer} answers. */
export interface PointResult extends Pick<Answered, 'grid' | 'timing'> {
  /** Cube coordinates x, y, z; finite, and perhaps outside [0, 1). Of an ensemble the mean. */
  readonly point: readonly [number, number, number];
}

/**
 * A network that turns an occupancy grid into one point, wherever it runs. The rules of {@link Inference} hold: the grid is
 * moved and comes back, one call is in flight and one may wait, and the same errors are rejected with.
 */
export interface PointInference {
  readonly model: PointFacts;
  infer(grid: Uint8Array): Promise<PointResult>;
  status(): InferenceStatus;
  close(): Promise<void>;
}
