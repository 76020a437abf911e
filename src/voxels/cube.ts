import type { ReferencePoint } from '../detection/geometric/reference-point.js';
import type { Cube } from '../geometry/index.js';
import { checkCube } from '../geometry/index.js';
import type { Handedness } from '../hand/index.js';

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
}

/**
 * The cube around a reference point.
 *
 * @throws VoxhandError `GRID_INVALID` for an edge that is not a positive number.
 */
export function cubeFor(point: Pick<ReferencePoint, 'position' | 'arm'>, options: CubeOptions): Cube {
  const { edge, roll, handedness, modelHandedness } = options;
  const mirror = handedness !== 'unknown' && modelHandedness !== 'unknown' && handedness !== modelHandedness;
  const cube = {
    center: point.position,
    edge,
    roll: roll === 'none' || point.arm === undefined ? 0 : rollOf(point.arm, mirror),
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
