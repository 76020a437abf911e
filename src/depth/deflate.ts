/**
 * Inflates a zlib stream (RFC 1950).
 *
 * Returns a new buffer that the caller may write to. Throws (any error) where the stream is damaged or truncated, or
 * where it holds more than `maxOutputLength` (>= 1) bytes; it must not allocate much more than that.
 */
export type Inflate = (data: Uint8Array, maxOutputLength: number) => Uint8Array;

/** Deflates into a zlib stream (RFC 1950); `data` is only read. */
export type Deflate = (data: Uint8Array) => Uint8Array;
