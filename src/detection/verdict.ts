import { VoxhandError } from '../errors/index.js';
import type { Vec3 } from '../geometry/index.js';
import { type Cube, cubeToCamera } from '../geometry/index.js';
import { sigmoid } from './logistic.js';

/** Numbers of a verdict: see {@link readVerdict}. */
export const VERDICT_LENGTH = 7;
/** A direction that the network answers shorter than this says nothing. */
const SHORTEST_DIRECTION = 0.2;
/** A side that it is less sure of says nothing, log-odds: added up over many frames, what is hardly better than chance would become a certainty. */
const LEAST_SIDE = 1;

/** What the second stage says of a place where a hand may be. Metres, optical frame. */
export interface HandVerdict {
  /** Probability of a hand whose middle root is within 40 mm of {@link root}; there is none farther than about 90 mm from where it was looked for. */
  readonly hand: number;
  /** Log-odds of a left hand; 0 where the network is not sure. */
  readonly left: number;
  /** The root of the middle finger. */
  readonly root: Vec3;
  /** Direction from the wrist to the middle root in the image plane, a unit vector; undefined where the network is not sure. */
  readonly direction: readonly [number, number] | undefined;
}

/**
 * The numbers of the second stage's network, in the camera's frame.
 *
 * ```text
 * 0..2  middle root minus the cube's centre, cube edges, along the cube's own axes
 * 3, 4  log-odds of a hand, and of a left one
 * 5, 6  direction from wrist to middle root in the cube's own image plane: (0, -1) where the cube is turned as it should be
 * ```
 *
 * @param cube that the network was shown; not mirrored
 * @throws VoxhandError `INFERENCE_FAILED` for another length
 */
export function readVerdict(numbers: ArrayLike<number>, cube: Cube): HandVerdict {
  if (numbers.length !== VERDICT_LENGTH) {
    throw new VoxhandError('INFERENCE_FAILED', 'no verdict', {
      expected: `${VERDICT_LENGTH} numbers`,
      found: `${numbers.length}`,
    });
  }
  const [x, y, z] = cubeToCamera(cube, [0.5 + numbers[0], 0.5 + numbers[1], 0.5 + numbers[2]]);
  const length = Math.hypot(numbers[5], numbers[6]);
  const [dx, dy] = [numbers[5] / length, numbers[6] / length];
  const [cos, sin] = [Math.cos(cube.roll), Math.sin(cube.roll)];
  return {
    hand: sigmoid(numbers[3]),
    left: Math.abs(numbers[4]) < LEAST_SIDE ? 0 : numbers[4],
    root: [x, y, z],
    direction: length < SHORTEST_DIRECTION ? undefined : [cos * dx - sin * dy, sin * dx + cos * dy],
  };
}

/** How sure both stages are of a hand together, 0 to 1: the geometric mean. Either one alone is wrong more often. */
export function sureness(score: number, { hand }: HandVerdict): number {
  return Math.sqrt(score * hand);
}
