import { BASE_ANGLES, FIRST_ANGLE, type HandKinematics } from './hand-kinematics.js';
import { CHAINS } from './hand-proportions.js';
import type { HandSkin } from './hand-skin.js';
import type { NormalEquations } from './normal-equations.js';
import type { Residuals } from './residuals.js';
import { MOST_ANGLES } from './skin-binding.js';

/** Numbers of the wrist's rotation and place, which move everything. */
const HEAD = 6;
/** The residual, its derivatives by the wrist, and by the angles of a chain: an even number, so that columns are taken two by two. */
const COLUMNS = 12;
/** Chains, then the palm. */
const GROUPS = CHAINS + 1;

/**
 * Adds residuals to normal equations, chain by chain: rows of one chain depend on the same few numbers. Of each chain lie, one after another,
 * the residuals, then their derivatives by the first number, and so on, all times the square root of the weight; what is added are the
 * products of these columns.
 */
export class ResidualRows {
  readonly #columns: Float64Array;
  readonly #most: number;
  readonly #counts = new Int32Array(GROUPS);

  /** @param most residuals at most */
  constructor(most: number) {
    this.#most = most;
    this.#columns = new Float64Array(GROUPS * COLUMNS * most);
  }

  /** @param kinematics, skin of the state that the residuals are about */
  add(residuals: Residuals, kinematics: HandKinematics, skin: HandSkin, equations: NormalEquations): void {
    this.#fill(residuals, kinematics, skin);
    for (let group = 0; group < GROUPS; group++) {
      const angles = group < CHAINS ? BASE_ANGLES[group] + 2 : 0;
      if (this.#counts[group] > 0) this.#multiply(group, angles, equations);
    }
  }

  #fill(residuals: Residuals, { joints, axes, origins }: HandKinematics, skin: HandSkin): void {
    const { chain, moving, value, weight, place, normal, vertex } = residuals;
    const { shares } = skin.binding;
    const columns = this.#columns;
    const counts = this.#counts;
    const most = this.#most;
    counts.fill(0);
    for (let i = 0; i < residuals.count; i++) {
      if (weight[i] === 0) continue;
      const group = chain[i] < 0 ? CHAINS : chain[i];
      const root = Math.sqrt(weight[i]);
      const px = place[3 * i];
      const py = place[3 * i + 1];
      const pz = place[3 * i + 2];
      const nx = root * normal[3 * i];
      const ny = root * normal[3 * i + 1];
      const nz = root * normal[3 * i + 2];
      const dx = px - joints[0];
      const dy = py - joints[1];
      const dz = pz - joints[2];
      let at = COLUMNS * most * group + counts[group]++;
      columns[at] = root * value[i];
      columns[at + most] = dy * nz - dz * ny;
      columns[at + 2 * most] = dz * nx - dx * nz;
      columns[at + 3 * most] = dx * ny - dy * nx;
      columns[at + 4 * most] = nx;
      columns[at + 5 * most] = ny;
      columns[at + 6 * most] = nz;
      if (group === CHAINS) continue;
      at += 7 * most;
      const first = FIRST_ANGLE[group];
      const share = MOST_ANGLES * vertex[i];
      for (let k = 0; k < BASE_ANGLES[group] + 2; k++, at += most) {
        if (k >= moving[i]) {
          columns[at] = 0;
          continue;
        }
        const dof = 3 * (first + k);
        const ox = px - origins[dof];
        const oy = py - origins[dof + 1];
        const oz = pz - origins[dof + 2];
        const turned =
          axes[dof] * (oy * nz - oz * ny) + axes[dof + 1] * (oz * nx - ox * nz) + axes[dof + 2] * (ox * ny - oy * nx);
        columns[at] = share < 0 ? turned : turned * shares[share + k];
      }
    }
  }

  #multiply(group: number, angles: number, { matrix, right, size }: NormalEquations): void {
    const columns = this.#columns;
    const most = this.#most;
    const count = this.#counts[group];
    const from = COLUMNS * most * group;
    const last = HEAD + angles;
    const shift = group < CHAINS ? FIRST_ANGLE[group] : 0;
    for (let a = 0; a <= last; a += 2) {
      for (let b = 0; b <= a; b += 2) {
        let a0 = from + a * most;
        let b0 = from + b * most;
        let s00 = 0;
        let s01 = 0;
        let s10 = 0;
        let s11 = 0;
        for (const end = a0 + count; a0 < end; a0++, b0++) {
          const p = columns[a0];
          const q = columns[a0 + most];
          const r = columns[b0];
          const s = columns[b0 + most];
          s00 += p * r;
          s01 += p * s;
          s10 += q * r;
          s11 += q * s;
        }
        // column 0 is the residual, column c the number c - 1 of a step, those of the chain's angles further on
        const pa = a <= HEAD ? a - 1 : a - 1 + shift;
        const qa = a + 1 <= HEAD ? a : a + shift;
        const rb = b <= HEAD ? b - 1 : b - 1 + shift;
        const sb = b + 1 <= HEAD ? b : b + shift;
        const odd = a + 1 <= last;
        if (b === 0) {
          if (a > 0) right[pa] += s00;
          if (odd) right[qa] += s10;
        } else {
          matrix[pa * size + rb] += s00;
          if (odd) matrix[qa * size + rb] += s10;
        }
        if (a > b) matrix[pa * size + sb] += s01;
        if (odd) matrix[qa * size + sb] += s11;
      }
    }
  }
}
