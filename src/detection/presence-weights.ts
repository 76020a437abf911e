// Written by scripts/fit-presence.mjs.
import type { FittedPresence } from './presence.js';

export const PRESENCE_WEIGHTS: readonly FittedPresence[] = [
  {
    method: 'learned',
    model: 'compact',
    on: "28 synthetic sequences, every third frame, a quarter of them misled, and 640 single hands of training's held-out scenes, a fifth of the cubes beside the hand",
    samples: 819,
    weights: {
      bias: 1.1125,
      features: {
        meanConfidence: { weight: 3.1329, mean: 0.64655, scale: 0.16919 },
        lowConfidence: { weight: 0, mean: 0.51876, scale: 0.18955 },
        evidence: { weight: 0.1852, mean: 0.64111, scale: 0.71095 },
        proportions: { weight: -1.6316, mean: 0.2871, scale: 0.20097 },
        size: { weight: 0, mean: 0.13412, scale: 0.11331 },
        speed: { weight: -0.026213, mean: 0.29296, scale: 1.0483 },
        change: { weight: 0, mean: 0.12095, scale: 0.38143 },
        first: { weight: 0, mean: 0.009768, scale: 0.098349 },
      },
    },
  },
];
