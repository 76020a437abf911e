import { VoxhandError } from '../errors/voxhand-error.js';
import type { Matrix3, RigidTransform, Vec3 } from '../geometry/matrix.js';
import { add, multiply, rotate, rotationX, rotationY, rotationZ, scaled } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import type { PoseName } from '../kinematics/hand-data.js';
import { blendPoses, clampPose, type HandPose, mapPose, namedPose } from '../kinematics/hand-pose.js';

/** Palm frame to optical frame of a camera that the palm faces: fingers up, a right thumb to the image's right. */
export const FACING_CAMERA: Matrix3 = [1, 0, 0, 0, -1, 0, 0, 0, -1];

/**
 * How a hand is turned away from {@link FACING_CAMERA}: about the vertical (pi shows its back), about the horizontal
 * (positive: fingertips away from the camera) and in the image (positive: clockwise). Radians.
 */
export interface View {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** The hand regularly goes out of the picture and comes back. Seconds and metres. */
export interface Leaving {
  readonly every: number;
  /** Time out there. */
  readonly away: number;
  /** Time of the way out, and of the way back. */
  readonly move: number;
  readonly offset: Vec3;
}

export interface HandMotionOptions {
  /** Visited in turn, each with a little variation. */
  readonly poses: readonly PoseName[];
  /** Seconds that a pose is held, and that the way to the next one takes. */
  readonly dwell?: number;
  readonly move?: number;
  /** Standard deviation of each angle about the named pose, radians. */
  readonly poseVariation?: number;
  /** Visited in turn, apart from the poses. */
  readonly views?: readonly View[];
  readonly viewDwell?: number;
  readonly viewMove?: number;
  readonly viewVariation?: number;
  /** Where the middle of the palm is while it faces the camera: metres, optical frame. */
  readonly center?: Vec3;
  /** Amplitude and period of the hand's slow drift about the centre. */
  readonly sway?: Vec3;
  readonly swayPeriod?: number;
  readonly leaving?: Leaving;
  /** Poses while the hand holds something: after each odd number of times that it has left. */
  readonly holdingPoses?: readonly PoseName[];
  readonly seed?: number;
}

/** A hand at one moment. */
export interface HandState {
  readonly pose: HandPose;
  /** Palm frame (of a right hand) to optical frame. */
  readonly placement: RigidTransform;
  /** By how far the hand is on its way out of the picture, metres. */
  readonly excursion: Vec3;
  /** Whether the hand holds something. */
  readonly holding: boolean;
}

/** The hand at any time (seconds, from 0), in any order; all its motion is smooth to the acceleration. */
export type HandMotion = (time: number) => HandState;

/** The middle of the palm, and the point of the forearm that the hand is turned about. Palm frame of a hand at rest. */
const PALM: Vec3 = [0, 0.05, 0];
const PIVOT: Vec3 = [0, -0.12, 0];
const FACING: View = { yaw: 0, pitch: 0, roll: 0 };

/**
 * Smooth motion through named poses.
 *
 * Between two key poses (and key views) the angles follow the minimum-jerk curve, at rest at both ends.
 *
 * @example
 * ```ts
 * const motion = handMotion({ poses: ['open', 'fist', 'point'], seed: 3 });
 * const { pose, placement } = motion(1.25);
 * ```
 */
export function handMotion(options: HandMotionOptions): HandMotion {
  const { poses, dwell = 0.5, move = 0.6, poseVariation = 0.03 } = options;
  const { views = [FACING], viewDwell = 0.4, viewMove = 1, viewVariation = 0.05 } = options;
  const { center = [0, 0, 0.55], sway = [0, 0, 0], swayPeriod = 5, leaving, holdingPoses = [], seed = 0 } = options;
  check('poses', poses.length > 0 && views.length > 0, 'at least one pose and one view');
  check('times', dwell >= 0 && viewDwell >= 0 && move > 0 && viewMove > 0 && swayPeriod > 0, 'positive seconds');
  if (leaving !== undefined) {
    check('leaving', leaving.move > 0 && leaving.every > leaving.away + 2 * leaving.move, 'every > away + 2 move');
  }

  const keyPose = (list: readonly PoseName[], key: number): HandPose => {
    const random = new SeededRandom(seed, POSE_STREAM, key);
    const named = namedPose(list[key % list.length]!);
    return clampPose(mapPose((dof) => named[dof] + poseVariation * random.normal()));
  };
  const keyView = (key: number): View => {
    const random = new SeededRandom(seed, VIEW_STREAM, key);
    const { yaw, pitch, roll } = views[key % views.length]!;
    const vary = (angle: number): number => angle + viewVariation * random.normal();
    return { yaw: vary(yaw), pitch: vary(pitch), roll: vary(roll) };
  };
  const phases = new SeededRandom(seed, SWAY_STREAM);
  const phase = Array.from({ length: 3 }, () => phases.uniform(0, 2 * Math.PI));

  return (time) => {
    const { excursion, visit } = leave(time, leaving);
    const holding = visit % 2 === 1 && holdingPoses.length > 0;
    const list = holding ? holdingPoses : poses;

    const { key, share } = progress(time, dwell, move);
    const pose = blendPoses(keyPose(list, key), keyPose(list, key + 1), share);

    const turn = progress(time, viewDwell, viewMove);
    const rotation = attitude(blendViews(keyView(turn.key), keyView(turn.key + 1), turn.share));

    const drift = sway.map((amplitude, axis) => {
      const rate = (2 * Math.PI * DRIFT_RATES[axis]!) / swayPeriod;
      return amplitude * Math.sin(rate * time + phase[axis]!);
    }) as unknown as Vec3;
    // The pivot is where it is while the palm faces the camera; the wrist turns about it.
    const rest = rotate(FACING_CAMERA, add(PIVOT, scaled(PALM, -1)));
    const pivot = add(add(center, rest), add(drift, excursion));
    return {
      pose,
      placement: { rotation, translation: add(pivot, rotate(rotation, scaled(PIVOT, -1))) },
      excursion,
      holding,
    };
  };
}

const POSE_STREAM = 11;
const VIEW_STREAM = 12;
const SWAY_STREAM = 13;
/** The drift's axes are out of step. */
const DRIFT_RATES = [1, 1.37, 0.71] as const;

/** Attitude of the palm that a view means. */
export function attitude({ yaw, pitch, roll }: View): Matrix3 {
  return multiply(rotationZ(roll), rotationY(yaw), rotationX(-pitch), FACING_CAMERA);
}

/** From which key a motion that rests `dwell` at each key and then moves on is coming, and how far it has gone. */
function progress(time: number, dwell: number, move: number): { key: number; share: number } {
  const key = Math.max(0, Math.floor(time / (dwell + move)));
  return { key, share: minimumJerk((time - key * (dwell + move) - dwell) / move) };
}

/** 0 to 1 over time 0 to 1 with no speed and no acceleration at both ends (Flash and Hogan 1985). */
export function minimumJerk(time: number): number {
  const t = Math.min(1, Math.max(0, time));
  return t * t * t * (10 + t * (6 * t - 15));
}

function leave(time: number, leaving: Leaving | undefined): { excursion: Vec3; visit: number } {
  if (leaving === undefined) return { excursion: [0, 0, 0], visit: 0 };
  const { every, away, move, offset } = leaving;
  const cycle = Math.floor(time / every);
  const left = every - (time - cycle * every); // until the hand is back
  const share = minimumJerk((away + 2 * move - left) / move) - minimumJerk((move - left) / move);
  return { excursion: scaled(offset, share), visit: left < move + away / 2 ? cycle + 1 : cycle };
}

function blendViews(a: View, b: View, share: number): View {
  const mix = (from: number, to: number): number => from + (to - from) * share;
  return { yaw: mix(a.yaw, b.yaw), pitch: mix(a.pitch, b.pitch), roll: mix(a.roll, b.roll) };
}

function check(where: string, right: boolean, expected: string): void {
  if (!right) throw new VoxhandError('CONFIG_INVALID', 'hand motion', { expected, where });
}
