import { FIRST_ANGLE, type HandKinematics } from './hand-kinematics.js';
import type { HandProportions } from './hand-proportions.js';
import type { HandState } from './hand-state.js';
import type { Residuals, SeenPoints } from './residuals.js';
import { MOST_ANGLES, skinBinding } from './skin-binding.js';
import { CHAIN_OF_BONE, FRAME, SkinBones } from './skin-bones.js';

/** Vertices that are turned away from a camera count as if they were a centimetre off: square metres. */
const TURNED_AWAY = 1e-4;

/**
 * The skin of the hand, the mesh of the synthetic one without its forearm, by linear blend skinning. Vertices are placed when they are first
 * asked for. {@link update} and all that is asked afterwards allocate nothing.
 */
export class HandSkin {
  readonly count: number;
  /** Of the vertex that was looked at last: its place and its outward normal. */
  readonly point = new Float64Array(3);
  readonly normal = new Float64Array(3);
  readonly binding = skinBinding();
  readonly #bones = new SkinBones();
  /** Whether vertices that are turned away from the origin count as a centimetre off: a camera there does not see them. */
  readonly #facing: boolean;
  /** Of the vertices that were asked for since the last update: place and normal, three numbers each, and what is added to squared distances. */
  readonly places: Float64Array;
  readonly normals: Float64Array;
  readonly away: Float64Array;
  /** In which update a vertex was placed, and its normal made. */
  readonly #made: Uint32Array;
  readonly #turned: Uint32Array;
  /** Of the hand of the last update. */
  thickness = 1;
  /** The number of the last update. */
  now = 0;

  /** @param facing whether only a camera at the origin sees the skin: vertices that are turned away from it count as a centimetre off */
  constructor(facing = false) {
    this.#facing = facing;
    this.count = this.binding.count;
    this.places = new Float64Array(3 * this.count);
    this.normals = new Float64Array(3 * this.count);
    this.away = new Float64Array(this.count);
    this.#made = new Uint32Array(this.count);
    this.#turned = new Uint32Array(this.count);
  }

  /** The skin of a hand whose kinematics are up to date. */
  update(kinematics: HandKinematics, state: HandState, proportions: HandProportions): void {
    this.now++;
    this.thickness = proportions.thickness;
    this.#bones.update(kinematics, state, proportions);
  }

  /** Ask for the place of a vertex; {@link look} asks for its normal too, and for whether it is turned away. */
  locate(vertex: number): void {
    if (this.#made[vertex] !== this.now) this.#make(vertex);
  }

  look(vertex: number): void {
    if (this.#made[vertex] !== this.now) this.#make(vertex);
    if (this.#turned[vertex] !== this.now) this.#turn(vertex);
  }

  /** Look at a vertex: {@link point} and {@link normal}. */
  at(vertex: number): void {
    this.look(vertex);
    for (let k = 0; k < 3; k++) {
      this.point[k] = this.places[3 * vertex + k];
      this.normal[k] = this.normals[3 * vertex + k];
    }
  }

  /**
   * The signed distances of points from the skin about their vertices, which is curved: to the residuals, whose place is the foot and whose
   * normal is that of the skin there; their weights are left to the caller. The tangent plane of a vertex alone lies up to a millimetre outside
   * the skin of a fingertip.
   */
  compare(seen: SeenPoints, into: Residuals): void {
    const { owner, curvature, sunk, chain, moving, place, along } = this.binding;
    const places = this.places;
    const normals = this.normals;
    const t = this.#bones.turns;
    const c = 1 / this.thickness;
    let to = into.count;
    for (let p = 0; p < seen.count; p++, to++) {
      const vertex = seen.vertex[p];
      this.look(vertex);
      const m = 9 * owner[vertex];
      const k = 6 * vertex;
      const x = seen.place[3 * p];
      const y = seen.place[3 * p + 1];
      const z = seen.place[3 * p + 2];
      const dx = x - places[3 * vertex];
      const dy = y - places[3 * vertex + 1];
      const dz = z - places[3 * vertex + 2];
      const n0 = normals[3 * vertex];
      const n1 = normals[3 * vertex + 1];
      const n2 = normals[3 * vertex + 2];
      const u = t[m] * dx + t[m + 3] * dy + t[m + 6] * dz;
      const v = t[m + 1] * dx + t[m + 4] * dy + t[m + 7] * dz;
      const w = t[m + 2] * dx + t[m + 5] * dy + t[m + 8] * dz;
      const cu = c * (curvature[k] * u + curvature[k + 1] * v + curvature[k + 2] * w);
      const cv = c * (curvature[k + 1] * u + curvature[k + 3] * v + curvature[k + 4] * w);
      const cw = c * (curvature[k + 2] * u + curvature[k + 4] * v + curvature[k + 5] * w);
      const nx = n0 + t[m] * cu + t[m + 1] * cv + t[m + 2] * cw;
      const ny = n1 + t[m + 3] * cu + t[m + 4] * cv + t[m + 5] * cw;
      const nz = n2 + t[m + 6] * cu + t[m + 7] * cv + t[m + 8] * cw;
      const size = Math.sqrt(nx * nx + ny * ny + nz * nz);
      // as far as the curved skin, then as far as the faces, of which it is made
      const distance =
        (n0 * dx + n1 * dy + n2 * dz + (u * cu + v * cv + w * cw) / 2) / size + this.thickness * sunk[vertex];
      into.normal[3 * to] = nx / size;
      into.normal[3 * to + 1] = ny / size;
      into.normal[3 * to + 2] = nz / size;
      into.place[3 * to] = x - (distance * nx) / size;
      into.place[3 * to + 1] = y - (distance * ny) / size;
      into.place[3 * to + 2] = z - (distance * nz) / size;
      into.value[to] = distance;
      into.chain[to] = chain[vertex];
      into.moving[to] = moving[vertex];
      into.bones[to] = place[vertex];
      into.along[to] = along[vertex];
      into.vertex[to] = vertex;
    }
    into.count = to;
  }

  #make(v: number): void {
    this.#made[v] = this.now;
    const { start, bone, weight, local } = this.binding;
    const f = this.#bones.frames;
    let x = 0;
    let y = 0;
    let z = 0;
    const end = start[v + 1];
    for (let k = start[v]; k < end; k++) {
      const m = FRAME * bone[k];
      const w = weight[k];
      const p = local[3 * k];
      const q = local[3 * k + 1];
      const r = local[3 * k + 2];
      x += w * (f[m] * p + f[m + 1] * q + f[m + 2] * r + f[m + 9]);
      y += w * (f[m + 3] * p + f[m + 4] * q + f[m + 5] * r + f[m + 10]);
      z += w * (f[m + 6] * p + f[m + 7] * q + f[m + 8] * r + f[m + 11]);
    }
    const places = this.places;
    places[3 * v] = x;
    places[3 * v + 1] = y;
    places[3 * v + 2] = z;
  }

  /** The normal of a vertex that is placed. */
  #turn(v: number): void {
    this.#turned[v] = this.now;
    const { owner, normal } = this.binding;
    const t = this.#bones.turns;
    const places = this.places;
    const m = 9 * owner[v];
    const n0 = normal[3 * v];
    const n1 = normal[3 * v + 1];
    const n2 = normal[3 * v + 2];
    const nx = t[m] * n0 + t[m + 1] * n1 + t[m + 2] * n2;
    const ny = t[m + 3] * n0 + t[m + 4] * n1 + t[m + 5] * n2;
    const nz = t[m + 6] * n0 + t[m + 7] * n1 + t[m + 8] * n2;
    this.normals[3 * v] = nx;
    this.normals[3 * v + 1] = ny;
    this.normals[3 * v + 2] = nz;
    const isAway = this.#facing && nx * places[3 * v] + ny * places[3 * v + 1] + nz * places[3 * v + 2] > 0;
    this.away[v] = isAway ? TURNED_AWAY : 0;
  }

  /** How far a vertex moves along a residual's normal for each unit of the natural logarithm of the thickness, metres. */
  thicker({ vertex, normal }: Residuals, i: number): number {
    const { start, bone, weight, local } = this.binding;
    const f = this.#bones.frames;
    let sum = 0;
    for (let k = start[vertex[i]]; k < start[vertex[i] + 1]; k++) {
      const m = FRAME * bone[k];
      // the palm's width is not its thickness
      for (let axis = CHAIN_OF_BONE[bone[k]] < 0 ? 2 : 0; axis < 3; axis += 2) {
        const moved =
          normal[3 * i] * f[m + axis] + normal[3 * i + 1] * f[m + 3 + axis] + normal[3 * i + 2] * f[m + 6 + axis];
        sum += weight[k] * local[3 * k + axis] * moved;
      }
    }
    return sum;
  }

  /**
   * How the place of a residual moves along its normal with each number of a step (see `HandKinematics.gradient`).
   *
   * @param row numbers of angles that do not move it are left as they are
   */
  gradient(
    kinematics: HandKinematics,
    { chain, moving, place, normal, vertex }: Residuals,
    i: number,
    row: Float64Array,
  ) {
    const of = Math.max(0, chain[i]);
    kinematics.gradient(of, moving[i], place, normal, 3 * i, row);
    if (vertex[i] < 0) return;
    const at = 6 + FIRST_ANGLE[of];
    const { shares } = this.binding;
    for (let k = 0; k < moving[i]; k++) row[at + k] *= shares[MOST_ANGLES * vertex[i] + k];
  }
}
