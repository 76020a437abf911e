import type { Handedness } from '../hand/index.js';
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

type Triple = readonly [number, number, number];

/** What all events of a hand have. */
interface HandEvent {
  readonly stamp: bigint;
  readonly frameId: string;
  readonly handId: number;
  readonly handedness: Handedness;
  readonly confidence: number;
  readonly position: Triple;
  readonly reason: string;
}

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
export function toGestureEventMessage(
  event: HandEvent & {
    readonly gesture: string;
    readonly phase: 'BEGIN' | 'UPDATE' | 'END' | 'CANCEL';
    readonly direction: Triple;
    readonly duration: number;
    readonly value?: number;
    readonly otherHandId?: number;
  },
): GestureEventMessage {
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
export function toPointerEventMessage(
  event: HandEvent & {
    readonly surface: string;
    readonly interaction: string;
    readonly phase: 'HOVER' | 'DOWN' | 'MOVE' | 'UP' | 'CANCEL';
    readonly x: number;
    readonly y: number;
    readonly u: number;
    readonly v: number;
    readonly pixelX: number;
    readonly pixelY: number;
    readonly width: number;
    readonly height: number;
    readonly distance: number;
    readonly progress: number;
    readonly dragging: boolean;
    readonly scrollX: number;
    readonly scrollY: number;
    readonly since: number;
    readonly target?: string;
  },
): PointerEventMessage {
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
}: {
  readonly stamp: bigint;
  readonly name: string;
  readonly engaged: boolean;
  readonly handId: number;
  readonly sequence: number;
  readonly expiry: number;
  readonly reason: string;
  readonly since: bigint;
}): EnablingStateMessage {
  const { name, engaged, sequence, reason } = event;
  return {
    ...{ header: header(stamp, ''), name, hand_id: handId, engaged, sequence, reason },
    expiry: duration(engaged ? expiry : 0),
    duration: toStamp(stamp - since),
  };
}
