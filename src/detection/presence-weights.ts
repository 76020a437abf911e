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
    samples: 3436,
    weights: {
      bias: 1.7604,
      features: {
        meanConfidence: { weight: 1.3514, mean: 0.60182, scale: 0.11361 },
        lowConfidence: { weight: 0.92132, mean: 0.47988, scale: 0.12711 },
        evidence: { weight: 0.27968, mean: 2.1378, scale: 1.1943 },
        proportions: { weight: -0.3808, mean: 0.24243, scale: 0.13045 },
        size: { weight: -0.27466, mean: 0.12897, scale: 0.089855 },
        speed: { weight: 0, mean: 0.17071, scale: 0.28121 },
        change: { weight: -0.17904, mean: 0.14568, scale: 0.2471 },
        first: { weight: -0.35164, mean: 0.17724, scale: 0.38187 },
      },
    },
  },
];
