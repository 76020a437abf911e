import { VoxhandError } from '../errors/index.js';
import { JOINT_COUNT } from '../hand/index.js';
import { fromStamp } from '../timing/stamp.js';
import { HAND_FEEDBACK, HAND_FEEDBACK_OUTCOME, HAND_FEEDBACK_SCHEMA, type HandFeedbackMessage } from './generated.js';
import type { VoxelsOrigin } from './hand-voxels-message.js';
import { header } from './parts.js';

const { VERSION } = HAND_FEEDBACK;
const MAX_REASON = 400;
/** No joint of a hand that a depth camera sees is farther, metres. */
const FARTHEST = 1000;

/** What became of a HandVoxels message. */
export type VoxelsAnswer =
  | {
      readonly outcome: 'read';
      /** 63 numbers, metres in the camera's frame, before smoothing. */
      readonly positions: Float64Array;
      /** 21 numbers, 0 to 1. */
      readonly confidences: Float32Array;
      /** Whether they were accepted. */
      readonly tracked: boolean;
      /** Log-odds of a left hand by the network; absent where it does not tell. */
      readonly left?: number;
    }
  | { readonly outcome: 'noted' | 'replaced' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** What `voxhand_msgs/msg/HandFeedback` says. */
export interface HandFeedback extends VoxelsOrigin {
  readonly handId: number;
  readonly answer: VoxelsAnswer;
}

/** As `voxhand_msgs/msg/HandFeedback`. */
export function toHandFeedbackMessage({ answer, ...origin }: HandFeedback): HandFeedbackMessage {
  const read = answer.outcome === 'read' ? answer : undefined;
  return {
    version: VERSION,
    header: header(origin.stamp, origin.frameId),
    camera: origin.camera,
    session: origin.session,
    sequence: origin.sequence,
    hand_id: origin.handId,
    outcome: HAND_FEEDBACK_OUTCOME.indexOf(answer.outcome),
    reason: answer.outcome === 'failed' ? answer.reason.slice(0, MAX_REASON) : '',
    tracked: read?.tracked ?? false,
    left: read?.left ?? 0,
    positions: read?.positions ?? new Float64Array(0),
    confidences: read?.confidences ?? new Float32Array(0),
  };
}

/**
 * What a decoded `voxhand_msgs/msg/HandFeedback` says. The result owns its arrays.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for another version, outcome or number of joints, or numbers that are not finite
 */
export function fromHandFeedbackMessage(message: HandFeedbackMessage): HandFeedback {
  const { version, camera, session, sequence, hand_id: handId } = message;
  if (version !== VERSION) throw invalid('version', `${VERSION}`, `${version}`);
  const { stamp, frame_id: frameId } = message.header;
  return { stamp: fromStamp(stamp), frameId, camera, session, sequence, handId, answer: answerOf(message) };
}

function answerOf(message: HandFeedbackMessage): VoxelsAnswer {
  const outcome = HAND_FEEDBACK_OUTCOME[message.outcome];
  if (outcome === undefined) throw invalid('outcome', `0 to ${HAND_FEEDBACK_OUTCOME.length - 1}`, `${message.outcome}`);
  if (outcome === 'failed') return { outcome, reason: message.reason.slice(0, MAX_REASON) };
  if (outcome !== 'read') return { outcome };
  const positions = Float64Array.from(message.positions);
  const confidences = Float32Array.from(message.confidences);
  if (positions.length !== 3 * JOINT_COUNT) throw invalid('positions', `${3 * JOINT_COUNT}`, `${positions.length}`);
  if (confidences.length !== JOINT_COUNT) throw invalid('confidences', `${JOINT_COUNT}`, `${confidences.length}`);
  const { tracked, left } = message;
  if (!(positions.every((metres) => Math.abs(metres) <= FARTHEST) && [...confidences, left].every(Number.isFinite))) {
    throw invalid('positions, confidences and left', `numbers, places within ${FARTHEST} m`, 'others');
  }
  return { outcome, positions, confidences, tracked, ...(left !== 0 && { left }) };
}

function invalid(field: string, expected: string, found: string): VoxhandError {
  const where = `${HAND_FEEDBACK_SCHEMA}.${field}`;
  return new VoxhandError('MESSAGE_INVALID', 'HandFeedback message refused', { expected, found, where });
}
