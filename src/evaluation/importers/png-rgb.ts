import type { DecodeLimits } from '../../depth/index.js';
import { readPngChunks } from '../../depth/png-chunks.js';
import { unfilterRow } from '../../depth/png-filters.js';
import { VoxhandError } from '../../errors/index.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';

/** An image of 8-bit red, green and blue, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** `3 * width * height` bytes. */
  readonly data: Uint8Array;
}

const CHANNELS = 3;

/**
 * Decode an RGB PNG of 8 bits, not interlaced: what NYU's depth comes in. Nothing is allocated for a size above the limits.
 *
 * @throws VoxhandError `PNG_INVALID` for a damaged, truncated or other PNG; `DEPTH_SIZE` above the limits.
 */
export function decodePngRgb(bytes: Uint8Array, { maxPixels }: DecodeLimits): RgbImage {
  let size: { width: number; height: number } | undefined;
  const parts: Uint8Array[] = [];
  for (const { type, data } of readPngChunks(bytes)) {
    if (type === 'IHDR') size = readHeader(data, maxPixels);
    else if (type === 'IDAT') parts.push(data);
  }
  if (size === undefined) throw invalid('no IHDR');
  const { width, height } = size;
  const rowBytes = CHANNELS * width;
  const filtered = inflate(Buffer.concat(parts), (rowBytes + 1) * height);
  const data = new Uint8Array(rowBytes * height);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let v = 0, at = 0; v < height; v++, at += rowBytes + 1) {
    const row = filtered.subarray(at + 1, at + 1 + rowBytes);
    if (!unfilterRow(filtered[at], row, above, CHANNELS)) throw invalid(`filter ${filtered[at]} in row ${v}`);
    data.set(row, v * rowBytes);
    above = row;
  }
  return { width, height, data };
}

function readHeader(data: Uint8Array, maxPixels: number): { width: number; height: number } {
  if (data.length !== 13) throw invalid(`an IHDR of ${data.length} bytes`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bits, colour, compression, filter, interlace] = data.subarray(8);
  if (bits !== 8 || colour !== 2 || compression !== 0 || filter !== 0 || interlace !== 0) {
    throw invalid(`colour type ${colour} with ${bits} bits${interlace === 0 ? '' : ', interlaced'}`);
  }
  if (width > 0 && height > 0 && width * height <= maxPixels) return { width, height };
  throw new VoxhandError('DEPTH_SIZE', 'no image size', {
    expected: `1 to ${maxPixels} pixels`,
    found: `${width} x ${height}`,
    where: 'PNG IHDR',
  });
}

function inflate(compressed: Uint8Array, length: number): Uint8Array {
  let output: Uint8Array;
  try {
    output = nodeInflate(compressed, length);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new VoxhandError('PNG_INVALID', 'PNG data does not inflate', { found, cause });
  }
  if (output.length === length) return output;
  throw new VoxhandError('PNG_INVALID', 'PNG data does not fill the image', {
    expected: `${length} bytes inflated`,
    found: `${output.length}`,
  });
}

function invalid(found: string): VoxhandError {
  return new VoxhandError('PNG_INVALID', 'not a PNG that we read', {
    expected: 'RGB of 8 bits a channel, not interlaced',
    found,
  });
}
