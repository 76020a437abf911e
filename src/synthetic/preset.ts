import type { CameraModel } from '../depth/depth-frame.js';
import type { Vec3 } from '../geometry/matrix.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import type { View } from './hand-motion.js';
import type { Performance } from './performance.js';
import type { PlacedHand, Scene } from './scene.js';
import type { SensorModel } from './sensor-model.js';

/** Stream of the seed by which a synthetic stream draws the shape of its person's hands, and scales of such hands. */
export const SHAPE_STREAM = 2;
export const ADULT = [0.9, 1.1] as const;

/** What a preset is filled with. */
export interface PresetInput {
  readonly camera: CameraModel;
  readonly seed: number;
  readonly shape: HandShape;
  readonly handedness: PlacedHand['handedness'];
}

export interface Preset {
  readonly sensor: SensorModel;
  /** Of a preset of hands that do what a script says: these, with all that is true about them. */
  performances?(input: Pick<PresetInput, 'seed' | 'shape' | 'handedness'>): Performance[];
  scene(input: PresetInput): (time: number) => Scene;
}

const DEGREE = Math.PI / 180;

/** A view in degrees. */
export function view(yaw: number, pitch: number, roll: number): View {
  return { yaw: yaw * DEGREE, pitch: pitch * DEGREE, roll: roll * DEGREE };
}

/** From the middle of the palm to the shoulder behind it, of a person who faces the camera. */
export const SHOULDER: Vec3 = [0.1, 0.13, 0.34];
