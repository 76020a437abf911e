import { VoxhandError } from '../errors/index.js';
import { checkedPixelCount, DEFAULT_LIMITS, type DecodeLimits, newMemory, type SampleMemory } from './depth-image.js';
import type { GreyImage } from './png16.js';

/**
 * RVL: run length and variable length coding of 16-bit depth (A. D. Wilson, "Fast Lossless Depth Image Compression",
 * ISS 2017), in the layout of ROS's compressed_depth_image_transport:
 *
 * ```text
 * int32 columns | int32 rows | words of 32 bits, little endian, each eight nibbles, the highest first
 *
 * image  = { zeros: number, values: number, that many deltas }    until every pixel is written
 * number = nibbles of 3 bits, the lowest first; bit 3 says "more to come"
 * delta  = to the last value that was not zero, modulo 2^16, zigzag: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4
 * ```
 */
const HEADER_BYTES = 8;

/** A delta of 17 bits takes six nibbles; a run's length of up to 32 bits takes eleven. */
const MAX_NUMBER_BITS = 33;

class NibbleReader {
  readonly #view: DataView;
  readonly #end: number;
  #at = HEADER_BYTES;
  #word = 0;
  #nibbles = 0;

  constructor(view: DataView) {
    this.#view = view;
    this.#end = view.byteLength - 3;
  }

  number(): number {
    let value = 0;
    for (let bits = 0; bits < MAX_NUMBER_BITS; bits += 3) {
      if (this.#nibbles === 0) {
        this.#word = this.#next();
        this.#nibbles = 8;
      }
      const nibble = this.#word >>> 28;
      this.#word <<= 4;
      this.#nibbles--;
      value |= (nibble & 7) << bits;
      if (nibble < 8) return value >>> 0;
    }
    throw new VoxhandError('RVL_INVALID', 'RVL number does not end', { where: `byte ${this.#at}` });
  }

  #next(): number {
    if (this.#at >= this.#end) {
      throw new VoxhandError('RVL_INVALID', 'RVL stream ends too early', { where: `byte ${this.#at}` });
    }
    const word = this.#view.getInt32(this.#at, true);
    this.#at += 4;
    return word;
  }

  /**
   * Read the pixels from `from` up to `to` as deltas.
   *
   * @param value that the first delta is to
   * @returns the last one
   */
  values(data: Uint16Array, from: number, to: number, value: number): number {
    let word = this.#word;
    let nibbles = this.#nibbles;
    for (let at = from; at < to; at++) {
      if (nibbles === 0) {
        word = this.#next();
        nibbles = 8;
      }
      let zigzag: number;
      // most deltas are one nibble without "more to come", its highest bit
      if (word >= 0) {
        zigzag = word >>> 28;
        word <<= 4;
        nibbles--;
      } else {
        this.#word = word;
        this.#nibbles = nibbles;
        zigzag = this.number();
        word = this.#word;
        nibbles = this.#nibbles;
      }
      value = (value + ((zigzag >>> 1) ^ -(zigzag & 1))) & 0xffff;
      data[at] = value;
    }
    this.#word = word;
    this.#nibbles = nibbles;
    return value;
  }
}

/**
 * Decode columns, rows and the stream after them.
 *
 * @throws VoxhandError `RVL_INVALID` for a stream that ends early or holds more than the image; `DEPTH_SIZE` for a size
 * above the limits.
 */
export function decodeRvl(
  bytes: Uint8Array,
  { limits = DEFAULT_LIMITS, memory = newMemory }: { limits?: DecodeLimits; memory?: SampleMemory } = {},
): GreyImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < HEADER_BYTES) {
    throw new VoxhandError('RVL_INVALID', 'RVL stream has no size', {
      expected: `${HEADER_BYTES} bytes`,
      found: `${view.byteLength}`,
      where: 'byte 0',
    });
  }
  const width = view.getInt32(0, true);
  const height = view.getInt32(4, true);
  const count = checkedPixelCount(width, height, limits, 'RVL columns, rows');
  const data = memory(count);
  const reader = new NibbleReader(view);
  let value = 0;
  for (let at = 0; at < count; ) {
    const from = at + reader.number();
    const end = from + reader.number();
    if (end > count) {
      throw new VoxhandError('RVL_INVALID', 'RVL run exceeds the image', {
        expected: `at most ${count} pixels`,
        found: `a run to ${end}`,
      });
    }
    data.fill(0, at, from);
    value = reader.values(data, from, end, value);
    at = end;
  }
  return { width, height, data };
}

class NibbleWriter {
  readonly #view: DataView;
  #at = HEADER_BYTES;
  #word = 0;
  #nibbles = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  number(value: number): void {
    do {
      const more = value > 7 ? 8 : 0;
      this.#word = (this.#word << 4) | more | (value & 7);
      value >>>= 3;
      if (++this.#nibbles === 8) this.#flush();
    } while (value !== 0);
  }

  /** Fill the last word with zeros; the number of bytes written. */
  end(): number {
    if (this.#nibbles > 0) {
      this.#word <<= 4 * (8 - this.#nibbles);
      this.#flush();
    }
    return this.#at;
  }

  #flush(): void {
    this.#view.setInt32(this.#at, this.#word, true);
    this.#at += 4;
    this.#word = 0;
    this.#nibbles = 0;
  }
}

/** Encode with columns and rows in front; the input is only read. */
export function encodeRvl({ width, height, data }: GreyImage): Uint8Array {
  // Six nibbles per delta at most: four bytes per pixel leave room for the run lengths too.
  const bytes = new Uint8Array(HEADER_BYTES + data.length * 4 + 32);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, width, true);
  view.setInt32(4, height, true);
  const writer = new NibbleWriter(view);
  let previous = 0;
  for (let at = 0; at < data.length; ) {
    const zerosFrom = at;
    while (at < data.length && data[at] === 0) at++;
    writer.number(at - zerosFrom);
    const from = at;
    while (at < data.length && data[at] !== 0) at++;
    writer.number(at - from);
    for (let i = from; i < at; i++) {
      const delta = data[i] - previous;
      writer.number((delta << 1) ^ (delta >> 31));
      previous = data[i];
    }
  }
  return bytes.slice(0, writer.end());
}
