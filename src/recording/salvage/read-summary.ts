import { crc32 } from 'node:zlib';
import { McapConstants, McapStreamReader, type McapTypes } from '@mcap/core';
import type { FileReadable } from '../../transport/mcap/file-readable.js';

const { MCAP_MAGIC } = McapConstants;
/** Frame, places of the summary and its offsets, checksum, magic. */
const FOOTER_BYTES = 9 + 20 + MCAP_MAGIC.length;
/** Of a summary that is read here: a hundred million messages have one of some ten megabytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What a recording's own index says of it. */
export interface RecordingSummary {
  readonly schemas: ReadonlyMap<number, McapTypes.Schema>;
  readonly channels: ReadonlyMap<number, McapTypes.Channel>;
  readonly statistics: McapTypes.Statistics | undefined;
  /** Where it says that chunks are. */
  readonly chunks: ChunkPlaces;
}

/** The index at the end of a file, whatever is before it; undefined where it is missing, or its checksum is wrong. */
export async function readSummary(file: FileReadable): Promise<RecordingSummary | undefined> {
  const size = Number(await file.size());
  if (size < FOOTER_BYTES) return undefined;
  const footer = await file.read(BigInt(size - FOOTER_BYTES), BigInt(FOOTER_BYTES));
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  const isFooter = view.getUint8(0) === McapConstants.Opcode.FOOTER && view.getBigUint64(1, true) === 20n;
  const start = Number(view.getBigUint64(9, true));
  const length = size - start;
  if (!isFooter || start === 0 || length < FOOTER_BYTES || length > MOST_BYTES) return undefined;
  const bytes = await file.read(BigInt(start), BigInt(length));
  const crc = view.getUint32(25, true);
  if (crc !== 0 && crc32(bytes.subarray(0, length - MCAP_MAGIC.length - 4)) !== crc) return undefined;
  try {
    return parseSummary(bytes);
  } catch {
    return undefined;
  }
}

function parseSummary(bytes: Uint8Array): RecordingSummary | undefined {
  const reader = new McapStreamReader({ noMagicPrefix: true });
  reader.append(bytes);
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, McapTypes.Channel>();
  let statistics: McapTypes.Statistics | undefined;
  const chunks = new ChunkPlaces();
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === 'Schema') schemas.set(record.id, record);
    else if (record.type === 'Channel') channels.set(record.id, record);
    else if (record.type === 'Statistics') statistics = record;
    else if (record.type === 'ChunkIndex')
      chunks.add(record.chunkStartOffset, record.chunkLength, record.messageStartTime, record.messageEndTime);
  }
  return reader.done() ? { schemas, channels, statistics, chunks } : undefined;
}

/**
 * Where chunks are and what times they hold, as one number for all of them whatever their order: two of these are equal where both
 * speak of the same chunks. So an index is compared with a file of any size without remembering it.
 */
export class ChunkPlaces {
  readonly #numbers = new BigUint64Array(4);
  #sum = 0n;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(offset: bigint, bytes: bigint, startTime: bigint, endTime: bigint): void {
    this.#numbers.set([offset, bytes, startTime, endTime]);
    this.#sum += BigInt(crc32(new Uint8Array(this.#numbers.buffer)));
    this.#count++;
  }

  equals(other: ChunkPlaces): boolean {
    return this.#count === other.#count && this.#sum === other.#sum;
  }
}
