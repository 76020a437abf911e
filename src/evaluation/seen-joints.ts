import { type DepthFrame, projectToImage } from '../depth/index.js';
import { type HandJoints, JOINT_COUNT } from '../hand/index.js';
import { handPose } from '../kinematics/index.js';
import { jointCover, kinematicHand } from '../synthetic/index.js';
import { handSize } from './finger-overlap.js';
import type { TruthByStamp } from './truth-by-stamp.js';

/** What a sensor's noise and a slanted skin may add, metres. */
const TOLERANCE = 0.005;

/** How much of the described hand can lie between each joint and its skin, metres. */
const COVER = jointCover(kinematicHand(handPose()));

/**
 * Which joints of a true hand a depth image shows: those that have the hand's flesh before them and nothing else, as far as depth can tell. A
 * thing that is closer to a joint than its own skin can be is taken for the hand.
 *
 * @returns 21 numbers: 1 for a joint that is seen
 */
export function seenJoints(frame: DepthFrame, { positions }: Pick<HandJoints, 'positions'>): Uint8Array {
  const size = handSize(positions);
  return Uint8Array.from({ length: JOINT_COUNT }, (_, joint) => {
    const [x, y, z] = positions.subarray(3 * joint, 3 * joint + 3);
    const [u, v] = (projectToImage(frame.camera, x, y, z) ?? [-1, -1]).map(Math.round);
    const onSkin = (depth: number): boolean =>
      depth > 0 && z - depth >= -TOLERANCE && z - depth <= size * COVER[joint] + TOLERANCE;
    const here = depthAt(frame, u, v);
    // of a hole its neighbours tell
    const around = here === 0 ? [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => depthAt(frame, u + x, v + y))) : [here];
    return around.some(onSkin) ? 1 : 0;
  });
}

/** Metres; 0 in a hole, NaN outside the image. */
function depthAt({ depth, width, height }: DepthFrame, u: number, v: number): number {
  return u >= 0 && v >= 0 && u < width && v < height ? depth[v * width + u] : Number.NaN;
}

/** The seen joints of the true hands of a frame's stamp, added to those of others, where they are in the frame's own axes. */
export function addSeenJoints(seen: Map<HandJoints, Uint8Array>, frame: DepthFrame, truth: TruthByStamp): void {
  for (const index of truth.findAll(frame.stamp)) {
    const hand = truth.frames[index];
    if (hand.tracked && hand.frameId === frame.frameId) seen.set(hand, seenJoints(frame, hand));
  }
}
