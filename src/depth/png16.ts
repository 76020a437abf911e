import { VoxhandError } from '../errors/index.js';
import { type Deflate, type Inflate, pureDeflate, pureInflate } from './deflate.js';
import { checkedPixelCount, DEFAULT_LIMITS, type DecodeLimits, newMemory, type SampleMemory } from './depth-image.js';
import { readPngChunks, writeGreyPng } from './png-chunks.js';
import { filterRow, PNG_FILTERS, unfilterRow } from './png-filters.js';

/** A grey image: `width * height` values, row by row. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

export interface PngDecodeOptions {
  readonly inflate?: Inflate;
  readonly limits?: DecodeLimits;
  /** For the values of a grey image; new by default. */
  readonly memory?: SampleMemory;
}

export interface PngEncodeOptions {
  readonly deflate?: Deflate;
  /** One row filter for the whole image. Default `sub`. */
  readonly filter?: 'none' | 'sub' | 'up' | 'paeth';
}

/** An image of 8-bit red, green and blue: `3 * width * height` bytes, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 8 | 16;
}

/** The PNGs that a decoder takes. */
interface Accepted {
  readonly colourType: number;
  readonly channels: number;
  readonly bitDepths: readonly number[];
  readonly expected: string;
}

const GREY: Accepted = {
  colourType: 0,
  channels: 1,
  bitDepths: [8, 16],
  expected: 'grey, 8 or 16 bits, not interlaced',
};
const RGB: Accepted = {
  colourType: 2,
  channels: 3,
  bitDepths: [8],
  expected: 'RGB of 8 bits per channel, not interlaced',
};

/** No deflate stream grows by more than this when inflated (two bits for 258 bytes, and a block's head). */
const MAX_INFLATE_RATIO = 1032;

/**
 * Decode a grey PNG of 16 or 8 bits, not interlaced: all that depth comes in. Values of 8 bits stay 0 to 255, and
 * `bitDepth` says which it was.
 *
 * Nothing is allocated for a size above the limits, or for one that the file's bytes cannot fill.
 *
 * @throws VoxhandError `PNG_INVALID` for a damaged, truncated or other PNG; `DEPTH_SIZE` above the limits.
 */
export function decodePng16(
  bytes: Uint8Array,
  options: PngDecodeOptions = {},
): GreyImage & { readonly bitDepth: 8 | 16 } {
  const { width, height, bitDepth, filtered } = inflated(bytes, GREY, options);
  const { memory = newMemory } = options;
  const data = memory(width * height);
  for (const [v, row] of rowsOf(filtered, height, bitDepth / 8, GREY)) readRow(row, bitDepth, data, v * width);
  return { width, height, bitDepth, data };
}

/**
 * Decode an RGB PNG of 8 bits, not interlaced. Nothing is allocated for a size above the limits, or for one that the file's bytes
 * cannot fill.
 *
 * @throws VoxhandError as {@link decodePng16}
 */
export function decodePngRgb(bytes: Uint8Array, options: PngDecodeOptions = {}): RgbImage {
  const { width, height, filtered } = inflated(bytes, RGB, options);
  const data = new Uint8Array(3 * width * height);
  for (const [v, row] of rowsOf(filtered, height, 3, RGB)) data.set(row, v * 3 * width);
  return { width, height, data };
}

/** A PNG's header, and its rows, each behind the number of its filter. */
function inflated(
  bytes: Uint8Array,
  accepted: Accepted,
  { inflate = pureInflate, limits = DEFAULT_LIMITS }: PngDecodeOptions,
): Header & { readonly filtered: Uint8Array } {
  let header: Header | undefined;
  const parts: Uint8Array[] = [];
  for (const { type, data, offset } of readPngChunks(bytes)) {
    if (header === undefined) header = readHeader(type, data, limits, accepted);
    else if (type === 'IDAT') parts.push(data);
    else if (type !== 'IEND' && isCritical(type) && !(type === 'PLTE' && accepted === RGB)) {
      throw unsupported(`chunk ${type}`, `offset ${offset}`, accepted);
    }
  }
  if (header === undefined) throw unsupported('no IHDR', 'offset 8', accepted);
  const { width, height, bitDepth } = header;
  const length = ((width * accepted.channels * bitDepth) / 8 + 1) * height;
  return { ...header, filtered: inflateExactly(concat(parts), length, inflate) };
}

/** The rows, each with its filter undone in place. */
function* rowsOf(
  filtered: Uint8Array,
  height: number,
  pixelBytes: number,
  accepted: Accepted,
): Generator<[number, Uint8Array]> {
  const rowBytes = filtered.length / height - 1;
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let v = 0, at = 0; v < height; v++, at += rowBytes + 1) {
    const row = filtered.subarray(at + 1, at + 1 + rowBytes);
    if (!unfilterRow(filtered[at], row, above, pixelBytes)) {
      throw unsupported(`filter ${filtered[at]}`, `row ${v}`, accepted);
    }
    yield [v, row];
    above = row;
  }
}

/** Encode 16-bit grey; the input is only read. */
export function encodePng16(
  { width, height, data }: GreyImage,
  { deflate = pureDeflate, filter = 'sub' }: PngEncodeOptions = {},
): Uint8Array {
  const rowBytes = width * 2;
  const filtered = new Uint8Array((rowBytes + 1) * height);
  let above = new Uint8Array(rowBytes);
  let row = new Uint8Array(rowBytes);
  for (let v = 0, at = 0; v < height; v++, at += rowBytes + 1) {
    for (let u = 0, i = 0; u < width; u++) {
      const value = data[v * width + u];
      row[i++] = value >> 8;
      row[i++] = value;
    }
    filtered[at] = PNG_FILTERS[filter];
    filterRow(filter, row, above, 2, filtered.subarray(at + 1, at + 1 + rowBytes));
    [row, above] = [above, row];
  }
  return writeGreyPng(width, height, 16, deflate(filtered));
}

function readHeader(type: string, data: Uint8Array, limits: DecodeLimits, accepted: Accepted): Header {
  if (type !== 'IHDR' || data.length !== 13) {
    throw unsupported(`chunk ${type} of ${data.length} bytes`, 'offset 8', accepted);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth, colourType, compression, filterMethod, interlace] = data.subarray(8);
  if (colourType !== accepted.colourType || !accepted.bitDepths.includes(bitDepth)) {
    throw unsupported(`colour type ${colourType} with ${bitDepth} bits`, 'IHDR', accepted);
  }
  if (compression !== 0 || filterMethod !== 0 || interlace !== 0) {
    const found = `compression ${compression}, filter method ${filterMethod}, interlace ${interlace}`;
    throw unsupported(found, 'IHDR', accepted);
  }
  checkedPixelCount(width, height, limits, 'PNG IHDR');
  return { width, height, bitDepth: bitDepth as 8 | 16 };
}

function inflateExactly(compressed: Uint8Array, length: number, inflate: Inflate): Uint8Array {
  const where = 'PNG IDAT';
  if (length > compressed.length * MAX_INFLATE_RATIO) {
    throw new VoxhandError('PNG_INVALID', 'PNG holds too little data for its size', {
      expected: `${length} bytes inflated`,
      found: `${compressed.length} bytes deflated`,
      where,
    });
  }
  let output: Uint8Array;
  try {
    output = inflate(compressed, length);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new VoxhandError('PNG_INVALID', 'PNG data does not inflate', { found, where, cause });
  }
  if (output.length === length) return output;
  throw new VoxhandError('PNG_INVALID', 'PNG data does not fill the image', {
    expected: `${length} bytes inflated`,
    found: `${output.length}`,
    where,
  });
}

/** PNG stores 16-bit values with the high byte first. */
function readRow(row: Uint8Array, bitDepth: 8 | 16, data: Uint16Array, at: number): void {
  if (bitDepth === 8) data.set(row, at);
  else for (let i = 0; i < row.length; i += 2) data[at++] = (row[i] << 8) | row[i + 1];
}

/** A chunk that must be understood begins with a capital letter. */
function isCritical(type: string): boolean {
  return type < 'a';
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unsupported(found: string, where: string, { expected }: Accepted): VoxhandError {
  return new VoxhandError('PNG_INVALID', 'not a PNG that we read', { expected, found, where });
}
