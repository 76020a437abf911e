import { GESTURE_EVENT_PHASE, type GestureEventMessage } from '../../messages/generated.js';

/** A decoded `voxhand_msgs/msg/GestureEvent`, as far as the page shows it. */
export type GestureEvent = Pick<GestureEventMessage, 'hand_id' | 'gesture' | 'phase' | 'confidence' | 'duration'>;

export type GesturePhase = (typeof GESTURE_EVENT_PHASE)[number];

export interface ShownGesture {
  readonly gesture: string;
  readonly handId: number;
  readonly phase: GesturePhase;
  readonly confidence: number;
  /** Seconds since it began. */
  readonly duration: number;
}

const MOST_LOGGED = 6;
const MOST_ACTIVE = 16;

/** Gestures that are being made, and the latest ones that are over. */
export class GestureLog {
  readonly #active = new Map<string, ShownGesture>();
  readonly #over: ShownGesture[] = [];

  get active(): readonly ShownGesture[] {
    return [...this.#active.values()];
  }

  /** The latest first. */
  get over(): readonly ShownGesture[] {
    return this.#over;
  }

  /** @throws RangeError for a phase that there is none of. */
  put({ hand_id: handId, gesture, phase: number, confidence, duration }: GestureEvent): void {
    const phase = GESTURE_EVENT_PHASE[number];
    if (phase === undefined) throw new RangeError(`gesture phase ${number}`);
    const key = `${handId} ${gesture}`;
    const shown = { gesture, handId, phase, confidence, duration: duration.sec + duration.nanosec / 1e9 };
    if (phase === 'begin' || phase === 'update') {
      if (this.#active.has(key) || this.#active.size < MOST_ACTIVE) this.#active.set(key, shown);
      return;
    }
    this.#active.delete(key);
    this.#over.unshift(shown);
    this.#over.length = Math.min(this.#over.length, MOST_LOGGED);
  }

  /**
   * What is being made is no more: the hand is lost, or time has jumped.
   *
   * @param handId of this hand only
   */
  stop(handId?: number): void {
    for (const [key, gesture] of this.#active) {
      if (handId === undefined || gesture.handId === handId) this.#active.delete(key);
    }
  }

  clear(): void {
    this.#active.clear();
    this.#over.length = 0;
  }
}
