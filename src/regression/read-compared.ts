import { VoxhandError } from '../errors/index.js';
import type { UncheckedHand } from '../hand/index.js';
import {
  GESTURE_EVENT,
  GESTURE_EVENT_PHASE,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_JOINTS_SCHEMA,
  HANDEDNESS,
  type HandJointsMessage,
  isOwnHandJoints,
  readFlatHandJoints,
  recordedCodec,
} from '../messages/index.js';
import { fromStamp } from '../timing/index.js';
import type { BusMessage, TopicInfo } from '../transport/port/index.js';
import type { ComparedEvent, ComparedHand } from './compare/compared-hand.js';

/**
 * A result for a comparison, of any skeleton.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for one that cannot be decoded, or has not as many numbers as it says;
 * `SCHEMA_UNSUPPORTED` for a message of another encoding.
 */
export function readHand(message: BusMessage): ComparedHand {
  const { logTime } = message;
  const flat = isOwnHandJoints(message) ? readFlatHandJoints(message.data) : undefined;
  const hand = flat ?? flattened(recordedCodec(message).decode(message.data) as HandJointsMessage);
  if (!hand.tracked) return { ...hand, logTime, positions: new Float64Array(0), confidences: new Float32Array(0) };
  if (hand.positions.length === 3 * hand.confidences.length && hand.positions.every(Number.isFinite)) {
    return { ...hand, logTime };
  }
  throw new VoxhandError('MESSAGE_INVALID', 'a hand that cannot be compared', {
    expected: 'finite positions, and a confidence for each',
    found: `${hand.positions.length / 3} positions, ${hand.confidences.length} confidences`,
    where: `${HAND_JOINTS_SCHEMA} at ${hand.stamp} ns`,
  });
}

/** Does a topic of this type carry gesture events? */
export function isEventTopic({ schemaName }: Pick<TopicInfo, 'schemaName'>): boolean {
  return schemaName === GESTURE_EVENT_SCHEMA;
}

/**
 * A gesture event for a comparison; undefined for an update.
 *
 * @throws VoxhandError `MESSAGE_INVALID`, `SCHEMA_UNSUPPORTED`
 */
export function readEvent(message: BusMessage): ComparedEvent | undefined {
  const { header, hand_id, gesture, phase } = recordedCodec(message).decode(message.data) as GestureEventMessage;
  if (phase === GESTURE_EVENT.UPDATE) return undefined;
  const name = GESTURE_EVENT_PHASE[phase] ?? `phase ${phase}`;
  return { stamp: fromStamp(header.stamp), hand: String(hand_id), gesture, phase: name };
}

function flattened(message: HandJointsMessage): UncheckedHand {
  const handedness = HANDEDNESS[message.handedness];
  if (handedness === undefined) {
    throw new VoxhandError('MESSAGE_INVALID', 'HandJoints message refused', {
      expected: '0, 1 or 2',
      found: String(message.handedness),
      where: `${HAND_JOINTS_SCHEMA}.handedness`,
    });
  }
  return {
    stamp: fromStamp(message.header.stamp),
    age: fromStamp(message.age),
    frameId: message.header.frame_id,
    handId: message.hand_id,
    handedness,
    tracked: message.tracked,
    skeleton: message.skeleton,
    positions: Float64Array.from(message.positions.flatMap(({ x, y, z }) => [x, y, z])),
    confidences: Float32Array.from(message.confidences),
    lagFrames: message.lag_frames,
  };
}
