import { z } from 'zod';
import { live, parseSettings } from '../errors/setting.js';
import { BONES, type HandJoints, JOINT_COUNT, meanConfidence, WRIST } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { continues, maxGap } from './continuity.js';
import type { HandStage } from './hand-stage.js';
import { POSE_LENGTH } from './pose-prior.js';

export const gateSettings = z.strictObject({
  maxHandSpeed: live(
    'A hand (the median of its joints) that moves faster is an outlier as a whole.',
    z.number().positive().max(100).default(5),
    'm/s',
  ),
  maxJointSpeed: live(
    'A joint that moves faster than its hand by this is an outlier.',
    z.number().positive().max(100).default(5),
    'm/s',
  ),
  maxBoneChange: live(
    'Where the length of a bone differs by more from its usual one, its outer joint is an outlier.',
    z.number().positive().max(1).default(0.025),
    'm',
  ),
  maxFrames: live(
    'Frames in a row in which an outlier is replaced; after these it is accepted.',
    z.int().min(0).max(60).default(3),
  ),
});

const gateOptions = gateSettings.extend({
  /** Factor on the confidence of a replaced joint for each frame in a row. */
  decay: z.number().min(0).max(1).default(0.5),
  maxGap,
});
export type OutlierGateOptions = z.input<typeof gateOptions>;

/** A hand elsewhere that is surer by this factor than the one here was is no outlier: the one here was. */
const SURER = 1.2;

/** How fast a bone's usual length follows the measured ones, a frame. */
const BONE_RATE = 0.1;

const ALL_JOINTS = new Uint8Array(JOINT_COUNT).fill(1);

/** The wrist's five bones: when most of them are wrong, it is the wrist that is. */
const WRIST_BONES = BONES.flatMap(([parent], bone) => (parent === WRIST ? [bone] : []));

/**
 * Keeps single wild joints, and single wild frames, out of the stream.
 *
 * Joints are compared with those that the gate gave last. The hand's own movement is the median displacement of all
 * joints. Where that is too fast, the whole hand is an outlier and is held where it was, unless it is clearly surer than
 * that one was: then the tracker has come back from a wrong place. Otherwise a joint is an outlier
 * if it moves too fast beside the hand, or if its bone's length jumps; it is replaced by a prediction: where it was,
 * moved along with the hand. A replaced joint has the lower of its two confidences, times `decay` for each frame in a
 * row. After `maxFrames` in a row the measurement is believed, as it then is no outlier but news.
 *
 * The first frame after a loss, a change of hand or frame of reference, a gap or a step back in time is believed.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function gateStage(options: OutlierGateOptions = {}): HandStage {
  const limits = parseSettings(gateOptions, options, 'smoothing.gate');
  let last: HandJoints | undefined;
  /** Usual length of each bone, metres. */
  let lengths: Float64Array = new Float64Array(BONES.length);
  /** Frames in a row in which each joint was replaced. */
  const replaced = new Uint8Array(JOINT_COUNT);
  /** Frames in a row in which the whole hand was held. */
  let held = 0;
  /** Mean confidence of the last hand that was not held. */
  let sure = 0;

  return {
    push: (hand) => {
      last = next(hand);
      return [last];
    },
    flush: () => {
      last = undefined;
      return [];
    },
  };

  function next(hand: HandJoints): HandJoints {
    if (!continues(last, hand, limits.maxGap)) return begin(hand);
    const seconds = secondsBetween(last.stamp, hand.stamp);
    const movement = medianDisplacement(last.positions, hand.positions);
    if (Math.hypot(...movement) > limits.maxHandSpeed * seconds) {
      if (held === limits.maxFrames || meanConfidence(hand) > SURER * sure) return begin(hand);
      held++;
      return replace(hand, last, [0, 0, 0], ALL_JOINTS);
    }
    held = 0;
    sure = meanConfidence(hand);
    const measured = boneLengths(hand.positions);
    const outliers = findOutliers(last.positions, hand.positions, movement, limits.maxJointSpeed * seconds, measured);
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      replaced[joint] = outliers[joint] && replaced[joint] < limits.maxFrames ? replaced[joint] + 1 : 0;
    }
    learnLengths(measured, outliers);
    return replace(hand, last, movement, replaced);
  }

  /** Believe a result as it is, and all its bones. */
  function begin(hand: HandJoints): HandJoints {
    if (hand.tracked) lengths = boneLengths(hand.positions);
    replaced.fill(0);
    held = 0;
    sure = meanConfidence(hand);
    return hand;
  }

  function findOutliers(
    before: Float64Array,
    now: Float64Array,
    movement: readonly number[],
    reach: number,
    measured: Float64Array,
  ): Uint8Array {
    const outliers = new Uint8Array(JOINT_COUNT);
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      const beside = movement.map((along, axis) => now[3 * joint + axis] - before[3 * joint + axis] - along);
      if (Math.hypot(...beside) > reach) outliers[joint] = 1;
    }
    const isWrong = (bone: number) => Math.abs(measured[bone] - lengths[bone]) > limits.maxBoneChange;
    if (2 * WRIST_BONES.filter(isWrong).length > WRIST_BONES.length) outliers[0] = 1;
    BONES.forEach(([parent, child], bone) => {
      // From the palm outwards: a wrong joint explains the bones on both its sides.
      if (!outliers[parent] && isWrong(bone)) outliers[child] = 1;
    });
    return outliers;
  }

  /** The joints that `which` marks, where they were before, moved along with the hand. */
  function replace(hand: HandJoints, before: HandJoints, movement: readonly number[], which: Uint8Array): HandJoints {
    const positions = hand.positions.slice();
    const confidences = hand.confidences.slice();
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      if (!which[joint]) continue;
      for (let axis = 0; axis < 3; axis++) {
        positions[3 * joint + axis] = before.positions[3 * joint + axis] + movement[axis];
      }
      confidences[joint] = limits.decay * Math.min(hand.confidences[joint], before.confidences[joint]);
    }
    return { ...hand, positions, confidences };
  }

  /** Bones between good joints change the usual length a little; one that is believed at last, altogether. */
  function learnLengths(measured: Float64Array, outliers: Uint8Array): void {
    BONES.forEach(([parent, child], bone) => {
      if (replaced[parent] > 0 || replaced[child] > 0) return;
      const rate = outliers[parent] || outliers[child] ? 1 : BONE_RATE;
      lengths[bone] += rate * (measured[bone] - lengths[bone]);
    });
  }
}

function boneLengths(positions: Float64Array): Float64Array {
  return Float64Array.from(BONES, ([parent, child]) =>
    Math.hypot(...[0, 1, 2].map((axis) => positions[3 * child + axis] - positions[3 * parent + axis])),
  );
}

function medianDisplacement(before: Float64Array, now: Float64Array): number[] {
  return [0, 1, 2].map((axis) => {
    const along = new Float64Array(JOINT_COUNT);
    for (let i = axis; i < POSE_LENGTH; i += 3) along[(i - axis) / 3] = now[i] - before[i];
    return along.sort()[JOINT_COUNT >> 1];
  });
}
