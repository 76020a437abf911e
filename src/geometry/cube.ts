import { VoxhandError } from '../errors/index.js';
import type { Vec3 } from './matrix.js';

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
 * Points from cube coordinates to metres in the camera's optical frame, the inverse of {@link cameraToCube}.
 *
 * @param positions x, y, z of any number of points, one after the other, [0, 1) inside the cube
 * @returns a new array of the same length
 */
export function cubeToCamera(cube: Cube, positions: ArrayLike<number>): Float64Array {
  const { center, edge, mirror } = cube;
  const cos = Math.cos(cube.roll);
  const sin = Math.sin(cube.roll);
  const side = mirror ? -1 : 1;
  const points = new Float64Array(positions.length);
  for (let i = 0; i + 2 < positions.length; i += 3) {
    const x = (positions[i] - 0.5) * edge;
    const y = (positions[i + 1] - 0.5) * edge;
    points[i] = center[0] + side * (cos * x - sin * y);
    points[i + 1] = center[1] + sin * x + cos * y;
    points[i + 2] = center[2] + (positions[i + 2] - 0.5) * edge;
  }
  return points;
}

/**
 * Points from metres in the camera's optical frame to cube coordinates, see {@link Cube}.
 *
 * @param points x, y, z of any number of points, one after the other
 * @returns a new array of the same length; coordinates outside [0, 1) lie outside the cube
 */
export function cameraToCube(cube: Cube, points: ArrayLike<number>): Float64Array {
  const { center, edge, mirror } = cube;
  const cos = Math.cos(cube.roll);
  const sin = Math.sin(cube.roll);
  const side = mirror ? -1 : 1;
  const positions = new Float64Array(points.length);
  for (let i = 0; i + 2 < points.length; i += 3) {
    const dx = side * (points[i] - center[0]);
    const dy = points[i + 1] - center[1];
    positions[i] = (cos * dx + sin * dy) / edge + 0.5;
    positions[i + 1] = (-sin * dx + cos * dy) / edge + 0.5;
    positions[i + 2] = (points[i + 2] - center[2]) / edge + 0.5;
  }
  return positions;
}

/** @throws VoxhandError `GRID_INVALID` naming what cannot be. */
export function checkCube({ center, edge, roll }: Cube): void {
  if (!(edge > 0 && Number.isFinite(edge))) invalid('cube.edge', 'metres > 0', edge);
  if (!Number.isFinite(roll)) invalid('cube.roll', 'radians', roll);
  if (center.length !== 3 || !center.every(Number.isFinite)) invalid('cube.center', 'three finite numbers', center);
}

function invalid(where: string, expected: string, found: unknown): never {
  throw new VoxhandError('GRID_INVALID', 'impossible cube', { expected, found: String(found), where });
}

/** Points that are seen about the centre of a cube lie at multiples of this from it, metres: whole numbers are sent in their place. */
export const POINT_UNIT = 1e-5;
