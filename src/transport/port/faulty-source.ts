import { type FaultCounts, FaultLine, type FaultTools } from '../../faults/fault-line.js';
import type { FaultSpec } from '../../faults/fault-spec.js';
import type { SeededRandom } from '../../geometry/random.js';
import { recordedCodec } from '../../messages/index.js';
import { toStamp } from '../../timing/index.js';
import type { BusMessage, BusSource, TopicInfo } from './bus.js';
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
 * A bus with faults in its messages, in the time of the messages themselves: what is late comes after the messages that were logged
 * before it would have come, and is logged then. So a recording read in lock step has the same faults every time.
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
  readonly #isAffected: (topic: string) => boolean;
  #line: FaultLine<BusMessage>;

  /** @throws VoxhandError `USAGE` for faults that cannot be */
  constructor(source: Rewindable, faults: FaultSpec) {
    this.#source = source;
    this.#faults = faults;
    this.#isAffected = topicMatcher(faults.topics);
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
      if (this.#isAffected(message.topic)) {
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

/** Bits that are flipped at most in a message that is damaged. */
const MOST_BITS = 8;

/** A copy with some wrong bits, or of every fourth one with its end missing. */
export function corruptMessage(message: BusMessage, random: SeededRandom): BusMessage {
  const { data } = message;
  if (data.byteLength === 0) return message;
  // whatever kind of array it is: a Buffer's slice() is no copy
  const damaged = new Uint8Array(data);
  if (random.integer(4) === 0) return { ...message, data: damaged.subarray(0, random.integer(data.byteLength)) };
  for (let i = random.integer(MOST_BITS); i >= 0; i--)
    damaged[random.integer(damaged.byteLength)] ^= 1 << random.integer(8);
  return { ...message, data: damaged };
}

/**
 * A copy whose stamps are moved: the time of publishing, and in the content the header's, or those of a list of transforms. A
 * content that cannot be decoded, or that no stamp could hold, stays as it is.
 */
export function shiftMessage(message: BusMessage, nanoseconds: bigint): BusMessage {
  const publishTime = atLeastZero(message.publishTime + nanoseconds);
  try {
    const codec = recordedCodec(message);
    const content = codec.decode(message.data);
    return { ...message, publishTime, data: codec.encode(shifted(content, nanoseconds)) };
  } catch {
    return { ...message, publishTime };
  }
}

/** How faults are applied to messages. */
export const messageFaults: FaultTools<BusMessage> = { corrupt: corruptMessage, shift: shiftMessage };

function shifted(content: unknown, nanoseconds: bigint): unknown {
  if (!isObject(content)) return content;
  const { header, transforms, timestamp } = content;
  return {
    ...content,
    ...(isObject(header) && { header: { ...header, stamp: moved(header.stamp, nanoseconds) } }),
    ...(Array.isArray(transforms) && { transforms: transforms.map((each) => shifted(each, nanoseconds)) }),
    ...(isObject(timestamp) && { timestamp: moved(timestamp, nanoseconds) }),
  };
}

/** A ROS or foxglove time, moved. */
function moved(time: unknown, nanoseconds: bigint): unknown {
  if (!isObject(time) || typeof time.sec !== 'number') return time;
  const fraction = Number(time.nanosec ?? time.nsec ?? 0);
  const { sec, nanosec } = toStamp(atLeastZero(BigInt(time.sec) * 1_000_000_000n + BigInt(fraction) + nanoseconds));
  return 'nsec' in time ? { sec, nsec: nanosec } : { sec, nanosec };
}

function atLeastZero(time: bigint): bigint {
  return time < 0n ? 0n : time;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
