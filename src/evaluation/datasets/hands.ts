import { JOINT_NAMES } from '../../hand/index.js';
import type { DataSet, DataSetJoint } from './data-set.js';

/** The order that HANDS 2017 introduced: wrist, the five roots from thumb to little, then three joints a finger. */
const joints: DataSetJoint[] = [
  0,
  1,
  5,
  9,
  13,
  17,
  ...[1, 5, 9, 13, 17].flatMap((root) => [1, 2, 3].map((k) => root + k)),
].map((joint) => ({ name: JOINT_NAMES[joint], ours: JOINT_NAMES[joint] }));

/** What the three sets have in common: an Intel SR300, 16-bit PNG in millimetres, x right, y down, z forward. */
const sr300 = {
  camera: { width: 640, height: 480, fx: 475.065948, fy: 475.065857, cx: 315.944855, cy: 245.287079 },
  joints,
  axes: [1, 1, 1],
  resultFormat: 'xyz',
  handedness: 'right',
} as const;

/** HANDS 2017 (Yuan et al., BigHand2.2M and the Million Hands challenge): a line is a file's name and 21 x (x y z). */
export const hands17: DataSet = { ...sr300, name: 'hands17', title: 'HANDS 2017' };

/** HANDS 2019, tasks 1 (depth) and 2 (depth, hand and object): lines as in HANDS 2017. */
export const hands19: DataSet = { ...sr300, name: 'hands19', title: 'HANDS 2019' };

/**
 * F-PHAB (Garcia-Hernando et al., First-Person Hand Action Benchmark, CVPR 2018): `skeleton.txt`, a line is a frame's number
 * and 21 x (x y z).
 *
 * The set calls these world coordinates. Its matrix from there to the colour camera moves by 25.7 mm, the distance of the
 * SR300's two cameras, so the world is the depth camera, and they are used as they are. (Some readers apply the matrix
 * before projecting into the depth image; by that distance they are off.) Not checked on the set's own images.
 */
export const fphab: DataSet = { ...sr300, name: 'fphab', title: 'F-PHAB' };
