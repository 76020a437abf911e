import { mirroredPoint, type RigidTransform, rotate, scaled, transformPoint, type Vec3 } from '../geometry/matrix.js';
import type { Handedness } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { skinnedVertices } from './hand-mesh.js';
import { jointCover } from './joint-cover.js';
import { type HandCone, type HandGeometry, jointPosition } from './kinematic-hand.js';
import { movedCone, type Primitive } from './primitives.js';

/** A hand in front of a camera: metres, optical frame. */
export interface PlacedHand {
  /** Which hand it is, for as long as it stays: the id of its ground truth. Default: its place among the hands of the scene. */
  readonly id?: number;
  readonly handedness: Exclude<Handedness, 'unknown'>;
  /** 63 numbers, as in `HandJoints.positions`. */
  readonly joints: Float64Array;
  /** How much of the hand can lie between a joint and its own skin, metres: the flesh around it, not another finger. */
  readonly cover: Float64Array;
  /** Solids that lie at or just below the skin: what touches other things. */
  readonly cones: readonly HandCone[];
  /** The skin that a camera sees: three numbers for each vertex of `handMesh()`. */
  readonly vertices: Float64Array;
  /** Where the forearm ends. */
  readonly elbow: Vec3;
}

export interface SceneObject {
  readonly name: string;
  readonly primitives: readonly Primitive[];
}

/** What a depth camera sees: hands with their forearms, and other things. */
export interface Scene {
  /** The only hand; `hands` counts where both are given. */
  readonly hand?: PlacedHand;
  readonly hands?: readonly PlacedHand[];
  readonly objects: readonly SceneObject[];
}

/** All hands of a scene. */
export function handsOf({ hand, hands = hand === undefined ? [] : [hand] }: Scene): readonly PlacedHand[] {
  return hands;
}

/** Put a hand from its palm frame into the camera's optical frame; a left hand is mirrored (x negated) before. */
export function placeHand(
  hand: HandGeometry,
  placement: RigidTransform,
  handedness: PlacedHand['handedness'] = 'right',
): PlacedHand {
  const side = (p: Vec3): Vec3 => (handedness === 'left' ? mirroredPoint(p) : p);
  const cones = hand.cones.map((cone) => movedCone({ ...cone, a: side(cone.a), b: side(cone.b) }, placement));
  const joints = new Float64Array(JOINT_COUNT * 3);
  for (let j = 0; j < JOINT_COUNT; j++) {
    joints.set(transformPoint(placement, side(jointPosition(hand.joints, j))), 3 * j);
  }
  const elbow = scaled(rotate(hand.forearm, [0, -0.25, 0]), hand.scale);
  const vertices = placedVertices(skinnedVertices(hand), placement, handedness === 'left');
  return {
    handedness,
    joints,
    cover: jointCover(hand),
    cones,
    vertices,
    elbow: transformPoint(placement, side(elbow)),
  };
}

/** Write `vertices` where they are placed. */
function placedVertices(
  vertices: Float64Array,
  { rotation: r, translation: t }: RigidTransform,
  mirror: boolean,
): Float64Array {
  for (let i = 0; i < vertices.length; i += 3) {
    const x = mirror ? -vertices[i] : vertices[i];
    const [y, z] = [vertices[i + 1], vertices[i + 2]];
    vertices[i] = r[0] * x + r[1] * y + r[2] * z + t[0];
    vertices[i + 1] = r[3] * x + r[4] * y + r[5] * z + t[1];
    vertices[i + 2] = r[6] * x + r[7] * y + r[8] * z + t[2];
  }
  return vertices;
}
