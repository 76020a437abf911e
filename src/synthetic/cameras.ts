import type { CameraModel } from '../depth/depth-frame.js';
import type { SensorModel } from './sensor-model.js';

/** Cameras like well-known ones: pinhole, principal point in the middle. */
export const CAMERAS = {
  /** Like an Intel RealSense SR305, structured light. */
  sr305: { width: 640, height: 480, fx: 476, fy: 476, cx: 319.5, cy: 239.5 },
  /** Like an Intel RealSense D435, stereo. */
  d435: { width: 848, height: 480, fx: 424, fy: 424, cx: 423.5, cy: 239.5 },
  d435vga: { width: 640, height: 480, fx: 385, fy: 385, cx: 319.5, cy: 239.5 },
  /** A quarter of the SR305's pixels with the same field of view, for quick tests and small files. */
  small: { width: 320, height: 240, fx: 238, fy: 238, cx: 159.5, cy: 119.5 },
} as const satisfies Record<string, CameraModel>;

export type CameraName = keyof typeof CAMERAS;

const DEGREE = Math.PI / 180;

/** Sensors to go with them. */
export const SENSORS = {
  /** Structured light at short range: little noise, shadows beside the hand, steps of 1 mm, nothing beyond 1.5 m. */
  sr305: {
    noise: { constant: 0.0003, quadratic: 0.0012 },
    lateral: 0.35,
    edges: { step: 0.02, hole: 0.35, flying: 0.05 },
    grazing: { angle: 80 * DEGREE, probability: 0.7 },
    baseline: 0.025,
    depthStep: 0.001,
    dropout: 0.001,
    range: [0.15, 1.5],
  },
  /** A harder day: three times the noise, more holes and flying pixels. */
  noisy: {
    noise: { constant: 0.0005, quadratic: 0.004 },
    lateral: 0.6,
    edges: { step: 0.02, hole: 0.45, flying: 0.12 },
    grazing: { angle: 74 * DEGREE, probability: 0.8 },
    baseline: 0.035,
    depthStep: 0.001,
    dropout: 0.01,
    range: [0.15, 1.5],
  },
  /** Stereo: steps of a disparity's fraction, broad ragged outlines. */
  d435: {
    noise: { constant: 0.0005, quadratic: 0.003 },
    lateral: 0.9,
    edges: { step: 0.025, hole: 0.25, flying: 0.15 },
    grazing: { angle: 78 * DEGREE, probability: 0.6 },
    baseline: -0.05,
    inverseDepthStep: 1 / (32 * 385 * 0.05),
    depthStep: 0.001,
    dropout: 0.004,
    range: [0.17, 4],
  },
} as const satisfies Record<string, SensorModel>;

export type SensorName = keyof typeof SENSORS;
