import { createReadStream } from 'node:fs';
import { VoxhandError } from '../errors/index.js';
import { unreadable } from '../transport/port/files.js';

/** One line of a text file, without its line break. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a text file, a bundle for each piece that is read: a file of any length in little memory.
 *
 * @param maxLength characters of a line
 * @throws VoxhandError `FILE_NOT_FOUND` for a file that cannot be read; `FILE_INVALID` for a line that is too long, as
 * files have that are no text
 */
export async function* readTextLines(path: string, maxLength: number): AsyncGenerator<readonly TextLine[]> {
  let rest = '';
  let number = 0;
  try {
    for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
      const lines = (rest + (piece as string)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLength) throw tooLong(path, number + lines.length + 1, maxLength);
      const bundle = lines.map((text) => ({ number: ++number, text: text.endsWith('\r') ? text.slice(0, -1) : text }));
      if (bundle.length > 0) yield bundle;
    }
  } catch (cause) {
    if (cause instanceof VoxhandError) throw cause;
    throw unreadable('cannot read the file', path, cause);
  }
  if (rest !== '') yield [{ number: number + 1, text: rest }];
}

function tooLong(path: string, line: number, maxLength: number): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'not a text file of joints', {
    expected: `lines of at most ${maxLength} characters`,
    found: 'a longer one',
    where: `${path}, line ${line}`,
  });
}
