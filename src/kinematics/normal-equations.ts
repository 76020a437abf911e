import { choleskyFactor, choleskySolve } from '../geometry/symmetric-eigen.js';

/**
 * The normal equations of a least-squares problem, gathered row by row: `A` the sum of w row row^T (its lower triangle), `b` the sum of
 * w residual row. Nothing is allocated after the start.
 */
export class NormalEquations {
  readonly size: number;
  readonly matrix: Float64Array;
  readonly right: Float64Array;
  readonly #factor: Float64Array;
  readonly #column: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.matrix = new Float64Array(size * size);
    this.right = new Float64Array(size);
    this.#factor = new Float64Array(size * size);
    this.#column = new Float64Array(size);
  }

  clear(): void {
    this.matrix.fill(0);
    this.right.fill(0);
  }

  /**
   * Add one residual `residual - row . x` of the weight `weight`.
   *
   * @param row is 0 but at the first `head` numbers and at `count` numbers from `first` on
   */
  add(row: Float64Array, residual: number, weight: number, head: number, first: number, count: number): void {
    const { matrix, right, size } = this;
    for (let a = 0; a < head; a++) {
      const weighted = weight * row[a];
      right[a] += weighted * residual;
      const at = a * size;
      for (let b = 0; b <= a; b++) matrix[at + b] += weighted * row[b];
    }
    for (let a = first; a < first + count; a++) {
      const weighted = weight * row[a];
      right[a] += weighted * residual;
      const at = a * size;
      for (let b = 0; b < head; b++) matrix[at + b] += weighted * row[b];
      for (let b = first; b <= a; b++) matrix[at + b] += weighted * row[b];
    }
  }

  /** Add a residual `residual - x[at]`. */
  addOne(at: number, residual: number, weight: number): void {
    this.matrix[at * this.size + at] += weight;
    this.right[at] += weight * residual;
  }

  /**
   * Solve (A + damping diag(A)) x = b (Marquardt 1963).
   *
   * @param fixed where it is 1, x is held at 0
   * @param x takes the answer
   * @returns false where the matrix is not positive definite; `x` is then of no use
   */
  solve(damping: number, fixed: Uint8Array, x: Float64Array): boolean {
    const { matrix, size } = this;
    const factor = this.#factor;
    factor.set(matrix);
    x.set(this.right);
    for (let i = 0; i < size; i++) {
      if (fixed[i] === 1) {
        for (let j = 0; j < i; j++) factor[i * size + j] = 0;
        for (let j = i + 1; j < size; j++) factor[j * size + i] = 0;
        factor[i * size + i] = 1;
        x[i] = 0;
      } else factor[i * size + i] += damping * matrix[i * size + i] + 1e-12;
    }
    return choleskySolve(factor, x, size);
  }

  /**
   * The diagonal of the inverse of A: the variance of each number, where weights are those of independent errors.
   *
   * @param into takes the answer
   * @returns false where the matrix is not positive definite; `into` is then of no use
   */
  variances(into: Float64Array): boolean {
    const { size } = this;
    const factor = this.#factor;
    factor.set(this.matrix);
    for (let i = 0; i < size; i++) factor[i * size + i] += 1e-12;
    if (!choleskyFactor(factor, size)) return false;
    // the inverse of the factor, column by column; A^-1 is its transpose times itself
    for (let k = 0; k < size; k++) {
      let sum = 0;
      const column = this.#column;
      for (let i = k; i < size; i++) {
        let value = i === k ? 1 : 0;
        for (let j = k; j < i; j++) value -= factor[i * size + j] * column[j];
        column[i] = value / factor[i * size + i];
        sum += column[i] * column[i];
      }
      into[k] = sum;
    }
    return true;
  }
}
