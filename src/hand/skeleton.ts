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

export const JOINT_COUNT = 21;

/** Name of this skeleton in messages and manifests. */
export const SKELETON_NAME = 'voxhand21';

export const FINGER_NAMES = ['thumb', 'index', 'middle', 'ring', 'little'] as const;
export type FingerName = (typeof FINGER_NAMES)[number];

/** The 20 bones as pairs of joint indices, parent first. */
export const BONES: readonly (readonly [number, number])[] = FINGER_NAMES.flatMap((_, finger) => {
  const first = 1 + finger * 4;
  return [
    [0, first],
    [first, first + 1],
    [first + 1, first + 2],
    [first + 2, first + 3],
  ] as const;
});

/** Index of the joint by its name. */
export function jointIndex(name: JointName): number {
  return JOINT_NAMES.indexOf(name);
}

/** The middle finger's root, one of the two reference points of the HANDS 2019 winners (RoM). */
export const ROOT_OF_MIDDLE = 9;

/** Wrist and the roots of four fingers: these hardly move against each other. */
export const PALM_JOINTS: readonly number[] = [0, 5, 9, 13, 17];
