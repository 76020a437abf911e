import { VoxhandError } from '../../errors/index.js';

/** No line of a file of joints is longer. */
export const MAX_LINE_LENGTH = 32_768;

/** No pixel and no millimetre of a hand is larger. */
const MAX_NUMBER = 1e6;

/** Separators between numbers. */
const GAP = /[\s,;]+/;

/** The numbers of one line, and what it is named by. */
export interface PoseNumbers {
  /** What stands before the numbers: an image's name, or a frame's number. */
  readonly name?: string;
  readonly values: Float64Array;
}

/**
 * One line of joints: three numbers per joint, between them blanks, tabs, commas or semicolons, perhaps with a name in front.
 *
 * @param where file and line, for errors
 * @throws VoxhandError `FILE_INVALID` naming line and column, for a wrong number of numbers and for anything that is no
 * number of at most a million.
 */
export function parsePoseLine(line: string, joints: number, where: string): PoseNumbers {
  const count = 3 * joints;
  if (line.length > MAX_LINE_LENGTH) {
    throw invalid(`at most ${MAX_LINE_LENGTH} characters`, `${line.length}`, where);
  }
  const tokens = line.split(GAP);
  if (tokens[0] === '') tokens.shift();
  if (tokens.at(-1) === '') tokens.pop();
  const named = tokens.length === count + 1 && isName(tokens[0]) ? 1 : 0;
  if (tokens.length - named !== count) {
    const end = `${where}, column ${line.trimEnd().length + 1}`;
    throw invalid(`${count} numbers (x, y, z of ${joints} joints), perhaps after a name`, `${tokens.length}`, end);
  }
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const token = tokens[i + named];
    const value = Number(token);
    // Number() also reads 0x10, 0b1 and 0o7
    if (!(Math.abs(value) <= MAX_NUMBER) || /[xob]/i.test(token)) {
      throw invalid(
        `a number of at most ${MAX_NUMBER}`,
        JSON.stringify(token.slice(0, 20)),
        `${where}, column ${columnOf(line, i + named)}`,
      );
    }
    values[i] = value;
  }
  return named === 1 ? { name: tokens[0], values } : { values };
}

/** The separator that a line uses, to write others like it. */
export function separatorOf(line: string): '\t' | ',' | ' ' {
  return line.includes('\t') ? '\t' : line.includes(',') ? ',' : ' ';
}

/** The reverse of {@link parsePoseLine}, to a thousandth of a pixel or millimetre. */
export function formatPoseLine({ name, values }: PoseNumbers, separator = ' '): string {
  const numbers = Array.from(values, (value) => value.toFixed(3));
  return (name === undefined ? numbers : [name, ...numbers]).join(separator);
}

/** A whole number may be a frame's; any other number in front is one number too many. */
function isName(token: string): boolean {
  return /^\d+$/.test(token) || Number.isNaN(Number(token));
}

/** Where a token begins, from 1. */
function columnOf(line: string, token: number): number {
  let index = 0;
  for (const match of line.matchAll(/[^\s,;]+/g)) if (index++ === token) return match.index + 1;
  return line.length + 1;
}

function invalid(expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'a line of joints cannot be read', { expected, found, where });
}
