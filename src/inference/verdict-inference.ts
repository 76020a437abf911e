import type { Answered, InferenceStatus, NetworkFacts } from './inference.js';

/** A network that says whether a cube holds a hand: the second stage of detection. */
export interface VerdictFacts extends NetworkFacts {
  readonly kind: 'verdict';
}

/** What {@link VerdictInference.infer} answers. */
export interface VerdictResult extends Pick<Answered, 'grid' | 'timing'> {
  /** Seven numbers, see `readVerdict`; finite. Of an ensemble the mean. */
  readonly verdict: Float32Array;
}

/** As {@link PointInference}, for a verdict. */
export interface VerdictInference {
  readonly model: VerdictFacts;
  infer(grid: Uint8Array): Promise<VerdictResult>;
  status(): InferenceStatus;
  close(): Promise<void>;
}
