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
