import { FINGER_NAMES, type FingerName, type JointName } from '../../hand/index.js';
import type { DataSet, DataSetJoint } from './data-set.js';

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
export const icvl: DataSet = {
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
