import { McapConstants } from '@mcap/core';

const { Opcode } = McapConstants;

export const FRAME_BYTES = 9;
/** Bytes of a record that {@link isPlausible} must see. */
export const PLAUSIBLE_BYTES = 4096;
/** No record of a sound recording is larger. */
export const MOST_RECORD_BYTES = 256 * 1024 * 1024;

/** What chunks are packed by that we can unpack. */
export const COMPRESSIONS: readonly string[] = ['', 'zstd', 'lz4', 'bz2'];
/** More letters than any of them, or of one that we do not know. */
const MOST_LETTERS = 32;

/** What stands in front of a record. */
export interface RecordFrame {
  readonly opcode: number;
  /** Of what follows the frame. */
  readonly length: number;
}

/** @returns undefined where there are too few bytes, or no record begins like this. */
export function frameAt(bytes: Uint8Array, offset = 0): RecordFrame | undefined {
  if (bytes.byteLength < offset + FRAME_BYTES) return undefined;
  const opcode = bytes[offset];
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, FRAME_BYTES);
  const length = view.getUint32(1, true);
  if (opcode === 0 || view.getUint32(5, true) !== 0 || length > MOST_RECORD_BYTES) return undefined;
  return { opcode, length };
}

/** A chunk's own words about itself. */
export interface ChunkHeader {
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly uncompressedSize: number;
  readonly crc: number;
  readonly compression: string;
  /** Where its data begin, from the beginning of the frame, and how long they are. */
  readonly dataOffset: number;
  readonly dataLength: number;
}

/** @returns undefined where the fields contradict each other, or the frame. */
export function chunkHeaderAt(bytes: Uint8Array, offset = 0): ChunkHeader | undefined {
  const frame = frameAt(bytes, offset);
  if (frame?.opcode !== Opcode.CHUNK || frame.length < 40 || bytes.byteLength < offset + FRAME_BYTES + 44)
    return undefined;
  const compression = compressionAt(bytes, offset);
  if (compression === undefined || !COMPRESSIONS.includes(compression)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const dataOffset = 41 + compression.length + 8;
  const dataLength = frame.length + FRAME_BYTES - dataOffset;
  const startTime = view.getBigUint64(9, true);
  const endTime = view.getBigUint64(17, true);
  const uncompressedSize = Number(view.getBigUint64(25, true));
  if (dataLength < 0 || view.byteLength < dataOffset) return undefined;
  // bytes may follow the data: writers of later versions may add fields
  const said = Number(view.getBigUint64(dataOffset - 8, true));
  const fits = said <= dataLength && startTime <= endTime && uncompressedSize <= MOST_RECORD_BYTES;
  if (!fits || (compression === '' && uncompressedSize !== said)) return undefined;
  const crc = view.getUint32(33, true);
  return { startTime, endTime, uncompressedSize, crc, compression, dataOffset, dataLength: said };
}

/** @returns what a chunk says that it is packed by; undefined where that is no name */
export function compressionAt(bytes: Uint8Array, offset = 0): string | undefined {
  const name = offset + 41;
  if (bytes.byteLength < name) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(37, true);
  if (length > MOST_LETTERS || bytes.byteLength < name + length) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + name, length).toString('latin1');
  return /^[\w.-]*$/.test(text) ? text : undefined;
}

/**
 * How many messages an index of one channel in a chunk speaks of.
 *
 * @returns undefined where there is no such record, or its fields contradict each other
 */
export function indexedMessages(bytes: Uint8Array): number | undefined {
  const frame = frameAt(bytes);
  if (frame?.opcode !== Opcode.MESSAGE_INDEX || frame.length < 6 || bytes.byteLength < FRAME_BYTES + 6)
    return undefined;
  // bytes may follow: writers of later versions may add fields
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(FRAME_BYTES + 2, true);
  return size <= frame.length - 6 && size % 16 === 0 ? size / 16 : undefined;
}

/**
 * Whether a record could begin here in the middle of other bytes: only where its fields agree with its length to the byte.
 * Of messages outside of chunks, which have no such fields, the caller says what is plausible.
 *
 * @param bytes {@link PLAUSIBLE_BYTES} from the place on, or up to the end of the file
 * @param left bytes from the place to the end of the file
 */
export function isPlausible(
  bytes: Uint8Array,
  left: number,
  isMessage: (channelId: number, logTime: bigint) => boolean,
): boolean {
  const frame = frameAt(bytes);
  if (frame === undefined || FRAME_BYTES + frame.length > left) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { opcode, length } = frame;
  switch (opcode) {
    case Opcode.CHUNK:
      return chunkHeaderAt(bytes) !== undefined;
    case Opcode.MESSAGE_INDEX:
      return indexedMessages(bytes) === (length - 6) / 16;
    case Opcode.MESSAGE:
      return length >= 22 && bytes.byteLength >= 31 && isMessage(view.getUint16(9, true), view.getBigUint64(15, true));
    case Opcode.SCHEMA:
      return endsAt(view, length, 2, ['text', 'text', 'text']);
    case Opcode.CHANNEL:
      return endsAt(view, length, 4, ['text', 'text', 'text']);
    case Opcode.METADATA:
      return endsAt(view, length, 0, ['text', 'text']);
    case Opcode.ATTACHMENT:
      return endsAt(view, length, 16, ['text', 'text', 'long text', 'crc']);
    case Opcode.DATA_END:
      return length === 4;
    case Opcode.FOOTER:
      return length === 20 && left === FRAME_BYTES + 20 + McapConstants.MCAP_MAGIC.length;
    default:
      return false;
  }
}

/** Whether a record of these fields, each with its length in front, is as long as its frame says. */
export function isFilled(bytes: Uint8Array, skip: number, fields: readonly 'text'[]): boolean {
  const length = frameAt(bytes)?.length;
  return (
    length !== undefined && endsAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), length, skip, fields)
  );
}

function endsAt(
  view: DataView,
  length: number,
  skip: number,
  fields: readonly ('text' | 'long text' | 'crc')[],
): boolean {
  let at = FRAME_BYTES + skip;
  for (const field of fields) {
    if (field === 'crc') {
      at += 4;
      continue;
    }
    const prefix = field === 'text' ? 4 : 8;
    if (at + prefix > view.byteLength) return false;
    const size = field === 'text' ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
    at += prefix + size;
    if (at > FRAME_BYTES + length) return false;
  }
  return at === FRAME_BYTES + length;
}
