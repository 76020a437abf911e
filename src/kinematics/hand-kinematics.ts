import { FINGER_NAMES, FINGER_OF_JOINT, FINGER_ROOTS, JOINT_COUNT, WRIST } from '../hand/skeleton.js';
import { CHAINS, type HandProportions } from './hand-proportions.js';
import { ANGLE_COUNT, ANGLE_NAMES, type HandState, STEP_SIZE } from './hand-state.js';

/** The first angle of each chain, and the angles that move the first bone of a chain. */
export const FIRST_ANGLE = FINGER_NAMES.map((finger) => ANGLE_NAMES.findIndex((name) => name.startsWith(`${finger}_`)));
export const BASE_ANGLES = [3, 2, 2, 2, 2] as const;

/** How many of a chain's angles, from its first on, move its joint number `joint` (0: the root, 3: the tip), or the bone before that joint. */
export function movingAngles(chain: number, joint: number): number {
  return joint === 0 ? 0 : BASE_ANGLES[chain] + joint - 1;
}

/** The angle that flexes a chain before its bone number `bone`. */
export function flexionAngle(chain: number, bone: number): number {
  return FIRST_ANGLE[chain] + (bone === 0 ? 1 : BASE_ANGLES[chain] + bone - 1);
}

/**
 * Forward kinematics of a right hand and its derivatives, into arrays that are made once: {@link update} allocates nothing.
 *
 * The hand is that of `hand.json` (see its `description` for axes and signs), the same as the synthetic one. With p a point that a chain
 * carries, a an axis of rotation and o a point on it, dp / d angle = a x (p - o).
 */
export class HandKinematics {
  /** 63 numbers: the joints in the order of `JOINT_NAMES`, metres, in the frame that the state is in. */
  readonly joints = new Float64Array(3 * JOINT_COUNT);
  /** Axis of each angle (a unit vector), and a point on it: 63 numbers each. */
  readonly axes = new Float64Array(3 * ANGLE_COUNT);
  readonly origins = new Float64Array(3 * ANGLE_COUNT);

  /** The joints, axes and origins of a state. */
  update({ rotation: r, translation: t, angles }: HandState, { roots, lengths }: HandProportions): void {
    const { joints } = this;
    joints[0] = t[0];
    joints[1] = t[1];
    joints[2] = t[2];
    const zx = r[2];
    const zy = r[5];
    const zz = r[8];
    for (let chain = 0; chain < CHAINS; chain++) {
      const first = FIRST_ANGLE[chain];
      const at = 3 * FINGER_ROOTS[chain];
      const rx = roots[3 * chain];
      const ry = roots[3 * chain + 1];
      const rz = roots[3 * chain + 2];
      joints[at] = t[0] + r[0] * rx + r[1] * ry + r[2] * rz;
      joints[at + 1] = t[1] + r[3] * rx + r[4] * ry + r[5] * rz;
      joints[at + 2] = t[2] + r[6] * rx + r[7] * ry + r[8] * rz;

      // about z: of fingers towards the little finger, of the thumb away from it
      const side = chain === 0 ? -1 : 1;
      let sin = Math.sin(side * angles[first]);
      let cos = Math.cos(angles[first]);
      let xx = cos * r[0] + sin * r[1];
      let xy = cos * r[3] + sin * r[4];
      let xz = cos * r[6] + sin * r[7];
      let yx = cos * r[1] - sin * r[0];
      let yy = cos * r[4] - sin * r[3];
      let yz = cos * r[7] - sin * r[6];
      let ux = zx;
      let uy = zy;
      let uz = zz;
      this.#axis(first, side * zx, side * zy, side * zz, at);
      for (let bone = 0; bone < 3; bone++) {
        // about x: flexion before this bone
        const dof = flexionAngle(chain, bone);
        this.#axis(dof, xx, xy, xz, at + 3 * bone);
        sin = Math.sin(angles[dof]);
        cos = Math.cos(angles[dof]);
        const vx = cos * yx + sin * ux;
        const vy = cos * yy + sin * uy;
        const vz = cos * yz + sin * uz;
        ux = cos * ux - sin * yx;
        uy = cos * uy - sin * yy;
        uz = cos * uz - sin * yz;
        yx = vx;
        yy = vy;
        yz = vz;
        if (chain === 0 && bone === 0) {
          // about y: the thumb's twist
          this.#axis(2, yx, yy, yz, at);
          sin = Math.sin(angles[2]);
          cos = Math.cos(angles[2]);
          const wx = cos * xx - sin * ux;
          const wy = cos * xy - sin * uy;
          const wz = cos * xz - sin * uz;
          ux = sin * xx + cos * ux;
          uy = sin * xy + cos * uy;
          uz = sin * xz + cos * uz;
          xx = wx;
          xy = wy;
          xz = wz;
        }
        const length = lengths[3 * chain + bone];
        const to = at + 3 * (bone + 1);
        joints[to] = joints[to - 3] + length * yx;
        joints[to + 1] = joints[to - 2] + length * yy;
        joints[to + 2] = joints[to - 1] + length * yz;
      }
    }
  }

  #axis(dof: number, x: number, y: number, z: number, origin: number): void {
    this.axes[3 * dof] = x;
    this.axes[3 * dof + 1] = y;
    this.axes[3 * dof + 2] = z;
    this.origins[3 * dof] = this.joints[origin];
    this.origins[3 * dof + 1] = this.joints[origin + 1];
    this.origins[3 * dof + 2] = this.joints[origin + 2];
  }

  /**
   * How a place moves along a unit vector with each number of a step (see `moveState`): n . dp. Of the chain's angles the first `moving` carry
   * the place; the rest of `row` is left as it is.
   *
   * @param places, normals x, y, z of the place and of the vector begin at the index `at`
   * @param row takes {@link STEP_SIZE} numbers
   */
  gradient(
    chain: number,
    moving: number,
    places: Float64Array,
    normals: Float64Array,
    at: number,
    row: Float64Array,
  ): void {
    const { joints, axes, origins } = this;
    const px = places[at];
    const py = places[at + 1];
    const pz = places[at + 2];
    const nx = normals[at];
    const ny = normals[at + 1];
    const nz = normals[at + 2];
    const dx = px - joints[0];
    const dy = py - joints[1];
    const dz = pz - joints[2];
    row[0] = dy * nz - dz * ny;
    row[1] = dz * nx - dx * nz;
    row[2] = dx * ny - dy * nx;
    row[3] = nx;
    row[4] = ny;
    row[5] = nz;
    const first = FIRST_ANGLE[chain];
    for (let dof = first; dof < first + moving; dof++) {
      const ox = px - origins[3 * dof];
      const oy = py - origins[3 * dof + 1];
      const oz = pz - origins[3 * dof + 2];
      row[6 + dof] =
        axes[3 * dof] * (oy * nz - oz * ny) +
        axes[3 * dof + 1] * (oz * nx - ox * nz) +
        axes[3 * dof + 2] * (ox * ny - oy * nx);
    }
  }

  /**
   * The derivatives of all joints: row 3 j + axis of 63 x {@link STEP_SIZE} numbers.
   *
   * @param into is overwritten
   */
  jacobian(into: Float64Array): void {
    into.fill(0);
    const normals = new Float64Array(3 * JOINT_COUNT);
    for (let axis = 0; axis < 3; axis++) {
      normals.forEach((_, i) => {
        normals[i] = i % 3 === axis ? 1 : 0;
      });
      for (let joint = 0; joint < JOINT_COUNT; joint++) {
        const chain = joint === WRIST ? 0 : FINGER_OF_JOINT[joint];
        const moving = joint === WRIST ? 0 : movingAngles(chain, joint - FINGER_ROOTS[chain]);
        const row = into.subarray((3 * joint + axis) * STEP_SIZE, (3 * joint + axis + 1) * STEP_SIZE);
        this.gradient(chain, moving, this.joints, normals, 3 * joint, row);
      }
    }
  }
}
