import type { PresenceWeights } from './presence.js';
import { PRESENCE_WEIGHTS } from './presence-weights.js';

/** Weights of the presence score, and what they were fitted for and on. */
export interface FittedPresence {
  /** Of `detection.method`. */
  readonly method: 'learned' | 'geometric';
  /** Name of the model that sees the joints. */
  readonly model: string;
  /** On which data, in words. */
  readonly on: string;
  readonly samples: number;
  readonly weights: PresenceWeights;
}

/** The weights that were fitted for a method of detection and a model; undefined where none were. */
export function presenceWeightsFor(method: FittedPresence['method'], model: string): PresenceWeights | undefined {
  return PRESENCE_WEIGHTS.find((fitted) => fitted.method === method && fitted.model === model)?.weights;
}
