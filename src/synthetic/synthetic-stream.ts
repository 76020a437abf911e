import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import { SeededRandom } from '../geometry/random.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { drawHandShape, type HandShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { depthCamera, isInView, SYNTHETIC_FRAME_ID } from './depth-camera.js';
import type { TrueGesture } from './performance.js';
import { ADULT, type Preset, SHAPE_STREAM } from './preset.js';
import { PRESETS, type PresetName } from './presets.js';
import { handsOf, type PlacedHand } from './scene.js';
import type { SensorModel } from './sensor-model.js';

export interface SyntheticStreamOptions {
  /**
   * `demo`: an empty hand in front of a person, moving gently. `hard`: fast, turning, occluded, leaving.
   * `objects`: holding one thing after another; `egocentric`: the same, seen by the hand's owner. `two-hands`: a person who crosses both
   * hands, claps, lifts a box and hands something over. `visitors`: up to three hands that come and go.
   * `gestures`: one gesture after another. `everyday`: hands that work and talk, and mean nothing by it. `contactless`: a hand that
   * operates a screen by pushing at it. `waving`: an open hand that goes through the space in front of the camera.
   */
  readonly preset?: PresetName;
  readonly frames: number;
  /** Frames per second. */
  readonly fps?: number;
  readonly camera?: CameraModel;
  /** Instead of the preset's sensor; `null` for exact depth. */
  readonly sensor?: SensorModel | null;
  /** Decides shape, motion and noise. */
  readonly seed?: number;
  readonly handedness?: PlacedHand['handedness'];
  /** Instead of the one that the seed draws. */
  readonly shape?: HandShape;
  /** Stamp of the first frame, nanoseconds. */
  readonly start?: bigint;
  readonly frameId?: string;
  /** Add label images. */
  readonly labels?: boolean;
  /** Ids of the only hands to render, of a preset of several; what they hold and the rest of the scene stay. */
  readonly only?: readonly number[];
}

/** A depth frame and what is true about it. All buffers are fresh. */
export interface SyntheticFrame {
  readonly frame: DepthFrame;
  /**
   * The first of `truths`: the hand of a preset that has one. Where the scene has no hand, a lost one of unknown side.
   */
  readonly truth: HandJoints;
  /**
   * All hands of the scene, by their ids; stamp and frame id of the frame. `tracked` is false where the hand is out of view: fewer than
   * half of the joints are in the image, or less than a quarter of the hand that is in the image is not hidden by other things.
   *
   * In a preset of several hands, a hand that is out of view in this sense and yet shows a part of itself is `tracked` with
   * confidences of 0: finding it is neither right nor wrong.
   */
  readonly truths: readonly HandJoints[];
  /** 21 numbers: 1 where the camera sees the joint of the first hand, see `HandTruth.visible`. */
  readonly visible: Uint8Array;
  /** What each pixel shows (`LABEL_...`), on request. */
  readonly labels?: Uint8Array;
}

/** Frames that are rendered when asked for: iterate over them as often as you like, or take one by its index. */
export interface SyntheticStream extends Iterable<SyntheticFrame> {
  readonly length: number;
  readonly camera: CameraModel;
  /** What the hands of `gestures` do, in seconds after the first frame; of presets without a script nothing. */
  readonly gestures: readonly TrueGesture[];
  at(index: number): SyntheticFrame;
}

/**
 * A recording that never was: depth frames of a moving hand with ground truth. The same options give the same bytes;
 * each frame stands alone, so that memory does not grow with the length.
 *
 * @throws VoxhandError `CONFIG_INVALID`, `CAMERA_INVALID`
 * @example
 * ```ts
 * for (const { frame, truth } of syntheticStream({ preset: 'demo', frames: 90, seed: 1 })) {
 *   console.log(frame.stamp, truth.tracked);
 * }
 * ```
 */
export function syntheticStream(options: SyntheticStreamOptions): SyntheticStream {
  const { preset = 'demo', frames, fps = 30, camera = CAMERAS.sr305, seed = 0, handedness = 'right' } = options;
  const { start = 0n, frameId = SYNTHETIC_FRAME_ID, labels: wantLabels = false } = options;
  demand(Object.hasOwn(PRESETS, preset), 'preset', Object.keys(PRESETS).join(' or '), preset);
  demand(Number.isSafeInteger(frames) && frames >= 0, 'frames', 'a whole number', frames);
  demand(fps > 0 && fps < Infinity, 'fps', 'a positive number', fps);
  demand(Number.isSafeInteger(seed), 'seed', 'a whole number', seed);

  const { sensor: usualSensor, scene: build, performances }: Preset = PRESETS[preset];
  const sensor = options.sensor === undefined ? usualSensor : options.sensor;
  const eye = depthCamera(camera, { seed, ...(sensor === null ? {} : { sensor }) });
  const shape = options.shape ?? drawHandShape(new SeededRandom(seed, SHAPE_STREAM), ADULT);
  const scene = build({ camera, seed, shape, handedness });

  const at = (index: number): SyntheticFrame => {
    demand(Number.isInteger(index) && index >= 0 && index < frames, 'index', `0 to ${frames - 1}`, index);
    const stamp = start + BigInt(Math.round((index * 1e9) / fps));
    const whole = scene(index / fps);
    const { only } = options;
    const moment =
      only === undefined ? whole : { ...whole, hands: handsOf(whole).filter(({ id = 0 }) => only.includes(id)) };
    const { frame, hand, hands, labels } = eye.render(moment, { stamp, frameId, index, labels: wantLabels });
    const isSeveral = moment.hands !== undefined;
    const truths = hands
      .map((hand): HandJoints => {
        const lost = lostHand(stamp, frameId, hand.handedness, hand.id);
        const isWhole = isInView(hand);
        if (!isWhole && !(isSeveral && hand.visibleShare > 0)) return lost;
        const confidences = new Float32Array(JOINT_COUNT).fill(isWhole ? 1 : 0);
        return { ...lost, tracked: true, positions: hand.joints, confidences };
      })
      .sort((a, b) => a.handId - b.handId);
    const truth = truths[0] ?? lostHand(stamp, frameId, isSeveral ? 'unknown' : handedness);
    const visible = hand?.visible ?? new Uint8Array(JOINT_COUNT);
    return { frame, truth, truths, visible, ...(labels === undefined ? {} : { labels }) };
  };

  const performed = performances?.({ seed, shape, handedness }).flatMap(({ events }) => events) ?? [];
  return {
    length: frames,
    camera,
    gestures: performed.filter(({ from }) => from < frames / fps),
    at,
    *[Symbol.iterator]() {
      for (let i = 0; i < frames; i++) yield at(i);
    },
  };
}

function demand(right: boolean, where: string, expected: string, found: unknown): void {
  if (!right) {
    throw new VoxhandError('CONFIG_INVALID', 'synthetic stream', { expected, found: String(found), where });
  }
}
