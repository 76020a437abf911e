import { VoxhandError } from '../../hand/index.js';
import { VERSION } from '../../version.js';
import type { BusMessage } from '../port/index.js';
import { topicMatcher } from '../topic-pattern.js';
import type { TimeRange } from './contents.js';
import type { McapInfo } from './info.js';
import { createMcapSink, type McapSink } from './mcap-sink.js';
import { openRecording } from './open-recording.js';
import type { RecordingSource } from './recording-source.js';

/** Topics that are said once and are valid from then on. */
export const LATCHED_TOPICS: readonly string[] = ['**/tf_static', 'tf_static', '**/robot_description'];

/** Of transforms, which several nodes publish; of every other latched topic the last message is the valid one. */
const MOST_TRANSFORMS = 256;

export interface CutOptions {
  /** Seconds from the recording's first message on; 0 by default. */
  readonly start?: number;
  /** Seconds from `start` on; up to the end by default. */
  readonly duration?: number;
  /** Names or patterns of topics, see `topicMatcher`; all of them by default. */
  readonly topics?: readonly string[];
  readonly exclude?: readonly string[];
  /**
   * Names or patterns of topics whose last message before the cut is said again at its beginning, logged then;
   * {@link LATCHED_TOPICS} by default.
   */
  readonly latched?: readonly string[];
  /** Of the output's chunks; `zstd` by default. */
  readonly compression?: 'zstd' | 'none';
  readonly onProgress?: (messages: number) => void;
  /** Ends the cut; what was written so far becomes a whole recording. */
  readonly signal?: AbortSignal;
}

export interface CutReport {
  readonly input: string;
  readonly output: string;
  readonly messages: number;
  /** Of them, messages from before the cut. */
  readonly latched: number;
  /** Log times that were cut out, nanoseconds. */
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly topics: readonly string[];
  /** The input breaks off or is damaged. */
  readonly loss?: McapInfo['loss'];
  readonly aborted: boolean;
}

/**
 * Write a part of a recording as one of its own: a range of time, some topics. Schemas, channels with their metadata, metadata
 * records and attachments stay. Reads and writes in constant memory.
 *
 * @throws VoxhandError as `openRecording` and `createMcapSink`; `TOPIC_NOT_FOUND`, or `RECORDING_EMPTY` where nothing is left;
 * `MCAP_INVALID` for an input that is damaged in between. Nothing is written then.
 * @example
 * ```ts
 * await cutRecording('cell.mcap', 'grasp.mcap', { start: 12.5, duration: 4, topics: ['/depth/**', '/tf*'] });
 * ```
 */
export async function cutRecording(input: string, output: string, options: CutOptions = {}): Promise<CutReport> {
  const source = await openRecording(input);
  let sink: McapSink | undefined;
  try {
    const info = source.info();
    const range = rangeOf(info, options);
    const topics = topicsOf(info, options);
    sink = await createMcapSink(output, {
      profile: info.profile,
      library: `voxhand ${VERSION}`,
      ...(options.compression && { compression: options.compression }),
    });
    for (const { name, values } of info.metadata) await sink.addMetadata(name, values);
    for await (const attachment of source.attachments()) await sink.addAttachment(attachment);
    const latched = await writeLatched(source, sink, topics, range, options.latched ?? LATCHED_TOPICS);
    let messages = 0;
    let aborted = false;
    for await (const message of source.subscribe(topics, range)) {
      aborted = options.signal?.aborted ?? false;
      if (aborted) break;
      await sink.write(message);
      messages++;
      options.onProgress?.(messages);
    }
    if (messages === 0) {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing is left of the recording', {
        expected: `a start before ${secondsOf(info).toFixed(3)} s and topics with messages then`,
        found: `${options.start ?? 0} s and ${topics.join(', ')}`,
        where: input,
      });
    }
    await sink.close();
    const { loss } = source.info();
    return {
      input,
      output,
      messages: messages + latched,
      latched,
      startTime: range.start,
      endTime: range.end,
      topics,
      ...(loss === undefined ? {} : { loss }),
      aborted,
    };
  } catch (error) {
    await sink?.abort();
    throw error;
  } finally {
    await source.close();
  }
}

/** @throws VoxhandError `RECORDING_EMPTY` */
export function rangeOf(
  info: McapInfo,
  { start = 0, duration }: Pick<CutOptions, 'start' | 'duration'>,
): Required<TimeRange> {
  const { startTime, endTime, path } = info;
  if (startTime === undefined || endTime === undefined) {
    throw new VoxhandError('RECORDING_EMPTY', 'nothing to read', { expected: 'messages', found: 'none', where: path });
  }
  const from = startTime + nanoseconds(start);
  const all = endTime + 1n;
  const until = duration === undefined ? all : from + nanoseconds(duration);
  return { start: from, end: until < all ? until : all };
}

function topicsOf({ topics, path }: McapInfo, { topics: wanted, exclude = [] }: CutOptions): string[] {
  const isWanted = topicMatcher(wanted);
  const isExcluded = topicMatcher(exclude);
  const there = [...new Set(topics.map(({ topic }) => topic))];
  const found = there.filter((topic) => isWanted(topic) && !isExcluded(topic));
  if (found.length > 0) return found;
  throw new VoxhandError('TOPIC_NOT_FOUND', 'no topic that is wanted is there', {
    expected: `a name or pattern that matches one of ${there.join(', ')}`,
    found: wanted?.join(', ') ?? 'none',
    where: path,
  });
}

/** What was said before the cut and is still valid in it. @returns the number of messages */
async function writeLatched(
  source: RecordingSource,
  sink: McapSink,
  topics: readonly string[],
  { start }: Required<TimeRange>,
  patterns: readonly string[],
): Promise<number> {
  const isLatched = topicMatcher(patterns);
  const wanted = topics.filter(isLatched);
  if (wanted.length === 0 || start <= (source.info().startTime ?? 0n)) return 0;
  const kept = new Map<string, BusMessage[]>();
  for await (const message of source.subscribe(wanted, { end: start })) {
    const list = kept.get(message.topic) ?? [];
    kept.set(message.topic, list);
    const most = message.schemaName.endsWith('/TFMessage') ? MOST_TRANSFORMS : 1;
    // of a copy: the message would keep a whole chunk in memory
    list.push({ ...message, data: new Uint8Array(message.data) });
    if (list.length > most) list.shift();
  }
  let count = 0;
  for (const message of [...kept.values()].flat()) {
    await sink.write({ ...message, logTime: start });
    count++;
  }
  return count;
}

function secondsOf({ startTime = 0n, endTime = 0n }: McapInfo): number {
  return Number(endTime - startTime) / 1e9;
}

function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}
