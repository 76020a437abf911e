import type { EnablingMessage, GestureEvent, PointerEvent } from '../gestures/index.js';
import { toStamp } from '../timing/stamp.js';
import {
  type EnablingStateMessage,
  GESTURE_EVENT,
  type GestureEventMessage,
  HANDEDNESS,
  POINTER_EVENT,
  type PointerEventMessage,
} from './generated.js';
import { header, xyz } from './parts.js';

type HandEvent = Omit<GestureEvent | PointerEvent, 'since'>;

function ofHand({ stamp, frameId, handId, handedness, confidence, position, reason }: HandEvent) {
  return {
    header: header(stamp, frameId),
    hand_id: handId,
    handedness: HANDEDNESS.indexOf(handedness),
    confidence,
    position: xyz(position),
    reason,
  };
}

function duration(seconds: number) {
  return toStamp(BigInt(Math.max(0, Math.round(seconds * 1e9))));
}

/** A step of a gesture as `voxhand_msgs/msg/GestureEvent`; durations in seconds, positions in metres. */
export function toGestureEventMessage(event: Omit<GestureEvent, 'since'>): GestureEventMessage {
  return {
    ...ofHand(event),
    gesture: event.gesture,
    phase: GESTURE_EVENT[event.phase],
    direction: xyz(event.direction),
    duration: duration(event.duration),
    value: event.value ?? 0,
    other_hand_id: event.otherHandId ?? -1,
  };
}

/** A step of a hand's cursor on a surface as `voxhand_msgs/msg/PointerEvent`; metres, seconds. */
export function toPointerEventMessage(event: PointerEvent): PointerEventMessage {
  const { surface, interaction, x, y, u, v, width, height, distance, progress, dragging } = event;
  return {
    ...ofHand(event),
    ...{ surface, interaction, x, y, u, v, width, height, distance, progress, dragging },
    phase: POINTER_EVENT[event.phase],
    pixel_x: event.pixelX,
    pixel_y: event.pixelY,
    scroll_x: event.scrollX,
    scroll_y: event.scrollY,
    duration: duration(event.since),
    target: event.target ?? '',
  };
}

/** Whether an enabling gesture is held, as `voxhand_msgs/msg/EnablingState`; seconds. */
export function toEnablingStateMessage({
  stamp,
  handId,
  expiry,
  since,
  ...event
}: EnablingMessage): EnablingStateMessage {
  const { name, engaged, sequence, reason } = event;
  return {
    ...{ header: header(stamp, ''), name, hand_id: handId, engaged, sequence, reason },
    expiry: duration(engaged ? expiry : 0),
    duration: toStamp(stamp - since),
  };
}
