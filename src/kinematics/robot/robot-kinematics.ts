import {
  add,
  IDENTITY,
  type Matrix3,
  multiply,
  rotate,
  rotationAbout,
  scaled,
  type Vec3,
} from '../../geometry/matrix.js';
import type { Robot, RobotJoint } from './robot.js';

/** Where the links of a robot are, in the frame of its root link. */
export class RobotKinematics {
  readonly robot: Robot;
  /** x, y, z of the origin of each link, metres. */
  readonly positions: Float64Array;
  readonly #rotations: Matrix3[];
  /** Axis of each joint in the frame of the root. */
  readonly #axes: Vec3[] = [];
  /** The joints from the root to each link, by index. */
  readonly #ways: readonly (readonly number[])[];

  constructor(robot: Robot) {
    this.robot = robot;
    this.positions = new Float64Array(3 * robot.links.length);
    this.#rotations = robot.links.map(() => IDENTITY);
    const ways: number[][] = robot.links.map(() => []);
    robot.joints.forEach(({ parent, child }, i) => {
      ways[child] = [...ways[parent], i];
    });
    this.#ways = ways;
    this.update(new Float64Array(robot.moving.length));
  }

  /** @param values of `robot.moving`, radians or metres; only read */
  update(values: ArrayLike<number>): void {
    this.robot.joints.forEach((joint, i) => {
      const { kind, parent, child, moved, factor, offset, axis } = joint;
      const value = moved < 0 ? 0 : factor * values[moved] + offset;
      const origin = add(this.at(parent), rotate(this.#rotations[parent], joint.translation));
      const turned = multiply(this.#rotations[parent], joint.rotation);
      const along = rotate(turned, axis);
      this.#axes[i] = along;
      this.#rotations[child] = kind === 'revolute' ? multiply(turned, rotationAbout(axis, value)) : turned;
      this.positions.set(kind === 'prismatic' ? add(origin, scaled(along, value)) : origin, 3 * child);
    });
  }

  /** The origin of a link. */
  at(link: number): Vec3 {
    return [this.positions[3 * link], this.positions[3 * link + 1], this.positions[3 * link + 2]];
  }

  /** Its rotation. */
  rotationOf(link: number): Matrix3 {
    return this.#rotations[link];
  }

  /**
   * Add `sign` times how the origin of a link moves along n with each of the values to `row`.
   */
  gradient(link: number, n: Vec3, sign: number, row: Float64Array): void {
    const p = this.at(link);
    for (const i of this.#ways[link]) {
      const { kind, child, moved, factor }: RobotJoint = this.robot.joints[i];
      if (moved < 0) continue;
      const [ax, ay, az] = this.#axes[i];
      const o = this.at(child);
      const [dx, dy, dz] = [p[0] - o[0], p[1] - o[1], p[2] - o[2]];
      const along =
        kind === 'prismatic'
          ? ax * n[0] + ay * n[1] + az * n[2]
          : n[0] * (ay * dz - az * dy) + n[1] * (az * dx - ax * dz) + n[2] * (ax * dy - ay * dx);
      row[moved] += sign * factor * along;
    }
  }
}
