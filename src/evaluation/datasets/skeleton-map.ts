import { BONES, JOINT_COUNT, JOINT_NAMES } from '../../hand/index.js';
import type { DataSet } from './data-set.js';

/** Confidence of a joint that only lies near ours: see `DataSetJoint.near`. */
export const NEAR_CONFIDENCE = 0.5;

/** A data set's hand in our skeleton. */
export interface SkeletonPose {
  /**
   * 63 numbers, metres. A joint that the data set has not is where the nearest known one along the skeleton is, so that
   * pictures stay in one piece: it is no measurement.
   */
  readonly positions: Float64Array;
  /** 21 numbers: 1 for a joint of the data set, 0.5 for one that lies near ours, 0 for one that it has not. */
  readonly confidences: Float32Array;
}

/** What our 21 joints are made of, worked out once a data set. */
interface SkeletonMap {
  /** For each of our joints the index of the set's own; undefined where it has none. */
  readonly own: readonly (number | undefined)[];
  /** The same, with the nearest known one instead of undefined. */
  readonly standIn: readonly number[];
  readonly confidences: Float32Array;
}

const maps = new WeakMap<DataSet, SkeletonMap>();

/** Whether each of our 21 joints is exactly one of the set's, so that a pose can be turned into ours and back. */
export function hasWholeSkeleton(set: DataSet): boolean {
  return mapOf(set).confidences.every((confidence) => confidence === 1);
}

/** Names of our joints that the set has not, and of those that it has near ours only. */
export function skeletonGaps(set: DataSet): { readonly missing: readonly string[]; readonly near: readonly string[] } {
  const { confidences } = mapOf(set);
  const where = (wanted: number) => JOINT_NAMES.filter((_, joint) => confidences[joint] === wanted);
  return { missing: where(0), near: where(NEAR_CONFIDENCE) };
}

/**
 * A data set's joints as our 21.
 *
 * @param positions three numbers per joint of the set, metres; only read
 */
export function toSkeleton(set: DataSet, positions: ArrayLike<number>): SkeletonPose {
  const { standIn, confidences } = mapOf(set);
  const ours = new Float64Array(3 * JOINT_COUNT);
  standIn.forEach((joint, i) => {
    for (let axis = 0; axis < 3; axis++) ours[3 * i + axis] = positions[3 * joint + axis];
  });
  return { positions: ours, confidences: Float32Array.from(confidences) };
}

/**
 * Our 21 joints in the order of a data set that {@link hasWholeSkeleton}.
 *
 * @param positions 63 numbers, metres; only read
 */
export function fromSkeleton(set: DataSet, positions: ArrayLike<number>): Float64Array {
  const theirs = new Float64Array(3 * set.joints.length);
  mapOf(set).own.forEach((joint, i) => {
    if (joint === undefined) return;
    for (let axis = 0; axis < 3; axis++) theirs[3 * joint + axis] = positions[3 * i + axis];
  });
  return theirs;
}

function mapOf(set: DataSet): SkeletonMap {
  let map = maps.get(set);
  if (map === undefined) {
    const own = JOINT_NAMES.map((name) => indexOf(set, name));
    const confidences = Float32Array.from(own, (joint) =>
      joint === undefined ? 0 : set.joints[joint].near ? NEAR_CONFIDENCE : 1,
    );
    map = { own, standIn: own.map((_, joint) => nearestKnown(own, joint)), confidences };
    maps.set(set, map);
  }
  return map;
}

function indexOf(set: DataSet, name: string): number | undefined {
  const index = set.joints.findIndex(({ ours }) => ours === name);
  return index < 0 ? undefined : index;
}

/** Breadth first along the bones. */
function nearestKnown(own: readonly (number | undefined)[], from: number): number {
  const queue = [from];
  for (const joint of queue) {
    const known = own[joint];
    if (known !== undefined) return known;
    for (const [a, b] of BONES) {
      const next = a === joint ? b : b === joint ? a : undefined;
      if (next !== undefined && !queue.includes(next)) queue.push(next);
    }
  }
  return 0; // a set without any of our joints
}
