/** Eigenvalues, largest first, and the eigenvectors as the rows of an n x n matrix in the same order. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 60;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric n x n matrix by cyclic Jacobi rotations: slow for large
 * matrices, but short, and accurate to the last digits for the sizes here (3, 4 and 63).
 *
 * @param matrix Row by row; only read
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;

  diagonalise(a, v, n);

  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, from * n + n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

/**
 * The same in place: `a` becomes diagonal, its eigenvalues in no order; the rows of `v`, a unit matrix before, their eigenvectors.
 */
export function diagonalise(a: Float64Array, v: Float64Array, n: number): void {
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDiagonal(a, n); sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
    }
  }
}

/** Zero a[p][q] by a rotation in the plane of p and q; the rows of `v` collect the rotations. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  const app = a[p * n + p];
  const aqq = a[q * n + q];
  // Too small to change either diagonal element: done, and the sweeps come to an end.
  if (Math.abs(apq) <= Number.EPSILON * 0.01 * Math.min(Math.abs(app), Math.abs(aqq)) || apq === 0) {
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    return;
  }
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p];
    const akq = a[k * n + q];
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k];
    const aqk = a[q * n + k];
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
    const vp = v[p * n + k];
    const vq = v[q * n + k];
    v[p * n + k] = c * vp - s * vq;
    v[q * n + k] = s * vp + c * vq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

/** Whether what stands above the diagonal does not matter beside it. */
function isDiagonal(a: Float64Array, n: number): boolean {
  let off = 0;
  let diagonal = 0;
  for (let p = 0; p < n; p++) {
    diagonal += a[p * n + p] ** 2;
    for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
  }
  return !(off > 1e-40 * diagonal && off > 0);
}

/**
 * Solve A x = b for a symmetric positive definite n x n matrix. `a` is overwritten by its Cholesky factor and `b` by x.
 *
 * @returns false where A is not positive definite; `a` and `b` are then of no use
 */
export function choleskySolve(a: Float64Array, b: Float64Array, n: number): boolean {
  if (!choleskyFactor(a, n)) return false;
  choleskyBack(a, b, n);
  return true;
}

/**
 * Overwrite the lower triangle of a symmetric positive definite n x n matrix by its Cholesky factor.
 *
 * @returns false where it is not positive definite; `a` is then of no use
 */
export function choleskyFactor(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (i !== j) a[i * n + j] = sum / a[j * n + j];
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solve A x = b by the {@link choleskyFactor} of A. `b` is overwritten by x. */
export function choleskyBack(factor: Float64Array, b: Float64Array, n: number): void {
  choleskyForward(factor, b, n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * b[k];
    b[i] = sum / factor[i * n + i];
  }
}

/** Solve L x = b, with L the {@link choleskyFactor}. `b` is overwritten by x. */
export function choleskyForward(factor: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
  }
}

/** The inverse of a symmetric positive definite n x n matrix, of which only the lower triangle is read, as a new array. */
export function inverse(matrix: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  const factor = Float64Array.from(matrix);
  choleskyFactor(factor, n);
  for (let k = 0; k < n; k++) {
    const column = new Float64Array(n);
    column[k] = 1;
    choleskyBack(factor, column, n);
    for (let i = 0; i < n; i++) result[i * n + k] = column[i];
  }
  return result;
}
