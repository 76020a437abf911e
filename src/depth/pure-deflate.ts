import { unzlibSync, zlibSync } from 'fflate';
import type { Deflate, Inflate } from './deflate.js';

/**
 * Inflate without any platform, for browsers and as the default.
 * On Node `nodeInflate` (bus/) does the same several times faster.
 */
export const pureInflate: Inflate = (data, maxOutputLength) => {
  // Output beyond a given buffer is cut off silently: one byte of room more shows it.
  const output = unzlibSync(data, { out: new Uint8Array(maxOutputLength + 1) });
  if (output.length > maxOutputLength) throw new RangeError(`zlib stream holds more than ${maxOutputLength} bytes`);
  return output;
};

export const pureDeflate: Deflate = (data) => zlibSync(data);
