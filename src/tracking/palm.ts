import { JOINT_COUNT, ROOT_OF_MIDDLE } from '../hand/index.js';

/** A hand whose palm, seen along the optical axis, is shorter than this says nothing about the arm's direction, metres. */
const SHORTEST_PALM = 0.035;

/** Mean of the wrist and the four roots of the fingers: what hardly moves against itself. */
export function palmCentre(positions: Float64Array): readonly [number, number, number] {
  const joints = [0, 5, 9, 13, 17];
  const at = (axis: number) => joints.reduce((sum, joint) => sum + positions[3 * joint + axis], 0) / joints.length;
  return [at(0), at(1), at(2)];
}

/** From the middle finger's root to the wrist in the image plane: about where the forearm goes on. */
export function armOf(positions: Float64Array): readonly [number, number] | undefined {
  if (positions.length !== 3 * JOINT_COUNT) return undefined;
  const x = positions[0] - positions[3 * ROOT_OF_MIDDLE];
  const y = positions[1] - positions[3 * ROOT_OF_MIDDLE + 1];
  const length = Math.hypot(x, y);
  return length < SHORTEST_PALM ? undefined : [x / length, y / length];
}
