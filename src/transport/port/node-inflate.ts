import { deflateSync, inflateSync } from 'node:zlib';
import type { Deflate, Inflate } from '../../depth/deflate.js';

/** `Inflate` on Node's own zlib: the fast way to read PNG depth. */
export const nodeInflate: Inflate = (data, maxOutputLength) =>
  // One output chunk of the whole size saves zlib's list of small ones.
  inflateSync(data, { maxOutputLength, chunkSize: Math.max(64, maxOutputLength + 1) });

/** {@link Deflate} on Node's own zlib, at its fastest level: depth images gain little from more. */
export const nodeDeflate: Deflate = (data) => deflateSync(data, { level: 1 });
