import { crc32 } from 'node:zlib';
import { McapConstants, McapRecordBuilder, type McapTypes } from '@mcap/core';
import type { RecordedChannel, RecordedSchema } from '../../transport/mcap/channel-registry.js';
import { PROVENANCE_RECORD } from '../../transport/mcap/info.js'; // not by the folder: a worker loads little
import type { Chunk } from './chunk.js';
import type { Disk, DiskFile } from './disk.js';

const { Opcode } = McapConstants;

export interface PartFileOptions {
  readonly profile: string;
  readonly library: string;
  /** Written in front, as metadata record `voxhand`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a part holds by now. */
export interface PartCounts {
  readonly bytes: number;
  readonly messages: number;
  /** First and last log time, nanoseconds; absent while there are no messages. */
  readonly startTime?: bigint;
  readonly endTime?: bigint;
}

/** DataEnd, statistics, offsets and footer: what a summary needs beside schemas, channels and indexes, and some more. */
const SUMMARY_RESERVE = 1024;

/**
 * One MCAP file that grows chunk by chunk, complete in itself: schemas and channels lie in front of the first chunk that
 * needs them, and the index and checksums of the whole come at the end.
 *
 * It is called `path.partial` until {@link finish} has brought all of it to the disk. At every moment the partial file is
 * whole up to its last chunk; a write that fails is taken back, so that this stays so. Calls block until they are done.
 */
export class PartFile {
  readonly path: string;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #schemas = new Map<number, RecordedSchema>();
  readonly #channels = new Map<number, RecordedChannel>();
  readonly #counts = new Map<number, bigint>();
  readonly #metadataIndexes: McapTypes.MetadataIndex[] = [];
  /** Encoded already: a record of some hundred bytes for each chunk. */
  readonly #chunkIndexes = new McapRecordBuilder();
  #chunkCount = 0;
  #messageCount = 0;
  #startTime: bigint | undefined;
  #endTime = 0n;
  #position = 0;
  #crc = 0;
  #summaryBytes = SUMMARY_RESERVE;
  #hasSummary = false;
  #isOpen = true;

  /** @throws what the system says where the file cannot be created or written. */
  constructor(disk: Disk, path: string, { profile, library, metadata }: PartFileOptions) {
    this.#disk = disk;
    this.path = path;
    this.#file = disk.create(partialPath(path));
    try {
      const records = new McapRecordBuilder();
      records.writeMagic();
      records.writeHeader({ profile, library });
      this.#append([records.buffer]);
      if (Object.keys(metadata).length > 0) this.addMetadata(PROVENANCE_RECORD, metadata);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  get counts(): PartCounts {
    const times = this.#startTime === undefined ? {} : { startTime: this.#startTime, endTime: this.#endTime };
    return { bytes: this.#position, messages: this.#messageCount, ...times };
  }

  /** Bytes of the file if it were finished after these channels, their schemas and this chunk: a little more than it will have. */
  bytesWith(chunk: Chunk, channels: readonly RecordedChannel[], schemas: readonly RecordedSchema[]): number {
    let bytes = this.#position + this.#summaryBytes + chunk.header.byteLength + chunk.data.byteLength + 100;
    for (const { records } of chunk.indexes) bytes += 15 + 16 * records.length + 10;
    // in front of the chunk and in the summary
    for (const { data, name } of schemas) bytes += 2 * (100 + 3 * name.length + data.byteLength);
    for (const { topic, metadata } of channels) bytes += 2 * (100 + 3 * topic.length + metadataBytes(metadata));
    return bytes;
  }

  has(channelId: number): boolean {
    return this.#channels.has(channelId);
  }

  addSchema(schema: RecordedSchema): void {
    if (this.#schemas.has(schema.id)) return;
    const records = new McapRecordBuilder();
    records.writeSchema(schema);
    this.#append([records.buffer]);
    this.#schemas.set(schema.id, schema);
    this.#summaryBytes += records.length;
  }

  /** Its schema must be there already. */
  addChannel(channel: RecordedChannel): void {
    if (this.#channels.has(channel.id)) return;
    const records = new McapRecordBuilder();
    records.writeChannel({ ...channel, metadata: new Map(channel.metadata) });
    this.#append([records.buffer]);
    this.#channels.set(channel.id, channel);
    this.#summaryBytes += records.length + 10;
  }

  /** Its channels must be there already. */
  addChunk(chunk: Chunk): void {
    const indexes = new McapRecordBuilder();
    const messageIndexOffsets = new Map<number, bigint>();
    const chunkStart = this.#position;
    const chunkLength = chunk.header.byteLength + chunk.data.byteLength;
    for (const index of chunk.indexes) {
      messageIndexOffsets.set(index.channelId, BigInt(chunkStart + chunkLength + indexes.length));
      indexes.writeMessageIndex(index);
    }
    this.#append([chunk.header, chunk.data, indexes.buffer]);
    const before = this.#chunkIndexes.length;
    this.#chunkIndexes.writeChunkIndex({
      messageStartTime: chunk.startTime,
      messageEndTime: chunk.endTime,
      chunkStartOffset: BigInt(chunkStart),
      chunkLength: BigInt(chunkLength),
      messageIndexOffsets,
      messageIndexLength: BigInt(indexes.length),
      compression: chunk.compression,
      compressedSize: BigInt(chunk.data.byteLength),
      uncompressedSize: BigInt(chunk.uncompressedSize),
    });
    this.#summaryBytes += this.#chunkIndexes.length - before;
    this.#chunkCount++;
    this.#messageCount += chunk.messageCount;
    for (const { channelId, records } of chunk.indexes) {
      this.#counts.set(channelId, (this.#counts.get(channelId) ?? 0n) + BigInt(records.length));
    }
    if (this.#startTime === undefined || chunk.startTime < this.#startTime) this.#startTime = chunk.startTime;
    if (chunk.endTime > this.#endTime) this.#endTime = chunk.endTime;
  }

  addMetadata(name: string, values: Readonly<Record<string, string>>): void {
    const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
    const records = new McapRecordBuilder();
    records.writeMetadata({ name, metadata: new Map(sorted) });
    const offset = BigInt(this.#position);
    this.#append([records.buffer]);
    this.#metadataIndexes.push({ name, offset, length: BigInt(records.length) });
    this.#summaryBytes += 9 + 8 + 8 + 4 + name.length * 3;
  }

  /** Bring to the disk in the background what was written so far. */
  syncSoon(done: (error: Error | null) => void): void {
    this.#file.syncSoon(done);
  }

  /** Bytes of the file if it were finished after a metadata record of these values. */
  bytesWithMetadata(name: string, values: Readonly<Record<string, string>>): number {
    return this.#position + this.#summaryBytes + 100 + 6 * name.length + metadataBytes(new Map(Object.entries(values)));
  }

  /**
   * Write the index, bring all to the disk, and give the file its name. Where that fails the file stays partial, without an
   * index and closed. Also ends what {@link finishSoon} has begun, whose `done` is not called then.
   */
  finish(): void {
    try {
      this.#appendSummary();
      this.#file.sync();
    } finally {
      this.#isOpen = false;
      this.#file.close();
    }
    this.#disk.rename(partialPath(this.path), this.path);
  }

  /**
   * The same, but that nobody waits for the disk: `done` is called once, in a later turn of the event loop.
   *
   * @throws what the system says where the index cannot be written; {@link finish} then closes the file
   */
  finishSoon(done: (error: Error | null) => void): void {
    this.#appendSummary();
    this.#file.syncSoon((error) => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      this.#file.close();
      done(error ?? this.#named());
    });
  }

  #named(): Error | null {
    try {
      this.#disk.rename(partialPath(this.path), this.path);
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  #appendSummary(): void {
    if (this.#hasSummary) return;
    this.#append([this.#summary()]);
    this.#hasSummary = true;
  }

  #summary(): Uint8Array {
    const records = new McapRecordBuilder();
    records.writeDataEnd({ dataSectionCrc: this.#crc });
    const dataEndBytes = records.length;
    const start = this.#position + dataEndBytes;
    const offsets: McapTypes.SummaryOffset[] = [];
    const group = (groupOpcode: McapConstants.Opcode, write: () => void) => {
      const before = records.length;
      write();
      const groupStart = BigInt(this.#position + before);
      if (records.length > before)
        offsets.push({ groupOpcode, groupStart, groupLength: BigInt(records.length - before) });
    };
    group(Opcode.SCHEMA, () => {
      for (const schema of this.#schemas.values()) records.writeSchema(schema);
    });
    group(Opcode.CHANNEL, () => {
      for (const channel of this.#channels.values()) {
        records.writeChannel({ ...channel, metadata: new Map(channel.metadata) });
      }
    });
    group(Opcode.STATISTICS, () => records.writeStatistics(this.#statistics()));
    group(Opcode.METADATA_INDEX, () => {
      for (const index of this.#metadataIndexes) records.writeMetadataIndex(index);
    });
    const front = records.buffer;
    const chunkIndexes = this.#chunkIndexes.buffer;
    if (chunkIndexes.byteLength > 0) {
      const groupStart = BigInt(this.#position + front.byteLength);
      offsets.push({ groupOpcode: Opcode.CHUNK_INDEX, groupStart, groupLength: BigInt(chunkIndexes.byteLength) });
    }
    const end = new McapRecordBuilder();
    for (const offset of offsets) end.writeSummaryOffset(offset);
    const summaryOffsetStart = BigInt(this.#position + front.byteLength + chunkIndexes.byteLength);
    // the summary's checksum covers the footer up to the checksum itself
    const footer = new McapRecordBuilder();
    footer.writeFooter({ summaryStart: BigInt(start), summaryOffsetStart, summaryCrc: 0 });
    const footerUpToCrc = footer.buffer.subarray(0, -4);
    let summaryCrc = crc32(front.subarray(dataEndBytes));
    for (const bytes of [chunkIndexes, end.buffer, footerUpToCrc]) summaryCrc = crc32(bytes, summaryCrc);
    end.writeFooter({ summaryStart: BigInt(start), summaryOffsetStart, summaryCrc });
    end.writeMagic();
    return Buffer.concat([front, chunkIndexes, end.buffer]);
  }

  #statistics(): McapTypes.Statistics {
    return {
      messageCount: BigInt(this.#messageCount),
      schemaCount: this.#schemas.size,
      channelCount: this.#channels.size,
      attachmentCount: 0,
      metadataCount: this.#metadataIndexes.length,
      chunkCount: this.#chunkCount,
      messageStartTime: this.#startTime ?? 0n,
      messageEndTime: this.#endTime,
      channelMessageCounts: this.#counts,
    };
  }

  /** Write all of the buffers or, where the disk refuses, nothing. */
  #append(buffers: readonly Uint8Array[]): void {
    const total = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    try {
      for (let written = 0; written < total; ) {
        const taken = this.#file.write(after(buffers, written), this.#position + written);
        if (taken <= 0) throw new Error('the disk takes no more bytes');
        written += taken;
      }
    } catch (error) {
      try {
        this.#file.truncate(this.#position);
      } catch {
        // a disk that refuses this too leaves a torn record, which a reader finds by itself
      }
      throw error;
    }
    this.#position += total;
    for (const buffer of buffers) this.#crc = crc32(buffer, this.#crc);
  }
}

/** What a file is called until it is whole. */
export function partialPath(path: string): string {
  return `${path}.partial`;
}

/** What is left of the buffers when so many bytes of them are written. */
function after(buffers: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  if (written === 0) return buffers;
  const left: Uint8Array[] = [];
  let skip = written;
  for (const buffer of buffers) {
    if (skip < buffer.byteLength) left.push(buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.byteLength);
  }
  return left;
}

function metadataBytes(metadata: ReadonlyMap<string, string>): number {
  let bytes = 0;
  for (const [key, value] of metadata) bytes += 8 + 3 * (key.length + value.length);
  return bytes;
}
