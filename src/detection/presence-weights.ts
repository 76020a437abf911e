// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    models: ['compact', 'compact-fp32', 'compact-gpu'],
    on: '5 synthetic sequences of each preset, 600 scenes with hands, 300 without, and 512 single hands',
    samples: 4210,
    weights: {
      bias: 3.7648,
      features: {
        meanConfidence: { weight: 2.11, mean: 0.69908, scale: 0.11699 },
        lowConfidence: { weight: 0.8903, mean: 0.57442, scale: 0.13956 },
        evidence: { weight: 0.65139, mean: 2.3088, scale: 1.1366 },
        proportions: { weight: -0.44838, mean: 0.2094, scale: 0.14046 },
        size: { weight: -0.31864, mean: 0.096094, scale: 0.088872 },
        speed: { weight: 0, mean: 0.1888, scale: 0.32743 },
        change: { weight: -0.34356, mean: 0.11393, scale: 0.20522 },
        first: { weight: -0.32887, mean: 0.14276, scale: 0.34982 },
      },
    },
  },
  {
    method: 'learned',
    models: ['compact-light'],
    on: '5 synthetic sequences of each preset, 600 scenes with hands, 300 without, and 512 single hands',
    samples: 3427,
    weights: {
      bias: 1.7813,
      features: {
        meanConfidence: { weight: 1.234, mean: 0.60833, scale: 0.11183 },
        lowConfidence: { weight: 0.87497, mean: 0.48648, scale: 0.12696 },
        evidence: { weight: 0.47509, mean: 2.1359, scale: 1.1997 },
        proportions: { weight: -0.4817, mean: 0.24165, scale: 0.1296 },
        size: { weight: -0.22478, mean: 0.12712, scale: 0.085277 },
        speed: { weight: 0, mean: 0.17359, scale: 0.29322 },
        change: { weight: -0.19516, mean: 0.15153, scale: 0.27535 },
        first: { weight: -0.35498, mean: 0.17625, scale: 0.38103 },
      },
    },
  },
];
