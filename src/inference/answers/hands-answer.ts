import { VoxhandError } from '../../errors/voxhand-error.js';
import type { DetectorManifest } from '../detector-manifest.js';

type SelfTest = DetectorManifest['selfTest'];

/**
 * The cell with the largest score, the first one where several are equal, and its numbers: what a detector's
 * `selfTest.expected` holds.
 *
 * @param answer `[channel][row][column]`, channel 0 is the score
 */
export function bestCell(answer: Float32Array, columns: number, channels = 11): SelfTest['expected'] {
  const cells = answer.length / channels;
  let best = 0;
  for (let cell = 1; cell < cells; cell++) if (answer[cell] > answer[best]) best = cell;
  return {
    column: best % columns,
    row: Math.floor(best / columns),
    values: Array.from({ length: channels }, (_, k) => answer[k * cells + best]),
  };
}

/**
 * Compare what a detector answers to its self-test with what its manifest promises: the largest score lies where it should, or
 * ties with the score there, and the numbers of the promised cell agree.
 *
 * @throws VoxhandError `MODEL_MISMATCH`
 */
export function checkHands(
  answer: Float32Array,
  columns: number,
  { expected, tolerance }: Pick<SelfTest, 'expected' | 'tolerance'>,
  where: string,
): void {
  const channels = expected.values.length;
  const found = bestCell(answer, columns, channels);
  const cells = answer.length / channels;
  const promised = expected.row * columns + expected.column;
  const there = expected.values.map((_, k) => answer[k * cells + promised]);
  const near =
    Math.max(Math.abs(found.column - expected.column), Math.abs(found.row - expected.row)) <= tolerance.cells;
  const ties = found.values[0] - there[0] <= tolerance.value;
  const agrees = expected.values.every((value, k) => Math.abs(value - there[k]) <= tolerance.value);
  if ((near || ties) && agrees) return;
  throw new VoxhandError('MODEL_MISMATCH', 'the model fails its self-test', {
    expected: cellText(expected),
    found: `${cellText(found)}; there: ${numbers(there)}`,
    where,
  });
}

function cellText({ column, row, values }: SelfTest['expected']): string {
  return `${numbers(values)} in column ${column}, row ${row}`;
}

function numbers(values: readonly number[]): string {
  return values.map((value) => value.toFixed(3)).join(' ');
}
