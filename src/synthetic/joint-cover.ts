import { dot, subtract, type Vec3 } from '../geometry/matrix.js';
import { FINGER_JOINTS, FINGER_NAMES, FINGER_OF_JOINT, JOINT_NAMES, WRIST } from '../hand/skeleton.js';
import { BONE_NAMES } from '../kinematics/hand-mesh-data.js';
import { handMesh, restingHand, skinnedVertices } from './hand-mesh.js';
import { type HandGeometry, jointPosition } from './kinematic-hand.js';

/** Half the length of bone whose skin is counted around a joint, metres. */
const AROUND = 0.008;

/** The bones that meet at each joint (indices into `BONE_NAMES`); along the last one the skin is counted. */
const BONES_AT: readonly (readonly number[])[] = JOINT_NAMES.map((_, joint) => {
  if (joint === WRIST) return [BONE_NAMES.indexOf('palm'), BONE_NAMES.indexOf('forearm')];
  const digit = FINGER_OF_JOINT[joint]!;
  const joints = FINGER_JOINTS[digit]!;
  const bones = BONE_NAMES.flatMap((name, bone) => (name.startsWith(`${FINGER_NAMES[digit]}_`) ? [bone] : []));
  // a finger has a bone before its root, the thumb has none
  const next = joints.indexOf(joint) + bones.length - (joints.length - 1);
  return bones.slice(Math.max(0, next - 1), next + 1);
});

let reaches: readonly number[] | undefined;

/** How much of the hand can lie between each joint and its own skin, metres: 21 numbers. */
export function jointCover({ bones, scale, shape: { glove = 0 } }: HandGeometry): Float64Array {
  reaches ??= BONES_AT.map(reachOf);
  return Float64Array.from(
    reaches,
    (reach, joint) => reach * scale * bones[BONES_AT[joint].at(-1)!].stretch[0] + glove,
  );
}

/** From a joint of the resting hand to the farthest skin around it. */
function reachOf(at: readonly number[], joint: number): number {
  const rest = restingHand();
  const vertices = skinnedVertices(rest);
  const { rotation } = rest.bones[at.at(-1)!];
  const axis: Vec3 = [rotation[1], rotation[4], rotation[7]];
  let reach = 0;
  handMesh().owners.forEach((owner, v) => {
    if (!at.includes(owner)) return;
    const way = subtract(
      [vertices[3 * v], vertices[3 * v + 1], vertices[3 * v + 2]],
      jointPosition(rest.joints, joint),
    );
    if (Math.abs(dot(way, axis)) <= AROUND) reach = Math.max(reach, Math.hypot(...way));
  });
  return reach;
}
