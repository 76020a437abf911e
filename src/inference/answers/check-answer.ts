import { VoxhandError } from '../../errors/voxhand-error.js';

/** @throws VoxhandError `INFERENCE_FAILED` naming the first number that is none */
export function requireFinite(numbers: Float32Array, what: string): void {
  const at = numbers.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new VoxhandError('INFERENCE_FAILED', `the network answered ${what} that cannot be`, {
    expected: `${numbers.length} finite numbers`,
    found: `${numbers[at]} at index ${at}`,
  });
}

/**
 * @param tolerance along each axis, share of the cube's edge
 * @throws VoxhandError `MODEL_MISMATCH`
 */
export function checkPosition(
  expected: readonly number[],
  found: ArrayLike<number>,
  tolerance: number,
  where: string,
): void {
  if (expected.every((c, axis) => Math.abs(c - found[axis]) <= tolerance)) return;
  refuse(`(${text(expected)}) within ${tolerance}`, `(${text(found)})`, where);
}

/** @throws VoxhandError `MODEL_MISMATCH` */
export function checkNumber(
  expected: number,
  found: number,
  tolerance: number,
  where: string,
  what = 'confidence',
): void {
  if (Math.abs(expected - found) <= tolerance) return;
  refuse(`a ${what} of ${text([expected])} within ${tolerance}`, text([found]), where);
}

function refuse(expected: string, found: string, where: string): never {
  throw new VoxhandError('MODEL_MISMATCH', 'the model fails its self-test', { expected, found, where });
}

function text(numbers: ArrayLike<number>): string {
  return Array.from(numbers, (value) => value.toFixed(4)).join(', ');
}
