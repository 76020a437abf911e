import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRvl, encodeRvl } from './rvl.js';

const grey = (width: number, height: number, values: number[]) => ({ width, height, data: Uint16Array.from(values) });

/** Columns, rows and words, as a file has them. */
function rvl(columns: number, rows: number, ...words: number[]): Uint8Array {
  const bytes = new Uint8Array(8 + words.length * 4);
  const view = new DataView(bytes.buffer);
  [columns, rows, ...words].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  return bytes;
}

describe('RVL', () => {
  // Words worked out by hand from the paper: one hexadecimal digit is one nibble.
  it.each([
    [
      'one zero, two values: +5 (zigzag 10, nibbles a 1) and -1 (zigzag 1)',
      grey(3, 1, [0, 5, 4]),
      rvl(3, 1, 0x12a11000),
    ],
    ['nothing but zeros', grey(2, 2, [0, 0, 0, 0]), rvl(2, 2, 0x40000000)],
    ['a value at once: a run of no zeros first', grey(1, 1, [1]), rvl(1, 1, 0x01200000)],
    ['a run of eight zeros: nibbles 8 1', grey(8, 1, Array(8).fill(0)), rvl(8, 1, 0x81000000)],
    ['the greatest value: +65535 is zigzag 131070', grey(1, 1, [65535]), rvl(1, 1, 0x01efff_f3)],
    ['deltas across a run of zeros', grey(3, 1, [2, 0, 3]), rvl(3, 1, 0x01411200)],
  ])('writes and reads %s', (_, image, bytes) => {
    expect(encodeRvl(image)).toEqual(bytes);
    expect(decodeRvl(bytes)).toEqual(image);
  });

  it('reads a stream at any byte offset', () => {
    const bytes = encodeRvl(grey(3, 1, [0, 5, 4]));
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    expect(decodeRvl(shifted)).toEqual(grey(3, 1, [0, 5, 4]));
  });

  it('takes deltas modulo 2^16, as streams made from signed values need', () => {
    // 40000 as a signed short is -25536: zigzag 51071 = 0b1_100_011_101_111_111.
    expect(decodeRvl(rvl(1, 1, 0x01ffdbc1)).data[0]).toBe(40000);
  });

  it('gives back every image', () => {
    const value = fc.oneof(fc.constant(0), fc.nat(0xffff), fc.constantFrom(1, 0xffff));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const image = grey(values.length, 1, values);
        expect(decodeRvl(encodeRvl(image))).toEqual(image);
      }),
    );
  });

  it.each([
    ['nothing', new Uint8Array(0), 'RVL_INVALID', /expected 8 bytes; found 0/],
    ['a size without a stream', rvl(2, 2), 'RVL_INVALID', /ends too early/],
    ['a stream that ends within the image', rvl(100, 1, 0x1111_1111), 'RVL_INVALID', /ends too early; at byte 12/],
    ['a run of zeros beyond the image', rvl(1, 1, 0x20000000), 'RVL_INVALID', /at most 1 pixels; found a run to 2/],
    ['a run of values beyond the image', rvl(1, 1, 0x02222222), 'RVL_INVALID', /found a run to 2/],
    ['a number without end', rvl(1, 1, 0xffffffff, 0xffffffff), 'RVL_INVALID', /does not end/],
    ['a size of zero', rvl(0, 5), 'DEPTH_SIZE', /0 x 5/],
    ['a negative size', rvl(-1, 5), 'DEPTH_SIZE', /-1 x 5/],
    ['an absurd size', rvl(100_000, 100_000), 'DEPTH_SIZE', /100000 x 100000/],
  ])('refuses %s', (_, bytes, code, text) => {
    expect(() => decodeRvl(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(text) }));
  });
});
