import { VoxhandError } from '../errors/voxhand-error.js';
import { POSITION_COUNT as NUMBERS } from './skeleton.js';

/**
 * Hands from a text file of joints: one line per frame, 63 numbers in millimetres (x, y, z of 21 joints in the order of
 * `JOINT_NAMES`), between them any blanks, commas or semicolons.
 *
 * A line may begin with a name, as in the annotation files of HANDS 2017 and 2019. A frame without a hand is a line of
 * 63 times `nan`. Empty lines and lines that begin with `#` are left out.
 *
 * @param where the file's name, for errors
 * @returns for each frame 63 numbers in metres, or undefined where there is no hand
 * @throws VoxhandError `FILE_INVALID` naming the line.
 *
 * @example
 * ```ts
 * const frames = parseJointLines(await readFile('joints.txt', 'utf8'), 'joints.txt');
 * ```
 */
export function parseJointLines(text: string, where = 'joints'): (Float64Array | undefined)[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === '' || trimmed.startsWith('#') ? [] : [parseLine(trimmed, `${where}, line ${index + 1}`)];
  });
}

function parseLine(line: string, where: string): Float64Array | undefined {
  const tokens = line.split(/[\s,;]+/).filter((token) => token !== '');
  if (tokens.length === NUMBERS + 1) tokens.shift(); // the name of an image
  if (tokens.length !== NUMBERS) throw invalid(`${NUMBERS} numbers`, `${tokens.length}`, where);
  const millimetres = tokens.map(Number);
  const missing = tokens.filter((token) => /^nan$/i.test(token)).length;
  if (missing === NUMBERS) return undefined;
  const bad = millimetres.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw invalid('a number (or nan for all of them)', JSON.stringify(tokens[bad].slice(0, 20)), where);
  return Float64Array.from(millimetres, (value) => value / 1000);
}

function invalid(expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'a line of joints cannot be read', { expected, found, where });
}
