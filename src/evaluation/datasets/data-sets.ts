import {
  FINGER_JOINTS,
  FINGER_NAMES,
  FINGER_ROOTS,
  type FingerName,
  JOINT_NAMES,
  type JointName,
  WRIST,
} from '../../hand/index.js';
import type { DataSet, DataSetJoint, DataSetName } from './data-set.js';

/**
 * ICVL (Tang et al., Latent Regression Forest, CVPR 2014): 16 joints, Intel Creative camera.
 *
 * - Joints: the palm's centre, then root, mid and tip of each finger. They are centres of the hand's 16 segments and not
 *   the joints between them: in the published test labels the middle finger measures 54 mm from palm to root, 34 mm to mid
 *   and 22 mm to tip (median), where MCP to PIP to tip would be about 44 and 48 mm. So no joint is quite one of ours; each
 *   finger's three are written as the joints that merged data sets take them for, all marked `near`: expect 10 to 20 mm
 *   of difference along the finger. The palm's centre has no equal in ours.
 * - Intrinsics: those of the common evaluation of published results. Others read the same images with 241.42 for both.
 * - Handedness: the papers speak of right hands; but in the labels every one of 1,161 strongly bent hands bends like a left
 *   one, and the pictures show left hands: the images are probably mirrored. What counts here is what the images show.
 * - Depth: 16-bit PNG, millimetres, 0 is missing. 32001 and 32002 are the marks of the camera's SDK for saturated and
 *   unsure pixels; no hand is that far away, so they are taken as missing too.
 */
const icvl: DataSet = {
  name: 'icvl',
  title: 'ICVL',
  camera: { width: 320, height: 240, fx: 240.99, fy: 240.96, cx: 160, cy: 120 },
  joints: [{ name: 'palm', ours: undefined }, ...FINGER_NAMES.flatMap(fingerJoints)],
  axes: [1, 1, 1],
  resultFormat: 'uvd',
  handedness: 'left',
  missingFromMm: 32001,
};

function fingerJoints(finger: FingerName): DataSetJoint[] {
  const ours = ['mcp', finger === 'thumb' ? 'ip' : 'pip', 'tip'];
  return ['root', 'mid', 'tip'].map((part, i) => ({
    name: `${finger}_${part}`,
    ours: `${finger}_${ours[i]}` as JointName,
    near: true,
  }));
}

/** Joints of `joint_data`, of which the 14 below are compared. */
export const NYU_ANNOTATED_JOINTS = 36;

/** Which of the 36 are the 14, from 0. */
export const NYU_COMPARED_JOINTS = [0, 3, 6, 9, 12, 15, 18, 21, 24, 25, 27, 30, 31, 32] as const;

/**
 * NYU (Tompson et al., Real-Time Continuous Pose Recovery, ToG 2014): 14 of 36 joints, Kinect.
 *
 * - Joints: from the little finger (F1) to the index finger (F4) the tip (`KNU3_A`) and the near end of the middle bone
 *   (`KNU2_B`, our PIP); the thumb's tip, its `KNU3_B` (our IP) and its `KNU2_B`; then `PALM_1` and `PALM_2`, the two
 *   sides of the wrist (29 to 35 mm apart), and `PALM_3`, the palm's centre. The last three have no equal in ours: the
 *   wrist would be between the two, which is left to the reader. The thumb's `KNU2_B` is 38 to 49 mm from the IP, more
 *   than an MCP is (about 35 mm): `near`.
 * - Signs: the data set's formula is v = 240 - y * 587.07 / z, often written as fy = -587.07. Rows v go down as in any
 *   image (the wrists are below the fingers in its labels), so it is y that points up: a valid camera has fy = +587.07 and
 *   y is turned. Published results are uvd, in which nothing has to be turned; distances are the same with either sign.
 * - Depth: 8-bit RGB PNG, B + 256 G millimetres, 0 is missing.
 * - Intrinsics are rounded as in the common evaluation; the set's own script has 588.036865 and 587.075073.
 */
const nyu: DataSet = {
  name: 'nyu',
  title: 'NYU',
  camera: { width: 640, height: 480, fx: 588.03, fy: 587.07, cx: 320, cy: 240 },
  joints: [
    ...(['little', 'ring', 'middle', 'index'] as const).flatMap((finger) =>
      (['tip', 'pip'] as const).map((part): DataSetJoint => same(`${finger}_${part}`)),
    ),
    same('thumb_tip'),
    same('thumb_ip'),
    { name: 'thumb_base', ours: 'thumb_mcp', near: true },
    { name: 'wrist_little_side', ours: undefined },
    { name: 'wrist_thumb_side', ours: undefined },
    { name: 'palm', ours: undefined },
  ],
  axes: [1, -1, 1],
  resultFormat: 'uvd',
  handedness: 'right',
};

function same(name: JointName): DataSetJoint {
  return { name, ours: name };
}

/**
 * MSRA (Sun et al., Cascaded Hand Pose Regression, CVPR 2015): 21 joints, Intel Creative camera.
 *
 * - Joints: the wrist, then index, middle, ring, little and thumb, four each from the palm out. All are ours. (The set calls
 *   the thumb's mcp, pip, dip and tip; the first lies at the root beside the wrist, so they are our CMC, MCP, IP and tip.)
 * - Signs: in `joint.txt` y points up and z is negative in front of the camera; both are turned. Published results are
 *   uvd; some ports write xyz with positive z, which is refused with a word on the sign.
 * - Depth: `.bin` files, millimetres as float32, of the hand's box only; the rest of the image is missing.
 */
const msra: DataSet = {
  name: 'msra',
  title: 'MSRA',
  camera: { width: 320, height: 240, fx: 241.42, fy: 241.42, cx: 160, cy: 120 },
  joints: [0, ...fourFrom(5), ...fourFrom(9), ...fourFrom(13), ...fourFrom(17), ...fourFrom(1)].map(
    (joint): DataSetJoint => ({ name: JOINT_NAMES[joint], ours: JOINT_NAMES[joint] }),
  ),
  axes: [1, -1, -1],
  resultFormat: 'uvd',
  handedness: 'right',
  countedAnnotation: true,
};

function fourFrom(first: number): number[] {
  return [first, first + 1, first + 2, first + 3];
}

/** The order that HANDS 2017 introduced: wrist, the five roots from thumb to little, then three joints per finger. */
const joints: DataSetJoint[] = [WRIST, ...FINGER_ROOTS, ...FINGER_JOINTS.flatMap(([, ...others]) => others)].map(
  (joint) => ({ name: JOINT_NAMES[joint], ours: JOINT_NAMES[joint] }),
);

/** What the three sets have in common: an Intel SR300, 16-bit PNG in millimetres, x right, y down, z forward. */
const sr300 = {
  camera: { width: 640, height: 480, fx: 475.065948, fy: 475.065857, cx: 315.944855, cy: 245.287079 },
  joints,
  axes: [1, 1, 1],
  resultFormat: 'xyz',
  handedness: 'right',
} as const;

/** HANDS 2017 (Yuan et al., BigHand2.2M and the Million Hands challenge): a line is a file's name and 21 x (x y z). */
const hands17: DataSet = { ...sr300, name: 'hands17', title: 'HANDS 2017' };

/** HANDS 2019, tasks 1 (depth) and 2 (depth, hand and object): lines as in HANDS 2017. */
const hands19: DataSet = { ...sr300, name: 'hands19', title: 'HANDS 2019' };

/**
 * F-PHAB (Garcia-Hernando et al., First-Person Hand Action Benchmark, CVPR 2018): `skeleton.txt`, a line is a frame's number
 * and 21 x (x y z).
 *
 * The set calls these world coordinates. Its matrix from there to the colour camera moves by 25.7 mm, the distance of the
 * SR300's two cameras, so the world is the depth camera, and they are used as they are. (Some readers apply the matrix
 * before projecting into the depth image; by that distance they are off.) Not checked on the set's own images.
 */
const fphab: DataSet = { ...sr300, name: 'fphab', title: 'F-PHAB' };

/** The published data sets that we read. */
export const DATA_SETS: Readonly<Record<DataSetName, DataSet>> = { icvl, nyu, msra, hands17, hands19, fphab };
