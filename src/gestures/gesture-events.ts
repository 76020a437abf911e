import type { Vec3 } from '../geometry/index.js';
import type { Handedness } from '../hand/index.js';

/** BEGIN, any number of UPDATE, then END (the hand completed or released it) or CANCEL (it must have no effect). */
export type GesturePhase = 'BEGIN' | 'UPDATE' | 'END' | 'CANCEL';

/**
 * One step of a gesture of one hand. Each gesture begins once and ends once; a hand makes one gesture of a name at a time.
 *
 * Metres and unit vectors in the frame named `frameId`, that of the joints.
 */
export interface GestureEvent {
  /** Of the depth frame; of a silent camera: when the silence was noticed. Nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  readonly handId: number;
  readonly handedness: Handedness;
  readonly gesture: string;
  readonly phase: GesturePhase;
  /** 0 to 1. */
  readonly confidence: number;
  /** Where it acts: between the tips of a pinch, at the index finger's tip of a point, else the middle of the palm. With CANCEL the last one. */
  readonly position: Vec3;
  /** Where the hand went, where a finger or the thumb points, where the palm faces; zeros where there is none. */
  readonly direction: Vec3;
  /** Since BEGIN, seconds; with the END of a stroke (swipe, push, pull, tap): how long the movement took. */
  readonly duration: number;
  /** Stamp of the BEGIN. */
  readonly since: bigint;
  /** Why, in words. */
  readonly reason: string;
  /** circle, knob, rotate: angle since BEGIN, radians; zoom: present distance of the hands by that at BEGIN; wave: turns so far. */
  readonly value?: number;
  /** The other hand of a gesture of two. */
  readonly otherHandId?: number;
}

/** HOVER while nothing is pressed; DOWN, MOVE, UP as of a mouse button; CANCEL: what is under way must have no effect. */
export type PointerPhase = 'HOVER' | 'DOWN' | 'MOVE' | 'UP' | 'CANCEL';

/** How a surface is operated. */
export const INTERACTIONS = ['push', 'hover', 'touch', 'grab', 'pinch'] as const;
export type Interaction = (typeof INTERACTIONS)[number];

/** One step of a hand that operates a surface. The first is HOVER, the last CANCEL (the hand is lost, away, or replaced by another). */
export interface PointerEvent {
  readonly stamp: bigint;
  /** Of `position`: the frame of the joints. */
  readonly frameId: string;
  readonly surface: string;
  readonly interaction: Interaction;
  readonly handId: number;
  readonly handedness: Handedness;
  readonly phase: PointerPhase;
  /** Of the cursor on the surface, metres. */
  readonly position: Vec3;
  /** On the surface from its top left corner, to the right and down, metres. */
  readonly x: number;
  readonly y: number;
  /** x and y as shares of width and height, 0 to 1 inside. */
  readonly u: number;
  readonly v: number;
  /** Size of the surface, metres. */
  readonly width: number;
  readonly height: number;
  /** x and y in pixels; 0 on a surface without pixels. */
  readonly pixelX: number;
  readonly pixelY: number;
  /** Of the finger tip (grab and pinch: of the hand) in front of the surface, metres; negative behind it. */
  readonly distance: number;
  /** Towards the click, 0 to 1; 1 while pressed. */
  readonly progress: number;
  /** Whether the hand has moved by more than the drag threshold since DOWN. */
  readonly dragging: boolean;
  /** By how much the surface's content is to follow the hand: movement since the last event while dragging, metres. */
  readonly scrollX: number;
  readonly scrollY: number;
  readonly confidence: number;
  readonly reason: string;
  /** Seconds since DOWN, or since the hand came in while nothing is pressed. */
  readonly since: number;
  /** The target under the cursor, where the surface has targets. */
  readonly target?: string;
}

/**
 * Whether a machine may move: a heartbeat. A consumer lets the machine move only while the newest message says `engaged`, its sequence number
 * has grown, and `expiry` has not passed since its stamp.
 */
export interface EnablingMessage {
  readonly stamp: bigint;
  readonly name: string;
  readonly engaged: boolean;
  /** The hand that holds it, else 0. */
  readonly handId: number;
  /** Grows by one with each message of this name; wraps around to 0 after 2^32 - 1. */
  readonly sequence: number;
  /** Seconds after `stamp` at which the message is void. */
  readonly expiry: number;
  /** Why it is engaged, was released or is not engaged yet. */
  readonly reason: string;
  /** Stamp from which on the present state holds. */
  readonly since: bigint;
}

/** All that a moment, the passing of time or a reset gives, each list in the order of its making. */
export interface GestureOutput {
  readonly gestures: readonly GestureEvent[];
  readonly pointers: readonly PointerEvent[];
  readonly enabling: readonly EnablingMessage[];
}
