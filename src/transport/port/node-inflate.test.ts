import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pureDeflate, pureInflate } from '../../depth/deflate.js';
import { nodeDeflate, nodeInflate } from './node-inflate.js';

describe.each([
  ['nodeInflate', nodeInflate],
  ['pureInflate', pureInflate],
])('%s', (_, inflate) => {
  it('gives back what either deflate made, when exactly that many bytes are allowed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 500 }),
        fc.constantFrom(nodeDeflate, pureDeflate),
        (data, deflate) => {
          expect([...inflate(deflate(data), data.length)]).toEqual([...data]);
        },
      ),
    );
  });

  it('throws when there is a byte more than allowed', () => {
    expect(() => inflate(nodeDeflate(new Uint8Array(1000)), 999)).toThrow();
  });

  it('throws for a truncated stream', () => {
    const stream = nodeDeflate(Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) >> 3));
    expect(() => inflate(stream.subarray(0, stream.length >> 1), 1000)).toThrow();
  });
});
