import type { JointName } from '../../hand/index.js';
import type { DataSet, DataSetJoint } from './data-set.js';

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
export const nyu: DataSet = {
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
