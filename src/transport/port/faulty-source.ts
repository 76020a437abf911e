import { type FaultCounts, FaultLine } from '../../faults/fault-line.js';
import type { FaultSpec } from '../../faults/fault-spec.js';
import type { BusMessage, BusSource, TopicInfo } from './bus.js';
import { messageFaults } from './message-faults.js';
import { topicMatcher } from './topic-pattern.js';

interface LogTimes {
  readonly start?: bigint;
  readonly end?: bigint;
}

/** A bus, or a recording, which can be read from any time on. */
interface Rewindable extends BusSource {
  subscribe(topics?: readonly string[], range?: LogTimes): AsyncIterable<BusMessage>;
}

/**
 * A bus whose messages suffer, in the time of the messages themselves: what is late comes after the messages that were logged
 * before it would have come, and is logged then. So a recording read in lock step suffers the same every time.
 *
 * Topics that are not among the faults' topics pass as they are, at their time.
 *
 * @example
 * ```ts
 * const bus = new FaultySource(await openRecording('cell.mcap'), parseFaults('drop=0.1,jitter=20ms,seed=3'));
 * for await (const message of bus.subscribe()) console.log(message.topic, message.logTime);
 * console.log(bus.counts);
 * ```
 */
export class FaultySource implements BusSource {
  readonly #source: Rewindable;
  readonly #faults: FaultSpec;
  readonly #suffers: (topic: string) => boolean;
  #line: FaultLine<BusMessage>;

  /** @throws VoxhandError `USAGE` for faults that cannot be */
  constructor(source: Rewindable, faults: FaultSpec) {
    this.#source = source;
    this.#faults = faults;
    this.#suffers = topicMatcher(faults.topics);
    this.#line = new FaultLine(faults, messageFaults);
  }

  /** Of the subscription that began last. */
  get counts(): FaultCounts {
    return this.#line.counts;
  }

  topics(): readonly TopicInfo[] {
    return this.#source.topics();
  }

  /** @param range log times, for a recording: from `start` on, up to `end` without it */
  async *subscribe(topics?: readonly string[], range?: LogTimes): AsyncGenerator<BusMessage, void, void> {
    const line = new FaultLine(this.#faults, messageFaults);
    this.#line = line;
    for await (const message of this.#source.subscribe(topics, range)) {
      const { logTime } = message;
      yield* delivered(line, logTime);
      if (this.#suffers(message.topic)) {
        line.push(message, logTime);
        yield* delivered(line, logTime);
      } else yield message;
    }
    line.end();
    for (let at = line.next(); at !== undefined; at = line.next()) yield* delivered(line, at);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

function* delivered(line: FaultLine<BusMessage>, now: bigint): Generator<BusMessage, void, void> {
  for (const { value, at } of line.due(now)) yield at > value.logTime ? { ...value, logTime: at } : value;
}
