// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
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
  {
    method: 'learned',
    model: 'compact',
    on: '8 synthetic sequences of each preset and 512 single hands',
    samples: 986,
    weights: {
      bias: 3.9331,
      features: {
        meanConfidence: { weight: 1.7504, mean: 0.71665, scale: 0.13743 },
        lowConfidence: { weight: 0.57907, mean: 0.59466, scale: 0.1583 },
        evidence: { weight: 1.2469, mean: 1.9544, scale: 1.4337 },
        proportions: { weight: -1.5056, mean: 0.24665, scale: 0.17972 },
        size: { weight: 0, mean: 0.1061, scale: 0.11045 },
        speed: { weight: 0, mean: 0.086693, scale: 0.11505 },
        change: { weight: -0.28754, mean: 0.060823, scale: 0.085415 },
        first: { weight: 0, mean: 0.01927, scale: 0.13747 },
      },
    },
  },
];
