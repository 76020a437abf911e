import { add, type Vec3 } from '../geometry/matrix.js';
import { SENSORS } from './cameras.js';
import { handMotion } from './hand-motion.js';
import { handScene } from './hand-scene.js';
import { type Preset, SHOULDER, view } from './preset.js';

/** An open hand that goes through the space in front of the cameras, as somebody waves who calibrates them. */
export const waving: Preset = {
  sensor: SENSORS.sr305,
  scene({ seed, shape, handedness }) {
    const center: Vec3 = [-0.06, -0.02, 0.58];
    const motion = handMotion({
      poses: ['open', 'spread', 'relaxed', 'open', 'flat'],
      dwell: 0.6,
      move: 0.7,
      views: [view(0, 0, 0), view(18, 6, -16), view(-16, -8, 14), view(6, 14, 22), view(-8, -10, -24)],
      viewDwell: 0.2,
      viewMove: 1.1,
      center,
      sway: [0.15, 0.1, 0.12],
      swayPeriod: 3.6,
      seed,
    });
    return handScene({ motion, shape, handedness, shoulder: add(center, SHOULDER) });
  },
};
