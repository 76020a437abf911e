import { GESTURE_EVENT_SCHEMA, HAND_JOINTS_SCHEMA, recordedCodec } from '../../messages/index.js';
import { nanoseconds } from '../../timing/index.js';
import type { BusMessage } from '../../transport/port/index.js';
import { topicMatcher } from '../../transport/port/topic-pattern.js';

export interface SnapshotTriggerOptions {
  /** Topics or patterns of hands: one that was tracked and is lost is a reason. */
  readonly lostHand?: readonly string[];
  /** Topics or patterns of gestures, whose beginnings are reasons, or of any other rare event, whose every message is one. */
  readonly event?: readonly string[];
  /** How long to record on after the reason, seconds of log time; 0 by default. */
  readonly afterSeconds?: number;
}

/**
 * Sees reasons for a snapshot in the messages that are recorded. While one waits for its time, further ones are part of it.
 * A message that cannot be decoded is no reason.
 */
export class SnapshotTriggers {
  readonly #isHand: (topic: string) => boolean;
  readonly #isEvent: (topic: string) => boolean;
  readonly #afterNs: bigint;
  readonly #tracked = new Set<string>();
  #armed = true;
  #waiting: { readonly reason: string; readonly due: bigint } | undefined;

  constructor({ lostHand = [], event = [], afterSeconds = 0 }: SnapshotTriggerOptions = {}) {
    this.#isHand = topicMatcher(lostHand);
    this.#isEvent = topicMatcher(event);
    this.#afterNs = nanoseconds(afterSeconds);
  }

  /** A message was recorded; gives the reason when it is time for a snapshot. */
  see(message: BusMessage): string | undefined {
    const reason = this.#reasonIn(message);
    const { logTime } = message;
    // a clock that has jumped back would make it wait for ever
    const waits = this.#waiting !== undefined && this.#waiting.due <= logTime + this.#afterNs;
    if (reason !== undefined && !waits) this.#waiting = { reason, due: logTime + this.#afterNs };
    return this.#waiting !== undefined && logTime >= this.#waiting.due ? this.takeWaiting() : undefined;
  }

  /** No further message is a reason. */
  disarm(): void {
    this.#armed = false;
  }

  /** The reason that still waits for its time, if there is one: the recording ends. */
  takeWaiting(): string | undefined {
    const reason = this.#waiting?.reason;
    this.#waiting = undefined;
    return reason;
  }

  #reasonIn(message: BusMessage): string | undefined {
    const { topic, schemaName, logTime } = message;
    if (!this.#armed) return undefined;
    if (this.#isEvent(topic)) {
      if (schemaName !== GESTURE_EVENT_SCHEMA) return `message on ${topic} at ${logTime}`;
      const { gesture, phase } = decoded<GestureFields>(message);
      return phase === BEGIN ? `gesture ${gesture} on ${topic} at ${logTime}` : undefined;
    }
    if (schemaName !== HAND_JOINTS_SCHEMA || !this.#isHand(topic)) return undefined;
    const { hand_id: id, tracked } = decoded<HandFields>(message);
    const key = `${topic} ${id}`;
    if (tracked === true) this.#tracked.add(key);
    else if (tracked === false && this.#tracked.delete(key)) return `lost hand on ${topic} at ${logTime}`;
    return undefined;
  }
}

/** Of `GestureEvent.phase`. */
const BEGIN = 0;

interface GestureFields {
  readonly gesture: string;
  readonly phase: number;
}

interface HandFields {
  readonly hand_id: number;
  readonly tracked: boolean;
}

function decoded<T>(message: BusMessage): Partial<T> {
  try {
    return recordedCodec(message).decode(message.data) as T;
  } catch {
    return {};
  }
}
