import { rotate, subtract, type Vec3 } from '../geometry/matrix.js';
import { BONE_NAMES, HAND_MESH_DATA } from '../kinematics/hand-mesh-data.js';
import { mapPose } from '../kinematics/hand-pose.js';
import { type Influences, influencesOf, meshArrays } from '../kinematics/mesh-influences.js';
import { type HandGeometry, kinematicHand } from './kinematic-hand.js';

/** What the skin follows. */
export interface SkinnedHand extends Pick<HandGeometry, 'bones' | 'forearm' | 'scale'> {
  readonly shape?: Pick<HandGeometry['shape'], 'glove' | 'sleeve'>;
}

/** The triangles of a hand's skin with its forearm, the same for all hands. Its buffers are shared: do not write to them. */
export interface HandMesh {
  readonly vertexCount: number;
  /** Three vertices for each triangle; counter-clockwise seen from outside a right hand. */
  readonly faces: Uint16Array;
  /** Vertices and faces from here on belong to the forearm. */
  readonly firstForearmVertex: number;
  readonly firstForearmFace: number;
  /** Of each vertex: the bone that moves it most, an index into `BONE_NAMES`. */
  readonly owners: Uint8Array;
}

interface Binding extends HandMesh, Influences {
  /** Three numbers for each vertex: the direction in the forearm frame in which a sleeve moves it, or zero. */
  readonly outwards: Float64Array;
}

/** Where a sleeve begins: y of the forearm frame, metres. */
const SLEEVE_FROM = -0.03;
const DEGREE = Math.PI / 180;

let decoded: Binding | undefined;

/** The skin of the synthetic hand, from the MIT-licensed `generic-hand` (see `LICENSE-generic-hand`). Decoded once. */
export function handMesh(): HandMesh {
  return binding();
}

/** The hand in the pose in which the mesh is stored. */
export function restingHand(): HandGeometry {
  return kinematicHand(mapPose((dof) => HAND_MESH_DATA.restPose[dof] * DEGREE));
}

function binding(): Binding {
  decoded ??= decode();
  return decoded;
}

function decode(): Binding {
  const { vertexCount, firstForearmVertex, firstForearmFace } = HAND_MESH_DATA;
  const { places, bones, weights, faces } = meshArrays();
  const rest = restingHand().bones;
  const outwards = new Float64Array(3 * vertexCount);
  for (let v = firstForearmVertex; v < vertexCount; v++) {
    const [x, y, z] = places.subarray(3 * v, 3 * v + 3);
    if (y >= SLEEVE_FROM - 1e-9) continue;
    const radius = Math.max(1e-6, Math.hypot(x, z));
    outwards.set([x / radius, 0, z / radius], 3 * v);
  }
  const shares = (v: number) => Array.from(weights.subarray(4 * v, 4 * v + 4), (weight) => weight / 255);
  return {
    vertexCount,
    faces,
    firstForearmVertex,
    firstForearmFace,
    owners: Uint8Array.from({ length: vertexCount }, (_, v) => bones[4 * v]),
    ...influencesOf([...Array(vertexCount).keys()], shares, (bone) => rest[bone]),
    outwards,
  };
}

/**
 * The vertices of a hand's skin by linear blend skinning, the same as in the Python training: three numbers for each vertex of
 * {@link handMesh}, in the frame of the bones (the palm frame of a synthetic hand), metres. A new buffer.
 */
export function skinnedVertices({
  bones,
  forearm,
  scale,
  shape: { glove = 0, sleeve = 0 } = {},
}: SkinnedHand): Float64Array {
  const { vertexCount, start, bone, weight, local, outwards } = binding();
  const frames = new Float64Array(12 * BONE_NAMES.length);
  bones.forEach(({ origin, rotation, stretch }, i) => {
    frames.set(
      rotation.map((r, k) => r * stretch[k % 3]),
      12 * i,
    );
    frames.set(origin, 12 * i + 9);
  });

  const vertices = new Float64Array(3 * vertexCount);
  for (let v = 0; v < vertexCount; v++) {
    let [x, y, z] = [0, 0, 0];
    for (let k = start[v]; k < start[v + 1]; k++) {
      const [m, w] = [12 * bone[k], weight[k]];
      const [p, q, r] = [local[3 * k], local[3 * k + 1], local[3 * k + 2]];
      x += w * (frames[m] * p + frames[m + 1] * q + frames[m + 2] * r + frames[m + 9]);
      y += w * (frames[m + 3] * p + frames[m + 4] * q + frames[m + 5] * r + frames[m + 10]);
      z += w * (frames[m + 6] * p + frames[m + 7] * q + frames[m + 8] * r + frames[m + 11]);
    }
    vertices[3 * v] = scale * x;
    vertices[3 * v + 1] = scale * y;
    vertices[3 * v + 2] = scale * z;
  }
  if (sleeve !== 0) {
    for (let v = 0; v < vertexCount; v++) {
      const way = rotate(forearm, [outwards[3 * v], 0, outwards[3 * v + 2]]);
      for (let axis = 0; axis < 3; axis++) vertices[3 * v + axis] += sleeve * way[axis];
    }
  }
  if (glove !== 0) moveOut(vertices, glove);
  return vertices;
}

/** Move the hand's vertices (not the forearm's) along the area-weighted normals of the faces around them. */
function moveOut(vertices: Float64Array, way: number): void {
  const { faces, firstForearmFace, firstForearmVertex } = binding();
  const normals = new Float64Array(3 * firstForearmVertex);
  const corner = (i: number): Vec3 => [vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2]];
  for (let f = 0; f < 3 * firstForearmFace; f += 3) {
    const at = corner(faces[f]);
    const [ux, uy, uz] = subtract(corner(faces[f + 1]), at);
    const [vx, vy, vz] = subtract(corner(faces[f + 2]), at);
    for (let k = f; k < f + 3; k++) {
      normals[3 * faces[k]] += uy * vz - uz * vy;
      normals[3 * faces[k] + 1] += uz * vx - ux * vz;
      normals[3 * faces[k] + 2] += ux * vy - uy * vx;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.max(1e-12, Math.hypot(normals[i], normals[i + 1], normals[i + 2]));
    for (let k = i; k < i + 3; k++) vertices[k] += (way * normals[k]) / length;
  }
}
