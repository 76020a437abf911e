import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitRotation, rotatePoints, transpose } from '../geometry/fit-rotation.js';
import { SeededRandom } from '../geometry/random.js';
import { choleskySolve, symmetricEigen } from '../geometry/symmetric-eigen.js';

function randomSymmetric(n: number, rank: number, seed: number): Matrix {
  const random = new SeededRandom(seed);
  const half = Matrix.zeros(rank, n).apply(function (this: Matrix, i, j) {
    this.set(i, j, random.normal() * 10 ** -(i % 5));
  });
  return half.transpose().mmul(half);
}

describe('symmetricEigen', () => {
  it.each([
    { n: 1, rank: 1 },
    { n: 2, rank: 2 },
    { n: 4, rank: 4 },
    { n: 20, rank: 7 },
    { n: 63, rank: 63 },
  ])('agrees with ml-matrix on $n x $n of rank $rank', ({ n, rank }) => {
    const matrix = randomSymmetric(n, rank, n);
    const { values, vectors } = symmetricEigen(matrix.to1DArray(), n);
    const oracle = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
    const expected = [...oracle.realEigenvalues].sort((a, b) => b - a);
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-12 * expected[0]);
    });
    const rows = new Matrix(n, n).apply(function (this: Matrix, i, j) {
      this.set(i, j, vectors[i * n + j]);
    });
    const back = rows
      .transpose()
      .mmul(Matrix.diag([...values]))
      .mmul(rows);
    expect(Matrix.sub(back, matrix).norm()).toBeLessThan(1e-12 * matrix.norm());
    expect(Matrix.sub(rows.mmul(rows.transpose()), Matrix.eye(n)).norm()).toBeLessThan(1e-12);
  });

  it('ends on a matrix of zeros, on equal eigenvalues and on NaN', () => {
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    expect([...symmetricEigen([2, 0, 0, 2], 2).values]).toEqual([2, 2]);
    expect(symmetricEigen([Number.NaN, 1, 1, 1], 2).values).toHaveLength(2);
  });

  it('leaves its input alone', () => {
    const matrix = [2, 1, 1, 2];
    symmetricEigen(matrix, 2);
    expect(matrix).toEqual([2, 1, 1, 2]);
  });
});

describe('choleskySolve', () => {
  it.each([1, 3, 28])('agrees with ml-matrix on %d unknowns', (n) => {
    const random = new SeededRandom(n);
    const matrix = randomSymmetric(n, n, n).add(Matrix.eye(n));
    const right = Array.from({ length: n }, () => random.normal());
    const x = Float64Array.from(right);
    expect(choleskySolve(Float64Array.from(matrix.to1DArray()), x, n)).toBe(true);
    const expected = solve(matrix, Matrix.columnVector(right)).to1DArray();
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 8);
    });
  });

  it.each([
    ['singular', [1, 1, 1, 1]],
    ['indefinite', [1, 2, 2, 1]],
    ['not a number', [Number.NaN, 0, 0, 1]],
  ])('says no to a matrix that is %s', (_, matrix) => {
    expect(choleskySolve(Float64Array.from(matrix), new Float64Array(2), 2)).toBe(false);
  });
});

describe('fitRotation', () => {
  const points = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0.3, 0.1, 0.5, -1, 0.4, 0.2);
  const rotation = Float64Array.of(0, -1, 0, 1, 0, 0, 0, 0, 1);
  const moved = new Float64Array(15);
  rotatePoints(rotation, points, moved);
  moved.forEach((_, i) => {
    moved[i] += [5, -3, 2][i % 3];
  });

  it('finds the rotation between two sets of points, wherever they lie', () => {
    fitRotation(points, moved, [0, 1, 2, 3, 4]).forEach((value, i) => {
      expect(value).toBeCloseTo(rotation[i], 12);
    });
  });

  it('turns back by the transpose', () => {
    const back = new Float64Array(15);
    rotatePoints(rotation, points, back);
    rotatePoints(transpose(rotation), back, back);
    back.forEach((value, i) => {
      expect(value).toBeCloseTo(points[i], 12);
    });
  });

  it('leaves points of weight 0 out, and takes all alike where every weight is 0', () => {
    const spoilt = moved.slice();
    spoilt[3] += 100;
    const fit = fitRotation(points, spoilt, [0, 1, 2, 3, 4], [1, 0, 1, 1, 1]);
    fit.forEach((value, i) => {
      expect(value).toBeCloseTo(rotation[i], 12);
    });
    const alike = fitRotation(points, moved, [0, 1, 2, 3, 4], [0, 0, 0, 0, 0]);
    alike.forEach((value, i) => {
      expect(value).toBeCloseTo(rotation[i], 12);
    });
  });

  it('never mirrors, even where that would fit better', () => {
    const mirrored = points.map((value, i) => (i % 3 === 0 ? -value : value));
    const [a, b, c, d, e, f, g, h, i] = fitRotation(points, mirrored, [0, 1, 2, 3, 4]);
    expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(1, 12);
  });
});
