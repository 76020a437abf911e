import { earlier, later } from '../../timing/index.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import type { TimeRange } from './contents.js';
import type { Loss, McapInfo, MetadataRecord } from './info.js';
import { checkSubscription, type RecordingAttachment, type RecordingSource } from './recording-source.js';

interface Head {
  readonly messages: AsyncIterator<BusMessage>;
  readonly part: number;
  message: BusMessage;
}

/**
 * Several recordings as one, in order of log time; of equal times the earlier file's first. A file is not read before its
 * first message's turn, so memory holds a chunk of each file whose times overlap, however many there are.
 */
export class MergedSource implements RecordingSource {
  readonly #parts: readonly RecordingSource[];
  readonly #path: string;
  readonly #unlisted: readonly string[];
  #closed = false;

  /**
   * @param path what the whole is called
   * @param parts at least one; closed with this one
   * @param unlisted of `McapInfo`
   */
  constructor(path: string, parts: readonly RecordingSource[], unlisted: readonly string[] = []) {
    this.#path = path;
    this.#parts = parts;
    this.#unlisted = unlisted;
  }

  info(): McapInfo {
    const parts = this.#parts.map((part) => part.info());
    const sum = (of: (info: McapInfo) => number) => parts.reduce((total, info) => total + of(info), 0);
    const starts = parts.flatMap(({ startTime = [] }) => startTime);
    const ends = parts.flatMap(({ endTime = [] }) => endTime);
    const loss = mergedLoss(parts);
    return {
      path: this.#path,
      size: sum(({ size }) => size),
      profile: parts[0].profile,
      library: parts[0].library,
      indexed: parts.every(({ indexed }) => indexed),
      topics: mergedTopics(parts),
      messageCount: sum(({ messageCount }) => messageCount),
      ...(starts.length === 0 ? {} : { startTime: starts.reduce(earlier), endTime: ends.reduce(later) }),
      metadata: mergedMetadata(parts),
      truncated: parts.some(({ truncated }) => truncated),
      ...(loss === undefined ? {} : { loss }),
      ...(this.#unlisted.length === 0 ? {} : { unlisted: this.#unlisted }),
    };
  }

  topics(): readonly TopicInfo[] {
    return this.info().topics;
  }

  async *subscribe(topics?: readonly string[], range: TimeRange = {}): AsyncGenerator<BusMessage, void, void> {
    checkSubscription(this.info(), this.#closed, topics);
    const waiting = this.#parts
      .map((source, part) => ({ source, part, startTime: source.info().startTime }))
      .filter(({ startTime }) => startTime !== undefined && (range.end === undefined || startTime < range.end))
      .sort((a, b) => Number((a.startTime as bigint) - (b.startTime as bigint)) || a.part - b.part);
    const heads: Head[] = [];
    try {
      for (;;) {
        let first = firstOf(heads);
        while (
          !this.#closed &&
          waiting.length > 0 &&
          (first === undefined || (waiting[0].startTime as bigint) <= first.message.logTime)
        ) {
          const { source, part } = waiting.shift() as (typeof waiting)[number];
          const head = await open(source, part, topics, range);
          if (head !== undefined) heads.push(head);
          first = firstOf(heads);
        }
        if (first === undefined || this.#closed) return;
        yield first.message;
        if (this.#closed) return;
        const step = await first.messages.next();
        if (step.done === true) heads.splice(heads.indexOf(first), 1);
        else first.message = step.value;
      }
    } finally {
      for (const { messages } of heads) await messages.return?.();
    }
  }

  async *attachments(): AsyncGenerator<RecordingAttachment, void, void> {
    for (const part of this.#parts) yield* part.attachments();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#parts.map((part) => part.close()));
  }
}

async function open(
  source: RecordingSource,
  part: number,
  topics: readonly string[] | undefined,
  range: TimeRange,
): Promise<Head | undefined> {
  const there = new Set(source.topics().map(({ topic }) => topic));
  const wanted = topics?.filter((topic) => there.has(topic));
  if (wanted?.length === 0) return undefined;
  const messages = source.subscribe(wanted, range)[Symbol.asyncIterator]();
  const step = await messages.next();
  return step.done === true ? undefined : { messages, part, message: step.value };
}

function firstOf(heads: readonly Head[]): Head | undefined {
  let first: Head | undefined;
  for (const head of heads) {
    const sooner = first === undefined || head.message.logTime < first.message.logTime;
    if (sooner || (head.message.logTime === first?.message.logTime && head.part < first.part)) first = head;
  }
  return first;
}

/** Topics of the same description are one. */
function mergedTopics(parts: readonly McapInfo[]): TopicInfo[] {
  const merged = new Map<string, TopicInfo>();
  for (const topic of parts.flatMap(({ topics }) => topics)) {
    const { schemaData, messageCount = 0, ...names } = topic;
    const key = JSON.stringify([names, new TextDecoder('latin1').decode(schemaData)]);
    merged.set(key, { ...topic, messageCount: (merged.get(key)?.messageCount ?? 0) + messageCount });
  }
  return [...merged.values()];
}

function mergedMetadata(parts: readonly McapInfo[]): MetadataRecord[] {
  const records = new Map<string, MetadataRecord>();
  for (const record of parts.flatMap(({ metadata }) => metadata)) {
    const { part: _, ...values } = record.values;
    const key = JSON.stringify([record.name, values]);
    records.delete(key); // the last record of a name stands last
    records.set(key, { name: record.name, values });
  }
  return [...records.values()];
}

function mergedLoss(parts: readonly McapInfo[]): Loss | undefined {
  const broken = parts.filter(({ loss }) => loss !== undefined);
  const first = broken[0]?.loss;
  if (first === undefined) return undefined;
  const lostBytes = broken.reduce((sum, { loss }) => sum + (loss?.lostBytes ?? 0), 0);
  return {
    code: broken.some(({ loss }) => loss?.code === 'MCAP_INVALID') ? 'MCAP_INVALID' : 'MCAP_TRUNCATED',
    message: broken.map(({ path, loss }) => `${path}: ${loss?.message}`).join('; '),
    readableBytes: parts.reduce((sum, { size }) => sum + size, 0) - lostBytes,
    lostBytes,
  };
}
