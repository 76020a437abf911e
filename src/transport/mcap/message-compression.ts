import type { McapTypes } from '@mcap/core';
import type { BusMessage } from '../port/index.js';

const ZSTD_MAGIC = 0xfd2fb528;

/**
 * A message as its publisher sent it: rosbag2 compresses each message by itself where it was told to
 * (`--compression-mode message`), and says so in no channel. CDR never begins with the first bytes of zstd.
 *
 * @returns the message itself where it is not compressed, or does not unpack to what it declares: it will not decode then
 */
export function unpackedMessage(message: BusMessage, { zstd }: McapTypes.DecompressHandlers): BusMessage {
  const { data, messageEncoding } = message;
  if (messageEncoding !== 'cdr' || zstd === undefined || !isZstd(data)) return message;
  const size = contentSize(data);
  if (size === undefined) return message;
  try {
    return { ...message, data: zstd(data, size) };
  } catch {
    return message;
  }
}

function isZstd(data: Uint8Array): boolean {
  return data.byteLength >= 4 && viewOf(data).getUint32(0, true) === ZSTD_MAGIC;
}

/** What a zstd frame says its content's size is, bytes: RFC 8878, 3.1.1.1; undefined where it does not say. */
function contentSize(frame: Uint8Array): bigint | undefined {
  const view = viewOf(frame);
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const at = 5 + (isSingle ? 0 : 1) + dictionaryBytes;
  const kind = descriptor >> 6;
  const bytes = kind === 0 ? (isSingle ? 1 : 0) : 2 ** kind;
  if (bytes === 0 || frame.byteLength < at + bytes) return undefined;
  if (bytes === 1) return BigInt(frame[at]);
  if (bytes === 2) return BigInt(view.getUint16(at, true) + 256);
  return bytes === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
