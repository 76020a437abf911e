import { type FileHandle, open } from 'node:fs/promises';
import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../hand/index.js';

/** No record of a sound recording is larger, so a larger read means a damaged length. */
const MOST_BYTES_A_READ = 256n * 1024n * 1024n;

/**
 * A file that MCAP readers read at any place. Each read returns a buffer of its own, so that what was read stays valid
 * and several readers can share the file.
 */
export class FileReadable implements McapTypes.IReadable {
  readonly #handle: FileHandle;
  readonly #size: bigint;

  private constructor(handle: FileHandle, size: bigint) {
    this.#handle = handle;
    this.#size = size;
  }

  /** @throws VoxhandError `FILE_NOT_FOUND`, or `FILE_INVALID` for a folder or a file that may not be read. */
  static async open(path: string): Promise<FileReadable> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const stat = await handle.stat();
      if (!stat.isFile()) throw new VoxhandError('FILE_INVALID', 'not a file', { where: path });
      return new FileReadable(handle, BigInt(stat.size));
    } catch (cause) {
      await handle?.close();
      if (cause instanceof VoxhandError) throw cause;
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      const summary = missing ? 'no such file' : 'cannot open this file';
      throw new VoxhandError(missing ? 'FILE_NOT_FOUND' : 'FILE_INVALID', summary, { where: path, cause });
    }
  }

  async size(): Promise<bigint> {
    return this.#size;
  }

  /** @throws VoxhandError `MCAP_INVALID` for a read beyond the end, or of more than 256 MiB. */
  async read(offset: bigint, length: bigint): Promise<Uint8Array> {
    if (offset < 0n || length < 0n || offset + length > this.#size || length > MOST_BYTES_A_READ) {
      throw new VoxhandError('MCAP_INVALID', 'the recording points outside itself', {
        expected: `a place within ${this.#size} bytes, of 256 MiB at most`,
        found: `${length} bytes at ${offset}`,
      });
    }
    // of its own, not of Node's pool, and not filled with zeros only to be overwritten
    const buffer = new Uint8Array(Buffer.allocUnsafeSlow(Number(length)).buffer);
    let filled = 0;
    while (filled < buffer.byteLength) {
      const { bytesRead } = await this.#handle.read(
        buffer,
        filled,
        buffer.byteLength - filled,
        Number(offset) + filled,
      );
      if (bytesRead === 0) {
        throw new VoxhandError('MCAP_INVALID', 'the file became shorter while it was read', {
          expected: `${this.#size} bytes`,
          found: `${Number(offset) + filled}`,
        });
      }
      filled += bytesRead;
    }
    return buffer;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
