// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: '6 synthetic sequences of each preset and 512 single hands',
    samples: 910,
    weights: {
      bias: 3.4472,
      features: {
        meanConfidence: { weight: 2.7541, mean: 0.70742, scale: 0.13314 },
        lowConfidence: { weight: 0.28172, mean: 0.58845, scale: 0.15523 },
        evidence: { weight: 0.89944, mean: 1.3677, scale: 1.0574 },
        proportions: { weight: -1.0993, mean: 0.24075, scale: 0.18051 },
        size: { weight: 0, mean: 0.11356, scale: 0.096186 },
        speed: { weight: 0, mean: 0.091883, scale: 0.1209 },
        change: { weight: 0, mean: 0.06327, scale: 0.085557 },
        first: { weight: 0, mean: 0.018681, scale: 0.1354 },
      },
    },
  },
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
];
