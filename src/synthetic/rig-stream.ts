import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import {
  add,
  IDENTITY,
  type Matrix3,
  multiply,
  type RigidTransform,
  rotate,
  rotationAbout,
  rotationX,
  rotationY,
  scaled,
  subtract,
  transformPoint,
  transposed,
  type Vec3,
} from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { JOINT_COUNT, ROOT_OF_MIDDLE } from '../hand/skeleton.js';
import { drawHandShape, type HandShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { depthCamera, type HandTruth, isInView } from './depth-camera.js';
import { ADULT, SHAPE_STREAM } from './preset.js';
import { PRESETS, type PresetName } from './presets.js';
import { movedCone, movedPrimitive } from './primitives.js';
import { handsOf, type PlacedHand, type Scene } from './scene.js';
import type { SensorModel } from './sensor-model.js';

/** Rigs of several cameras around one scene, by the names of their cameras. */
export const RIG_PRESETS = {
  'two-cameras': ['left', 'right'],
  'three-cameras': ['left', 'right', 'top'],
} as const satisfies Record<string, readonly string[]>;

export type RigPresetName = keyof typeof RIG_PRESETS;

export interface SyntheticRigOptions {
  /** `two-cameras`: left and right of where the motion is usually seen from. `three-cameras`: and one above. */
  readonly preset?: RigPresetName;
  /** What they look at. */
  readonly motion?: PresetName;
  /** Of the first camera. */
  readonly frames: number;
  /** Frames per second, of all cameras or of each. */
  readonly fps?: number | readonly number[];
  readonly camera?: CameraModel;
  /** Instead of the motion's sensor; `null` for exact depth. */
  readonly sensor?: SensorModel | null;
  /** Decides shape, motion, noise, angle and all errors. */
  readonly seed?: number;
  readonly handedness?: PlacedHand['handedness'];
  readonly shape?: HandShape;
  /** Between the left and the right camera, degrees; between 60 and 90 by the seed. The one above is 60 degrees up. */
  readonly angle?: number;
  /** Stamp of the first camera's first frame, nanoseconds. */
  readonly start?: bigint;
  /** By how much the stamps of each camera but the first are late, seconds; the third's by twice that. */
  readonly clockOffset?: number;
  /** By which share of its period each camera but the first takes its pictures later, 0 to 1. */
  readonly phase?: number;
  /** Standard deviation of the moment of a picture of the cameras but the first, seconds. Stamps are right. */
  readonly jitter?: number;
  /** By how much what is said of the places of the cameras but the first is wrong: metres and degrees, in a direction of the seed's. */
  readonly calibrationError?: { readonly metres: number; readonly degrees: number };
}

/** A camera of a synthetic rig. */
export interface SyntheticRigCamera {
  readonly name: string;
  readonly frameId: string;
  readonly model: CameraModel;
  /** From its optical frame into the rig's, which is the first camera's. */
  readonly pose: RigidTransform;
  /** What is said of it: `pose` with the calibration error. */
  readonly told: RigidTransform;
}

/** One depth frame of a rig. All buffers are fresh. */
export interface SyntheticRigFrame {
  /** Index of the camera. */
  readonly camera: number;
  readonly frame: DepthFrame;
  /** When the picture was taken, on the first camera's clock, nanoseconds. */
  readonly taken: bigint;
  /** Of the scene's hands, in this camera's optical frame. */
  readonly hands: readonly HandTruth[];
  /**
   * With frames of the first camera: the hands of that moment in the rig's frame, `tracked` where one of the cameras has the hand in
   * view; under the frame's stamp.
   */
  readonly truths?: readonly HandJoints[];
}

export interface SyntheticRig extends Iterable<SyntheticRigFrame> {
  readonly cameras: readonly SyntheticRigCamera[];
  /** Of the first camera. */
  readonly length: number;
  /** Joints of the scene's first hand in the rig's frame at a time on the first camera's clock, metres; undefined without a hand. */
  jointsAt(stamp: bigint): Float64Array | undefined;
}

const DEGREE = Math.PI / 180;
const ANGLES = [60, 90] as const;
const ABOVE = 60;
const ANGLE_STREAM = 51;
const ERROR_STREAM = 52;
const JITTER_STREAM = 53;
/** Where the hand is, over so many seconds, is what the cameras look at. */
const LOOKED_AT = 6;

/**
 * Several depth cameras around one synthetic scene, frame by frame in the order in which the pictures are taken. The same options give the
 * same bytes.
 *
 * @throws VoxhandError `CONFIG_INVALID`, `CAMERA_INVALID`
 * @example
 * ```ts
 * for (const { camera, frame } of syntheticRig({ preset: 'two-cameras', motion: 'objects', frames: 60, seed: 1 })) {
 *   console.log(camera, frame.stamp);
 * }
 * ```
 */
export function syntheticRig(options: SyntheticRigOptions): SyntheticRig {
  const { preset = 'two-cameras', motion = 'objects', frames, camera = CAMERAS.sr305, seed = 0 } = options;
  const { handedness = 'right', start = 0n, clockOffset = 0, phase = 0, jitter = 0, calibrationError } = options;
  demand(Object.hasOwn(RIG_PRESETS, preset), 'preset', Object.keys(RIG_PRESETS).join(' or '), preset);
  demand(Object.hasOwn(PRESETS, motion), 'motion', Object.keys(PRESETS).join(' or '), motion);
  demand(Number.isSafeInteger(frames) && frames >= 0, 'frames', 'a whole number', frames);
  const names = RIG_PRESETS[preset];
  const rates = names.map((_, k) => rateOf(options.fps, k));
  for (const rate of rates) demand(rate > 0 && rate < Infinity, 'fps', 'positive numbers', rate);
  demand(phase >= 0 && phase < 1, 'phase', '0 to 1', phase);

  const { sensor: usualSensor, scene: build } = PRESETS[motion];
  const sensor = options.sensor === undefined ? usualSensor : options.sensor;
  const shape = options.shape ?? drawHandShape(new SeededRandom(seed, SHAPE_STREAM), ADULT);
  const sceneAt = build({ camera, seed, shape, handedness });
  const angle = options.angle ?? new SeededRandom(seed, ANGLE_STREAM).uniform(...ANGLES);
  const pivot = middleOf(sceneAt);
  const turns: readonly Matrix3[] = [
    rotationY((-angle / 2) * DEGREE),
    rotationY((angle / 2) * DEGREE),
    rotationX(-ABOVE * DEGREE),
  ];
  /** From each camera's optical frame into that of the motion's usual camera. */
  const places = names.map((_, k): RigidTransform => {
    return { rotation: turns[k], translation: subtract(pivot, rotate(turns[k], pivot)) };
  });
  const toRig = inverse(places[0]);
  const middle = transformPoint(toRig, pivot);
  const cameras = names.map((name, k): SyntheticRigCamera => {
    const pose = k === 0 ? STILL : compose(toRig, places[k]);
    const told = k === 0 || calibrationError === undefined ? pose : disturbed(pose, calibrationError, middle, seed + k);
    return { name, frameId: `${name}_depth_optical_frame`, model: camera, pose, told };
  });
  const quick = names.map(() => depthCamera(quarter(camera)));
  const eyes = names.map((_, k) =>
    depthCamera(camera, { seed: seed + 7919 * k, ...(sensor === null ? {} : { sensor }) }),
  );

  const frameAt = (k: number, index: number) => {
    const late = k === 0 ? 0 : phase / rates[k] + jitter * new SeededRandom(seed, JITTER_STREAM, k, index).normal();
    const time = index / rates[k] + late;
    const taken = start + BigInt(Math.round(time * 1e9));
    const stamp = taken + BigInt(Math.round(clockOffset * k * 1e9));
    return { k, index, time, taken, stamp };
  };

  return {
    cameras,
    length: frames,
    jointsAt(stamp) {
      const [hand] = handsOf(sceneAt(Number(stamp - start) / 1e9));
      return hand && movedPoints(hand.joints, toRig);
    },
    *[Symbol.iterator]() {
      const next = names.map(() => 0);
      const end = frames / rates[0];
      for (;;) {
        const due = names
          .map((_, k) => frameAt(k, next[k]))
          .filter(({ k, index }) => (k === 0 ? index < frames : index / rates[k] < end - 1e-9))
          .sort((a, b) => (a.taken === b.taken ? a.k - b.k : a.taken < b.taken ? -1 : 1));
        if (due.length === 0) return;
        const [{ k, index, time, taken, stamp }] = due;
        next[k]++;
        const scene = sceneAt(Math.max(0, time));
        const { frameId } = cameras[k];
        const { frame, hands } = eyes[k].render(movedScene(scene, inverse(places[k])), { stamp, frameId, index });
        const shown = { camera: k, frame, taken, hands };
        if (k > 0) {
          yield shown;
          continue;
        }
        const seenBy = names.map((_, c) => (c === 0 ? hands : seenFrom(c, scene)));
        const truths = handsOf(scene).map((hand, i): HandJoints => {
          const id = hands[i].id;
          const lost = lostHand(stamp, frameId, hand.handedness, id);
          if (!seenBy.some((each) => isInView(each[i]))) return lost;
          const confidences = new Float32Array(JOINT_COUNT).fill(1);
          return { ...lost, tracked: true, positions: movedPoints(hand.joints, toRig), confidences };
        });
        yield { ...shown, truths: truths.length > 0 ? truths : [lostHand(stamp, frameId, handedness)] };
      }
    },
  };

  /** What another camera has in view at the same moment; without noise. */
  function seenFrom(k: number, scene: Scene): readonly HandTruth[] {
    return quick[k].render(movedScene(scene, inverse(places[k]))).hands;
  }
}

const STILL: RigidTransform = { rotation: IDENTITY, translation: [0, 0, 0] };

function rateOf(fps: SyntheticRigOptions['fps'], k: number): number {
  return typeof fps === 'object' ? (fps[k] ?? Number.NaN) : (fps ?? 30);
}

/** The middle of where the hand goes: the median of its middle root. */
function middleOf(sceneAt: (time: number) => Scene): Vec3 {
  const seen: Vec3[] = [];
  for (let time = 0; time < LOOKED_AT; time += 0.2) {
    const [hand] = handsOf(sceneAt(time));
    const at = 3 * ROOT_OF_MIDDLE;
    if (hand !== undefined) seen.push([hand.joints[at], hand.joints[at + 1], hand.joints[at + 2]]);
  }
  if (seen.length === 0) return [0, 0, 0.55];
  const median = (axis: 0 | 1 | 2) => seen.map((place) => place[axis]).sort((a, b) => a - b)[seen.length >> 1];
  return [median(0), median(1), median(2)];
}

/** A pose that is wrong by an angle about `middle`, and by a length. */
function disturbed(
  pose: RigidTransform,
  { metres, degrees }: NonNullable<SyntheticRigOptions['calibrationError']>,
  middle: Vec3,
  seed: number,
): RigidTransform {
  const random = new SeededRandom(seed, ERROR_STREAM);
  const turn = rotationAbout(direction(random), degrees * DEGREE);
  const shift = scaled(direction(random), metres);
  const from = subtract(pose.translation, middle);
  return { rotation: multiply(turn, pose.rotation), translation: add(add(middle, rotate(turn, from)), shift) };
}

function direction(random: SeededRandom): Vec3 {
  const [x, y, z] = [random.normal(), random.normal(), random.normal()];
  return scaled([x, y, z], 1 / Math.hypot(x, y, z));
}

function inverse({ rotation, translation }: RigidTransform): RigidTransform {
  const back = transposed(rotation);
  return { rotation: back, translation: scaled(rotate(back, translation), -1) };
}

function compose(outer: RigidTransform, inner: RigidTransform): RigidTransform {
  return {
    rotation: multiply(outer.rotation, inner.rotation),
    translation: transformPoint(outer, inner.translation),
  };
}

function movedPoints(points: Float64Array, transform: RigidTransform): Float64Array {
  const moved = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    moved.set(transformPoint(transform, [points[i], points[i + 1], points[i + 2]]), i);
  }
  return moved;
}

/** The same scene in another frame. Primitives and hands are new. */
function movedScene(scene: Scene, transform: RigidTransform): Scene {
  return {
    hands: handsOf(scene).map(
      (hand): PlacedHand => ({
        ...hand,
        joints: movedPoints(hand.joints, transform),
        vertices: movedPoints(hand.vertices, transform),
        cones: hand.cones.map((cone) => movedCone(cone, transform)),
        elbow: transformPoint(transform, hand.elbow),
      }),
    ),
    objects: scene.objects.map(({ name, primitives }) => ({
      name,
      primitives: primitives.map((primitive) => movedPrimitive(primitive, transform)),
    })),
  };
}

/** The same field of view with a sixteenth of the pixels. */
function quarter({ width, height, fx, fy, cx, cy }: CameraModel): CameraModel {
  const at = (centre: number) => (centre + 0.5) / 4 - 0.5;
  return { width: width >> 2, height: height >> 2, fx: fx / 4, fy: fy / 4, cx: at(cx), cy: at(cy) };
}

function demand(right: boolean, where: string, expected: string, found: unknown): void {
  if (!right) throw new VoxhandError('CONFIG_INVALID', 'synthetic rig', { expected, found: String(found), where });
}
