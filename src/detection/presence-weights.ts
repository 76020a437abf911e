// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: '6 synthetic sequences of each preset and 512 single hands',
    samples: 910,
    weights: {
      bias: 3.6362,
      features: {
        meanConfidence: { weight: 1.5988, mean: 0.69138, scale: 0.13461 },
        lowConfidence: { weight: 0.78826, mean: 0.56146, scale: 0.15406 },
        evidence: { weight: 1.3287, mean: 1.8606, scale: 1.4345 },
        proportions: { weight: -1.446, mean: 0.26434, scale: 0.1963 },
        size: { weight: 0, mean: 0.11222, scale: 0.094614 },
        speed: { weight: 0, mean: 0.091768, scale: 0.12177 },
        change: { weight: 0, mean: 0.062457, scale: 0.085767 },
        first: { weight: 0, mean: 0.018681, scale: 0.1354 },
      },
    },
  },
  {
    method: 'learned',
    model: 'compact-light',
    on: '8 synthetic sequences of each preset and 512 single hands',
    samples: 986,
    weights: {
      bias: 2.2832,
      features: {
        meanConfidence: { weight: 1.7412, mean: 0.6015, scale: 0.11853 },
        lowConfidence: { weight: 1.1348, mean: 0.48666, scale: 0.13016 },
        evidence: { weight: 0.66937, mean: 1.9533, scale: 1.433 },
        proportions: { weight: -0.99127, mean: 0.26293, scale: 0.16507 },
        size: { weight: 0, mean: 0.11966, scale: 0.11053 },
        speed: { weight: 0, mean: 0.089991, scale: 0.11636 },
        change: { weight: 0, mean: 0.070043, scale: 0.087041 },
        first: { weight: 0, mean: 0.01927, scale: 0.13747 },
      },
    },
  },
];
