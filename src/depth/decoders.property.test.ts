import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoxhandError } from '../errors/voxhand-error.js';
import { nodeDeflate, nodeInflate } from '../transport/port/node-inflate.js';
import { type CameraInfo, cameraFromInfo } from './camera-info.js';
import { encodeCompressedDepth } from './compressed-depth.js';
import { decodeDepthMessage } from './depth-message.js';
import { encodePng16 } from './png16.js';
import { encodeRawDepth } from './raw-depth.js';

const [width, height] = [7, 5];
const camera = cameraFromInfo({ width, height, k: [10, 0, 3, 0, 10, 2, 0, 0, 1] });
const context = { stamp: 0n, frameId: 'camera', camera };
const steps = Uint16Array.from({ length: width * height }, (_, i) => (i % 6 === 0 ? 0 : 800 + ((i * 7919) % 400)));
const image = { width, height, depth: Float32Array.from(steps, (step) => step * 0.001) };

/** One good message of every kind. */
const MESSAGES: readonly (readonly [string, { readonly data: Uint8Array }])[] = [
  ['sensor_msgs/msg/Image', encodeRawDepth(image)],
  ['sensor_msgs/msg/Image', encodeRawDepth(image, '32FC1')],
  ['foxglove.RawImage', encodeRawDepth(image)],
  ['foxglove.CompressedImage', { format: 'png', data: encodePng16({ width, height, data: steps }) } as never],
  ...(['16UC1', '32FC1'] as const).flatMap((encoding) =>
    (['png', 'rvl'] as const).map((codec) => {
      const message = encodeCompressedDepth(image, { encoding, codec, deflate: nodeDeflate, filter: 'paeth' });
      return ['sensor_msgs/msg/CompressedImage', message] as const;
    }),
  ),
];

/** A frame that keeps its promises, or a VoxhandError; anything else fails the test. */
function decodesOrRefuses(schema: string, message: unknown): void {
  try {
    const frame = decodeDepthMessage(schema, message, context, { inflate: nodeInflate });
    expect(frame.depth).toHaveLength(width * height);
    expect(frame.depth.every((z) => z >= 0 && z < Infinity)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(VoxhandError);
    expect(error).not.toMatchObject({ code: 'INTERNAL' });
  }
}

const message = fc.constantFrom(...MESSAGES);

describe('a depth message', () => {
  it.each(MESSAGES)('of %s decodes when it is whole', (schema, whole) => {
    const { depth } = decodeDepthMessage(schema, whole, context);
    depth.forEach((z, i) => {
      expect(Math.abs(z - image.depth[i])).toBeLessThan(1e-4);
    });
  });

  it('never crashes the decoder when it is cut short', () => {
    fc.assert(
      fc.property(message, fc.double({ min: 0, max: 1, noNaN: true }), ([schema, whole], share) => {
        const data = whole.data.subarray(0, Math.floor(share * whole.data.length));
        decodesOrRefuses(schema, { ...whole, data });
      }),
      { numRuns: 500 },
    );
  });

  it('never crashes the decoder when bits flip', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(message, flips, ([schema, whole], bits) => {
        const data = whole.data.slice();
        for (const [at, bit] of bits) data[at % data.length] ^= 1 << bit;
        decodesOrRefuses(schema, { ...whole, data });
      }),
      { numRuns: 1000 },
    );
  });

  it('never crashes the decoder when its data is random', () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ maxLength: 200 }), ([schema, whole], data) => {
        decodesOrRefuses(schema, { ...whole, data });
      }),
      { numRuns: 500 },
    );
  });

  it('never crashes the decoder when an RVL stream is random behind a good size', () => {
    const size = Uint8Array.of(...new Array(12).fill(0), width, 0, 0, 0, height, 0, 0, 0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (stream) => {
        const data = Uint8Array.of(...size, ...stream);
        decodesOrRefuses('sensor_msgs/msg/CompressedImage', { format: '16UC1; compressedDepth rvl', data });
      }),
      { numRuns: 500 },
    );
  });

  it('never crashes the decoder when its fields are anything', () => {
    const anything = fc.oneof(fc.integer(), fc.double(), fc.constantFrom('16UC1', '32FC1', 2 ** 32), fc.anything());
    const fields = fc.dictionary(
      fc.constantFrom('width', 'height', 'step', 'encoding', 'is_bigendian', 'data', 'format'),
      anything,
    );
    fc.assert(
      fc.property(message, fields, ([schema, whole], changes) => {
        decodesOrRefuses(schema, { ...whole, ...changes });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a camera info', () => {
  it('gives a finite camera or is refused, whatever its fields are', () => {
    const good = { width, height, k: [10, 0, 3, 0, 10, 2, 0, 0, 1], p: [], roi: {}, distortion_model: 'plumb_bob' };
    const numbers = fc.array(fc.double(), { maxLength: 14 });
    const changes = fc.record(
      {
        width: fc.oneof(fc.integer({ min: -1, max: 20 }), fc.double(), fc.anything()),
        height: fc.oneof(fc.integer({ min: -1, max: 20 }), fc.anything()),
        distortion_model: fc.oneof(
          fc.constantFrom('plumb_bob', 'rational_polynomial', 'equidistant', 'constructor'),
          fc.anything(),
        ),
        d: fc.oneof(
          numbers,
          fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 8 }),
          fc.anything(),
        ),
        k: fc.oneof(numbers, fc.anything()),
        p: fc.oneof(numbers, fc.anything()),
        binning_x: fc.oneof(fc.nat(3), fc.anything()),
        roi: fc.oneof(
          fc.record({ x_offset: fc.nat(8), y_offset: fc.nat(8), width: fc.nat(8), height: fc.nat(8) }),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, fc.boolean(), (change, rectified) => {
        try {
          const model = cameraFromInfo({ ...good, ...change } as unknown as CameraInfo, { rectified });
          const { width, height, fx, fy, cx, cy, rays } = model;
          expect([width, height, fx, fy, cx, cy].every(Number.isFinite)).toBe(true);
          expect(fx > 0 && fy > 0).toBe(true);
          if (rays) expect(rays).toHaveLength(width * height * 2);
        } catch (error) {
          expect(error).toBeInstanceOf(VoxhandError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
