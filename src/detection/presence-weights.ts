// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: '24 synthetic sequences',
    samples: 1022,
    weights: {
      bias: 2.6271,
      features: {
        meanConfidence: { weight: 2.9941, mean: 0.68458, scale: 0.14108 },
        lowConfidence: { weight: 0.20293, mean: 0.56472, scale: 0.16807 },
        evidence: { weight: 0.7659, mean: 1.2826, scale: 1.0868 },
        proportions: { weight: -0.94935, mean: 0.25265, scale: 0.17198 },
        size: { weight: 0, mean: 0.1224, scale: 0.10466 },
        speed: { weight: 0, mean: 0.081402, scale: 0.1178 },
        change: { weight: 0, mean: 0.053762, scale: 0.078477 },
        first: { weight: 0, mean: 0.016634, scale: 0.1279 },
      },
    },
  },
];
