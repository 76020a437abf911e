import type { Vec3 } from '../reference/reference-point.js';

/**
 * A cube in front of a camera, and how its own axes lie.
 *
 * Cube coordinates (p, q, r) in [0, 1)^3 of a camera point P, with d = P - centre:
 *
 * ```text
 * dx = mirror ? -d.x : d.x
 * x' =  cos(roll) dx + sin(roll) d.y
 * y' = -sin(roll) dx + cos(roll) d.y
 * p = x' / edge + 0.5,  q = y' / edge + 0.5,  r = d.z / edge + 0.5
 * ```
 *
 * A cube with roll 0 and no mirror is aligned with the camera's axes, as in the paper (V2V-PoseNet, section 4).
 * `roll` is chosen so that the forearm, or the wrist, points to +y' (down): roll = atan2(-ax, ay) with
 * ax = mirror ? -arm.x : arm.x, ay = arm.y.
 * `mirror` shows a left hand to a network that was trained on right hands.
 */
export interface Cube {
  readonly center: Vec3;
  /** Metres. */
  readonly edge: number;
  /** Radians about the optical axis. */
  readonly roll: number;
  readonly mirror: boolean;
}

/**
 * Occupancy of a cube: `data[(z * size + y) * size + x]` is 1 where at least one depth point fell, else 0.
 *
 * ```text
 * index:  z slowest (depth, away from the camera), then y (down), then x (right)
 * cell i covers [i, i + 1) / size of the cube; its centre is (i + 0.5) / size
 * ```
 */
export interface VoxelGrid {
  readonly cube: Cube;
  /** Cells along an edge. */
  readonly size: number;
  readonly data: Uint8Array;
  /** Number of occupied cells. */
  readonly occupied: number;
}

/**
 * The same points as a hand of the other side would be shown: `cube.mirror` turned over, and the roll with it, which reverses x. A new
 * grid; `grid` is only read.
 */
export function mirroredGrid({ cube, size, data, occupied }: VoxelGrid): VoxelGrid {
  const mirrored = new Uint8Array(data.length);
  for (let row = 0; row < data.length; row += size) {
    for (let x = 0; x < size; x++) mirrored[row + x] = data[row + size - 1 - x];
  }
  return { cube: { ...cube, roll: -cube.roll, mirror: !cube.mirror }, size, data: mirrored, occupied };
}
