import { VoxhandError } from '../errors/index.js';
import { listed } from '../errors/shown.js';
import { nanoseconds } from '../timing/index.js';
import type { TimeRange } from '../transport/mcap/contents.js';
import type { McapInfo } from '../transport/mcap/info.js';
import { createMcapSink, type McapSink } from '../transport/mcap/mcap-sink.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import { nothingToRead, type RecordingSource } from '../transport/mcap/recording-source.js';
import type { BusMessage } from '../transport/port/index.js';
import { topicMatcher } from '../transport/port/topic-pattern.js';
import { VERSION } from '../version.js';

/** Topics that are published once and are valid from then on. */
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
   * Names or patterns of topics whose last message before the cut is repeated at its beginning, logged then;
   * {@link LATCHED_TOPICS} by default.
   */
  readonly latched?: readonly string[];
  /** Of the output's chunks; `zstd` by default. */
  readonly compression?: 'zstd' | 'none';
  readonly onProgress?: (messages: number) => void;
  /** Ends the cut; what was written so far stays as `output.unfinished`, readable, and the output as it was. */
  readonly signal?: AbortSignal;
}

export interface CutReport {
  readonly input: string;
  /** Of a cut that was ended by its signal `output.unfinished`. */
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
  const { signal, onProgress, latched: said = LATCHED_TOPICS } = options;
  const source = await openRecording(input);
  // whatever it reads just now ends
  const stop = () => void source.close();
  signal?.addEventListener('abort', stop, { once: true });
  const isAborted = () => signal?.aborted ?? false;
  if (isAborted()) stop();
  const partialPath = `${output}.unfinished`;
  let sink: McapSink | undefined;
  let latched = 0;
  let messages = 0;
  try {
    const info = source.info();
    const range = await rangeOf(source, options);
    const topics = topicsOf(info, options);
    sink = await createMcapSink(output, {
      profile: info.profile,
      library: `voxhand ${VERSION}`,
      // not the input, whose name is often just this one with .partial
      partialPath,
      ...(options.compression && { compression: options.compression }),
    });
    const target = sink;
    const copy = async () => {
      for (const { name, values } of info.metadata) await target.addMetadata(name, values);
      for await (const attachment of source.attachments()) await target.addAttachment(attachment);
      for (const message of await latchedMessages(source, topics, range, said)) {
        await target.write({ ...message, logTime: range.start });
        latched++;
      }
      for await (const message of source.subscribe(topics, range)) {
        await target.write(message);
        messages++;
        onProgress?.(messages);
      }
    };
    await copy().catch((error: unknown) => {
      // that it is closed while it is read is no fault then
      if (!isAborted()) throw error;
    });
    if (isAborted()) await sink.leave();
    else if (messages > 0) await sink.close();
    else {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing is left of the recording', {
        expected: `a start before ${secondsOf(info).toFixed(3)} s and topics with messages then`,
        found: `${options.start ?? 0} s and ${listed(topics)}`,
        where: input,
      });
    }
    return {
      input,
      output: isAborted() ? partialPath : output,
      messages: messages + latched,
      latched,
      startTime: range.start,
      endTime: range.end,
      topics,
      ...(info.loss === undefined ? {} : { loss: info.loss }),
      aborted: isAborted(),
    };
  } catch (error) {
    await sink?.abort();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await source.close();
  }
}

/** The year 2000 as wall time, nanoseconds: what is logged before, beside wall time, has no time of its own. */
const WALL_TIME = 946_684_800_000_000_000n;

/**
 * When the recording begins, nanoseconds: of one in wall time the first message that is logged in it, for messages may lie before that
 * have a log time of 0.
 *
 * @throws VoxhandError `RECORDING_EMPTY`
 */
export async function plausibleStart(recording: RecordingSource): Promise<bigint> {
  const { startTime, endTime } = recording.info();
  if (startTime === undefined || endTime === undefined) throw nothingToRead(recording.info());
  if (startTime >= WALL_TIME || endTime < WALL_TIME) return startTime;
  for await (const { logTime } of recording.subscribe(undefined, { start: WALL_TIME })) return logTime;
  return startTime;
}

/**
 * The log times that are asked for; seconds count from {@link plausibleStart}. Without a start it is all from the first message on.
 *
 * @throws VoxhandError `RECORDING_EMPTY`, also for a start behind the end
 */
export async function rangeOf(
  recording: RecordingSource,
  { start = 0, duration }: Pick<CutOptions, 'start' | 'duration'>,
): Promise<Required<TimeRange>> {
  const begin = await plausibleStart(recording);
  const { startTime = begin, endTime = begin, path } = recording.info();
  const from = begin + nanoseconds(start);
  if (from > endTime) {
    throw new VoxhandError('RECORDING_EMPTY', 'the recording ends before the start that was asked for', {
      expected: `a start of at most ${(Number(endTime - begin) / 1e9).toFixed(3)} s`,
      found: `${start} s`,
      where: path,
    });
  }
  const all = endTime + 1n;
  const until = duration === undefined ? all : from + nanoseconds(duration);
  return { start: start > 0 ? from : startTime, end: until < all ? until : all };
}

function topicsOf({ topics, path }: McapInfo, { topics: wanted, exclude = [] }: CutOptions): string[] {
  const isWanted = topicMatcher(wanted);
  const isExcluded = topicMatcher(exclude);
  const there = [...new Set(topics.map(({ topic }) => topic))];
  const found = there.filter((topic) => isWanted(topic) && !isExcluded(topic));
  if (found.length > 0) return found;
  throw new VoxhandError('TOPIC_NOT_FOUND', 'none of the wanted topics is there', {
    expected: `a name or pattern that matches one of ${listed(there)}`,
    found: [...(wanted ?? ['**']), ...exclude.map((pattern) => `not ${pattern}`)].join(', '),
    where: path,
  });
}

/** What was published before the cut and is still valid in it. */
async function latchedMessages(
  source: RecordingSource,
  topics: readonly string[],
  { start }: Required<TimeRange>,
  patterns: readonly string[],
): Promise<readonly BusMessage[]> {
  const wanted = topics.filter(topicMatcher(patterns));
  if (wanted.length === 0 || start <= (source.info().startTime ?? 0n)) return [];
  const kept = new Map<string, BusMessage[]>();
  for await (const message of source.subscribe(wanted, { end: start })) {
    const list = kept.get(message.topic) ?? [];
    kept.set(message.topic, list);
    const most = message.schemaName.endsWith('/TFMessage') ? MOST_TRANSFORMS : 1;
    // of a copy: the message would keep a whole chunk in memory
    list.push({ ...message, data: new Uint8Array(message.data) });
    if (list.length > most) list.shift();
  }
  return [...kept.values()].flat();
}

function secondsOf({ startTime = 0n, endTime = 0n }: McapInfo): number {
  return Number(endTime - startTime) / 1e9;
}
