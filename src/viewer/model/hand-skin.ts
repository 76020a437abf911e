import { cross, type Matrix3, multiply, rotate, subtract, transposed, unit, type Vec3 } from '../../geometry/matrix.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { FINGER_JOINTS, FINGER_NAMES, JOINT_COUNT, WRIST } from '../../hand/skeleton.js';
import { FIRST_ANGLE, HandKinematics } from '../../kinematics/hand-kinematics.js';
import { BONE_NAMES } from '../../kinematics/hand-mesh-data.js';
import { CHAIN_BONES, describedProportions } from '../../kinematics/hand-proportions.js';
import { restState } from '../../kinematics/hand-state.js';
import { placeHand } from '../../kinematics/place-hand.js';
import { MOVING_BONES } from '../../kinematics/skin-bones.js';
import { skinnedVertices } from '../../synthetic/hand-mesh.js';
import { type HandBone, jointPosition } from '../../synthetic/kinematic-hand.js';

const DESCRIBED = describedProportions();
const EVENLY = new Float64Array(JOINT_COUNT).fill(1);
const OUT_OF_PALM: Vec3 = [0, 0, 1];

/**
 * The skin of a hand whose joints are given: the mesh of the synthetic hand, each bone where the joints say, as long as they say, and turned
 * about itself as the kinematic hand that is nearest to them is. So joints of a network and those of a fitted hand are skinned alike.
 *
 * @returns three numbers for each vertex of `handMesh()`, metres, in the frame of the joints; those of the forearm lie along the palm. The
 * faces of a left hand are clockwise seen from outside.
 */
export function handSkin({ positions, handedness }: Pick<HandJoints, 'positions' | 'handedness'>): Float64Array {
  const isLeft = handedness === 'left';
  const vertices = skinnedVertices(bonesOf(isLeft ? mirrored(positions) : positions));
  return isLeft ? mirrored(vertices) : vertices;
}

/** Of a right hand. */
function bonesOf(joints: Float64Array) {
  const state = restState();
  placeHand(joints, EVENLY, DESCRIBED, state);
  const kinematics = new HandKinematics();
  kinematics.update(state, DESCRIBED);
  const palm = [...state.rotation] as unknown as Matrix3;
  const normal = rotate(palm, OUT_OF_PALM);
  const wrist = jointPosition(joints, WRIST);
  const roots = FINGER_JOINTS.map(([root], chain) => {
    const described = jointPosition(DESCRIBED.roots, chain);
    const seen = subtract(jointPosition(joints, root), wrist);
    const rotation = multiply(frameAlong(seen, normal), transposed(frameAlong(described, OUT_OF_PALM)));
    return { rotation, size: Math.hypot(...seen) / Math.hypot(...described) };
  });
  /** How large the palm is; as thick are all bones. */
  const size = roots.slice(1).reduce((sum, root) => sum + root.size, 0) / (roots.length - 1);
  const bones = new Map<string, HandBone>([
    ['palm', { origin: wrist, rotation: palm, stretch: [size, size, size] }],
    ['forearm', { origin: wrist, rotation: palm, stretch: [size, size, size] }],
  ]);
  FINGER_JOINTS.forEach((ofFinger, chain) => {
    const finger = FINGER_NAMES[chain];
    // fingers have a bone in the palm too; the thumb's first moving one is its metacarpal
    if (chain > 0) {
      const root = roots[chain];
      bones.set(`${finger}_metacarpal`, {
        origin: wrist,
        rotation: root.rotation,
        stretch: [root.size, root.size, size],
      });
    }
    // the axis about which all bones of the chain flex
    const axis = jointPosition(kinematics.axes, FIRST_ANGLE[chain] + (chain === 0 ? 3 : 1));
    MOVING_BONES[chain].forEach((name, bone) => {
      const origin = jointPosition(joints, ofFinger[bone]);
      const along = subtract(jointPosition(joints, ofFinger[bone + 1]), origin);
      const length = Math.hypot(...along) / DESCRIBED.lengths[CHAIN_BONES * chain + bone];
      bones.set(`${finger}_${name}`, {
        origin,
        rotation: frameAlong(along, cross(axis, along)),
        stretch: [size, length, size],
      });
    });
  });
  return { bones: BONE_NAMES.map((name) => bones.get(name) as HandBone), forearm: palm, scale: 1 };
}

/** Columns x, y, z: y along one direction, z as near to the other as it can be. */
function frameAlong(along: Vec3, towards: Vec3): Matrix3 {
  const y = unit(along);
  const x = unit(cross(y, towards));
  const z = cross(x, y);
  return [x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]];
}

/** The mirror image in the plane x = 0. */
function mirrored(points: Float64Array): Float64Array {
  return points.map((value, i) => (i % 3 === 0 ? -value : value));
}
