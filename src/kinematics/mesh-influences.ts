import { bytesOf, int16Of } from './base64-numbers.js';
import { HAND_MESH_DATA } from './hand-mesh-data.js';

/** The mesh of `hand-mesh.json`, decoded: only read. */
export interface MeshArrays {
  /** Three numbers for each vertex, metres, palm frame of the pose that it is stored in. */
  readonly places: Float64Array;
  /** Four bones for each vertex, and how much of 255 each moves it. */
  readonly bones: Uint8Array;
  readonly weights: Uint8Array;
  /** Three vertices for each triangle; counter-clockwise seen from outside. */
  readonly faces: Uint16Array;
}

let decoded: MeshArrays | undefined;

/** Decoded once. */
export function meshArrays(): MeshArrays {
  const { unit, faces, positions, bones, weights, faceCount } = HAND_MESH_DATA;
  decoded ??= {
    places: Float64Array.from(int16Of(positions), (x) => x * unit),
    bones: bytesOf(bones),
    weights: bytesOf(weights),
    faces: Uint16Array.from(int16Of(faces).subarray(0, 3 * faceCount), (i) => i & 0xffff),
  };
  return decoded;
}

/** How bones hold vertices: vertex number i of a list has the influences `start[i]` to `start[i + 1] - 1`. */
export interface Influences {
  readonly start: Uint16Array;
  readonly bone: Uint8Array;
  readonly weight: Float64Array;
  /** Three numbers for each influence: where the vertex lies in the bone's frame, metres of the described hand. */
  readonly local: Float64Array;
}

/**
 * Bind vertices of the mesh to bones in the pose that it is stored in.
 *
 * @param shares how much each of the four bones of a vertex moves it
 * @param rest of a bone: where it lies, and its rotation (3 x 3, row by row)
 */
export function influencesOf(
  vertices: readonly number[],
  shares: (vertex: number) => readonly number[],
  rest: (bone: number) => { readonly origin: ArrayLike<number>; readonly rotation: ArrayLike<number> },
): Influences {
  const { places, bones } = meshArrays();
  const start = new Uint16Array(vertices.length + 1);
  const bone: number[] = [];
  const weight: number[] = [];
  const local: number[] = [];
  for (const [i, v] of vertices.entries()) {
    for (const [k, share] of shares(v).entries()) {
      if (share === 0) continue;
      const by = bones[4 * v + k];
      const { origin, rotation: r } = rest(by);
      const [x, y, z] = [0, 1, 2].map((axis) => places[3 * v + axis] - origin[axis]);
      bone.push(by);
      weight.push(share);
      for (let axis = 0; axis < 3; axis++) local.push(r[axis] * x + r[3 + axis] * y + r[6 + axis] * z);
    }
    start[i + 1] = bone.length;
  }
  return { start, bone: Uint8Array.from(bone), weight: Float64Array.from(weight), local: Float64Array.from(local) };
}
