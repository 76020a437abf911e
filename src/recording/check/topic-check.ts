import { headerOf, type MessageHeader } from '../../depth/index.js';
import { toVoxhandError } from '../../errors/index.js';
import { recordedCodec } from '../../messages/index.js';
import { isCameraSchema, isDepthSchema } from '../../tracking/depth-frames.js';
import type { BusMessage, TopicInfo } from '../../transport/port/index.js';
import { type Finding, Tally } from './finding.js';
import { Intervals } from './intervals.js';

/** Stamps farther from log times than this are of another clock, seconds. */
const OTHER_CLOCK = 60;
/** Longer than so many usual intervals is a gap. */
const GAP = 3;
/** Wall time, nanoseconds: from the year 2000 on, and up to where ROS's stamps of 32 bits end, in 2038. */
const WALL_TIME = [946_684_800_000_000_000n, 2_147_483_648_000_000_000n] as const;
/** Topics of fewer messages have no rate. */
const FEWEST_FOR_A_RATE = 10;

/** What is known of one topic. */
export interface TopicSummary {
  readonly topic: string;
  readonly schemaName: string;
  readonly messages: number;
  /** Messages per second, from the usual interval; null where there are too few. */
  readonly rate: number | null;
}

/** Looks at the messages of one topic in the order in which they were written. */
export class TopicCheck {
  readonly #info: TopicInfo;
  readonly #intervals = new Intervals();
  readonly #invalid = new Tally();
  readonly #unknown = new Tally();
  readonly #zero = new Tally();
  readonly #backwards = new Tally();
  readonly #repeated = new Tally();
  readonly #unordered = new Tally();
  readonly #missed = new Tally();
  readonly #beforeWall = new Tally();
  readonly #afterWall = new Tally();
  #messages = 0;
  #stamped = 0;
  #offset = 0;
  #missing = 0;
  #lastLog: bigint | undefined;
  #lastStamp: bigint | undefined;
  #lastSequence = 0;
  #sequenceBackwards = 0;

  constructor(info: TopicInfo) {
    this.#info = info;
  }

  /** @returns the decoded message and its header, as far as it has them */
  see(message: BusMessage): { readonly decoded?: unknown; readonly header?: MessageHeader } {
    const { logTime, sequence } = message;
    this.#messages++;
    if (logTime < WALL_TIME[0]) this.#beforeWall.add(logTime);
    else if (logTime > WALL_TIME[1]) this.#afterWall.add(logTime);
    if (this.#lastLog !== undefined) {
      if (logTime < this.#lastLog) this.#unordered.add(logTime);
      // between two clocks there is no interval
      else if (logTime < WALL_TIME[0] === this.#lastLog < WALL_TIME[0])
        this.#intervals.add(Number(logTime - this.#lastLog) / 1e9, logTime);
    }
    this.#lastLog = logTime;
    // 0 comes from publishers that do not count
    if (this.#lastSequence > 0 && sequence > this.#lastSequence + 1) {
      this.#missed.add(logTime);
      this.#missing += sequence - this.#lastSequence - 1;
    }
    if (sequence > 0 && sequence < this.#lastSequence) this.#sequenceBackwards++;
    this.#lastSequence = sequence;
    const decoded = this.#decode(message);
    if (decoded === undefined) return {};
    const header = headerIn(decoded);
    if (header === undefined) return { decoded };
    this.#seeStamp(header.stamp, logTime);
    return { decoded, header };
  }

  summary(): TopicSummary {
    const { topic, schemaName } = this.#info;
    const period = this.#intervals.median();
    const rate = this.#messages < FEWEST_FOR_A_RATE || !period ? null : 1 / period;
    return { topic, schemaName, messages: this.#messages, rate };
  }

  /** Whether messages were logged in wall time. */
  get inWallTime(): boolean {
    return this.#messages > this.#beforeWall.count + this.#afterWall.count;
  }

  /** @param of the recording: one counter numbers the messages of all topics; there are messages in wall time */
  findings({ oneCounter, isWall }: { readonly oneCounter: boolean; readonly isWall: boolean }): readonly Finding[] {
    const { topic, schemaName, messageEncoding, schemaEncoding } = this.#info;
    const isInput = isDepthSchema(schemaName) || isCameraSchema(schemaName);
    return [
      ...this.#invalid.finding((count, text) => ({
        severity: 'error',
        code: 'message-invalid',
        topic,
        text: `${count} of ${this.#messages} messages do not decode as ${schemaName}: ${text}`,
        remedy: /compressed by itself/.test(text)
          ? 'unpack the messages as said'
          : 'check its publisher: it was built with another definition of the message',
      })),
      ...this.#unknown.finding((_, text) =>
        isInput
          ? {
              severity: 'error',
              code: 'schema-unknown',
              topic,
              text: `a replay cannot read it: ${text}`,
              remedy: 'record the topic with its definition (ros2msg), as JSON or as protobuf',
            }
          : {
              severity: 'info',
              code: 'schema-unknown',
              topic,
              text: `messages in ${messageEncoding || 'no encoding'} with ${schemaEncoding || 'no schema'} are not looked into`,
              remedy: 'none: they are copied as they are',
            },
      ),
      ...this.#zero.finding((count) => ({
        severity: 'warning',
        code: 'stamp-zero',
        topic,
        text: `${count} messages without a stamp`,
        remedy: 'have the driver fill in header.stamp with the time of the measurement',
      })),
      ...this.#backwards.finding((count, text) => ({
        severity: 'warning',
        code: 'stamp-backwards',
        topic,
        text: `stamps go back ${count} times, first by ${text}`,
        remedy: 'look for a second publisher on the topic, a clock that was set, or a bag that was looped',
      })),
      ...this.#repeated.finding((count) => ({
        severity: 'warning',
        code: 'stamp-repeated',
        topic,
        text: `${count} messages have the stamp of the one before`,
        remedy: 'look for a driver that sends images twice, or a clock that stands still',
      })),
      ...this.#offsetFinding(),
      ...this.#unordered.finding((count) => ({
        severity: 'info',
        code: 'log-time-backwards',
        topic,
        text: `${count} messages were written after later ones`,
        remedy: 'none: reading by the index puts them in order',
      })),
      ...(isWall ? this.#clockFindings() : []),
      ...this.#gapFindings(),
      ...(oneCounter ? [] : this.#sequenceFindings()),
    ];
  }

  #clockFindings(): readonly Finding[] {
    const describe = (when: string) => (count: number) => ({
      severity: 'warning' as const,
      code: 'log-time-apart' as const,
      topic: this.#info.topic,
      text: `${count} messages were logged ${when}, beside others in wall time`,
      remedy:
        'check the clock of what recorded it; a replay leaves the time in between out, and voxhand cut --start 0.001 repeats static transforms in wall time',
    });
    return [
      ...this.#beforeWall.finding(describe('at time 0 or soon after')),
      ...this.#afterWall.finding(describe('in a far future')),
    ];
  }

  #sequenceFindings(): readonly Finding[] {
    // several publishers on one topic each count their own
    if (2 * this.#sequenceBackwards >= this.#missed.count) return [];
    return this.#missed.finding((count) => ({
      severity: 'warning',
      code: 'sequence-gap',
      topic: this.#info.topic,
      text: `the publisher has counted ${this.#missing} messages that are not here, in ${count} places`,
      remedy: 'check the queue of the recorder (--pending), the network, and the quality of service',
    }));
  }

  #decode(message: BusMessage): unknown {
    try {
      return recordedCodec(message).decode(message.data);
    } catch (thrown) {
      const { code, message: text } = toVoxhandError(thrown, 'MESSAGE_INVALID');
      if (code === 'SCHEMA_UNSUPPORTED') this.#unknown.add(message.logTime, text);
      else this.#invalid.add(message.logTime, text);
      return undefined;
    }
  }

  #seeStamp(stamp: bigint, logTime: bigint): void {
    if (stamp === 0n) {
      this.#zero.add(logTime);
      return;
    }
    this.#stamped++;
    this.#offset += (Number(logTime - stamp) / 1e9 - this.#offset) / this.#stamped;
    const last = this.#lastStamp;
    if (last !== undefined && stamp < last)
      this.#backwards.add(logTime, `${(Number(last - stamp) / 1e9).toFixed(3)} s`);
    else if (last === stamp) this.#repeated.add(logTime);
    this.#lastStamp = stamp;
  }

  #offsetFinding(): readonly Finding[] {
    if (this.#stamped === 0 || Math.abs(this.#offset) < OTHER_CLOCK) return [];
    const { topic } = this.#info;
    return [
      {
        severity: 'info',
        code: 'stamp-offset',
        topic,
        text: `stamps are ${Math.abs(this.#offset).toFixed(0)} s ${this.#offset > 0 ? 'behind' : 'ahead of'} the times of recording`,
        remedy: 'none if the clocks are meant to differ (simulated time, a replayed bag); else synchronise them',
      },
    ];
  }

  #gapFindings(): readonly Finding[] {
    const { topic } = this.#info;
    const period = this.#intervals.median();
    if (this.#messages < FEWEST_FOR_A_RATE || !period) return [];
    const gaps = this.#intervals.longerThan(GAP * period);
    // a topic that comes as it pleases has no gaps
    if (gaps.length === 0 || gaps.length > this.#messages / 20) return [];
    const missing = gaps.reduce((sum, { seconds }) => sum + Math.round(seconds / period) - 1, 0);
    return [
      {
        severity: 'warning',
        code: 'gap',
        topic,
        text: `${gaps.length} gaps, the longest ${gaps[0].seconds.toFixed(3)} s at a usual ${period.toFixed(3)} s: about ${missing} messages`,
        remedy:
          'look for dropped frames at the camera, on the network, or in the recorder (its metadata voxhand.recording)',
        count: gaps.length,
        logTime: gaps[0].logTime,
      },
    ];
  }
}

function headerIn(decoded: unknown): MessageHeader | undefined {
  try {
    return headerOf(decoded);
  } catch {
    return undefined;
  }
}
