import { VoxhandError } from '../errors/index.js';

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** One chunk of a PNG; `data` is a view of the file's bytes. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Of the chunk's length field in the file, for error texts. */
  readonly offset: number;
}

/** Length and type before a chunk's data, checksum after it. */
const CHUNK_OVERHEAD = 12;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Whether `bytes` begin with the PNG signature. */
export function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * The chunks of a PNG up to and including IEND, each checked against its CRC.
 *
 * @throws VoxhandError `PNG_INVALID` for a wrong signature, a wrong CRC, or an end before IEND.
 */
export function* readPngChunks(bytes: Uint8Array): Generator<PngChunk> {
  if (!isPng(bytes)) throw new VoxhandError('PNG_INVALID', 'no PNG signature', { where: 'offset 0' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = PNG_SIGNATURE.length; ; ) {
    const left = bytes.length - offset - CHUNK_OVERHEAD;
    const length = left >= 0 ? view.getUint32(offset) : 0;
    if (length > left) {
      throw new VoxhandError('PNG_INVALID', 'PNG ends too early', {
        expected: left >= 0 ? `${length} bytes of chunk data` : 'a chunk',
        found: `${Math.max(0, left)} bytes`,
        where: `offset ${offset}`,
      });
    }
    const crcAt = offset + 8 + length;
    if (crc32(bytes.subarray(offset + 4, crcAt)) !== view.getUint32(crcAt)) {
      throw new VoxhandError('PNG_INVALID', 'PNG chunk does not match its CRC', { where: `offset ${offset}` });
    }
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    yield { type, data: bytes.subarray(offset + 8, crcAt), offset };
    if (type === 'IEND') return;
    offset = crcAt + 4;
  }
}

/** A PNG file of these chunks, with lengths and CRCs. */
export function writePngChunks(chunks: readonly Pick<PngChunk, 'type' | 'data'>[]): Uint8Array {
  const size = chunks.reduce((sum, { data }) => sum + CHUNK_OVERHEAD + data.length, PNG_SIGNATURE.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(PNG_SIGNATURE);
  let offset = PNG_SIGNATURE.length;
  for (const { type, data } of chunks) {
    const crcAt = offset + 8 + data.length;
    view.setUint32(offset, data.length);
    for (let i = 0; i < 4; i++) bytes[offset + 4 + i] = type.charCodeAt(i);
    bytes.set(data, offset + 8);
    view.setUint32(crcAt, crc32(bytes.subarray(offset + 4, crcAt)));
    offset = crcAt + 4;
  }
  return bytes;
}

/** A grey PNG, not interlaced, of rows that are filtered and deflated. */
export function writeGreyPng(width: number, height: number, bitDepth: 8 | 16, rows: Uint8Array): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = bitDepth;
  return writePngChunks([
    { type: 'IHDR', data: header },
    { type: 'IDAT', data: rows },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}
