import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { nodeDeflate, nodeInflate } from '../transport/port/node-inflate.js';
import { decodeCompressedDepth, encodeCompressedDepth, parseCompressedFormat } from './compressed-depth.js';
import { encodePng16 } from './png16.js';
import { encodeRvl } from './rvl.js';

const steps = { width: 3, height: 2, data: Uint16Array.of(0, 1, 500, 1000, 30000, 65535) };
const metres = Float32Array.from(steps.data, (step) => step * 0.001);
const png = encodePng16(steps);
const rvl = encodeRvl(steps);

/** The payload behind compressedDepth's 12-byte header. */
function withHeader(payload: Uint8Array, quantA = 0, quantB = 0): Uint8Array {
  const data = new Uint8Array(12 + payload.length);
  new DataView(data.buffer).setFloat32(4, quantA, true);
  new DataView(data.buffer).setFloat32(8, quantB, true);
  data.set(payload, 12);
  return data;
}

describe('parseCompressedFormat', () => {
  it.each([
    ['16UC1; compressedDepth png', '16UC1', 'png', 'compressedDepth'],
    ['16UC1; compressedDepth rvl', '16UC1', 'rvl', 'compressedDepth'],
    ['16UC1; compressedDepth', '16UC1', 'png', 'compressedDepth'],
    ['16UC1', '16UC1', 'png', 'compressedDepth'],
    ['mono16; compressedDepth png', '16UC1', 'png', 'compressedDepth'],
    ['32FC1; compressedDepth png', '32FC1', 'png', 'compressedDepth'],
    ['32FC1; compressedDepth rvl', '32FC1', 'rvl', 'compressedDepth'],
    ['  16UC1 ;compressedDepth   png ', '16UC1', 'png', 'compressedDepth'],
    ['16UC1; png compressed ', '16UC1', 'png', 'plain'],
    ['png', '16UC1', 'png', 'plain'],
    ['PNG', '16UC1', 'png', 'plain'],
  ])('reads %j', (format, encoding, codec, transport) => {
    expect(parseCompressedFormat(format)).toEqual({ encoding, codec, transport });
  });

  it.each([
    ['jpeg', 'DEPTH_ENCODING'],
    ['bgr8; jpeg compressed bgr8', 'DEPTH_ENCODING'],
    ['rgb8; compressedDepth png', 'DEPTH_ENCODING'],
    ['', 'DEPTH_ENCODING'],
    ['16UC1; compressedDepth zstd', 'DEPTH_FORMAT'],
    ['16UC1; jpeg compressed', 'DEPTH_FORMAT'],
    ['32FC1; png compressed', 'DEPTH_FORMAT'],
    [undefined as unknown as string, 'DEPTH_ENCODING'],
  ])('refuses %j', (format, code) => {
    expect(() => parseCompressedFormat(format)).toThrow(expect.objectContaining({ code }));
  });
});

describe('decodeCompressedDepth', () => {
  it.each([
    ['PNG behind the header', '16UC1; compressedDepth png', withHeader(png)],
    ['PNG of older versions', '16UC1; compressedDepth', withHeader(png)],
    ['PNG whose header a driver left out', '16UC1; compressedDepth png', png],
    ['RVL behind the header', '16UC1; compressedDepth rvl', withHeader(rvl)],
    ['a bare PNG', 'png', png],
    ["image_transport's PNG", '16UC1; png compressed ', png],
    ['PNG behind the header, whose format names no encoding', 'compressedDepth png', withHeader(png)],
    ['PNG behind the header, without a format', '', withHeader(png)],
    ['a bare PNG without a format', '', png],
    ["another program's PNG", 'png', encode({ ...steps, depth: 16, channels: 1 })],
  ])('reads %s', (_, format, data) => {
    expect(decodeCompressedDepth({ format, data })).toEqual({ width: 3, height: 2, depth: metres });
    expect(decodeCompressedDepth({ format, data }, { inflate: nodeInflate }).depth).toEqual(metres);
  });

  it('takes quantised depth for inverse where the format names no encoding', () => {
    const grey = { width: 4, height: 1, data: Uint16Array.of(0, 1, 9091, 65535) };
    const data = withHeader(encodePng16(grey), 10_100, -1009);
    const { depth } = decodeCompressedDepth({ format: 'compressedDepth', data });
    expect(depth).toEqual(Float32Array.of(0, 10, 1, 10_100 / 66_544));
  });

  it.each([
    ['16UC1; jpeg compressed ', Uint8Array.of(1, 2, 3), 'DEPTH_FORMAT', /lossy.*compressedDepth/],
    ['jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'DEPTH_FORMAT', /lossy.*compressedDepth/],
    ['', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'DEPTH_FORMAT', /lossy.*compressedDepth/],
    ['rgb8; jpeg compressed bgr8', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'DEPTH_ENCODING', /not a compressed depth/],
  ])('says of a JPEG (%j) that it is lossy, unless it is a colour picture', (format, data, code, text) => {
    expect(() => decodeCompressedDepth({ format, data })).toThrow(expect.objectContaining({ code }));
    expect(() => decodeCompressedDepth({ format, data })).toThrow(text);
  });

  it('uses the depth unit for 16-bit depth', () => {
    const { depth } = decodeCompressedDepth({ format: 'png', data: png }, { depthUnit: 0.0001 });
    expect(depth[3]).toBeCloseTo(0.1, 7);
  });

  it.each(['png', 'rvl'] as const)('reads quantised inverse depth in %s as ROS writes it', (codec) => {
    // depth_quantization 100 and depth_max 10: A = 100 * 101, B = 1 - A / 10; one metre is 10100 / 1 - 1009 = 9091.
    const grey = { width: 4, height: 1, data: Uint16Array.of(0, 1, 9091, 65535) };
    const payload = codec === 'png' ? encodePng16(grey) : encodeRvl(grey);
    const data = withHeader(payload, 10_100, -1009);
    const { depth } = decodeCompressedDepth({ format: `32FC1; compressedDepth ${codec}`, data });
    expect(depth).toEqual(Float32Array.of(0, 10, 1, 10_100 / 66_544));
  });

  it('takes quantised values without a positive distance as missing', () => {
    const data = withHeader(encodeRvl({ width: 3, height: 1, data: Uint16Array.of(4, 5, 6) }), 10, 5);
    expect(decodeCompressedDepth({ format: '32FC1; compressedDepth rvl', data }).depth).toEqual(
      Float32Array.of(0, 0, 10),
    );
  });

  it.each<[string, string, Uint8Array, string]>([
    ['an empty message', '16UC1; compressedDepth png', new Uint8Array(0), 'PNG_INVALID'],
    ['an empty RVL message', '16UC1; compressedDepth rvl', new Uint8Array(0), 'RVL_INVALID'],
    ['a header alone', '16UC1; compressedDepth png', new Uint8Array(12), 'PNG_INVALID'],
    ['a part of the header of 32FC1', '32FC1; compressedDepth png', new Uint8Array(11), 'DEPTH_FORMAT'],
    ['32FC1 without a header', '32FC1; compressedDepth png', png, 'DEPTH_FORMAT'],
    ['a zero quantisation', '32FC1; compressedDepth png', withHeader(png, 0, 0), 'DEPTH_FORMAT'],
    ['a NaN quantisation', '32FC1; compressedDepth rvl', withHeader(rvl, 100, NaN), 'DEPTH_FORMAT'],
    ['a PNG of 8 bits', 'png', encode({ ...steps, data: new Uint8Array(6), depth: 8, channels: 1 }), 'DEPTH_FORMAT'],
    ['data that is no Uint8Array', 'png', [...png] as never, 'DEPTH_FORMAT'],
  ])('refuses %s', (_, format, data, code) => {
    expect(() => decodeCompressedDepth({ format, data })).toThrow(expect.objectContaining({ code }));
  });
});

describe('encodeCompressedDepth', () => {
  const codecs = fc.constantFrom('png' as const, 'rvl' as const);

  it('gives back every image of 16UC1 exactly', () => {
    fc.assert(
      fc.property(fc.uint16Array({ minLength: 1, maxLength: 60 }), codecs, (data, codec) => {
        const image = { width: data.length, height: 1, depth: Float32Array.from(data, (step) => step * 0.001) };
        const message = encodeCompressedDepth(image, { codec, deflate: nodeDeflate });
        expect(message.format).toBe(`16UC1; compressedDepth ${codec}`);
        expect(decodeCompressedDepth(message)).toEqual(image);
      }),
    );
  });

  it('stores 32FC1 to within half a quantisation step, and what it has stored once exactly', () => {
    const depths = fc.float32Array({
      minLength: 1,
      maxLength: 60,
      min: Math.fround(0.2),
      max: Math.fround(9.99),
      noNaN: true,
    });
    fc.assert(
      fc.property(depths, codecs, (depth, codec) => {
        const options = { encoding: '32FC1', codec, deflate: nodeDeflate } as const;
        const once = decodeCompressedDepth(encodeCompressedDepth({ width: depth.length, height: 1, depth }, options));
        // A step of z is z^2 / A.
        depth.forEach((z, i) => {
          expect(Math.abs(once.depth[i] - z)).toBeLessThan((0.51 * z * z) / 10_100);
        });
        expect(decodeCompressedDepth(encodeCompressedDepth(once, options))).toEqual(once);
      }),
    );
  });

  it.each(['16UC1', '32FC1'] as const)('makes missing of what %s cannot hold', (encoding) => {
    const depth = Float32Array.of(0, 1e-5, 1, 70, Infinity, NaN);
    const message = encodeCompressedDepth({ width: 6, height: 1, depth }, { encoding, codec: 'rvl' });
    expect(decodeCompressedDepth(message).depth).toEqual(Float32Array.of(0, 0, 1, 0, 0, 0));
  });
});
