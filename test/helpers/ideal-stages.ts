import type { DepthFrame } from '../../src/depth/depth-frame.js';
import { placeOfJoints } from '../../src/detection/hand-motion.js';
import type { DetectionStages } from '../../src/detection/ports.js';
import type { Vec3 } from '../../src/geometry/matrix.js';
import type { HandJoints } from '../../src/hand/hand-joints.js';
import { JOINT_COUNT } from '../../src/hand/skeleton.js';

/** The hands of a frame, in its frame of reference. */
export type HandsAt = (stamp: bigint) => readonly HandJoints[];

/** The second stage is trained to see hands within this of where it looks, metres. */
const NEAR = 0.04;
/** Log-odds of what is certain. */
const CERTAIN = 6;
/** The distance that `HandCandidate.size` is relative to, metres. */
const USUAL_PALM = 0.09;

/**
 * Both stages of detection that are never wrong: they answer from the truth instead of running networks. What goes wrong then is made
 * by everything around them. The centre of mass is the mean of the joints, so the depth image is never looked at.
 */
export function idealStages(handsAt: HandsAt): DetectionStages {
  const tracked = (stamp: bigint) => handsAt(stamp).filter((hand) => hand.tracked);
  return {
    detector: {
      async detect({ stamp }: DepthFrame) {
        const hands = tracked(stamp).map(({ positions, handedness }) => {
          const { root, direction = [0, -1] as const } = placeOfJoints(positions, undefined);
          const palm = Math.hypot(...root.map((c, axis) => c - positions[axis]));
          return {
            score: 1,
            root,
            mass: centre(positions),
            direction,
            size: palm / USUAL_PALM,
            left: handedness === 'left' ? CERTAIN : -CERTAIN,
          };
        });
        return { hands, depth: true };
      },
    },
    verifier: {
      async verify({ stamp }: DepthFrame, place) {
        const near = tracked(stamp)
          .map((hand) => ({ ...placeOfJoints(hand.positions, undefined), left: hand.handedness === 'left' }))
          .find(({ root }) => Math.hypot(...root.map((c, axis) => c - place.root[axis])) < NEAR);
        if (near === undefined) return { hand: 0, left: 0, root: place.root, direction: undefined };
        return { hand: 1, left: near.left ? CERTAIN : -CERTAIN, root: near.root, direction: near.direction };
      },
    },
  };
}

function centre(positions: ArrayLike<number>): Vec3 {
  const at = (axis: number) => {
    let sum = 0;
    for (let j = 0; j < JOINT_COUNT; j++) sum += positions[3 * j + axis];
    return sum / JOINT_COUNT;
  };
  return [at(0), at(1), at(2)];
}
