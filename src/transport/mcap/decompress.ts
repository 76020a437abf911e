import type { McapTypes } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import { VoxhandError } from '../../errors/index.js';

/** Chunks are a few MiB by custom; one that declares more than this is not allocated. */
const MOST_BYTES_A_CHUNK = 256n * 1024n * 1024n;

/** Decompressors for zstd, lz4 and bz2 chunks that compare the declared size with the real one. */
export async function decompressors(): Promise<McapTypes.DecompressHandlers> {
  const handlers = await loadDecompressHandlers();
  const guarded = Object.entries(handlers).map(([name, decompress]) => {
    const guard = (data: Uint8Array, size: bigint): Uint8Array => {
      if (size > MOST_BYTES_A_CHUNK) throw invalid(name, '256 MiB at most', `${size} bytes declared`);
      const result = decompress(data, size);
      if (BigInt(result.byteLength) !== size) throw invalid(name, `${size} bytes`, `${result.byteLength}`);
      // a Buffer's slice() would be no copy
      return new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
    };
    return [name, guard] as const;
  });
  return Object.fromEntries(guarded);
}

function invalid(compression: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MCAP_INVALID', `a ${compression} chunk does not hold what it declares`, { expected, found });
}
