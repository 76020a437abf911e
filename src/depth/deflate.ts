import { unzlibSync, zlibSync } from 'fflate';

/**
 * Inflates a zlib stream (RFC 1950).
 *
 * Returns a new buffer that the caller may write to. Throws (any error) where the stream is damaged or truncated, or
 * where it holds more than `maxOutputLength` (>= 1) bytes; it must not allocate much more than that.
 */
export type Inflate = (data: Uint8Array, maxOutputLength: number) => Uint8Array;

/** Deflates into a zlib stream (RFC 1950); `data` is only read. */
export type Deflate = (data: Uint8Array) => Uint8Array;

/**
 * Inflate without any platform, for browsers and as the default.
 * On Node `nodeInflate` (transport/port/) does the same several times faster.
 */
export const pureInflate: Inflate = (data, maxOutputLength) => {
  // Output beyond a given buffer is cut off silently: one byte of room more shows it.
  const output = unzlibSync(data, { out: new Uint8Array(maxOutputLength + 1) });
  if (output.length > maxOutputLength) throw new RangeError(`zlib stream holds more than ${maxOutputLength} bytes`);
  return output;
};

export const pureDeflate: Deflate = (data) => zlibSync(data);
