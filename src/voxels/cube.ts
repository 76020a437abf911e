import { type Handedness, VoxhandError } from '../hand/index.js';
import type { ReferencePoint } from '../reference/reference-point.js';
import type { Cube } from './voxel-grid.js';

/** How a cube is laid around a reference point. */
export interface CubeOptions {
  /** Metres. */
  readonly edge: number;
  /**
   * `none`: aligned with the camera's axes, as in the paper; `forearm-down`, `hand-down`: rolled so that the point's `arm`, which is
   * then the direction to the forearm or from the middle finger's root to the wrist, points to +y'.
   */
  readonly roll: 'none' | 'forearm-down' | 'hand-down';
  /** The hand that is looked at, and the hand that the model was trained on: where they differ, the cube is mirrored. */
  readonly handedness: Handedness;
  readonly modelHandedness: Handedness;
  /** Radians, for a point whose forearm is not in sight; 0 by default. */
  readonly fallbackRoll?: number;
}

/**
 * The cube around a reference point.
 *
 * @throws VoxhandError `GRID_INVALID` for an edge that is not a positive number.
 */
export function cubeFor(point: Pick<ReferencePoint, 'position' | 'arm'>, options: CubeOptions): Cube {
  const { edge, roll, handedness, modelHandedness, fallbackRoll = 0 } = options;
  const mirror = handedness !== 'unknown' && modelHandedness !== 'unknown' && handedness !== modelHandedness;
  const cube = {
    center: point.position,
    edge,
    roll: roll === 'none' ? 0 : point.arm === undefined ? fallbackRoll : rollOf(point.arm, mirror),
    mirror,
  };
  checkCube(cube);
  return cube;
}

/** The roll that turns `arm` to +y'. Minus zero is no roll either. */
function rollOf(arm: readonly [number, number], mirror: boolean): number {
  const ax = mirror ? -arm[0] : arm[0];
  return Math.atan2(-ax, arm[1]) + 0;
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
