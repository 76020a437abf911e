import { VoxhandError } from '../errors/index.js';
import type { UncheckedHand } from '../hand/index.js';
import {
  ENABLING_STATE_SCHEMA,
  type EnablingStateMessage,
  GESTURE_EVENT,
  GESTURE_EVENT_PHASE,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_JOINTS_SCHEMA,
  HANDEDNESS,
  type HandJointsMessage,
  isOwnHandJoints,
  POINTER_EVENT,
  POINTER_EVENT_PHASE,
  POINTER_EVENT_SCHEMA,
  type PointerEventMessage,
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

/** Topics of events that belong together: that of gestures, and those of cursors and enabling states beside it. */
export function eventTopicNames(eventsTopic: string): string[] {
  return [eventsTopic, ...['pointer', 'enabling'].map((name) => eventsTopic.replace(/[^/]*$/, name))];
}

/** Does a topic of this type carry events that are compared? */
export function isEventTopic({ schemaName }: Pick<TopicInfo, 'schemaName'>): boolean {
  return [GESTURE_EVENT_SCHEMA, POINTER_EVENT_SCHEMA, ENABLING_STATE_SCHEMA].includes(schemaName as never);
}

/**
 * An event for a comparison; undefined for one that only continues what another one began: updates, moves of a cursor, repeated states.
 *
 * @throws VoxhandError `MESSAGE_INVALID`, `SCHEMA_UNSUPPORTED`
 */
export function readEvent(message: BusMessage): ComparedEvent | undefined {
  const decoded = recordedCodec(message).decode(message.data);
  switch (message.schemaName) {
    case POINTER_EVENT_SCHEMA: {
      const { surface, interaction, phase, ...event } = decoded as PointerEventMessage;
      if (phase === POINTER_EVENT.HOVER || phase === POINTER_EVENT.MOVE) return undefined;
      return comparedEvent(event, `${interaction} on ${surface}`, POINTER_EVENT_PHASE[phase] ?? `phase ${phase}`);
    }
    case ENABLING_STATE_SCHEMA: {
      const { name, engaged, duration, ...event } = decoded as EnablingStateMessage;
      if (duration.sec !== 0 || duration.nanosec !== 0) return undefined;
      return comparedEvent(event, `enabling ${name}`, engaged ? 'engaged' : 'released');
    }
    default: {
      const { gesture, phase, ...event } = decoded as GestureEventMessage;
      if (phase === GESTURE_EVENT.UPDATE) return undefined;
      return comparedEvent(event, gesture, GESTURE_EVENT_PHASE[phase] ?? `phase ${phase}`);
    }
  }
}

function comparedEvent(
  { header, hand_id }: Pick<GestureEventMessage, 'header' | 'hand_id'>,
  gesture: string,
  phase: string,
): ComparedEvent {
  return { stamp: fromStamp(header.stamp), hand: String(hand_id), gesture, phase };
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
