import { crc32 } from 'node:zlib';

/** Opcodes, and bytes in front of a record. */
const [CHUNK_INDEX, FRAME] = [0x08, 9];

/** Have the first entry of a recording's index lead to the byte behind its chunk's beginning, with the index's checksum right. */
export function moveChunkIndex(bytes: Buffer): void {
  const footer = bytes.length - 8 - 20;
  const summary = Number(bytes.readBigUInt64LE(footer));
  let at = summary;
  while (bytes[at] !== CHUNK_INDEX) at += FRAME + Number(bytes.readBigUInt64LE(at + 1));
  const place = at + FRAME + 16;
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(place) + 1n, place);
  bytes.writeUInt32LE(crc32(bytes.subarray(summary, footer + 16)), footer + 16);
}
