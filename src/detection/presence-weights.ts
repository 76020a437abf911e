// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: 'chosen by hand',
    samples: 0,
    weights: {
      bias: 2,
      features: {
        meanConfidence: { weight: 1.2, mean: 0.65, scale: 0.12 },
        lowConfidence: { weight: 0.8, mean: 0.35, scale: 0.15 },
        evidence: { weight: 1, mean: 3, scale: 2 },
        proportions: { weight: -0.8, mean: 0.12, scale: 0.06 },
        size: { weight: -0.4, mean: 0.1, scale: 0.1 },
        speed: { weight: -0.2, mean: 0.3, scale: 0.4 },
        change: { weight: -0.4, mean: 0.15, scale: 0.2 },
        first: { weight: -0.1, mean: 0.05, scale: 0.2 },
      },
    },
  },
];
