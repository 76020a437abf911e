// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact-light',
    on: '6 synthetic sequences of each preset and 512 single hands',
    samples: 910,
    weights: {
      bias: 1.821,
      features: {
        meanConfidence: { weight: 1.8874, mean: 0.59722, scale: 0.11526 },
        lowConfidence: { weight: 0.7637, mean: 0.48239, scale: 0.12737 },
        evidence: { weight: 0.58268, mean: 1.5294, scale: 1.1803 },
        proportions: { weight: -0.90705, mean: 0.25052, scale: 0.15728 },
        size: { weight: 0, mean: 0.12624, scale: 0.10461 },
        speed: { weight: 0, mean: 0.095053, scale: 0.1238 },
        change: { weight: 0, mean: 0.069255, scale: 0.087297 },
        first: { weight: 0, mean: 0.018681, scale: 0.1354 },
      },
    },
  },
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
];
