import { type CameraModel, projectToImage } from '../depth/index.js';
import {
  asLost,
  type HandAngles,
  type Handedness,
  type HandInImage,
  type HandJoints,
  jointsOfHands,
  type LostHand,
  type TrackedHand,
} from '../hand/index.js';
import { nearestHand } from '../kinematics/index.js';
import type { HandStage } from '../smoothing/index.js';
import type { TrackResult } from './track-result.js';

type Known = Pick<TrackedHand, 'id' | 'handedness'>;

/** A result of which some hands are still held back by their stages. */
interface Waiting {
  readonly result: TrackResult;
  readonly smoothed: Map<number, HandJoints>;
}

/** One hand's smoothing, and the results that wait for it, the oldest first. */
interface Line {
  readonly stage: HandStage;
  readonly waiting: Waiting[];
}

/**
 * Smooths each hand by a stage of its own and puts the hands of a moment together again: one result out for each that goes in, in
 * order, once all of its hands have come out of their stages.
 */
export class HandSmoothing {
  readonly #create: () => HandStage;
  /** By the id of the hand. */
  readonly #lines = new Map<number, Line>();
  readonly #waiting: Waiting[] = [];

  /** @param create for each hand that appears */
  constructor(create: () => HandStage) {
    this.#create = create;
    create(); // refuses its options before the first frame
  }

  /** Take the next moment, give those that are ready. */
  push(result: TrackResult): TrackResult[] {
    const waiting = { result, smoothed: new Map() };
    this.#waiting.push(waiting);
    const joints = jointsOfHands({ ...result, lagFrames: 0 });
    for (const hand of joints) {
      const line = this.#lineOf(hand.handId);
      line.waiting.push(waiting);
      settle(line, line.stage.push(hand));
    }
    for (const [id, line] of this.#lines) {
      if (joints.some(({ handId }) => handId === id)) continue;
      settle(line, line.stage.flush());
      this.#lines.delete(id);
    }
    return this.#ready();
  }

  /** Give those that are still held back, and forget all hands. */
  flush(): TrackResult[] {
    for (const line of this.#lines.values()) settle(line, line.stage.flush());
    this.#lines.clear();
    return this.#ready();
  }

  #lineOf(id: number): Line {
    let line = this.#lines.get(id);
    if (line === undefined) {
      line = { stage: this.#create(), waiting: [] };
      this.#lines.set(id, line);
    }
    return line;
  }

  #ready(): TrackResult[] {
    const results: TrackResult[] = [];
    for (let [first] = this.#waiting; first !== undefined && isWhole(first); [first] = this.#waiting) {
      this.#waiting.shift();
      results.push(smoothedResult(first));
    }
    return results;
  }
}

/** A stage gives one result for each that it was given, in order. */
function settle({ waiting }: Line, smoothed: readonly HandJoints[]): void {
  for (const joints of smoothed) waiting.shift()?.smoothed.set(joints.handId, joints);
}

function isWhole({ result: { hands, lost }, smoothed }: Waiting): boolean {
  return smoothed.size === hands.length + lost.length;
}

/** A stage may say that a hand is lost, or hold one that is: what it says of `tracked` counts. */
function smoothedResult({ result, smoothed }: Waiting): TrackResult {
  const hands: TrackedHand[] = [];
  const lost: LostHand[] = [];
  const { camera } = result;
  for (const known of [...result.hands, ...result.lost]) {
    const { tracked, positions, confidences } = smoothed.get(known.id) as HandJoints;
    const { reason = 'smoothing', ...seen }: Partial<TrackedHand & LostHand> & Known = known;
    const { angles } = seen;
    const isChanged = angles !== undefined && positions.some((x, i) => x !== (known as TrackedHand).positions[i]);
    const hand = {
      ...seen,
      positions,
      confidences,
      ...(isChanged && tracked && onSkeleton(positions, known.handedness, angles)),
    };
    if (tracked) hands.push({ ...hand, ...(camera && { image: imageOf(hand.positions, camera) }) });
    else lost.push(asLost(hand, reason));
  }
  const lagFrames = Math.max(0, ...[...smoothed.values()].map((hand) => hand.lagFrames));
  return { ...result, hands, lost, lagFrames };
}

/** Joints and angles of the hand of these proportions that is nearest to smoothed joints: what is published together is one hand. */
function onSkeleton(
  joints: Float64Array,
  handedness: Handedness,
  angles: HandAngles,
): Pick<TrackedHand, 'positions' | 'angles'> {
  const { positions, angles: bent } = nearestHand(joints, handedness, angles);
  return { positions, angles: { ...angles, positions: bent } };
}

/** The joints, which lie in the camera's frame, in its image. */
function imageOf(positions: Float64Array, camera: CameraModel): HandInImage {
  const pixels = new Float64Array((2 * positions.length) / 3);
  for (let joint = 0; 2 * joint < pixels.length; joint++) {
    const [x, y, z] = positions.subarray(3 * joint, 3 * joint + 3);
    pixels.set(projectToImage(camera, x, y, z) ?? [Number.NaN, Number.NaN], 2 * joint);
  }
  return { width: camera.width, height: camera.height, pixels };
}
