import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { msraBin, npy, nyuPng } from '../../../test/helpers/data-set-files.js';
import { decodePngRgb } from '../../depth/png16.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';
import { DATA_SETS } from '../datasets/data-sets.js';
import { decodeMsraBin } from './msra-bin.js';
import { parseNpy } from './npy.js';

const sources = {
  'MSRA .bin': {
    bytes: msraBin(0),
    decode: (bytes: Uint8Array) => decodeMsraBin(DATA_SETS.msra, bytes, 'f.bin').depth,
  },
  'RGB PNG': {
    bytes: Buffer.from(nyuPng(0)),
    decode: (bytes: Uint8Array) => decodePngRgb(bytes, { inflate: nodeInflate, limits: { maxPixels: 1 << 20 } }).data,
  },
  '.npy': {
    bytes: npy([2, 3], [1, 2, 3, 4, 5, 6]),
    decode: (bytes: Uint8Array) => {
      const { shape, at } = parseNpy(bytes, 'f.npy');
      return [at(...shape.map((size) => Math.max(0, size - 1)))];
    },
  },
};

describe.each(Object.entries(sources))('%s', (_, { bytes, decode }) => {
  it('is read, or refused with a typed error, wherever it is damaged or cut', () => {
    const change = fc.record({
      at: fc.nat(Math.min(bytes.length, 400) - 1),
      to: fc.nat(255),
      length: fc.oneof(fc.constant(bytes.length), fc.nat(bytes.length)),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = Buffer.from(bytes);
        for (const { at, to } of changes) damaged[at] = to;
        try {
          decode(damaged.subarray(0, changes[0].length));
        } catch (error) {
          expect(error).toBeInstanceOf(VoxhandError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is read as it is', () => {
    expect(decode(bytes).length).toBeGreaterThan(0);
  });
});
