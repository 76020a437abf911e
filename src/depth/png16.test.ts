import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { nodeDeflate, nodeInflate } from '../transport/port/node-inflate.js';
import { pureInflate } from './deflate.js';
import { writePngChunks } from './png-chunks.js';
import { decodePng16, encodePng16 } from './png16.js';

const FILTERS = ['none', 'sub', 'up', 'paeth'] as const;

/** IHDR's 13 bytes. */
function header(width: number, height: number, bits = 16, colourType = 0, interlace = 0): Uint8Array {
  const data = new Uint8Array(13);
  new DataView(data.buffer).setUint32(0, width);
  new DataView(data.buffer).setUint32(4, height);
  data.set([bits, colourType, 0, 0, interlace], 8);
  return data;
}

interface Chunk {
  type: string;
  data: Uint8Array;
}

function png(head: Uint8Array, filteredRows: number[], more: Chunk[] = []): Uint8Array {
  return writePngChunks([
    { type: 'IHDR', data: head },
    ...more,
    { type: 'IDAT', data: deflateSync(Uint8Array.from(filteredRows)) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

const image = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    data: fc.uint16Array({ minLength: width * height, maxLength: width * height }),
  }),
);

describe('decodePng16', () => {
  it.each(FILTERS)('gives back every image written with the filter %s', (filter) => {
    fc.assert(
      fc.property(image, (original) => {
        const bytes = encodePng16(original, { filter, deflate: nodeDeflate });
        expect(decodePng16(bytes, { inflate: nodeInflate })).toEqual({ ...original, bitDepth: 16 });
      }),
    );
  });

  it('reads what fast-png writes, and fast-png reads what we write', () => {
    fc.assert(
      fc.property(image, ({ width, height, data }) => {
        expect(decodePng16(encode({ width, height, data, depth: 16, channels: 1 })).data).toEqual(data);
        expect(decode(encodePng16({ width, height, data }), { checkCrc: true }).data).toEqual(data);
      }),
    );
  });

  it('reads 8-bit grey as it is', () => {
    const bytes = encode({ width: 3, height: 2, data: Uint8Array.of(0, 1, 2, 253, 254, 255), depth: 8, channels: 1 });
    expect(decodePng16(bytes)).toEqual({
      width: 3,
      height: 2,
      bitDepth: 8,
      data: Uint16Array.of(0, 1, 2, 253, 254, 255),
    });
  });

  // Two rows of two pixels; expected bytes worked out from RFC 2083, section 6.
  it.each([
    ['none', [0, 1, 2, 3, 4, 0, 5, 6, 7, 8], [0x0102, 0x0304, 0x0506, 0x0708]],
    ['sub', [1, 1, 2, 3, 4, 1, 255, 6, 2, 8], [0x0102, 0x0406, 0xff06, 0x010e]],
    ['up', [2, 1, 2, 3, 4, 2, 255, 6, 7, 8], [0x0102, 0x0304, 0x0008, 0x0a0c]],
    ['average', [3, 1, 2, 3, 4, 3, 5, 6, 7, 8], [0x0102, 0x0305, 0x0507, 0x0b0e]],
    ['paeth', [4, 1, 2, 3, 4, 4, 5, 6, 7, 8], [0x0102, 0x0406, 0x0608, 0x0d10]],
  ])('undoes the filter %s', (_, rows, expected) => {
    expect([...decodePng16(png(header(2, 2), rows)).data]).toEqual(expected);
  });

  it('joins image data from several chunks and skips chunks that may be skipped', () => {
    const bytes = encodePng16({ width: 2, height: 1, data: Uint16Array.of(7, 9) });
    const idat = deflateSync(Uint8Array.of(0, 0, 7, 0, 9));
    const split = writePngChunks([
      { type: 'IHDR', data: header(2, 1) },
      { type: 'tEXt', data: new Uint8Array(5) },
      { type: 'IDAT', data: idat.subarray(0, 3) },
      { type: 'IDAT', data: new Uint8Array(0) },
      { type: 'IDAT', data: idat.subarray(3) },
      { type: 'IEND', data: new Uint8Array(0) },
    ]);
    expect(decodePng16(split)).toEqual(decodePng16(bytes));
  });

  const good = encodePng16({ width: 3, height: 2, data: Uint16Array.of(1, 2, 3, 4, 5, 6) });
  it.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', new Uint8Array(0), 'PNG_INVALID', /signature/],
    ['another signature', patched(good, 0, 0x88), 'PNG_INVALID', /signature/],
    ['a signature alone', good.subarray(0, 8), 'PNG_INVALID', /expected a chunk/],
    ['a file without its end', good.subarray(0, good.length - 12), 'PNG_INVALID', /expected a chunk/],
    ['a chunk longer than the file', patched(good, 8, 0x7f), 'PNG_INVALID', /bytes of chunk data/],
    ['a chunk that does not match its CRC', patched(good, 20, 9), 'PNG_INVALID', /CRC; at offset 8/],
    [
      'a file that does not begin with IHDR',
      writePngChunks([{ type: 'IEND', data: new Uint8Array(0) }]),
      'PNG_INVALID',
      /IEND/,
    ],
    ['a colour image', png(header(1, 1, 16, 2), [0, 0, 0, 0, 0, 0, 0]), 'PNG_INVALID', /colour type 2 with 16 bits/],
    ['a palette', png(header(1, 1, 8, 3), [0, 0]), 'PNG_INVALID', /colour type 3/],
    ['grey of 4 bits', png(header(1, 1, 4), [0, 0]), 'PNG_INVALID', /colour type 0 with 4 bits/],
    ['an interlaced image', png(header(1, 1, 16, 0, 1), [0, 0, 0]), 'PNG_INVALID', /interlace 1/],
    [
      'a second IHDR',
      png(header(1, 1), [0, 0, 0], [{ type: 'IHDR', data: header(1, 1) }]),
      'PNG_INVALID',
      /chunk IHDR/,
    ],
    [
      'a chunk that must be understood',
      png(header(1, 1), [0, 0, 0], [{ type: 'QUUX', data: header(1, 1) }]),
      'PNG_INVALID',
      /QUUX/,
    ],
    ['a filter that does not exist', png(header(1, 1), [5, 0, 0]), 'PNG_INVALID', /filter 5; at row 0/],
    ['less data than the image', png(header(2, 1), [0, 1, 2]), 'PNG_INVALID', /expected 5 bytes inflated; found 3/],
    ['more data than the image', png(header(1, 1), [0, 1, 2, 3]), 'PNG_INVALID', /does not inflate/],
    ['a size of zero', png(header(0, 1), [0]), 'DEPTH_SIZE', /0 x 1/],
    ['an absurd size', png(header(100_000, 100_000), [0]), 'DEPTH_SIZE', /100000 x 100000/],
    ['a size that its few bytes cannot fill', png(header(4000, 4000), [0]), 'PNG_INVALID', /too little data/],
  ])('refuses %s', (_, bytes, code, text) => {
    for (const inflate of [nodeInflate, pureInflate]) {
      const decoding = () => decodePng16(bytes, { inflate });
      expect(decoding).toThrow(expect.objectContaining({ code, message: expect.stringMatching(text) }));
    }
  });

  it('stops inflating where the image is full', () => {
    const bomb = nodeDeflate(new Uint8Array(5_000_000));
    const bytes = writePngChunks([
      { type: 'IHDR', data: header(10, 10) },
      { type: 'IDAT', data: bomb },
      { type: 'IEND', data: new Uint8Array(0) },
    ]);
    const bounds: number[] = [];
    const inflate = (data: Uint8Array, maxOutputLength: number) => {
      bounds.push(maxOutputLength);
      return nodeInflate(data, maxOutputLength);
    };
    expect(() => decodePng16(bytes, { inflate })).toThrow(expect.objectContaining({ code: 'PNG_INVALID' }));
    expect(bounds).toEqual([210]);
  });
});
