import { VoxhandError } from '../../errors/voxhand-error.js';
import type { SelfTest, SelfTestAnswer } from '../model-manifest.js';

/**
 * What is done with the numbers that a network answers, by the kind of its output: the only place in the worker that
 * knows their meaning.
 *
 * An answer is a Float32Array of `length` numbers: heat maps [joint][z][y][x], joints [joint][x, y, z, confidence], or a
 * point [x, y, z].
 */
export interface AnswerReader {
  /** Numbers of an answer, and of the tensor that it is read from. */
  readonly length: number;
  /**
   * One network's raw tensor, in its own order, as an answer.
   *
   * @param out `length` numbers; the caller's
   * @throws VoxhandError `INFERENCE_FAILED` where joints or a point are no finite numbers
   */
  read(raw: Float32Array, out: Float32Array): void;
  /**
   * Several networks' raw tensors as one answer, their mean.
   *
   * @throws VoxhandError as {@link read}
   */
  mean(raws: readonly Float32Array[], out: Float32Array): void;
  /** What a self-test would promise of this answer. */
  expectation(answer: Float32Array): SelfTestAnswer;
  /** @throws VoxhandError `MODEL_MISMATCH` naming what differs from what was promised */
  check(answer: Float32Array, expected: SelfTestAnswer, tolerance: SelfTest['tolerance'], where: string): void;
}

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
