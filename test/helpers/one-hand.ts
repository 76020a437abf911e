import type { ReferenceResult } from '../../src/detection/geometric/reference-point.js';
import type { Cube } from '../../src/geometry/cube.js';
import type { HandJoints } from '../../src/hand/hand-joints.js';
import { jointsOfHands } from '../../src/hand/tracked-hand.js';
import type { HandDetail, TrackResult } from '../../src/tracking/track-result.js';

/** What a result says of its only hand. */
export interface OneHand {
  readonly joints: HandJoints;
  readonly reference: ReferenceResult;
  readonly raw: HandDetail['raw'];
  readonly cube: Cube | undefined;
  readonly presence: number | undefined;
}

/** The only hand of a result, tracked or lost. */
export function oneHand(result: TrackResult): OneHand {
  const [joints, ...others] = jointsOfHands(result);
  const [hand] = [...result.hands, ...result.lost];
  const detail = result.details.get(joints.handId);
  if (others.length > 0 || detail === undefined) throw new Error(`${others.length + 1} hands`);
  return { joints, ...detail, cube: hand.cube, presence: hand.presence };
}

/** The result that says of one hand what `joints` says. */
export function resultOf(
  joints: HandJoints,
  { reference, raw = new Map(), cube }: { reference: ReferenceResult; raw?: HandDetail['raw']; cube?: Cube },
): TrackResult {
  const { stamp, frameId, handId: id, handedness, tracked, positions, confidences, lagFrames } = joints;
  const known = { id, handedness, ...(cube && { cube }) };
  return {
    stamp,
    frameId,
    hands: tracked ? [{ ...known, positions, confidences }] : [],
    lost: tracked ? [] : [{ ...known, reason: reference.state === 'lost' ? reference.reason : 'low-confidence' }],
    lagFrames,
    details: new Map([[id, { reference, raw }]]),
  };
}
