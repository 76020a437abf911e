import { constants, type Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { VoxhandError } from '../../errors/index.js';

const { compare } = new Intl.Collator('en', { numeric: true });

/** `2.png` before `10.png`. */
export function naturalOrder(a: string, b: string): number {
  return compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Names in a folder that match, in natural order.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`
 */
export async function filesIn(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => pattern.test(name)).sort(naturalOrder);
  } catch (cause) {
    throw unreadable('cannot read the folder', folder, cause);
  }
}

/** Whether there is a file or folder of this name. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The first of these names that there is in a folder. */
export async function firstOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    if (await exists(path)) return path;
  }
  return undefined;
}

/**
 * A whole file, of a size that is checked before it is read.
 *
 * @param summary of the error where it cannot be read
 * @throws VoxhandError `FILE_NOT_FOUND`, or `FILE_INVALID` for what is no regular file, or too large
 */
export async function readBounded(path: string, maxBytes: number, summary = 'cannot read the file'): Promise<Buffer> {
  try {
    // a pipe without a writer would never open
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) throw notRegular(path, found);
      const { size } = found;
      if (size <= maxBytes) return await file.readFile();
      throw new VoxhandError('FILE_INVALID', 'the file is too large', {
        expected: `at most ${maxBytes} bytes`,
        found: `${size}`,
        where: path,
      });
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof VoxhandError) throw cause;
    throw unreadable(summary, path, cause);
  }
}

/**
 * What a file begins with: so many bytes, or all that it has; none of what is no regular file, such as a pipe, which opens only when
 * somebody writes to it.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`
 */
export async function firstBytes(path: string, length: number): Promise<Uint8Array> {
  try {
    if (!(await stat(path)).isFile()) return new Uint8Array(0);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable('cannot read a file', path, cause);
  }
}

function notRegular(path: string, found: Stats): VoxhandError {
  const kind = found.isDirectory() ? 'a folder' : 'a pipe, a socket or a device';
  return new VoxhandError('FILE_INVALID', 'not a file', { expected: 'a regular file', found: kind, where: path });
}

/** Texts that are read as a whole: settings, priors, one line of joints per frame. */
const MOST_TEXT_BYTES = 256 << 20;

/**
 * A whole text file, of a size that is checked before it is read.
 *
 * @param what it is, for the error: `the tolerances`
 * @throws VoxhandError `FILE_NOT_FOUND` where it cannot be read; `FILE_INVALID` for what is no regular file, or too large
 */
export async function readText(path: string, what: string, maxBytes = MOST_TEXT_BYTES): Promise<string> {
  return (await readBounded(path, maxBytes, `cannot read ${what}`)).toString('utf8');
}

/**
 * The path of a file that an annotation names, which must not lead out of the folder.
 *
 * @throws VoxhandError `FILE_INVALID`
 */
export function pathWithin(folder: string, name: string): string {
  const path = resolve(folder, name.replaceAll('\\', '/'));
  const inside = relative(resolve(folder), path);
  if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return path;
  throw new VoxhandError('FILE_INVALID', 'an annotation names a file outside of the folder', {
    expected: `a file below ${folder}`,
    found: JSON.stringify(name.slice(0, 60)),
  });
}

/** The error for what cannot be read, with the system's own code for the reason. */
export function unreadable(summary: string, where: string, cause: unknown): VoxhandError {
  const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new VoxhandError('FILE_NOT_FOUND', summary, { found, where, cause });
}
