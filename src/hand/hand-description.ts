import { axesQuaternion, cross, dot, type Vec3 } from '../geometry/index.js';
import type { Handedness } from './hand-joints.js';
import {
  BONES,
  FINGER_JOINTS,
  FINGER_OF_JOINT,
  FINGER_ROOTS,
  FINGERTIPS,
  INDEX_TIP,
  jointIndex,
  ROOT_OF_MIDDLE,
  THUMB_TIP,
  WRIST,
} from './skeleton.js';

const [THUMB_ROOT, THUMB_MCP] = FINGER_JOINTS[0];
const ROOTS = FINGER_ROOTS.slice(1);
const [INDEX_ROOT, LITTLE_ROOT] = [jointIndex('index_mcp'), jointIndex('little_mcp')];

/**
 * What is said of a hand beside its joints, as users of LeapC and OpenXR expect it. Metres, m/s and unit vectors in the frame of the
 * joints; strengths and curls in [0, 1].
 *
 * ```text
 *   right hand, palm towards the reader           bones and palm, both sides (as in OpenXR and LeapC)
 *
 *        | | | |      direction: up                    -z  along the bone, towards the finger tip
 *       _| | | |      normal: towards the reader       +y  out of the back of the hand
 *      / .     |      (a left hand is its mirror       +x  = y cross z: to the right while the palm
 *      \   x   /       image: the same words)              faces down and the fingers point away
 *       \_____/       x: position
 * ```
 */
export interface DescribedHand {
  /** Of the joints, nanoseconds. */
  readonly stamp: bigint;
  /** Of the first description of this hand. */
  readonly visibleSince: bigint;
  /** Halfway between the wrist and the mean of the four finger roots. */
  readonly palmPosition: Vec3;
  /**
   * Out of the palm, to the side to which the fingers bend. With d = direction and a = index root - little root it is a cross d of a
   * right hand and d cross a of a left hand; of a hand of unknown side it is that one of the two to which the finger tips lie.
   */
  readonly palmNormal: Vec3;
  /** From the wrist to the middle finger's root. */
  readonly palmDirection: Vec3;
  /** Of `palmPosition`, m/s: low-pass of the difference quotient; zero in the first description and after a gap. */
  readonly palmVelocity: Vec3;
  /** From the wrist to the middle finger's root; 0.0917 in the hand that the library's sizes are written for. */
  readonly palmLength: number;
  /** Between the tips of thumb and index finger. */
  readonly pinchDistance: number;
  /** 1 where the tips of thumb and index finger touch, 0 from 60 mm on (of a hand of `palmLength` 0.0917). High in a fist, too. */
  readonly pinchStrength: number;
  /** Mean curl of the four fingers: 0 open, 1 a fist. */
  readonly grabStrength: number;
  /** Thumb, index, middle, ring, little: 0 straight, 1 tip in the palm. */
  readonly curls: readonly [number, number, number, number, number];
}

/** Length of the palm in the hand for which the sizes here are written, metres. */
export const PALM_LENGTH = 0.0917;

/** Tips whose distance is below `PINCH_TOUCHES` touch; above `PINCH_OPEN` there is nothing of a pinch. Metres, of a hand of `PALM_LENGTH`. */
const PINCH_TOUCHES = 0.018;
const PINCH_OPEN = 0.06;
/** Angle of a finger's tip, seen from its root, in a fist; and that between metacarpal and tip in a thumb bent as far as it goes. */
const FINGER_CURLED = (150 * Math.PI) / 180;
const THUMB_CURLED = (80 * Math.PI) / 180;
/** Time constant of the velocity's low-pass, seconds, and the longest time between two frames over which a velocity makes sense. */
const VELOCITY_TIME = 0.06;
const LONGEST_GAP = 0.25;

/** Joints of a hand and which hand it is: a `TrackedHand` or `HandJoints` that is tracked. */
export interface HandToDescribe {
  /** 63 numbers, metres, in the order of `JOINT_NAMES`; only read. */
  readonly positions: ArrayLike<number>;
  readonly handedness: Handedness;
}

/**
 * Describe a hand.
 *
 * Pure: the same input gives the same numbers. Joints that lie on each other give zero vectors and strengths of 0, never NaN.
 *
 * @param stamp of the joints, nanoseconds
 * @param previous the description of the same hand before this one, if there is one
 *
 * @example
 * ```ts
 * described = describeHand(hand, stamp, described);
 * if (described.grabStrength > 0.8) console.log('a fist at', described.palmPosition);
 * ```
 */
export function describeHand(hand: HandToDescribe, stamp: bigint, previous?: DescribedHand): DescribedHand {
  const p = hand.positions;
  const { normal, direction, length } = palmFrame(p, hand.handedness);
  const position = [0, 1, 2].map(
    (axis) => p[3 * WRIST + axis] / 2 + ROOTS.reduce((sum, j) => sum + p[3 * j + axis], 0) / (2 * ROOTS.length),
  ) as unknown as Vec3;
  const curl = (finger: number) => fingerCurl(p, finger, direction, normal);
  const curls = [thumbCurl(p), curl(1), curl(2), curl(3), curl(4)] as const;
  const pinchDistance = Math.hypot(...between(p, INDEX_TIP, THUMB_TIP));
  const size = length / PALM_LENGTH;
  return {
    stamp,
    visibleSince: previous?.visibleSince ?? stamp,
    palmPosition: position,
    palmNormal: normal,
    palmDirection: direction,
    palmVelocity: velocity(position, stamp, previous),
    palmLength: length,
    pinchDistance,
    pinchStrength: size > 0 ? clamped((PINCH_OPEN - pinchDistance / size) / (PINCH_OPEN - PINCH_TOUCHES)) : 0,
    grabStrength: (curls[1] + curls[2] + curls[3] + curls[4]) / 4,
    curls,
  };
}

/**
 * How each bone lies: unit quaternions x, y, z, w in the frame of the joints, four numbers for each of `BONES`.
 *
 * Axes as in OpenXR and LeapC (see `DescribedHand`). The roll of a finger's bones comes from the palm (its x axis is the palm's, made
 * perpendicular to the bone), that of the thumb from the usual attitude of a thumb: 21 joints do not say how a straight finger is
 * turned about itself.
 *
 * @param into 80 numbers that are written and returned; a new array by default
 */
export function boneOrientations(
  { positions: p, handedness }: HandToDescribe,
  into: Float64Array = new Float64Array(4 * BONES.length),
): Float64Array {
  const { normal: n, direction: d, side } = palmFrame(p, handedness);
  const across = cross(n, d); // y cross z with y = -n and z = -d
  const thumb = THUMB_AXIS.map((_, axis) => {
    return THUMB_AXIS[0] * across[axis] - side * (THUMB_AXIS[1] * d[axis] + THUMB_AXIS[2] * n[axis]);
  }) as unknown as Vec3;
  BONES.forEach(([from, to], bone) => {
    const along = between(p, from, to);
    writeOrientation(into, 4 * bone, along, FINGER_OF_JOINT[to] === 0 ? thumb : across);
  });
  return into;
}

/**
 * The axis about which a thumb bends, in the palm of a right hand: shares of `across`, of -direction and of -normal. It is that of the
 * kinematic hand with 38 degrees of radial and 25 of palmar abduction and a twist of -60 degrees.
 */
const THUMB_AXIS: Vec3 = [0.169, -0.596, 0.785];

/** `side` is 1 for a right hand, -1 for a left one. */
function palmFrame(p: ArrayLike<number>, handedness: Handedness) {
  const toMiddle = between(p, WRIST, ROOT_OF_MIDDLE);
  const length = Math.hypot(...toMiddle);
  const direction = unitOrZero(toMiddle);
  const rightNormal = unitOrZero(cross(between(p, LITTLE_ROOT, INDEX_ROOT), direction));
  const right = handedness === 'unknown' ? bendsTowards(p, rightNormal) : handedness === 'right';
  const normal: Vec3 = right ? rightNormal : [-rightNormal[0], -rightNormal[1], -rightNormal[2]];
  return { normal, direction, length, side: right ? 1 : -1 };
}

/** Whether the tips lie on this side of the palm, as seen from the roots of their fingers. */
function bendsTowards(p: ArrayLike<number>, normal: Vec3): boolean {
  return FINGERTIPS.reduce((sum, tip, finger) => sum + dot(between(p, FINGER_ROOTS[finger], tip), normal), 0) >= 0;
}

/** The angle of the way from a finger's root to its tip against the palm, in the plane in which the finger bends. */
function fingerCurl(p: ArrayLike<number>, finger: number, direction: Vec3, normal: Vec3): number {
  const way = between(p, FINGER_ROOTS[finger], FINGERTIPS[finger]);
  const angle = Math.atan2(dot(way, normal), dot(way, direction));
  // fingers bend backwards by less than 90 degrees: what seems to is bent forwards by more than 180
  return clamped((angle < -Math.PI / 2 ? angle + 2 * Math.PI : angle) / FINGER_CURLED);
}

/** The angle between the thumb's metacarpal and the way from its end to the tip. */
function thumbCurl(p: ArrayLike<number>): number {
  const metacarpal = between(p, THUMB_ROOT, THUMB_MCP);
  const way = between(p, THUMB_MCP, THUMB_TIP);
  return clamped(Math.atan2(Math.hypot(...cross(metacarpal, way)), dot(metacarpal, way)) / THUMB_CURLED);
}

function velocity(position: Vec3, stamp: bigint, previous: DescribedHand | undefined): Vec3 {
  if (previous === undefined) return STILL;
  const dt = Number(stamp - previous.stamp) / 1e9;
  if (!(dt > 0 && dt <= LONGEST_GAP)) return STILL;
  const weight = 1 - Math.exp(-dt / VELOCITY_TIME);
  const axis = (i: 0 | 1 | 2) => {
    const measured = (position[i] - previous.palmPosition[i]) / dt;
    return previous.palmVelocity[i] + weight * (measured - previous.palmVelocity[i]);
  };
  return [axis(0), axis(1), axis(2)];
}

const STILL: Vec3 = [0, 0, 0];

/** The quaternion whose rotation turns -z along the bone, and x as near to `across` as that leaves room for. */
function writeOrientation(into: Float64Array, at: number, along: Vec3, across: Vec3): void {
  const z = unitOrZero([-along[0], -along[1], -along[2]]);
  const y = unitOrZero(cross(z, across));
  const x = cross(y, z);
  const hasDirection = x[0] ** 2 + x[1] ** 2 + x[2] ** 2 > 0.5;
  const q = hasDirection ? axesQuaternion(x, y, z) : [0, 0, 0, 1];
  for (let i = 0; i < 4; i++) into[at + i] = q[i];
}

function between(p: ArrayLike<number>, from: number, to: number): Vec3 {
  return [p[3 * to] - p[3 * from], p[3 * to + 1] - p[3 * from + 1], p[3 * to + 2] - p[3 * from + 2]];
}

function unitOrZero(a: Vec3): Vec3 {
  const length = Math.hypot(a[0], a[1], a[2]);
  return length > 1e-9 ? [a[0] / length, a[1] / length, a[2] / length] : STILL;
}

/** To [0, 1]. */
function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
