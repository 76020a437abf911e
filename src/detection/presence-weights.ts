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
      bias: 3.5507,
      features: {
        meanConfidence: { weight: 2.942, mean: 0.68248, scale: 0.12642 },
        lowConfidence: { weight: 0.27099, mean: 0.54965, scale: 0.1477 },
        evidence: { weight: 1.2297, mean: 1.5283, scale: 1.183 },
        proportions: { weight: -1.3099, mean: 0.2737, scale: 0.2026 },
        size: { weight: -0.32546, mean: 0.12059, scale: 0.10777 },
        speed: { weight: 0, mean: 0.091814, scale: 0.12118 },
        change: { weight: 0, mean: 0.064618, scale: 0.086065 },
        first: { weight: 0, mean: 0.018681, scale: 0.1354 },
      },
    },
  },
];
