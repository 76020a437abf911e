import type { Vec3 } from '../geometry/index.js';
import type { GestureEvent, GesturePhase } from './gesture-events.js';
import { type GestureHand, NOWHERE } from './gesture-hand.js';

/** Where events go. */
export type Emit = (event: GestureEvent) => void;

/** What a recogniser says with an event. */
export interface GestureStep {
  readonly confidence: number;
  readonly position: Vec3;
  readonly direction?: Vec3;
  readonly reason: string;
  readonly value?: number;
  /** Seconds; since BEGIN by default. */
  readonly duration?: number;
  readonly otherHandId?: number;
}

/**
 * One gesture of one hand: keeps the order BEGIN, UPDATE..., END or CANCEL. What does not fit the present state is no event: a second
 * BEGIN, an END or CANCEL of what has not begun.
 */
export class GestureTrack {
  readonly #gesture: string;
  readonly #emit: Emit;
  #last: GestureEvent | undefined;

  constructor(gesture: string, emit: Emit) {
    this.#gesture = gesture;
    this.#emit = emit;
  }

  /** Between BEGIN and END or CANCEL. */
  get active(): boolean {
    return this.#last !== undefined;
  }

  begin(hand: GestureHand, step: GestureStep): void {
    if (this.#last === undefined) this.#send(hand, 'BEGIN', step);
  }

  update(hand: GestureHand, step: GestureStep): void {
    if (this.#last !== undefined) this.#send(hand, 'UPDATE', step);
  }

  end(hand: GestureHand, step: GestureStep): void {
    if (this.#last === undefined) return;
    this.#send(hand, 'END', step);
    this.#last = undefined;
  }

  cancel(stamp: bigint, reason: string): void {
    if (this.#last === undefined) return;
    const { since } = this.#last;
    const duration = Math.max(0, Number(stamp - since) / 1e9);
    this.#emit({ ...this.#last, stamp, phase: 'CANCEL', duration, reason, confidence: 0 });
    this.#last = undefined;
  }

  #send(hand: GestureHand, phase: GesturePhase, step: GestureStep): void {
    const { stamp, frameId, id, handedness } = hand;
    const since = this.#last?.since ?? stamp;
    const { confidence, position, direction = NOWHERE, reason, value, otherHandId } = step;
    const { duration = Number(stamp - since) / 1e9 } = step;
    this.#last = {
      stamp,
      frameId,
      handId: id,
      handedness,
      gesture: this.#gesture,
      phase,
      confidence,
      position,
      direction,
      duration,
      since,
      reason,
      ...(value !== undefined && { value }),
      ...(otherHandId !== undefined && { otherHandId }),
    };
    this.#emit(this.#last);
  }
}

/** What looks for gestures of one hand, moment by moment. */
export interface Recogniser {
  step(hand: GestureHand): void;
  /** The hand is lost or must not be used any more: all of its gestures are cancelled and what was gathered is forgotten. */
  cancel(stamp: bigint, reason: string): void;
}
