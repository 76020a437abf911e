import { McapIndexedReader, type McapTypes } from '@mcap/core';
import { decompress } from 'fzstd';
import type { PlayableSource } from '../../recording/player/player.js';
import type { BusMessage, TopicInfo } from '../../transport/port/bus.js';

/** A chunk that declares more than this is not unpacked, bytes. */
const MOST_BYTES_A_CHUNK = 256 << 20;
/** Messages that say where frames are do not go out of date: so many are given when a place is gone to. */
const MOST_STATIC = 64;

/** Nanoseconds of log time: from `start` on, up to `end` without it. */
interface Range {
  readonly start?: bigint;
  readonly end?: bigint;
}

/** A recording (MCAP) that lies on the disk of whoever looks at the page. It is read piece by piece, by its index. */
export class McapFile implements PlayableSource {
  readonly name: string;
  /** First and last log time, nanoseconds. */
  readonly begin: bigint;
  readonly end: bigint;
  /** What its writer says of it: model, provider. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #reader: McapIndexedReader;
  readonly #topics = new Map<number, TopicInfo>();

  /** @throws Error for what is no MCAP file, has no index, or holds no messages */
  static async open(blob: Blob, name: string): Promise<McapFile> {
    let reader: McapIndexedReader;
    try {
      reader = await McapIndexedReader.Initialize({ readable: readableOf(blob), decompressHandlers: { zstd: unpack } });
    } catch (cause) {
      throw new Error(`${name} is no recording (MCAP), or has no index: try voxhand recover`, { cause });
    }
    if (reader.statistics === undefined || reader.statistics.messageCount === 0n) throw new Error(`${name} is empty`);
    const others = reader.chunkIndexes.find(({ compression }) => compression !== '' && compression !== 'zstd');
    if (others !== undefined) {
      throw new Error(
        `${name} is packed by ${others.compression}; this page reads zstd: try voxhand replay ${name} --serve`,
      );
    }
    const metadata: Record<string, string> = {};
    for await (const { name: record, metadata: values } of reader.readMetadata()) {
      if (record === 'voxhand') for (const [key, value] of values) metadata[key] = value;
    }
    return new McapFile(reader, name, reader.statistics, metadata);
  }

  private constructor(
    reader: McapIndexedReader,
    name: string,
    { messageStartTime, messageEndTime }: McapTypes.Statistics,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#reader = reader;
    this.name = name;
    this.begin = messageStartTime;
    this.end = messageEndTime;
    this.metadata = metadata;
    for (const { id, topic, schemaId, messageEncoding } of reader.channelsById.values()) {
      const schema = reader.schemasById.get(schemaId);
      this.#topics.set(id, {
        topic,
        schemaName: schema?.name ?? '',
        schemaEncoding: schema?.encoding ?? '',
        schemaData: schema?.data ?? new Uint8Array(0),
        messageEncoding,
      });
    }
  }

  topics(): readonly TopicInfo[] {
    return [...this.#topics.values()];
  }

  async *subscribe(topics?: readonly string[], { start, end }: Range = {}): AsyncGenerator<BusMessage, void, void> {
    const records = this.#reader.readMessages({
      ...(topics && { topics }),
      ...(start !== undefined && { startTime: start }),
      ...(end !== undefined && { endTime: end - 1n }),
    });
    for await (const record of records) yield this.#messageOf(record);
  }

  /** What held on a topic at a time: all messages of the last moment up to then, oldest first; of a static topic those of all moments. */
  async upTo(topic: string, time: bigint): Promise<BusMessage[]> {
    const isStatic = /static/.test(topic);
    const found: BusMessage[] = [];
    for await (const record of this.#reader.readMessages({ topics: [topic], endTime: time, reverse: true })) {
      if (!isStatic && found.length > 0 && record.logTime !== found[0].logTime) break;
      if (found.push(this.#messageOf(record)) >= MOST_STATIC) break;
    }
    return found.reverse();
  }

  async close(): Promise<void> {}

  #messageOf({ channelId, data, logTime, publishTime, sequence }: McapTypes.Message): BusMessage {
    const topic = this.#topics.get(channelId);
    if (topic === undefined) throw new Error(`${this.name}: a message belongs to no channel`);
    return { ...topic, data, logTime, publishTime, sequence };
  }
}

function readableOf(blob: Blob): McapTypes.IReadable {
  return {
    size: async () => BigInt(blob.size),
    read: async (offset, size) => {
      const [from, to] = [Number(offset), Number(offset + size)];
      if (to > blob.size) throw new RangeError(`the file ends at byte ${blob.size}`);
      return new Uint8Array(await blob.slice(from, to).arrayBuffer());
    },
  };
}

/** A zstd chunk, which must hold what it declares. */
function unpack(packed: Uint8Array, size: bigint): Uint8Array {
  if (size > MOST_BYTES_A_CHUNK) throw new RangeError(`a chunk declares ${size} bytes`);
  const content = decompress(packed);
  if (BigInt(content.byteLength) !== size)
    throw new RangeError(`a chunk holds ${content.byteLength} bytes, not ${size}`);
  return content;
}
