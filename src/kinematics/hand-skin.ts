import { cross, dot, subtract, unit as unitVector, type Vec3 } from '../geometry/matrix.js';
import { inverse } from '../geometry/symmetric-eigen.js';
import { FINGER_NAMES, FINGER_ROOTS } from '../hand/skeleton.js';
import { bytesOf, int16Of } from './base64-numbers.js';
import { FIRST_ANGLE, flexionAngle, HandKinematics, movingAngles } from './hand-kinematics.js';
import { BONE_NAMES, HAND_MESH_DATA } from './hand-mesh-data.js';
import { CHAIN_BONES, CHAINS, describedProportions, type HandProportions } from './hand-proportions.js';
import { ANGLE_NAMES, type HandState, restState } from './hand-state.js';

const DEGREE = Math.PI / 180;
const BONES = BONE_NAMES.length;
/** A vertex that the forearm moves by more than this is not the hand's. */
const FOREARM_SHARE = 0.3;
/** Numbers of a bone's frame: 3 x 3, columns stretched, then the origin. */
const FRAME = 12;
/** Every so many vertices are looked at first. */
const STRIDE = 8;
/** A vertex at this distance is believed to be the nearest, metres. */
const CLOSE = 0.008;
/** Vertices that are turned away from a camera count as if they were a centimetre off: square metres. */
const TURNED_AWAY = 1e-4;
/** Steps from vertex to neighbour at most. */
const MOST_STEPS = 40;
/** Angles of a chain at most. */
const MOST_ANGLES = 5;

/** Where a bone of the skin lies: the bone of a chain, or in the palm (chain -1). */
interface Bone {
  readonly chain: number;
  readonly bone: number;
}

const OF_FINGER = ['proximal', 'middle', 'distal'];
const OF_THUMB = ['metacarpal', 'proximal', 'distal'];
/** Of each chain, what the names of its moving bones end with, from the root on. */
export const MOVING_BONES = FINGER_NAMES.map((_, chain) => (chain === 0 ? OF_THUMB : OF_FINGER));
const BONE = BONE_NAMES.map((name): Bone => {
  const chain = FINGER_NAMES.findIndex((finger) => name.startsWith(`${finger}_`));
  const bone = (MOVING_BONES[chain] ?? []).findIndex((part) => name.endsWith(`_${part}`));
  return bone < 0 ? { chain: -1, bone: 0 } : { chain, bone };
});
const FOREARM = BONE_NAMES.indexOf('forearm');

/** The skin as it is stored, bound to the bones. */
interface Binding {
  readonly count: number;
  /** Vertex v has the influences `start[v]` to `start[v + 1] - 1`: bone, weight, place in the bone's frame (metres of the described hand). */
  readonly start: Uint16Array;
  readonly bone: Uint8Array;
  readonly weight: Float32Array;
  readonly local: Float32Array;
  /** Of each vertex: the bone that holds it most, and its normal in that bone's frame. */
  readonly owner: Uint8Array;
  readonly normal: Float32Array;
  /** Of each vertex, in the same frame: how its normal turns on the way to a place beside it, a symmetric matrix xx, xy, xz, yy, yz, zz, 1/metres. */
  readonly curvature: Float32Array;
  /** Of each vertex: how much of a turn about each angle of its owner's chain it follows. */
  readonly moving: Uint8Array;
  readonly shares: Float32Array;
  /** Neighbours of vertex v: `next[first[v]]` to `next[first[v + 1] - 1]`. */
  readonly first: Uint16Array;
  readonly next: Uint16Array;
}

let bound: Binding | undefined;

/**
 * The skin of the hand, the mesh of the synthetic one without its forearm, by linear blend skinning. {@link update} and all that is asked
 * afterwards allocate nothing.
 */
export class HandSkin {
  readonly count: number;
  /** Of the vertex that was asked for last: its place and its outward normal. */
  readonly point = new Float64Array(3);
  readonly normal = new Float64Array(3);
  readonly #binding: Binding;
  readonly #frames = new Float64Array(FRAME * BONES);
  /** Rotations alone, for normals. */
  readonly #turns = new Float64Array(9 * BONES);
  readonly #places: Float64Array;
  readonly #normals: Float64Array;
  /** Added to squared distances: {@link TURNED_AWAY} of those vertices, otherwise 0. */
  readonly #away: Float64Array;
  /** In which update the place and the normal of a vertex were made. */
  readonly #made: Uint32Array;
  readonly #turned: Uint32Array;
  #thickness = 1;
  #now = 0;
  #found = 0;

  constructor() {
    bound ??= bind();
    this.#binding = bound;
    this.count = bound.count;
    this.#places = new Float64Array(3 * this.count);
    this.#normals = new Float64Array(3 * this.count);
    this.#away = new Float64Array(this.count);
    this.#made = new Uint32Array(this.count);
    this.#turned = new Uint32Array(this.count);
  }

  /** The skin of a hand whose kinematics are up to date. */
  update(kinematics: HandKinematics, state: HandState, proportions: HandProportions): void {
    this.#now++;
    this.#found = 0;
    this.#thickness = proportions.thickness;
    boneFrames(kinematics, state, proportions, this.#frames, this.#turns);
  }

  /** Look at a vertex: {@link point} and {@link normal}. */
  at(vertex: number): void {
    if (this.#made[vertex] !== this.#now) this.#make(vertex);
    if (this.#turned[vertex] !== this.#now) this.#makeNormal(vertex);
    const k = 3 * vertex;
    const { point, normal } = this;
    point[0] = this.#places[k];
    point[1] = this.#places[k + 1];
    point[2] = this.#places[k + 2];
    normal[0] = this.#normals[k];
    normal[1] = this.#normals[k + 1];
    normal[2] = this.#normals[k + 2];
  }

  /**
   * The signed distance of a point from the skin about a vertex, which is curved: {@link point} is the foot then and {@link normal} the normal
   * there. The tangent plane of a vertex alone lies up to a millimetre outside the skin of a fingertip.
   */
  distance(vertex: number, x: number, y: number, z: number): number {
    this.at(vertex);
    const { owner, curvature } = this.#binding;
    const { point, normal } = this;
    const t = this.#turns;
    const m = 9 * owner[vertex];
    const k = 6 * vertex;
    const dx = x - point[0];
    const dy = y - point[1];
    const dz = z - point[2];
    const u = t[m] * dx + t[m + 3] * dy + t[m + 6] * dz;
    const v = t[m + 1] * dx + t[m + 4] * dy + t[m + 7] * dz;
    const w = t[m + 2] * dx + t[m + 5] * dy + t[m + 8] * dz;
    const c = 1 / this.#thickness;
    const cu = c * (curvature[k] * u + curvature[k + 1] * v + curvature[k + 2] * w);
    const cv = c * (curvature[k + 1] * u + curvature[k + 3] * v + curvature[k + 4] * w);
    const cw = c * (curvature[k + 2] * u + curvature[k + 4] * v + curvature[k + 5] * w);
    const nx = normal[0] + t[m] * cu + t[m + 1] * cv + t[m + 2] * cw;
    const ny = normal[1] + t[m + 3] * cu + t[m + 4] * cv + t[m + 5] * cw;
    const nz = normal[2] + t[m + 6] * cu + t[m + 7] * cv + t[m + 8] * cw;
    const size = Math.sqrt(nx * nx + ny * ny + nz * nz);
    const distance = (normal[0] * dx + normal[1] * dy + normal[2] * dz + (u * cu + v * cv + w * cw) / 2) / size;
    normal[0] = nx / size;
    normal[1] = ny / size;
    normal[2] = nz / size;
    point[0] = x - distance * normal[0];
    point[1] = y - distance * normal[1];
    point[2] = z - distance * normal[2];
    return distance;
  }

  /**
   * The nearest vertex to a point, found downhill from vertex to neighbour.
   *
   * @param facing vertices that are turned away from the origin count as a centimetre off: a camera there does not see them
   */
  walk(from: number, x: number, y: number, z: number, facing: boolean): number {
    const { first, next } = this.#binding;
    let at = from;
    let least = this.#squared(at, x, y, z, facing, Infinity);
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      let better = -1;
      for (let k = first[at]; k < first[at + 1]; k++) {
        const d = this.#squared(next[k], x, y, z, facing, least);
        if (d < least) {
          least = d;
          better = next[k];
        }
      }
      if (better < 0) break;
      at = better;
    }
    return at;
  }

  /**
   * The vertex that is nearest to a point: {@link walk} from the last one that was found, since points that come one after another are mostly
   * neighbours; where that ends too far off, the nearest of some vertices, then the same.
   */
  nearest(x: number, y: number, z: number, facing: boolean): number {
    let best = this.walk(this.#found, x, y, z, facing);
    let least = this.#squared(best, x, y, z, facing, Infinity);
    if (least > CLOSE * CLOSE) {
      for (let v = 0; v < this.count; v += STRIDE) {
        const d = this.#squared(v, x, y, z, facing, least);
        if (d < least) {
          least = d;
          best = v;
        }
      }
      best = this.walk(best, x, y, z, facing);
    }
    this.#found = best;
    return best;
  }

  /** The squared distance of a vertex to a point, where it is less than `least`. */
  #squared(v: number, x: number, y: number, z: number, facing: boolean, least: number): number {
    if (this.#made[v] !== this.#now) this.#make(v);
    const k = 3 * v;
    const p = this.#places;
    const dx = x - p[k];
    const dy = y - p[k + 1];
    const dz = z - p[k + 2];
    const d = dx * dx + dy * dy + dz * dz;
    if (!facing || d >= least) return d;
    if (this.#turned[v] !== this.#now) this.#makeNormal(v);
    return d + this.#away[v];
  }

  #make(v: number): void {
    this.#made[v] = this.#now;
    const { start, bone, weight, local } = this.#binding;
    const f = this.#frames;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let k = start[v]; k < start[v + 1]; k++) {
      const m = FRAME * bone[k];
      const w = weight[k];
      const p = local[3 * k];
      const q = local[3 * k + 1];
      const r = local[3 * k + 2];
      x += w * (f[m] * p + f[m + 1] * q + f[m + 2] * r + f[m + 9]);
      y += w * (f[m + 3] * p + f[m + 4] * q + f[m + 5] * r + f[m + 10]);
      z += w * (f[m + 6] * p + f[m + 7] * q + f[m + 8] * r + f[m + 11]);
    }
    const k = 3 * v;
    this.#places[k] = x;
    this.#places[k + 1] = y;
    this.#places[k + 2] = z;
  }

  #makeNormal(v: number): void {
    this.#turned[v] = this.#now;
    const { owner, normal } = this.#binding;
    const t = this.#turns;
    const m = 9 * owner[v];
    const k = 3 * v;
    const n0 = normal[k];
    const n1 = normal[k + 1];
    const n2 = normal[k + 2];
    const nx = t[m] * n0 + t[m + 1] * n1 + t[m + 2] * n2;
    const ny = t[m + 3] * n0 + t[m + 4] * n1 + t[m + 5] * n2;
    const nz = t[m + 6] * n0 + t[m + 7] * n1 + t[m + 8] * n2;
    this.#normals[k] = nx;
    this.#normals[k + 1] = ny;
    this.#normals[k + 2] = nz;
    const p = this.#places;
    this.#away[v] = nx * p[k] + ny * p[k + 1] + nz * p[k + 2] > 0 ? TURNED_AWAY : 0;
  }

  /** The chain that carries a vertex, -1 for the palm. */
  chain(vertex: number): number {
    return BONE[this.#binding.owner[vertex]].chain;
  }

  /** The bone of that chain. */
  bone(vertex: number): number {
    return BONE[this.#binding.owner[vertex]].bone;
  }

  /** How far the vertex that was looked at last moves along its normal for each unit of the natural logarithm of the thickness, metres. */
  thicker(vertex: number): number {
    const { start, bone, weight, local } = this.#binding;
    const { normal } = this;
    let sum = 0;
    for (let k = start[vertex]; k < start[vertex + 1]; k++) {
      const m = FRAME * bone[k];
      const isPalm = BONE[bone[k]].chain < 0;
      for (let axis = 0; axis < 3; axis += 2) {
        if (isPalm && axis === 0) continue;
        const f = this.#frames;
        const moved = normal[0] * f[m + axis] + normal[1] * f[m + 3 + axis] + normal[2] * f[m + 6 + axis];
        sum += weight[k] * local[3 * k + axis] * moved;
      }
    }
    return sum;
  }

  /** Share of its bone's length at which a vertex lies, 0 to 1. */
  along(vertex: number): number {
    const { start, bone, local, owner } = this.#binding;
    const { chain, bone: segment } = BONE[owner[vertex]];
    if (chain < 0) return 0;
    for (let k = start[vertex]; k < start[vertex + 1]; k++) {
      if (bone[k] !== owner[vertex]) continue;
      const share = local[3 * k + 1] / DESCRIBED.lengths[CHAIN_BONES * chain + segment];
      return Math.min(1, Math.max(0, share));
    }
    return 0;
  }

  /**
   * How the vertex that was looked at last moves along its normal with each number of a step (see `HandKinematics.gradient`).
   *
   * @param row numbers of angles that do not move it are left as they are
   * @returns how many angles of its chain move it; chain 0 for the palm
   */
  gradient(kinematics: HandKinematics, vertex: number, row: Float64Array): number {
    const { moving, shares } = this.#binding;
    const chain = Math.max(0, this.chain(vertex));
    const { point, normal } = this;
    const count = moving[vertex];
    kinematics.gradient(chain, count, point[0], point[1], point[2], normal[0], normal[1], normal[2], row);
    const at = 6 + FIRST_ANGLE[chain];
    for (let k = 0; k < count; k++) row[at + k] *= shares[MOST_ANGLES * vertex + k];
    return count;
  }
}

const DESCRIBED = describedProportions();

/** Frames of all bones of a hand: 3 x 3 with stretched columns, and origin. */
function boneFrames(
  { joints, axes }: HandKinematics,
  { rotation: r }: HandState,
  { roots, lengths, thickness }: HandProportions,
  frames: Float64Array,
  turns: Float64Array,
): void {
  const across = breadth(roots, 0) / breadth(DESCRIBED.roots, 0);
  const along = breadth(roots, 1) / breadth(DESCRIBED.roots, 1);
  for (let i = 0; i < BONES; i++) {
    const { chain, bone } = BONE[i];
    const m = FRAME * i;
    const t = 9 * i;
    if (chain < 0) {
      for (let k = 0; k < 9; k++) turns[t + k] = r[k];
      for (let k = 0; k < 3; k++) frames[m + 9 + k] = joints[k];
      stretched(frames, m, turns, t, across, along, thickness);
    } else {
      const at = 3 * (FINGER_ROOTS[chain] + bone);
      // the thumb's metacarpal is turned about itself after its flexion, as the next bone's axis is
      const dof = 3 * flexionAngle(chain, chain === 0 && bone === 0 ? 1 : bone);
      const length = lengths[CHAIN_BONES * chain + bone];
      const xx = axes[dof];
      const xy = axes[dof + 1];
      const xz = axes[dof + 2];
      const yx = (joints[at + 3] - joints[at]) / length;
      const yy = (joints[at + 4] - joints[at + 1]) / length;
      const yz = (joints[at + 5] - joints[at + 2]) / length;
      turns[t] = xx;
      turns[t + 3] = xy;
      turns[t + 6] = xz;
      turns[t + 1] = yx;
      turns[t + 4] = yy;
      turns[t + 7] = yz;
      turns[t + 2] = xy * yz - xz * yy;
      turns[t + 5] = xz * yx - xx * yz;
      turns[t + 8] = xx * yy - xy * yx;
      for (let k = 0; k < 3; k++) frames[m + 9 + k] = joints[at + k];
      stretched(frames, m, turns, t, thickness, length / DESCRIBED.lengths[CHAIN_BONES * chain + bone], thickness);
    }
  }
}

/** How far the roots of the fingers lie from the wrist along an axis of the palm, metres in all. */
function breadth(roots: Float64Array, axis: number): number {
  let sum = 0;
  for (let chain = 1; chain < CHAINS; chain++) sum += Math.abs(roots[3 * chain + axis]);
  return sum;
}

function stretched(
  frames: Float64Array,
  m: number,
  turns: Float64Array,
  t: number,
  x: number,
  y: number,
  z: number,
): void {
  for (let row = 0; row < 9; row += 3) {
    frames[m + row] = turns[t + row] * x;
    frames[m + row + 1] = turns[t + row + 1] * y;
    frames[m + row + 2] = turns[t + row + 2] * z;
  }
}

function bind(): Binding {
  const { unit, restPose, firstForearmVertex, firstForearmFace } = HAND_MESH_DATA;
  const positions = int16Of(HAND_MESH_DATA.positions);
  const [bones, weights] = [bytesOf(HAND_MESH_DATA.bones), bytesOf(HAND_MESH_DATA.weights)];
  const faces = Uint16Array.from(int16Of(HAND_MESH_DATA.faces).subarray(0, 3 * firstForearmFace), (i) => i & 0xffff);
  const kinematics = new HandKinematics();
  const state = restState();
  ANGLE_NAMES.forEach((name, i) => {
    state.angles[i] = restPose[name] * DEGREE;
  });
  kinematics.update(state, DESCRIBED);
  const frames = new Float64Array(FRAME * BONES);
  const turns = new Float64Array(9 * BONES);
  boneFrames(kinematics, state, DESCRIBED, frames, turns);

  const isHand = (v: number): boolean => {
    let forearm = 0;
    for (let k = 4 * v; k < 4 * v + 4; k++) if (bones[k] === FOREARM) forearm += weights[k] / 255;
    return forearm <= FOREARM_SHARE;
  };
  const kept = Array.from({ length: firstForearmVertex }, (_, v) => v).filter(isHand);
  const place = new Map(kept.map((v, i) => [v, i]));
  const normals = new Float64Array(3 * firstForearmVertex);
  const neighbours = kept.map(() => new Set<number>());
  for (let f = 0; f < faces.length; f += 3) {
    const corner = [faces[f], faces[f + 1], faces[f + 2]];
    const at = (i: number, k: number): number => positions[3 * corner[i] + k] * unit;
    const u = [0, 1, 2].map((k) => at(1, k) - at(0, k));
    const w = [0, 1, 2].map((k) => at(2, k) - at(0, k));
    const n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]];
    for (const [i, v] of corner.entries()) {
      for (let k = 0; k < 3; k++) normals[3 * v + k] += n[k];
      const [own, other] = [place.get(v), place.get(corner[(i + 1) % 3])];
      if (own === undefined || other === undefined) continue;
      neighbours[own].add(other);
      neighbours[other].add(own);
    }
  }
  const start = new Uint16Array(kept.length + 1);
  const bone: number[] = [];
  const weight: number[] = [];
  const local: number[] = [];
  const normal = new Float32Array(3 * kept.length);
  const owner = new Uint8Array(kept.length);
  const moving = new Uint8Array(kept.length);
  const shares = new Float32Array(MOST_ANGLES * kept.length);
  for (const [i, v] of kept.entries()) {
    const strength = (k: number): number => (bones[k] === FOREARM ? 0 : weights[k]);
    const influences = [0, 1, 2, 3].map((k) => 4 * v + k).filter((k) => strength(k) > 0);
    const total = influences.reduce((sum, k) => sum + strength(k), 0);
    owner[i] = bones[influences.reduce((best, k) => (strength(k) > strength(best) ? k : best))];
    const { chain } = BONE[owner[i]];
    for (const k of influences) {
      const b = bones[k];
      const w = strength(k) / total;
      bone.push(b);
      weight.push(w);
      const d = [0, 1, 2].map((axis) => positions[3 * v + axis] * unit - frames[FRAME * b + 9 + axis]);
      for (let axis = 0; axis < 3; axis++) {
        local.push(turns[9 * b + axis] * d[0] + turns[9 * b + 3 + axis] * d[1] + turns[9 * b + 6 + axis] * d[2]);
      }
      if (chain < 0 || BONE[b].chain !== chain) continue;
      const count = movingAngles(chain, BONE[b].bone + 1);
      moving[i] = Math.max(moving[i], count);
      for (let angle = 0; angle < count; angle++) shares[MOST_ANGLES * i + angle] += w;
    }
    start[i + 1] = bone.length;
    const size = Math.hypot(...normals.subarray(3 * v, 3 * v + 3));
    for (let axis = 0; axis < 3; axis++) {
      const t = 9 * owner[i];
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += turns[t + 3 * k + axis] * normals[3 * v + k];
      normal[3 * i + axis] = sum / size;
    }
  }
  const curvature = new Float32Array(6 * kept.length);
  for (const [i, v] of kept.entries()) {
    const place = (of: number): Vec3 => [0, 1, 2].map((k) => positions[3 * of + k] * unit) as unknown as Vec3;
    const t = 9 * owner[i];
    const beside = [...neighbours[i]].map((other) => {
      const [x, y, z] = subtract(place(kept[other]), place(v));
      return [0, 1, 2].map((k) => turns[t + k] * x + turns[t + 3 + k] * y + turns[t + 6 + k] * z) as unknown as Vec3;
    });
    curvature.set(curvatureOf([...normal.subarray(3 * i, 3 * i + 3)] as unknown as Vec3, beside), 6 * i);
  }
  const first = new Uint16Array(kept.length + 1);
  const next: number[] = [];
  neighbours.forEach((set, i) => {
    next.push(...set);
    first[i + 1] = next.length;
  });
  return {
    count: kept.length,
    start,
    bone: Uint8Array.from(bone),
    weight: Float32Array.from(weight),
    local: Float32Array.from(local),
    owner,
    normal,
    curvature,
    moving,
    shares,
    first,
    next: Uint16Array.from(next),
  };
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
