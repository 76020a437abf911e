// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: '6 synthetic sequences of each preset and 512 single hands',
    samples: 929,
    weights: {
      bias: 3.1975,
      features: {
        meanConfidence: { weight: 2.3932, mean: 0.70748, scale: 0.13313 },
        lowConfidence: { weight: 0.2996, mean: 0.58699, scale: 0.15589 },
        evidence: { weight: 0.7144, mean: 1.388, scale: 1.0583 },
        proportions: { weight: -1.3209, mean: 0.24165, scale: 0.1725 },
        size: { weight: 0, mean: 0.11445, scale: 0.097722 },
        speed: { weight: 0, mean: 0.089436, scale: 0.11932 },
        change: { weight: 0, mean: 0.059211, scale: 0.080018 },
        first: { weight: 0, mean: 0.021529, scale: 0.14514 },
      },
    },
  },
];
