import { dot, subtract, type Vec3 } from '../geometry/index.js';
import { FINGER_JOINTS, FINGER_OF_JOINT, type JointName, jointIndex } from '../hand/index.js';
import { describedProportions, HAND_DATA } from '../kinematics/index.js';

/** A bone of a digit as a round cone: radii of the described hand, metres. */
interface Bone {
  readonly from: number;
  readonly to: number;
  readonly radiusA: number;
  readonly radiusB: number;
  /** How far the outer end lies before its joint, in outer radii. */
  readonly back: number;
  /** The first bone of a finger: those lie side by side. */
  readonly isRoot: boolean;
}

const BONES: readonly Bone[] = HAND_DATA.primitives.flatMap(({ name, group, a, b, radiusA, radiusB }): Bone[] => {
  if (group === 'palm' || group === 'forearm' || !('joint' in a && 'joint' in b)) return [];
  const [from, to] = [a.joint, b.joint].map((joint) => jointIndex(joint as JointName));
  const isRoot = group !== 'thumb' && name.endsWith('_proximal');
  return [{ from, to, radiusA, radiusB, back: b.towards === undefined ? 0 : (b.byRadius ?? 1), isRoot }];
});

/** Bones of two digits, but for the first ones of two fingers. */
const PAIRS: readonly (readonly [number, number])[] = BONES.flatMap((a, i) =>
  BONES.flatMap((b, j) =>
    FINGER_OF_JOINT[a.from] < FINGER_OF_JOINT[b.from] && !(a.isRoot && b.isRoot) ? [[i, j] as const] : [],
  ),
);

/** How large a hand is beside the described one, by the sum of its bones' lengths. */
export function handSize(positions: ArrayLike<number>): number {
  let sum = 0;
  for (const joints of FINGER_JOINTS) {
    for (const joint of joints.slice(1)) {
      sum += Math.hypot(...[0, 1, 2].map((k) => positions[3 * joint + k] - positions[3 * (joint - 1) + k]));
    }
  }
  return sum / describedProportions().lengths.reduce((total, length) => total + length, 0);
}

/**
 * How deep the digits of a hand are in each other: the largest overlap of the round cones of two bones, at the closest points of their axes
 * (Ericson 2005, section 5.1.9).
 *
 * @param positions 63 numbers, metres
 * @param size of the hand, a factor on the described thickness
 * @returns metres; 0 where no two touch
 */
export function fingerOverlap(positions: ArrayLike<number>, size: number): number {
  const placeOf = (joint: number): Vec3 => [positions[3 * joint], positions[3 * joint + 1], positions[3 * joint + 2]];
  const ends = BONES.map(({ from, to, radiusB, back }) => {
    const a = placeOf(from);
    const [x, y, z] = subtract(placeOf(to), a);
    const share = Math.max(0.1, 1 - (back * radiusB * size) / Math.hypot(x, y, z));
    const way: Vec3 = [share * x, share * y, share * z];
    return { a, way };
  });
  let deepest = 0;
  for (const [i, j] of PAIRS) {
    const [p, q] = [ends[i], ends[j]];
    const between = subtract(p.a, q.a);
    const [aa, ee, ff, cc, bb] = [
      dot(p.way, p.way),
      dot(q.way, q.way),
      dot(q.way, between),
      dot(p.way, between),
      dot(p.way, q.way),
    ];
    let s = clamped((bb * ff - cc * ee) / Math.max(1e-12, aa * ee - bb * bb));
    const t = clamped((bb * s + ff) / ee);
    s = clamped((bb * t - cc) / aa);
    const gap = Math.hypot(...between.map((x, k) => x + s * p.way[k] - t * q.way[k]));
    deepest = Math.max(deepest, size * (radiusAt(BONES[i], s) + radiusAt(BONES[j], t)) - gap);
  }
  return deepest;
}

const clamped = (x: number): number => Math.max(0, Math.min(1, x));
const radiusAt = ({ radiusA, radiusB }: Bone, share: number): number => radiusA + share * (radiusB - radiusA);
