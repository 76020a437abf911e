import type { FittedPresence, PresenceWeights } from './presence.js';
import { PRESENCE_WEIGHTS } from './presence-weights.js';

/** The weights that were fitted for a method of detection and a model; undefined where none were. */
export function presenceWeightsFor(method: FittedPresence['method'], model: string): PresenceWeights | undefined {
  return PRESENCE_WEIGHTS.find((fitted) => fitted.method === method && fitted.model === model)?.weights;
}
