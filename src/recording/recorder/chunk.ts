import { crc32 } from 'node:zlib';
import * as zstd from '@foxglove/wasm-zstd';
import { McapConstants, type McapTypes } from '@mcap/core';
import { messageRecords } from './message-record.js';

/** Messages packed as one MCAP chunk, ready to be written into any part of a recording that has their channels. */
export interface Chunk {
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly uncompressedSize: number;
  readonly compression: '' | 'zstd';
  /** The chunk's record up to its data. */
  readonly header: Uint8Array;
  readonly data: Uint8Array;
  /** One for each channel, in the order of first appearance. */
  readonly indexes: readonly McapTypes.MessageIndex[];
  readonly messageCount: number;
}

const CHUNK_HEADER_BYTES = 9 + 8 + 8 + 8 + 4 + 4 + 8;

/** Wait for it before {@link packChunk} is called with a level. */
export const compressorReady: Promise<unknown> = zstd.isLoaded;

/**
 * Pack message records that lie one after another.
 *
 * @param records at least one; may be changed afterwards where the chunk is compressed, else its data are these bytes
 * @param zstdLevel undefined: not compressed
 */
export function packChunk(records: Uint8Array, zstdLevel?: number): Chunk {
  const indexes = new Map<number, McapTypes.MessageIndex>();
  let startTime: bigint | undefined;
  let endTime = 0n;
  let messageCount = 0;
  for (const { offset, channelId, logTime } of messageRecords(records)) {
    if (startTime === undefined || logTime < startTime) startTime = logTime;
    if (logTime > endTime) endTime = logTime;
    const index = indexes.get(channelId) ?? { channelId, records: [] };
    indexes.set(channelId, index);
    index.records.push([logTime, BigInt(offset)]);
    messageCount++;
  }
  const compression = zstdLevel === undefined ? '' : 'zstd';
  const data = zstdLevel === undefined ? records : zstd.compress(records, zstdLevel);
  const uncompressedSize = records.byteLength;
  const times = { startTime: startTime ?? 0n, endTime };
  const header = chunkHeader({ ...times, uncompressedSize, crc: crc32(records), compression, bytes: data.byteLength });
  return { ...times, uncompressedSize, compression, header, data, indexes: [...indexes.values()], messageCount };
}

function chunkHeader(chunk: {
  startTime: bigint;
  endTime: bigint;
  uncompressedSize: number;
  crc: number;
  compression: string;
  bytes: number;
}): Uint8Array {
  const name = new TextEncoder().encode(chunk.compression);
  const header = new Uint8Array(CHUNK_HEADER_BYTES + name.byteLength);
  const view = new DataView(header.buffer);
  view.setUint8(0, McapConstants.Opcode.CHUNK);
  view.setBigUint64(1, BigInt(header.byteLength - 9 + chunk.bytes), true);
  view.setBigUint64(9, chunk.startTime, true);
  view.setBigUint64(17, chunk.endTime, true);
  view.setBigUint64(25, BigInt(chunk.uncompressedSize), true);
  view.setUint32(33, chunk.crc, true);
  view.setUint32(37, name.byteLength, true);
  header.set(name, 41);
  view.setBigUint64(41 + name.byteLength, BigInt(chunk.bytes), true);
  return header;
}
