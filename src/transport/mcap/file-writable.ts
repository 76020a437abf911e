import { open } from 'node:fs/promises';
import type { IWritable } from '@mcap/core';

/** As much of a file handle as writing needs; a test puts a failing disk in its place. */
export interface WriteHandle {
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty file for writing. */
export type OpenForWriting = (path: string) => Promise<WriteHandle>;

export const openFileForWriting: OpenForWriting = (path) => open(path, 'w');

/**
 * A file that MCAP is written to. A write is whole or fails: what the disk takes in part is continued, and after a
 * failure the file is cut back to the last whole write, so that it ends between two records.
 */
export class FileWritable implements IWritable {
  readonly #handle: WriteHandle;
  #position = 0;

  constructor(handle: WriteHandle) {
    this.#handle = handle;
  }

  position(): bigint {
    return BigInt(this.#position);
  }

  async write(buffer: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < buffer.byteLength) {
        const rest = buffer.byteLength - written;
        const { bytesWritten } = await this.#handle.write(buffer, written, rest, this.#position + written);
        if (bytesWritten === 0) throw new Error('the disk takes no more bytes');
        written += bytesWritten;
      }
    } catch (error) {
      // A disk that refuses this too leaves a torn record, which a reader finds by itself.
      await this.#handle.truncate(this.#position).catch(() => undefined);
      throw error;
    }
    this.#position += written;
  }

  /** Everything is on the disk, not only in the system's cache, when this resolves. */
  async close(): Promise<void> {
    try {
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }
}
