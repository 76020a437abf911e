import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';

/** Chunks are a few MiB by custom; one that declares more than this is not allocated. */
const MOST_BYTES_A_CHUNK = 256n * 1024n * 1024n;

/** Decompressors for zstd, lz4 and bz2 chunks that compare the declared size with the real one. */
export async function decompressors(): Promise<McapTypes.DecompressHandlers> {
  // loaded by whoever reads a recording, and not by whoever writes one
  const handlers = await withoutListeners(async () => (await import('@mcap/support')).loadDecompressHandlers());
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
  // without prototype: a chunk may say that it is packed by `constructor`
  return Object.assign(Object.create(null), Object.fromEntries(guarded));
}

/**
 * Takes away what the bz2 module adds to the process when it is loaded: listeners that throw again whatever an application has not caught, so
 * that Node.js shows the module's own line in the place of the application's.
 */
async function withoutListeners<T>(load: () => Promise<T>): Promise<T> {
  const listeners = () =>
    (['uncaughtException', 'unhandledRejection'] as const).flatMap((event) =>
      process.listeners(event as 'uncaughtException').map((listener) => ({ event, listener })),
    );
  const before = new Set(listeners().map(({ listener }) => listener));
  const loaded = await load();
  for (const { event, listener } of listeners()) {
    // an application may have added its own meanwhile
    const isOfModule = /ExitStatus|throw reason/.test(String(listener));
    if (isOfModule && !before.has(listener)) process.off(event, listener);
  }
  return loaded;
}

function invalid(compression: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MCAP_INVALID', `a ${compression} chunk does not hold what it declares`, { expected, found });
}

/** A recording that unpacks to more than so many times its size, and to more than 16 GiB, is refused by default. */
const MOST_TIMES = 200;
const ALWAYS_ALLOWED = 16 * 2 ** 30;

/**
 * Adds up what the chunks of a recording declare to unpack to.
 *
 * @param limit bytes in all; by default the environment's VOXHAND_MAX_UNPACKED, else 200 times the file's size and at least 16 GiB
 */
export class UnpackedBytes {
  readonly #path: string;
  readonly #limit: number;
  #total = 0;

  constructor(path: string, fileSize: bigint, limit?: number) {
    this.#path = path;
    const said = Number(process.env.VOXHAND_MAX_UNPACKED);
    this.#limit = limit ?? (said > 0 ? said : Math.max(ALWAYS_ALLOWED, MOST_TIMES * Number(fileSize)));
  }

  /** @throws VoxhandError `FILE_INVALID` where it is more than may be */
  add(bytes: bigint): void {
    this.#total += Number(bytes);
    if (this.#total <= this.#limit) return;
    throw new VoxhandError('FILE_INVALID', 'the recording unpacks to more than it may', {
      expected: `${this.#limit} bytes in all; set VOXHAND_MAX_UNPACKED (bytes) for one that you trust`,
      found: `${this.#total} bytes at least`,
      where: this.#path,
    });
  }
}
