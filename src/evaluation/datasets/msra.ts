import { JOINT_NAMES } from '../../hand/index.js';
import type { DataSet, DataSetJoint } from './data-set.js';

/**
 * MSRA (Sun et al., Cascaded Hand Pose Regression, CVPR 2015): 21 joints, Intel Creative camera.
 *
 * - Joints: the wrist, then index, middle, ring, little and thumb, four each from the palm out. All are ours. (The set calls
 *   the thumb's mcp, pip, dip and tip; the first lies at the root beside the wrist, so they are our CMC, MCP, IP and tip.)
 * - Signs: in `joint.txt` y points up and z is negative in front of the camera; both are turned. Published results are
 *   uvd; some ports write xyz with positive z, which is refused with a word on the sign.
 * - Depth: `.bin` files, millimetres as float32, of the hand's box only; the rest of the image is missing.
 */
export const msra: DataSet = {
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
