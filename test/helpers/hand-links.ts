import { invertTransform, transformPoints } from '../../src/geometry/transform.js';
import { JOINT_COUNT, JOINT_NAMES } from '../../src/hand/skeleton.js';
import { HandKinematics } from '../../src/kinematics/hand-kinematics.js';
import type { HandProportions } from '../../src/kinematics/hand-proportions.js';
import { restState } from '../../src/kinematics/hand-state.js';
import { toHandTransform } from '../../src/messages/transforms.js';

/** The link of a hand's URDF whose origin is a joint of the skeleton, without the side. */
export const HAND_LINKS = JOINT_NAMES.map((name) => {
  if (name === 'wrist') return 'palm';
  const [finger, joint] = name.split('_');
  if (joint === 'tip') return name;
  const bones =
    finger === 'thumb'
      ? { cmc: 'base1', mcp: 'proximal', ip: 'distal' }
      : { mcp: 'base1', pip: 'middle', dip: 'distal' };
  return `${finger}_${(bones as Record<string, string>)[joint]}`;
});

/** Where the kinematics put the joints of a hand, in its TF frame: 63 numbers, metres. */
export function jointsInHandFrame(
  angles: Float64Array,
  proportions: HandProportions,
  handedness: 'right' | 'left',
): Float64Array {
  const hand = new HandKinematics();
  hand.update({ ...restState(), angles }, proportions);
  const positions = hand.joints.map((x, i) => (handedness === 'left' && i % 3 === 0 ? -x : x));
  const confidences = new Float32Array(JOINT_COUNT);
  const joints = { stamp: 0n, frameId: 'palm', handId: 0, handedness, tracked: true, positions, confidences };
  const { translation: t, rotation: q } = toHandTransform({ ...joints, lagFrames: 0 }, 'hand')!.transform;
  return transformPoints(invertTransform({ translation: [t.x, t.y, t.z], rotation: [q.x, q.y, q.z, q.w] }), positions);
}
