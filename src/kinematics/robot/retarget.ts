import { z } from 'zod';
import { parseSettings } from '../../errors/setting.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { cross, dot, type Vec3 } from '../../geometry/matrix.js';
import type { Handedness } from '../../hand/hand-joints.js';
import { palmAxes } from '../../hand/palm-axes.js';
import { JOINT_NAMES, jointIndex } from '../../hand/skeleton.js';
import { ANGLE_NAMES } from '../hand-state.js';
import { NormalEquations } from '../normal-equations.js';
import type { Robot } from './robot.js';
import { RobotKinematics } from './robot-kinematics.js';

const handJoint = z.enum(JOINT_NAMES);
const weight = z.number().min(0).max(1000).default(1);

/** What of a human hand a robot hand should do. */
const retargetSettings = z.strictObject({
  /** Metres of the robot per metre of the hand. */
  scale: z.number().positive().max(10).default(1),
  /** Axes of the robot's root link in the palm's frame (x to the middle finger, z out of the back): the columns of a rotation. */
  axes: z
    .tuple([z.tuple([z.number(), z.number(), z.number()]), z.tuple([z.number(), z.number(), z.number()])])
    .optional(),
  /** Links of the robot that go where joints of the hand are, both as seen from the root link and the wrist. */
  positions: z.array(z.strictObject({ link: z.string(), hand: handJoint, weight })).default([]),
  /** Ways from one link to another that are as the ways between two joints of the hand. */
  vectors: z
    .array(z.strictObject({ links: z.tuple([z.string(), z.string()]), hand: z.tuple([handJoint, handJoint]), weight }))
    .default([]),
  /** Distances between two joints of the hand that one joint of the robot copies: `factor` times the distance plus `offset`. */
  distances: z
    .array(
      z.strictObject({
        ...{ joint: z.string(), hand: z.tuple([handJoint, handJoint]) },
        ...{ factor: z.number().default(1), offset: z.number().default(0) },
      }),
    )
    .default([]),
  /** Angles of the fitted hand that one joint of the robot copies. */
  angles: z
    .array(
      z.strictObject({
        ...{ joint: z.string(), hand: z.enum(ANGLE_NAMES) },
        ...{ factor: z.number().default(1), offset: z.number().default(0) },
      }),
    )
    .default([]),
  /** How much the joints hold on to their last values: metres per radian; larger is calmer. */
  smoothness: z.number().min(0).max(1).default(0.003),
  iterations: z.int().min(1).max(100).default(12),
});

export type RetargetSettings = z.input<typeof retargetSettings>;

/** A hand to be copied. */
export interface HandToRetarget {
  readonly handedness: Handedness;
  /** 63 numbers, metres, in any frame; only read. */
  readonly positions: Float64Array;
  /** 21 numbers, radians, in the order of `ANGLE_NAMES`, as a `TrackedHand` has them; needed where angles are copied. */
  readonly angles?: { readonly positions: ArrayLike<number> };
}

/** A term of the least squares: from a link to another, or from the root; the same of the hand. */
interface Term {
  readonly link: number;
  readonly from: number;
  readonly hand: number;
  readonly handFrom: number;
  readonly weight: number;
}

/** A joint that copies a number. */
interface Copied {
  readonly moved: number;
  read(hand: HandToRetarget): number;
}

/**
 * Makes a robot hand do what a human hand does: joints that copy angles or distances are set; the others come out of damped least squares
 * over positions and vectors, started from the last values, within the robot's limits.
 *
 * ```text
 * sum w |p_link - scale R p_hand|^2  +  sum w |v_links - scale R v_hand|^2  +  smoothness^2 |q - last|^2
 * ```
 *
 * @throws VoxhandError `CONFIG_INVALID` for a link or joint that the robot has not
 */
export class Retargeter {
  readonly robot: Robot;
  /** Radians or metres, in the order of `robot.moving`: the last answer. */
  readonly values: Float64Array;
  readonly #settings: z.output<typeof retargetSettings>;
  readonly #kinematics: RobotKinematics;
  readonly #terms: readonly Term[];
  readonly #copied: readonly Copied[];
  readonly #isCopied: Uint8Array;

  constructor(robot: Robot, settings: RetargetSettings, where = 'retargeting') {
    const parsed = parseSettings(retargetSettings, settings, where);
    const find = (names: readonly string[], name: string, what: string): number => {
      const index = names.indexOf(name);
      if (index >= 0) return index;
      throw new VoxhandError('CONFIG_INVALID', `the robot has no such ${what}`, {
        expected: names.join(', '),
        found: name,
        where,
      });
    };
    const link = (name: string) => find(robot.links, name, 'link');
    this.robot = robot;
    this.#settings = parsed;
    this.#kinematics = new RobotKinematics(robot);
    this.values = robot.lower.map((lower, i) => Math.max(lower, Math.min(robot.upper[i], 0)));
    this.#terms = [
      ...parsed.positions.map((one) => ({
        ...{ link: link(one.link), from: 0, weight: one.weight },
        ...{ hand: jointIndex(one.hand), handFrom: 0 },
      })),
      ...parsed.vectors.map((one) => ({
        ...{ link: link(one.links[1]), from: link(one.links[0]), weight: one.weight },
        ...{ hand: jointIndex(one.hand[1]), handFrom: jointIndex(one.hand[0]) },
      })),
    ];
    const copy = (joint: string, read: Copied['read']): Copied => ({ moved: find(robot.moving, joint, 'joint'), read });
    this.#copied = [
      ...parsed.distances.map(({ joint, hand: [a, b], factor, offset }) =>
        copy(joint, ({ positions }) => factor * distanceOf(positions, jointIndex(a), jointIndex(b)) + offset),
      ),
      ...parsed.angles.map(({ joint, hand, factor, offset }) =>
        copy(joint, ({ angles }) => factor * (angles?.positions[ANGLE_NAMES.indexOf(hand)] ?? Number.NaN) + offset),
      ),
    ];
    this.#isCopied = new Uint8Array(robot.moving.length);
    for (const { moved } of this.#copied) this.#isCopied[moved] = 1;
  }

  /**
   * The robot's joints for a hand: {@link values}, which are overwritten by the next call. Of a hand without a direction, or without an angle
   * that is copied, the joints concerned keep their values.
   */
  retarget(hand: HandToRetarget): Float64Array {
    const { values, robot } = this;
    for (const { moved, read } of this.#copied) {
      const value = read(hand);
      if (Number.isFinite(value)) values[moved] = Math.max(robot.lower[moved], Math.min(robot.upper[moved], value));
    }
    const targets = this.#targets(hand);
    if (targets.length > 0 && targets.every(Number.isFinite)) this.#solve(targets);
    return values;
  }

  /** The hand's vectors in the frame of the robot's root link, at the robot's size: three numbers a term. */
  #targets({ positions, handedness }: HandToRetarget): Float64Array {
    const {
      scale,
      axes = [
        [1, 0, 0],
        [0, 1, 0],
      ],
    } = this.#settings;
    const { axes: palm } = palmAxes(positions, handedness);
    const [x, y] = axes as readonly [Vec3, Vec3];
    const z = cross(x, y);
    const targets = new Float64Array(3 * this.#terms.length);
    this.#terms.forEach(({ hand, handFrom }, i) => {
      const way = [0, 1, 2].map((k) => positions[3 * hand + k] - positions[3 * handFrom + k]) as unknown as Vec3;
      const inPalm = palm.map((axis) => scale * dot(axis, way)) as unknown as Vec3;
      [x, y, z].forEach((axis, k) => {
        targets[3 * i + k] = dot(axis, inPalm);
      });
    });
    return targets;
  }

  #solve(targets: Float64Array): void {
    const { values, robot } = this;
    const { smoothness, iterations } = this.#settings;
    const n = robot.moving.length;
    const last = values.slice();
    const fixed = new Uint8Array(n);
    const step = new Float64Array(n);
    let equations = new NormalEquations(n);
    let other = new NormalEquations(n);
    let cost = this.#gather(values, last, targets, smoothness, equations);
    let damping = 1e-3;
    for (let i = 0; i < iterations; i++) {
      for (let k = 0; k < n; k++) {
        const out = equations.right[k];
        const held = (values[k] <= robot.lower[k] && out < 0) || (values[k] >= robot.upper[k] && out > 0);
        fixed[k] = held || this.#isCopied[k] === 1 ? 1 : 0;
      }
      if (!equations.solve(damping, fixed, step)) break;
      const trial = values.map((value, k) => Math.max(robot.lower[k], Math.min(robot.upper[k], value + step[k])));
      const next = this.#gather(trial, last, targets, smoothness, other);
      if (next < cost) {
        const gain = cost - next;
        values.set(trial);
        [equations, other] = [other, equations];
        cost = next;
        damping = Math.max(1e-9, damping / 5);
        if (gain < 1e-6 * cost) break;
      } else damping *= 6;
    }
  }

  #gather(
    values: Float64Array,
    last: Float64Array,
    targets: Float64Array,
    smoothness: number,
    equations: NormalEquations,
  ): number {
    const n = values.length;
    const row = new Float64Array(n);
    this.#kinematics.update(values);
    equations.clear();
    let cost = 0;
    this.#terms.forEach(({ link, from, weight: w }, i) => {
      const [a, b] = [this.#kinematics.at(from), this.#kinematics.at(link)];
      for (let axis = 0; axis < 3; axis++) {
        const along: Vec3 = [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
        const residual = targets[3 * i + axis] - (b[axis] - a[axis]);
        row.fill(0);
        this.#kinematics.gradient(link, along, 1, row);
        this.#kinematics.gradient(from, along, -1, row);
        equations.add(row, residual, w, 0, 0, n);
        cost += w * residual * residual;
      }
    });
    for (let k = 0; k < n; k++) {
      const residual = last[k] - values[k];
      equations.addOne(k, residual, smoothness ** 2);
      cost += smoothness ** 2 * residual * residual;
    }
    return cost;
  }
}

function distanceOf(positions: Float64Array, a: number, b: number): number {
  return Math.hypot(...[0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k]));
}
