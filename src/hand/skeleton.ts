/**
 * The 21-joint skeleton, in the order of HANDS 2017/2019: wrist, then thumb, index, middle, ring, little,
 * each from the palm outwards.
 *
 * ```text
 *        8   12  16
 *        |   |   |   20
 *        7   11  15  |
 *    4   6   10  14  19
 *    |   |   |   |   18
 *    3   5   9   13  17
 *     2   \  |  /  /
 *      1    \ | / /
 *         -- 0 --
 * ```
 */
export const JOINT_NAMES = [
  'wrist',
  'thumb_cmc',
  'thumb_mcp',
  'thumb_ip',
  'thumb_tip',
  'index_mcp',
  'index_pip',
  'index_dip',
  'index_tip',
  'middle_mcp',
  'middle_pip',
  'middle_dip',
  'middle_tip',
  'ring_mcp',
  'ring_pip',
  'ring_dip',
  'ring_tip',
  'little_mcp',
  'little_pip',
  'little_dip',
  'little_tip',
] as const;

export type JointName = (typeof JOINT_NAMES)[number];

export const JOINT_COUNT = JOINT_NAMES.length;

/** Numbers of a hand's positions: x, y, z of each joint. */
export const POSITION_COUNT = 3 * JOINT_COUNT;

/** Name of this skeleton in messages and manifests. */
export const SKELETON_NAME = 'voxhand21';

export const FINGER_NAMES = ['thumb', 'index', 'middle', 'ring', 'little'] as const;
export type FingerName = (typeof FINGER_NAMES)[number];

export const WRIST = 0;

/** The joints of each finger, from the palm outwards. */
export const FINGER_JOINTS: readonly (readonly number[])[] = FINGER_NAMES.map((finger) =>
  JOINT_NAMES.flatMap((name, joint) => (name.startsWith(`${finger}_`) ? [joint] : [])),
);

/** Where a finger begins, and where it ends. */
export const FINGER_ROOTS: readonly number[] = FINGER_JOINTS.map(([root]) => root);
export const FINGERTIPS: readonly number[] = FINGER_JOINTS.map((joints) => joints[joints.length - 1]);
export const [THUMB_TIP, INDEX_TIP, MIDDLE_TIP] = FINGERTIPS;

/** The finger of each joint; -1 of the wrist. */
export const FINGER_OF_JOINT: readonly number[] = JOINT_NAMES.map((_, joint) =>
  FINGER_JOINTS.findIndex((joints) => joints.includes(joint)),
);

/** The 20 bones as pairs of joint indices, parent first. */
export const BONES: readonly (readonly [number, number])[] = FINGER_JOINTS.flatMap((joints) =>
  joints.map((joint, i) => [i === 0 ? WRIST : joints[i - 1], joint] as const),
);

/** Index of the joint by its name. */
export function jointIndex(name: JointName): number {
  return JOINT_NAMES.indexOf(name);
}

/** The middle finger's root, one of the two reference points of the HANDS 2019 winners (RoM). */
export const ROOT_OF_MIDDLE = jointIndex('middle_mcp');

/** Wrist and the roots of four fingers: these hardly move against each other. */
export const PALM_JOINTS: readonly number[] = [WRIST, ...FINGER_ROOTS.slice(1)];
