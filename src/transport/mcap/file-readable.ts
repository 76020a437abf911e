import { type FileHandle, open, stat } from 'node:fs/promises';
import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';

/** No record of a sound recording is larger, so a larger read means a damaged length. */
const MOST_BYTES_A_READ = 256n * 1024n * 1024n;

/**
 * A file that MCAP readers read at any place. Each read returns a buffer of its own, so that what was read stays valid
 * and several readers can share the file.
 */
export class FileReadable implements McapTypes.IReadable {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #size: bigint;

  private constructor(path: string, handle: FileHandle, size: bigint) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
  }

  /** @throws VoxhandError `FILE_NOT_FOUND`, or `FILE_INVALID` for a folder or a file that may not be read. */
  static async open(path: string): Promise<FileReadable> {
    let handle: FileHandle | undefined;
    try {
      // before it is opened: to open a pipe is to wait for whoever writes to it
      const found = await stat(path);
      if (!found.isFile()) {
        throw new VoxhandError('FILE_INVALID', 'not a file', {
          expected: 'a file that can be read at any place',
          found: found.isDirectory() ? 'a folder' : 'a pipe, a socket or a device',
          where: path,
        });
      }
      handle = await open(path, 'r');
      const { size } = await handle.stat();
      return new FileReadable(path, handle, BigInt(size));
    } catch (cause) {
      await handle?.close();
      if (cause instanceof VoxhandError) throw cause;
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new VoxhandError('FILE_NOT_FOUND', 'no such file', { where: path, cause });
      throw new VoxhandError('FILE_INVALID', 'cannot open this file', { found: message, where: path, cause });
    }
  }

  get path(): string {
    return this.#path;
  }

  async size(): Promise<bigint> {
    return this.#size;
  }

  /**
   * @throws VoxhandError `MCAP_INVALID` for a read beyond the end, or of more than 256 MiB; `FILE_INVALID` where the disk fails
   */
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
      const bytesRead = await this.#readSome(buffer, filled, Number(offset) + filled);
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

  async #readSome(buffer: Uint8Array, filled: number, position: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, filled, buffer.byteLength - filled, position)).bytesRead;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      // a file that was closed meanwhile is its owner's affair
      if (code !== 'EIO') throw cause;
      throw new VoxhandError('FILE_INVALID', 'the disk does not give back what was written', {
        expected: `a copy that leaves out what cannot be read (ddrescue), and voxhand recover of that`,
        found: message,
        where: `${this.#path}, byte ${position}`,
        cause,
      });
    }
  }
}
