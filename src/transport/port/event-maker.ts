import {
  HAND_JOINTS_SCHEMA,
  isOwnHandJoints,
  isStreamed,
  readFlatHandJoints,
  recordedCodec,
  type StreamEvent,
  toStreamEvent,
} from '../../messages/index.js';
import { Counts } from '../../timing/index.js';
import type { BusMessage } from './bus.js';
import { topicMatcher } from './topic-pattern.js';

/** Topics whose messages become events, unless others are named. */
export const EVENT_TOPICS: readonly string[] = ['**/gestures', '**/pointer', '**/enabling', '**/joints'];

/** Makes events of messages; of joints, one when a hand comes and one when it goes. */
export class EventMaker {
  readonly #matches: (topic: string) => boolean;
  /** By topic and id: hands that were said to be tracked. */
  readonly #tracked = new Set<string>();
  readonly #undecodable = new Counts();

  /** @param topics names or patterns */
  constructor(topics: readonly string[]) {
    this.#matches = topics.length === 0 ? () => false : topicMatcher(topics);
  }

  /** `undecodable TOPIC`: messages that could not be decoded. */
  losses(): Readonly<Record<string, number>> {
    return this.#undecodable.snapshot();
  }

  takes(topic: string, schemaName: string): boolean {
    return isStreamed(schemaName) && this.#matches(topic);
  }

  /** Hands that are there are said once more, for somebody who has not heard it. */
  repeat(): void {
    this.#tracked.clear();
  }

  /** Undefined for a message that is none, brings nothing new, or cannot be decoded, which is counted. */
  eventOf(message: BusMessage): StreamEvent | undefined {
    const { topic, schemaName, data } = message;
    if (!this.takes(topic, schemaName)) return undefined;
    try {
      const flat = isOwnHandJoints(message) ? readFlatHandJoints(data) : undefined;
      if (flat !== undefined && !this.#isNews(topic, flat.handId, flat.tracked)) return undefined;
      const event = toStreamEvent(schemaName, recordedCodec(message).decode(data), topic);
      if (schemaName !== HAND_JOINTS_SCHEMA || flat !== undefined) return event;
      return event?.type === 'hand' && this.#isNews(topic, event.hand, event.tracked) ? event : undefined;
    } catch {
      this.#undecodable.add(`undecodable ${topic}`);
      return undefined;
    }
  }

  #isNews(topic: string, hand: number, tracked: boolean): boolean {
    const key = `${topic} ${hand}`;
    if (!tracked) return this.#tracked.delete(key);
    if (this.#tracked.has(key)) return false;
    this.#tracked.add(key);
    return true;
  }
}

/** The next event of its kind makes up for it: it may be left out for a reader that is too slow. */
export function isOptional(event: StreamEvent): boolean {
  if (event.type === 'pointer') return event.phase === 'hover' || event.phase === 'move';
  if (event.type === 'gesture') return event.phase === 'update';
  return event.type === 'dropped' || (event.type === 'enabling' && event.engaged);
}
