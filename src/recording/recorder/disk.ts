import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  statfsSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file that a recording grows in. Every call may throw what the system says; `ENOSPC` and `EIO` among it. */
export interface DiskFile {
  /** Write the buffers one after another at a place; gives the number of bytes that were taken, perhaps not all. */
  write(buffers: readonly Uint8Array[], position: number): number;
  truncate(length: number): void;
  /** Bring what was written from the system's cache to the disk, and wait for it. */
  sync(): void;
  /** The same in the background; `done` is called once, in a later turn of the event loop. */
  syncSoon(done: (error: Error | null) => void): void;
  close(): void;
}

/** As much of a file system as the recorder needs; tests put a failing one in its place. Nothing waits but the thread. */
export interface Disk {
  create(path: string): DiskFile;
  exists(path: string): boolean;
  /** Give a file another name, and see that the name itself is on the disk. */
  rename(from: string, to: string): void;
  /** Bytes that may still be written into the folder of this file. */
  freeBytes(path: string): number;
}

export const systemDisk: Disk = {
  create: (path) => systemFile(openSync(path, 'w')),
  exists: (path) => existsSync(path),
  rename(from, to) {
    renameSync(from, to);
    const folder = openSync(dirname(to), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  },
  freeBytes(path) {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  },
};

function systemFile(descriptor: number): DiskFile {
  let syncing = 0;
  let closed = false;
  return {
    write: (buffers, position) => writevSync(descriptor, buffers, position),
    truncate: (length) => ftruncateSync(descriptor, length),
    sync: () => fdatasyncSync(descriptor),
    syncSoon(done) {
      syncing++;
      fdatasync(descriptor, (error) => {
        syncing--;
        if (closed && syncing === 0) closeSync(descriptor);
        done(error);
      });
    },
    close() {
      // the number of a closed file may be another file's by the time that a background sync gets to it
      closed = true;
      if (syncing === 0) closeSync(descriptor);
    },
  };
}
