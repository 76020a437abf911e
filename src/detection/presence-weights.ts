// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: '24 synthetic sequences, a quarter of them misled, both stages, and 640 single hands of training\'s held-out scenes, a fifth of the cubes beside the hand',
    samples: 1022,
    weights: {
      bias: 2.4282,
      features: {
        meanConfidence: { weight: 2.9129, mean: 0.68349, scale: 0.14078 },
        lowConfidence: { weight: 0.29056, mean: 0.56295, scale: 0.16778 },
        evidence: { weight: 0.59805, mean: 1.1014, scale: 0.92472 },
        proportions: { weight: -1.0361, mean: 0.25385, scale: 0.17173 },
        size: { weight: 0, mean: 0.12319, scale: 0.10442 },
        speed: { weight: 0, mean: 0.081876, scale: 0.11872 },
        change: { weight: 0, mean: 0.058677, scale: 0.10595 },
        first: { weight: -0.24052, mean: 0.016634, scale: 0.1279 },
      },
    },
  },
];
