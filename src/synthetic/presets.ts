import type { CameraModel } from '../depth/depth-frame.js';
import { add, type Vec3 } from '../geometry/matrix.js';
import { SENSORS } from './cameras.js';
import { handMotion } from './hand-motion.js';
import { handScene } from './hand-scene.js';
import { type Preset, SHOULDER, view } from './preset.js';
import { contactless } from './preset-contactless.js';
import { everyday, gestures } from './preset-gestures.js';
import { egocentric, objects } from './preset-objects.js';
import { twoHands } from './preset-two-hands.js';
import { visitors } from './preset-visitors.js';
import { waving } from './preset-waving.js';

export type { Preset, PresetInput } from './preset.js';

/** Half of the width of what the camera sees at depth z. */
function halfWidth({ width, fx, cx }: CameraModel, z: number): number {
  return (Math.max(cx, width - cx) / fx) * z;
}

const demo: Preset = {
  sensor: SENSORS.sr305,
  scene({ seed, shape, handedness }) {
    const center: Vec3 = [-0.09, 0, 0.57];
    const motion = handMotion({
      poses: [
        'open',
        'relaxed',
        'spread',
        'point',
        'victory',
        'three',
        'four',
        'fist',
        'thumbs_up',
        'ok',
        'flat',
        'call',
      ],
      dwell: 0.5,
      move: 0.6,
      views: [view(0, 0, 0), view(0, 8, -14), view(22, 0, 6), view(0, -16, 0), view(-24, 6, 12), view(0, 14, 18)],
      viewDwell: 0.3,
      viewMove: 1.2,
      center,
      sway: [0.04, 0.025, 0.045],
      swayPeriod: 5,
      seed,
    });
    return handScene({ motion, shape, handedness, shoulder: add(center, SHOULDER) });
  },
};

const hard: Preset = {
  sensor: SENSORS.noisy,
  scene({ camera, seed, shape, handedness }) {
    const center: Vec3 = [-0.06, -0.06, 0.58];
    const every = 5;
    const motion = handMotion({
      poses: ['open', 'fist', 'pinch', 'claw', 'point', 'spread', 'horns', 'gun', 'cup', 'victory', 'ok', 'thumbs_up'],
      dwell: 0.15,
      move: 0.35,
      poseVariation: 0.08,
      views: [
        view(0, 0, 0),
        view(55, 10, -20),
        view(-45, -25, 30),
        view(180, 0, 10),
        view(150, 20, -25),
        view(0, 45, 0),
        view(20, -40, -45),
      ],
      viewDwell: 0.1,
      viewMove: 0.65,
      viewVariation: 0.12,
      center,
      sway: [0.07, 0.04, 0.06],
      swayPeriod: 2.2,
      // Out of any picture: the palm's middle half a metre beyond the border (the hand sways and drifts).
      leaving: { every, away: 0.5, move: 0.5, offset: [-(halfWidth(camera, center[2] + 0.1) + 0.45), 0.05, 0] },
      holdingPoses: ['grip'],
      seed,
    });
    const passZ = 0.38;
    return handScene({
      motion,
      shape,
      handedness,
      shoulder: add(center, SHOULDER),
      table: center[1] + 0.34,
      passing: { every, start: 1.5, duration: 1.1, from: [-(halfWidth(camera, passZ) + 0.15), -0.02, passZ] },
    });
  },
};

/** Ready-made scenes with motion. */
export const PRESETS = {
  demo,
  hard,
  objects,
  egocentric,
  'two-hands': twoHands,
  visitors,
  contactless,
  waving,
  gestures,
  everyday,
} as const;

export type PresetName = keyof typeof PRESETS;
