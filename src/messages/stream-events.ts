import { fromStamp } from '../timing/stamp.js';
import {
  ENABLING_STATE_SCHEMA,
  type EnablingStateMessage,
  GESTURE_EVENT_PHASE,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_JOINTS_SCHEMA,
  HANDEDNESS,
  type HandJointsMessage,
  type Header,
  POINTER_EVENT_PHASE,
  POINTER_EVENT_SCHEMA,
  type PointerEventMessage,
} from './generated.js';

/** `v` of every event: another number means that a field has changed its meaning or is gone. New fields do not change it. */
export const STREAM_VERSION = 1;

/** What every event of the stream has. */
interface Common<Type extends string> {
  readonly v: typeof STREAM_VERSION;
  readonly type: Type;
}

interface OfMoment<Type extends string> extends Common<Type> {
  /** The topic that it came from: which tracker, where there are several. */
  readonly topic: string;
  /** Of the depth frame, seconds since 1970 (or since whatever the camera's clock began with), to the microsecond. */
  readonly time: number;
  /** Stays with the hand while it is tracked. */
  readonly hand: number;
}

/** Of one hand at one moment. */
interface OfHand<Type extends string> extends OfMoment<Type> {
  readonly handedness: 'unknown' | 'right' | 'left';
}

/** The first event of a connection. */
export interface HelloStreamEvent extends Common<'hello'> {
  readonly server: string;
  readonly version: string;
}

/** A hand appears or is lost; sent when that changes. */
export interface HandStreamEvent extends OfHand<'hand'> {
  readonly tracked: boolean;
}

/** `voxhand_msgs/GestureEvent`. */
export interface GestureStreamEvent extends OfHand<'gesture'> {
  readonly gesture: string;
  readonly phase: 'begin' | 'update' | 'end' | 'cancel';
  /** 0 to 1. */
  readonly confidence: number;
  /** Metres, in the frame of the joints. */
  readonly position: readonly [number, number, number];
  /** Unit vector, or zeros. */
  readonly direction: readonly [number, number, number];
  /** Seconds since it began. */
  readonly duration: number;
  /** Radians of circle, knob and rotate, factor of zoom, turns of wave, else 0. */
  readonly value: number;
  /** The other hand of a gesture of two; -1 where there is none. */
  readonly otherHand: number;
  readonly reason: string;
}

/** `voxhand_msgs/PointerEvent`. */
export interface PointerStreamEvent extends OfHand<'pointer'> {
  readonly surface: string;
  readonly interaction: string;
  readonly phase: 'hover' | 'down' | 'move' | 'up' | 'cancel';
  readonly confidence: number;
  /** Metres, in the frame of the joints. */
  readonly position: readonly [number, number, number];
  /** On the surface, metres from its upper left corner. */
  readonly x: number;
  readonly y: number;
  /** The same as shares of its width and height. */
  readonly share: readonly [number, number];
  /** The same in pixels; zeros on a surface without. */
  readonly pixels: readonly [number, number];
  /** Of the surface, metres. */
  readonly width: number;
  readonly height: number;
  /** To the surface, metres; positive in front of it. */
  readonly distance: number;
  /** To a press, 0 to 1. */
  readonly progress: number;
  readonly dragging: boolean;
  /** Name of the target under the cursor, or nothing. */
  readonly target: string;
  /** Metres that the content is to move by since the event before, to the right and down. */
  readonly scroll: readonly [number, number];
  /** Seconds since the press, or since the cursor came. */
  readonly duration: number;
  readonly reason: string;
}

/** `voxhand_msgs/EnablingState`; `hand` is 0 where none holds it. */
export interface EnablingStreamEvent extends OfMoment<'enabling'> {
  readonly name: string;
  readonly engaged: boolean;
  /** Rises by 1 with each event of this name: a gap is a lost event. */
  readonly sequence: number;
  /** Seconds that the event holds; 0 when not engaged. */
  readonly expiry: number;
  /** For how many seconds it has been as it is. */
  readonly duration: number;
  readonly reason: string;
}

/** The client was too slow: so many of its events, counted since it came, were left out; none that begins or ends anything. */
export interface DroppedStreamEvent extends Common<'dropped'> {
  readonly dropped: number;
}

/** One event of the stream for web pages and gateways (docs/contactless.md). */
export type StreamEvent =
  | HelloStreamEvent
  | HandStreamEvent
  | GestureStreamEvent
  | PointerStreamEvent
  | EnablingStreamEvent
  | DroppedStreamEvent;

/** What events are made of, by schema name. */
const MAKERS: Readonly<Record<string, (message: never, topic: string) => StreamEvent>> = {
  [HAND_JOINTS_SCHEMA]: (message: HandJointsMessage, topic): HandStreamEvent => ({
    ...ofHand('hand', message, topic),
    tracked: message.tracked,
  }),
  [GESTURE_EVENT_SCHEMA]: (message: GestureEventMessage, topic): GestureStreamEvent => ({
    ...ofHand('gesture', message, topic),
    gesture: message.gesture,
    phase: GESTURE_EVENT_PHASE[message.phase] ?? 'cancel',
    confidence: rounded(message.confidence, 3),
    position: point(message.position),
    direction: point(message.direction),
    duration: seconds(message.duration),
    value: rounded(message.value ?? 0, 4),
    otherHand: message.other_hand_id ?? -1,
    reason: message.reason ?? '',
  }),
  [POINTER_EVENT_SCHEMA]: (message: PointerEventMessage, topic): PointerStreamEvent => ({
    ...ofHand('pointer', message, topic),
    surface: message.surface,
    interaction: message.interaction,
    phase: POINTER_EVENT_PHASE[message.phase] ?? 'cancel',
    confidence: rounded(message.confidence, 3),
    position: point(message.position),
    x: rounded(message.x, 5),
    y: rounded(message.y, 5),
    share: [rounded(message.u, 5), rounded(message.v, 5)],
    pixels: [rounded(message.pixel_x, 1), rounded(message.pixel_y, 1)],
    width: rounded(message.width, 4),
    height: rounded(message.height, 4),
    distance: rounded(message.distance, 4),
    progress: rounded(message.progress, 3),
    dragging: message.dragging,
    target: message.target,
    scroll: [rounded(message.scroll_x, 5), rounded(message.scroll_y, 5)],
    duration: seconds(message.duration),
    reason: message.reason,
  }),
  [ENABLING_STATE_SCHEMA]: (message: EnablingStateMessage, topic): EnablingStreamEvent => ({
    ...ofMoment('enabling', message, topic),
    name: message.name,
    engaged: message.engaged,
    sequence: message.sequence,
    expiry: seconds(message.expiry),
    duration: seconds(message.duration),
    reason: message.reason,
  }),
};

/** Whether messages of this type become events. */
export function isStreamed(schemaName: string): boolean {
  return Object.hasOwn(MAKERS, schemaName);
}

/**
 * A decoded message as an event for web pages and gateways; undefined where its type is not one that {@link isStreamed}. Metres are rounded
 * to 0.1 mm, times to a microsecond.
 */
export function toStreamEvent(schemaName: string, message: unknown, topic: string): StreamEvent | undefined {
  return isStreamed(schemaName) ? MAKERS[schemaName](message as never, topic) : undefined;
}

function ofMoment<Type extends string>(
  type: Type,
  { header, hand_id: hand }: { header: Header; hand_id: number },
  topic: string,
): OfMoment<Type> {
  return { v: STREAM_VERSION, type, topic, time: seconds(header.stamp), hand };
}

function ofHand<Type extends string>(
  type: Type,
  message: { header: Header; hand_id: number; handedness: number },
  topic: string,
): OfHand<Type> {
  return { ...ofMoment(type, message, topic), handedness: HANDEDNESS[message.handedness] ?? 'unknown' };
}

function seconds(stamp: Parameters<typeof fromStamp>[0]): number {
  return Number(fromStamp(stamp) / 1000n) / 1e6;
}

function point({ x, y, z }: { x: number; y: number; z: number }): readonly [number, number, number] {
  return [rounded(x, 4), rounded(y, 4), rounded(z, 4)];
}

/** JSON has neither NaN nor infinity: they become 0. */
function rounded(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : 0;
}
