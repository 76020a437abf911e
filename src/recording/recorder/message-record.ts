import { McapConstants } from '@mcap/core';
import type { BusMessage } from '../../transport/port/index.js';

/**
 * A message as MCAP writes it:
 *
 * ```text
 * 0        1            9         11        15        23            31
 * opcode   length u64   channel   sequence  log time  publish time  data ...      little-endian
 * 5        22 + n       u16       u32       u64       u64           n bytes
 * ```
 */
export const MESSAGE_HEADER_BYTES = 31;
const LENGTH_BEFORE_DATA = 22;

/** Where the fields lie that are read or changed in place. */
export const LOG_TIME_OFFSET = 15;

/** Bytes of a message's record. */
export function messageRecordBytes(message: BusMessage): number {
  return MESSAGE_HEADER_BYTES + message.data.byteLength;
}

/** Write a message's record at `offset`; there must be room for {@link messageRecordBytes}. */
export function writeMessageRecord(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  channelId: number,
  { sequence, logTime, publishTime, data }: BusMessage,
): void {
  view.setUint8(offset, McapConstants.Opcode.MESSAGE);
  view.setUint32(offset + 1, LENGTH_BEFORE_DATA + data.byteLength, true);
  view.setUint32(offset + 5, 0, true);
  view.setUint16(offset + 9, channelId, true);
  view.setUint32(offset + 11, sequence, true);
  view.setBigUint64(offset + LOG_TIME_OFFSET, logTime, true);
  view.setBigUint64(offset + 23, publishTime, true);
  bytes.set(data, offset + MESSAGE_HEADER_BYTES);
}

/** Where a record lies and what it says of itself. */
export interface MessageRecord {
  readonly offset: number;
  readonly length: number;
  readonly channelId: number;
  readonly logTime: bigint;
}

/** The records that {@link writeMessageRecord} wrote one after another. */
export function* messageRecords(bytes: Uint8Array): Generator<MessageRecord, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset < bytes.byteLength; ) {
    const length = 9 + view.getUint32(offset + 1, true);
    const channelId = view.getUint16(offset + 9, true);
    yield { offset, length, channelId, logTime: view.getBigUint64(offset + LOG_TIME_OFFSET, true) };
    offset += length;
  }
}
