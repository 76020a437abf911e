import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoxhandError } from '../errors/voxhand-error.js';
import { decodeRawDepth, encodeRawDepth, type RawDepthImage } from './raw-depth.js';

/** An image of one row from 16-bit values. */
function row16(values: number[], more: Partial<RawDepthImage> = {}): RawDepthImage {
  const data = new Uint8Array(values.length * 2);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => {
    view.setUint16(i * 2, value, !more.is_bigendian);
  });
  return { width: values.length, height: 1, encoding: '16UC1', step: data.length, data, ...more };
}

function row32(values: number[], more: Partial<RawDepthImage> = {}): RawDepthImage {
  const data = new Uint8Array(values.length * 4);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, !more.is_bigendian);
  });
  return { width: values.length, height: 1, encoding: '32FC1', step: data.length, data, ...more };
}

const metres = (...values: number[]) => Float32Array.from(values);

describe('decodeRawDepth', () => {
  it.each<[string, RawDepthImage, Float32Array]>([
    [
      'reads 16UC1 as millimetres, from the least to the greatest',
      row16([0, 1, 1000, 0xffff]),
      metres(0, 0.001, 1, 65.535),
    ],
    ['reads mono16 like 16UC1', row16([1500], { encoding: 'mono16' }), metres(1.5)],
    ['reads big-endian 16UC1', row16([1000, 0x1234], { is_bigendian: 1 }), metres(1, 4.66)],
    ['takes is_bigendian as a boolean too', row16([1000], { is_bigendian: true }), metres(1)],
    ['reads 32FC1 as metres', row32([0.5, 1e-6, 100]), metres(0.5, 1e-6, 100)],
    ['reads big-endian 32FC1', row32([1.25, 3], { is_bigendian: 1 }), metres(1.25, 3)],
    [
      'turns NaN, infinities, negative values and negative zero of 32FC1 into missing',
      row32([NaN, Infinity, -Infinity, -1, -0, 2]),
      metres(0, 0, 0, 0, 0, 2),
    ],
  ])('%s', (_, image, expected) => {
    expect(decodeRawDepth(image)).toEqual({ width: image.width, height: 1, depth: expected });
  });

  it('uses another depth unit for 16-bit depth only', () => {
    expect(decodeRawDepth(row16([1000]), { depthUnit: 0.0001 }).depth).toEqual(metres(0.1));
    expect(decodeRawDepth(row32([1]), { depthUnit: 0.0001 }).depth).toEqual(metres(1));
  });

  it('refuses a depth unit that is no length', () => {
    expect(() => decodeRawDepth(row16([1]), { depthUnit: 0 })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('skips the padding of rows, whether the last row has it or not', () => {
    // Two rows of two pixels; 0xee is padding.
    const data = Uint8Array.of(1, 0, 2, 0, 0xee, 0xee, 3, 0, 4, 0, 0xee, 0xee);
    const image = { width: 2, height: 2, encoding: '16UC1', step: 6, data };
    const expected = metres(0.001, 0.002, 0.003, 0.004);
    expect(decodeRawDepth(image).depth).toEqual(expected);
    expect(decodeRawDepth({ ...image, data: data.subarray(0, 10) }).depth).toEqual(expected);
  });

  it('ignores bytes behind the image', () => {
    const image = row16([7, 8]);
    const data = Uint8Array.of(...image.data, 9, 9, 9);
    expect(decodeRawDepth({ ...image, data }).depth).toEqual(metres(0.007, 0.008));
  });

  it('does not touch the message and keeps nothing of it', () => {
    const image = row16([1000], { is_bigendian: 1 });
    const before = image.data.slice();
    const { depth } = decodeRawDepth(image);
    expect(image.data).toEqual(before);
    image.data.fill(0);
    expect(depth).toEqual(metres(1));
  });

  it.each<[string, RawDepthImage, string, RegExp]>([
    [
      'a colour encoding',
      row16([1], { encoding: 'bgr8' }),
      'DEPTH_ENCODING',
      /expected 16UC1, mono16 or 32FC1; found "bgr8"/,
    ],
    ['a name from Object.prototype as encoding', row16([1], { encoding: 'toString' }), 'DEPTH_ENCODING', /toString/],
    ['a width of 0', row16([1], { width: 0 }), 'DEPTH_SIZE', /0 x 1/],
    ['a height of 0', row16([1], { height: 0 }), 'DEPTH_SIZE', /1 x 0/],
    ['a fractional width', row16([1], { width: 1.5 }), 'DEPTH_SIZE', /1.5 x 1/],
    ['a step below the row', row16([1, 2], { step: 3 }), 'DEPTH_SIZE', /step >= 4; found step 3/],
    ['data that is too short', row16([1, 2], { height: 2 }), 'DEPTH_SIZE', /expected 8 bytes .* found 4 bytes/],
    ['data that is no Uint8Array', row16([1], { data: [1, 0] as never }), 'DEPTH_SIZE', /no Uint8Array/],
    [
      'an absurd size, before allocating for it',
      row16([1], { width: 100_000, height: 100_000, step: 200_000 }),
      'DEPTH_SIZE',
      /at most 16777216 pixels; found 100000 x 100000/,
    ],
    ['an absurd step', row16([1, 2], { width: 1, height: 2, step: 2 ** 32 - 1 }), 'DEPTH_SIZE', /4294967297 bytes/],
  ])('refuses %s', (_, image, code, text) => {
    expect(() => decodeRawDepth(image)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(text) }),
    );
  });

  it('takes the limit from its options', () => {
    expect(() => decodeRawDepth(row16([1, 2, 3]), { limits: { maxPixels: 2 } })).toThrow(VoxhandError);
    expect(decodeRawDepth(row16([1, 2]), { limits: { maxPixels: 2 } }).width).toBe(2);
  });

  it('gives the same depth for every layout of the same image', () => {
    const layout = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      padding: fc.nat(5),
      offset: fc.nat(5),
      bigEndian: fc.boolean(),
      seed: fc.array(fc.nat(0xffff), { minLength: 81, maxLength: 81 }),
      encoding: fc.constantFrom('16UC1' as const, '32FC1' as const),
    });
    fc.assert(
      fc.property(layout, ({ width, height, padding, offset, bigEndian, seed, encoding }) => {
        const depth = Float32Array.from({ length: width * height }, (_, i) => seed[i] * 0.001);
        const tight = encodeRawDepth({ width, height, depth }, encoding);
        const size = tight.step / width;
        const step = tight.step + padding;
        const data = new Uint8Array(offset + step * height).subarray(offset);
        for (let i = 0; i < tight.data.length; i++) {
          const inSample = bigEndian ? size - 1 - (i % size) : i % size;
          const row = Math.floor(i / tight.step);
          data[row * step + ((i % tight.step) - (i % size)) + inSample] = tight.data[i];
        }
        const image = { width, height, encoding, step, is_bigendian: bigEndian, data };
        expect(decodeRawDepth(image)).toEqual({ width, height, depth });
      }),
    );
  });
});

describe('encodeRawDepth', () => {
  it('makes missing of what 16 bits cannot hold', () => {
    const { data, step } = encodeRawDepth({ width: 5, height: 1, depth: metres(0, 0.0004, 1, 65.535, 65.536) });
    expect(step).toBe(10);
    expect([...new Uint16Array(data.buffer)]).toEqual([0, 0, 1000, 65535, 0]);
  });
});
