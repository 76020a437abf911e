import { cross, dot, subtract, unit as unitVector, type Vec3 } from '../geometry/matrix.js';
import { inverse } from '../geometry/symmetric-eigen.js';
import { HandKinematics, movingAngles } from './hand-kinematics.js';
import { HAND_MESH_DATA } from './hand-mesh-data.js';
import { CHAIN_BONES } from './hand-proportions.js';
import { ANGLE_NAMES, restState } from './hand-state.js';
import { influencesOf, meshArrays } from './mesh-influences.js';
import { CHAIN_OF_BONE, DESCRIBED, FOREARM, FRAME, PLACE_OF_BONE, SkinBones } from './skin-bones.js';

const DEGREE = Math.PI / 180;
/** A vertex that the forearm moves by more than this is not the hand's. */
const FOREARM_SHARE = 0.3;
/** A bone that moves a vertex by less than this is left out. */
const LEAST_SHARE = 0.02;
/** Of the way from a vertex to its nearest neighbour: what lies nearer to it is not nearer to any other, on a surface that is nearly flat. */
const INNER = 0.45;
/** The middle of what is nearest to one corner of a triangle, as a share of both edges from there. */
const OWN_PART = 7 / 36;
/** Angles of a chain at most. */
export const MOST_ANGLES = 5;

/** The skin of the hand without its forearm, bound to the bones: only read. */
export interface SkinBinding {
  readonly count: number;
  /** Vertex v has the influences `start[v]` to `start[v + 1] - 1`: bone, weight, place in the bone's frame (metres of the described hand). */
  readonly start: Uint16Array;
  readonly bone: Uint8Array;
  readonly weight: Float32Array;
  readonly local: Float32Array;
  /** Of each vertex: the bone that holds it most, its chain (-1: the palm), its place in that, and the share of its length at which the vertex lies. */
  readonly owner: Uint8Array;
  readonly chain: Int8Array;
  readonly place: Uint8Array;
  readonly along: Float32Array;
  /** Of each vertex, in the frame of its owner: its normal. */
  readonly normal: Float32Array;
  /** In the same frame: how the normal turns on the way to a place beside the vertex, a symmetric matrix xx, xy, xz, yy, yz, zz, 1/metres. */
  readonly curvature: Float32Array;
  /** How far the faces about a vertex lie below the curved skin in the mean, metres of the described hand. */
  readonly sunk: Float32Array;
  /** How many angles of its chain move a vertex, and how much of a turn about each of them it follows: {@link MOST_ANGLES} numbers. */
  readonly moving: Uint8Array;
  readonly shares: Float32Array;
  /** Neighbours of vertex v: `next[first[v]]` to `next[first[v + 1] - 1]`. */
  readonly first: Uint16Array;
  readonly next: Uint16Array;
  /** Of each vertex of the described hand: the square of a bit less than half of the way to its nearest neighbour, square metres. */
  readonly inner: Float32Array;
}

let bound: SkinBinding | undefined;

/** Made once. */
export function skinBinding(): SkinBinding {
  bound ??= bind();
  return bound;
}

function bind(): SkinBinding {
  const { restPose, firstForearmVertex, firstForearmFace } = HAND_MESH_DATA;
  const { places, bones, weights, faces } = meshArrays();
  const { frames, turns } = restBones();

  const shareOfForearm = (v: number): number =>
    [0, 1, 2, 3].reduce((sum, k) => sum + (bones[4 * v + k] === FOREARM ? weights[4 * v + k] / 255 : 0), 0);
  const kept = Array.from({ length: firstForearmVertex }, (_, v) => v).filter(
    (v) => shareOfForearm(v) <= FOREARM_SHARE,
  );
  const count = kept.length;
  const number = new Map(kept.map((v, i) => [v, i]));
  const place = (v: number): Vec3 => [places[3 * v], places[3 * v + 1], places[3 * v + 2]];
  const normals = new Float64Array(3 * firstForearmVertex);
  const neighbours = kept.map(() => new Set<number>());
  /** Of each vertex: the two other corners of its faces. */
  const corners = kept.map((): [number, number][] => []);
  for (let f = 0; f < 3 * firstForearmFace; f += 3) {
    const corner = [...faces.subarray(f, f + 3)];
    const at = place(corner[0]);
    const n = cross(subtract(place(corner[1]), at), subtract(place(corner[2]), at));
    for (const [i, v] of corner.entries()) {
      for (let k = 0; k < 3; k++) normals[3 * v + k] += n[k];
      const [second, third] = [corner[(i + 1) % 3], corner[(i + 2) % 3]];
      corners[number.get(v) ?? -1]?.push([second, third]);
      const [own, other] = [number.get(v), number.get(second)];
      if (own === undefined || other === undefined) continue;
      neighbours[own].add(other);
      neighbours[other].add(own);
    }
  }
  // bones that lie still in the palm move a vertex as one, and what moves it by less than a fiftieth does not count
  const shares = (v: number): number[] => {
    const own = [0, 0, 0, 0];
    let palm = -1;
    for (let k = 0; k < 4; k++) {
      const by = bones[4 * v + k];
      if (by === FOREARM || weights[4 * v + k] === 0) continue;
      if (CHAIN_OF_BONE[by] < 0 && palm < 0) palm = k;
      own[CHAIN_OF_BONE[by] < 0 ? palm : k] += weights[4 * v + k] / 255;
    }
    const counted = own.map((share) => (share < LEAST_SHARE ? 0 : share));
    const total = counted.reduce((sum, share) => sum + share, 0);
    return counted.map((share) => share / total);
  };
  const held = influencesOf(kept, shares, (bone) => ({
    origin: frames.subarray(FRAME * bone + 9, FRAME * bone + 12),
    rotation: turns.subarray(9 * bone, 9 * bone + 9),
  }));
  const binding: SkinBinding = {
    count,
    start: held.start,
    bone: held.bone,
    weight: Float32Array.from(held.weight),
    local: Float32Array.from(held.local),
    owner: new Uint8Array(count),
    chain: new Int8Array(count),
    place: new Uint8Array(count),
    along: new Float32Array(count),
    normal: new Float32Array(3 * count),
    curvature: new Float32Array(6 * count),
    sunk: new Float32Array(count),
    moving: new Uint8Array(count),
    shares: new Float32Array(MOST_ANGLES * count),
    first: Uint16Array.from([0, ...runningSums(neighbours.map(({ size }) => size))]),
    next: Uint16Array.from(neighbours.flatMap((set) => [...set])),
    inner: new Float32Array(count),
  };
  for (const [i, v] of kept.entries()) {
    const from = held.start[i];
    const to = held.start[i + 1];
    let most = from;
    for (let k = from; k < to; k++) if (held.weight[k] > held.weight[most]) most = k;
    const owner = held.bone[most];
    const chain = CHAIN_OF_BONE[owner];
    binding.owner[i] = owner;
    binding.chain[i] = chain;
    binding.place[i] = PLACE_OF_BONE[owner];
    if (chain >= 0) {
      const share = held.local[3 * most + 1] / DESCRIBED.lengths[CHAIN_BONES * chain + PLACE_OF_BONE[owner]];
      binding.along[i] = Math.min(1, Math.max(0, share));
      for (let k = from; k < to; k++) {
        const by = held.bone[k];
        if (CHAIN_OF_BONE[by] !== chain) continue;
        const angles = movingAngles(chain, PLACE_OF_BONE[by] + 1);
        binding.moving[i] = Math.max(binding.moving[i], angles);
        for (let angle = 0; angle < angles; angle++) binding.shares[MOST_ANGLES * i + angle] += held.weight[k];
      }
    }
    const turn = turns.subarray(9 * owner, 9 * owner + 9);
    binding.normal.set(turnedBack(turn, unitVector([...normals.subarray(3 * v, 3 * v + 3)] as unknown as Vec3)), 3 * i);
    const normal = [...binding.normal.subarray(3 * i, 3 * i + 3)] as unknown as Vec3;
    const beside = [...neighbours[i]].map((other) => turnedBack(turn, subtract(place(kept[other]), place(v))));
    binding.inner[i] = (INNER * Math.min(...beside.map((p) => Math.hypot(...p)))) ** 2;
    const curvature = curvatureOf(normal, beside);
    binding.curvature.set(curvature, 6 * i);
    const gaps = corners[i].map((others) => {
      const [a, b] = others.map((other) => turnedBack(turn, subtract(place(other), place(v))));
      const p = a.map((x, k) => OWN_PART * (x + b[k])) as unknown as Vec3;
      return -dot(normal, p) - bulge(curvature, p);
    });
    binding.sunk[i] = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  }
  return binding;

  /** In the pose in which the mesh is stored. */
  function restBones(): SkinBones {
    const kinematics = new HandKinematics();
    const state = restState();
    ANGLE_NAMES.forEach((name, i) => {
      state.angles[i] = restPose[name] * DEGREE;
    });
    kinematics.update(state, DESCRIBED);
    const rest = new SkinBones();
    rest.update(kinematics, state, DESCRIBED);
    return rest;
  }
}

/** p C p / 2. */
function bulge([xx, xy, xz, yy, yz, zz]: readonly number[], [x, y, z]: Vec3): number {
  return (xx * x * x + yy * y * y + zz * z * z) / 2 + xy * x * y + xz * x * z + yz * y * z;
}

/** By the inverse of a rotation (3 x 3, row by row). */
function turnedBack(r: ArrayLike<number>, [x, y, z]: Vec3): Vec3 {
  return [0, 1, 2].map((axis) => r[axis] * x + r[3 + axis] * y + r[6 + axis] * z) as unknown as Vec3;
}

function runningSums(list: readonly number[]): number[] {
  let sum = 0;
  return list.map((value) => {
    sum += value;
    return sum;
  });
}

/** The matrix C for which places p beside a vertex lie -p C p / 2 above its tangent plane, by least squares. */
function curvatureOf(n: Vec3, beside: readonly Vec3[]): number[] {
  const a = unitVector(cross(n, Math.abs(n[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0]));
  const b = cross(n, a);
  const matrix = new Float64Array(9);
  const right = [0, 0, 0];
  for (const p of beside) {
    const [u, v] = [dot(a, p), dot(b, p)];
    // each place counts by its distance, not by the square of it
    const weight = 1 / (u * u + v * v);
    const row = [(u * u) / 2, u * v, (v * v) / 2];
    for (let i = 0; i < 3; i++) {
      right[i] -= weight * row[i] * dot(n, p);
      for (let k = 0; k < 3; k++) matrix[3 * i + k] += weight * row[i] * row[k];
    }
  }
  // where places lie in a line the surface is flat across it
  for (let i = 0; i < 9; i += 4) matrix[i] += 1e-3 * (matrix[0] + matrix[8]);
  const solved = inverse(matrix, 3);
  const [uu, uv, vv] = [0, 3, 6].map((i) => solved[i] * right[0] + solved[i + 1] * right[1] + solved[i + 2] * right[2]);
  const of = (i: number, k: number) => uu * a[i] * a[k] + uv * (a[i] * b[k] + b[i] * a[k]) + vv * b[i] * b[k];
  return [of(0, 0), of(0, 1), of(0, 2), of(1, 1), of(1, 2), of(2, 2)];
}
