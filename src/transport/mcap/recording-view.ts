import { VoxhandError } from '../../errors/index.js';
import { listed } from '../../errors/shown.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import { topicMatcher } from '../port/topic-pattern.js';
import type { TimeRange } from './contents.js';
import type { McapInfo } from './info.js';
import type { RecordingAttachment, RecordingSource } from './recording-source.js';

export interface RecordingViewOptions {
  /** Log times, nanoseconds; all of them by default. */
  readonly range?: TimeRange;
  /** Names or patterns of topics, as the recording calls them; all of them by default. */
  readonly topics?: readonly string[];
  /** What topics are called here, by what the recording calls them. */
  readonly remap?: Readonly<Record<string, string>>;
}

/**
 * A part of a recording under other names, without a copy. Closing it closes the recording.
 *
 * Counts of messages are those of the whole recording.
 */
export class RecordingView implements RecordingSource {
  readonly #source: RecordingSource;
  readonly #range: TimeRange;
  readonly #shown: ReadonlyMap<string, string>;
  /** Several, where one topic was given the name of another. */
  readonly #recorded: ReadonlyMap<string, readonly string[]>;

  /** @throws VoxhandError `TOPIC_NOT_FOUND` for a topic that is to be renamed and is not there, or where no topic is left */
  constructor(source: RecordingSource, { range = {}, topics, remap = {} }: RecordingViewOptions = {}) {
    const there = [...new Set(source.topics().map(({ topic }) => topic))];
    const names = new Map(Object.entries(remap)); // a topic may be called constructor
    const missing = [...names.keys()].find((topic) => !there.includes(topic));
    const shown = there.filter(topicMatcher(topics));
    if (missing !== undefined || (shown.length === 0 && there.length > 0)) {
      throw new VoxhandError(
        'TOPIC_NOT_FOUND',
        missing === undefined ? 'none of the wanted topics is there' : `no topic ${missing} to rename`,
        {
          expected: `one of ${listed(there)}`,
          found: missing ?? topics?.join(', ') ?? 'none',
          where: source.info().path,
        },
      );
    }
    this.#source = source;
    this.#range = range;
    this.#shown = new Map(shown.map((topic) => [topic, names.get(topic) ?? topic]));
    const recorded = new Map<string, string[]>();
    for (const [topic, name] of this.#shown) recorded.set(name, [...(recorded.get(name) ?? []), topic]);
    this.#recorded = recorded;
  }

  info(): McapInfo {
    const info = this.#source.info();
    const { startTime, endTime } = info;
    const { start, end } = this.#range;
    return {
      ...info,
      topics: this.topics(),
      messageCount: this.topics().reduce((sum, { messageCount = 0 }) => sum + messageCount, 0),
      ...(startTime === undefined || start === undefined ? {} : { startTime: start > startTime ? start : startTime }),
      ...(endTime === undefined || end === undefined ? {} : { endTime: end <= endTime ? end - 1n : endTime }),
    };
  }

  topics(): readonly TopicInfo[] {
    return this.#source.topics().flatMap((info) => {
      const topic = this.#shown.get(info.topic);
      return topic === undefined ? [] : [{ ...info, topic }];
    });
  }

  async *subscribe(topics?: readonly string[], range: TimeRange = {}): AsyncGenerator<BusMessage, void, void> {
    // a name that is not there is refused by the recording, in its own words
    const recorded = topics?.flatMap((topic) => this.#recorded.get(topic) ?? topic) ?? [...this.#shown.keys()];
    for await (const message of this.#source.subscribe(recorded, both(this.#range, range))) {
      const topic = this.#shown.get(message.topic) ?? message.topic;
      yield topic === message.topic ? message : { ...message, topic };
    }
  }

  attachments(): AsyncIterable<RecordingAttachment> {
    return this.#source.attachments();
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

function both(a: TimeRange, b: TimeRange): TimeRange {
  const starts = [a.start, b.start].filter((time) => time !== undefined);
  const ends = [a.end, b.end].filter((time) => time !== undefined);
  return {
    ...(starts.length > 0 && { start: starts.reduce((x, y) => (x > y ? x : y)) }),
    ...(ends.length > 0 && { end: ends.reduce((x, y) => (x < y ? x : y)) }),
  };
}
