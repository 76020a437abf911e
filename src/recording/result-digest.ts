import { createHash, type Hash } from 'node:crypto';
import type { Codec } from '../messages/index.js';
import { type BusMessage, type BusSink, type BusSource, type Publisher, publisherOf } from '../transport/port/index.js';

/** The content of some topics as a number to compare; plain JSON. */
export interface ResultDigest {
  /** Of all topics: 64 hexadecimal digits. Equal digests mean equal results, byte for byte. */
  readonly sha256: string;
  readonly topics: Readonly<Record<string, TopicDigest>>;
}

export interface TopicDigest {
  readonly messages: number;
  readonly sha256: string;
}

/**
 * Takes the SHA-256 of what was published, message by message, in constant memory.
 *
 * Each topic is hashed by itself, in the order of its messages: name of its type, then for each message its log time (64 bit,
 * of results their stamp), its length (32 bit) and its bytes, numbers with the lowest byte first. The whole is the hash of
 * the topics in the order of their names: name, number of messages, hash. So it does not depend on how topics are
 * interleaved, nor on chunks, compression or metadata of a recording.
 *
 * @example
 * ```ts
 * const meter = new DigestMeter();
 * for await (const message of recording.subscribe(['/hand/joints'])) meter.add(message);
 * console.log(meter.digest().sha256);
 * ```
 */
export class DigestMeter {
  readonly #topics = new Map<string, { hash: Hash; messages: number }>();
  readonly #head = new DataView(new ArrayBuffer(12));

  add({ topic, schemaName, logTime, data }: Pick<BusMessage, 'topic' | 'schemaName' | 'logTime' | 'data'>): void {
    let entry = this.#topics.get(topic);
    if (entry === undefined) {
      entry = { hash: createHash('sha256').update(`${schemaName}\0`), messages: 0 };
      this.#topics.set(topic, entry);
    }
    this.#head.setBigUint64(0, BigInt.asUintN(64, logTime), true);
    this.#head.setUint32(8, data.byteLength, true);
    entry.hash.update(new Uint8Array(this.#head.buffer)).update(data);
    entry.messages++;
  }

  /** Of what was added so far; more may be added afterwards. */
  digest(): ResultDigest {
    const topics = [...this.#topics]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([topic, { hash, messages }]) => [topic, { messages, sha256: hash.copy().digest('hex') }] as const);
    const all = createHash('sha256');
    for (const [topic, { messages, sha256 }] of topics) all.update(`${topic}\0${messages}\0${sha256}\n`);
    return { sha256: all.digest('hex'), topics: Object.fromEntries(topics) };
  }
}

/**
 * The digest of topics of a recording; a topic that is not there counts as one without messages.
 *
 * @throws VoxhandError as `McapSource.subscribe`, but not `TOPIC_NOT_FOUND` or `RECORDING_EMPTY`.
 * @example
 * ```ts
 * const recording = await openMcap('hands.mcap');
 * const { sha256 } = await resultDigest(recording, ['/hand/joints', '/hand/gestures']);
 * ```
 */
export async function resultDigest(source: BusSource, topics: readonly string[]): Promise<ResultDigest> {
  const meter = new DigestMeter();
  const there = source
    .topics()
    .flatMap(({ topic, messageCount }) => (topics.includes(topic) && messageCount !== 0 ? [topic] : []));
  if (there.length > 0) for await (const message of source.subscribe(there)) meter.add(message);
  return meter.digest();
}

export interface DigestSinkOptions {
  /** Where everything goes on to; closed with the digesting sink. */
  readonly sink?: BusSink;
  /** Topics whose messages count; all by default. */
  readonly topics?: readonly string[];
}

/**
 * A sink that takes the digest of what passes through it; without another sink behind it, that is all it does, and what
 * does not count is not even encoded.
 *
 * @example
 * ```ts
 * const meter = new DigestMeter();
 * const publisher = new HandPublisher(digestSink(meter, { sink, topics: [config.topics.joints] }), config);
 * ```
 */
export function digestSink(meter: DigestMeter, { sink, topics }: DigestSinkOptions = {}): BusSink {
  const counts = (topic: string) => topics === undefined || topics.includes(topic);
  const write = async (message: BusMessage): Promise<void> => {
    if (counts(message.topic)) meter.add(message);
    await sink?.write(message);
  };
  return {
    write,
    advertise: <T>(topic: string, codec: Codec<T>): Publisher<T> =>
      publisherOf(topic, codec, write, () => sink !== undefined || counts(topic)),
    close: async () => sink?.close(),
  };
}
