import { symmetricEigen } from './symmetric-eigen.js';
import { matrixQuaternion, type Transform, transformPoints } from './transform.js';

/**
 * The rotation R (3 x 3, row by row) that brings points closest to others about their centroids: it minimises
 * sum w |R (from - mean) - (to - mean)|^2. Solved with unit quaternions (Horn 1987, section 4), which never gives a
 * reflection.
 *
 * @param from, to Flat x, y, z
 * @param indices Which points to use
 * @param weights One a point (by the same indices), not negative; equal by default and where all are 0
 */
export function fitRotation(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  indices: readonly number[],
  weights?: ArrayLike<number>,
): Float64Array {
  const total = weights === undefined ? 0 : indices.reduce((sum, index) => sum + weights[index], 0);
  const weightOf = (index: number) =>
    weights !== undefined && total > 0 ? weights[index] / total : 1 / indices.length;

  const centre = new Float64Array(6);
  for (const index of indices) {
    const weight = weightOf(index);
    for (let axis = 0; axis < 3; axis++) {
      centre[axis] += weight * from[3 * index + axis];
      centre[3 + axis] += weight * to[3 * index + axis];
    }
  }
  const s = new Float64Array(9);
  for (const index of indices) {
    const weight = weightOf(index);
    for (let i = 0; i < 3; i++) {
      const a = weight * (from[3 * index + i] - centre[i]);
      for (let j = 0; j < 3; j++) s[3 * i + j] += a * (to[3 * index + j] - centre[3 + j]);
    }
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const { vectors } = symmetricEigen(
    [
      xx + yy + zz,
      yz - zy,
      zx - xz,
      xy - yx,
      yz - zy,
      xx - yy - zz,
      xy + yx,
      zx + xz,
      zx - xz,
      xy + yx,
      yy - xx - zz,
      yz + zy,
      xy - yx,
      zx + xz,
      yz + zy,
      zz - xx - yy,
    ],
    4,
  );
  const [w, x, y, z] = vectors;
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  );
}

/** Write R p for every point of the flat list `points` into `into` (which may be `points`). */
export function rotatePoints(r: Float64Array, points: Float64Array, into: Float64Array): void {
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
    into[i] = r[0] * x + r[1] * y + r[2] * z;
    into[i + 1] = r[3] * x + r[4] * y + r[5] * z;
    into[i + 2] = r[6] * x + r[7] * y + r[8] * z;
  }
}

/** The inverse of a rotation. */
export function transpose(r: Float64Array): Float64Array {
  return Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
}

/** The rigid transform that brings points closest to others: the rotation of {@link fitRotation}, whose parameters these are, about the weighted centroids. */
export function fitRigid(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  indices: readonly number[],
  weights?: ArrayLike<number>,
): Transform {
  const rotation = matrixQuaternion(fitRotation(from, to, indices, weights));
  const sums = new Float64Array(7);
  for (const i of indices) {
    const weight = weights === undefined ? 1 : weights[i];
    for (let axis = 0; axis < 3; axis++) {
      sums[axis] += weight * from[3 * i + axis];
      sums[3 + axis] += weight * to[3 * i + axis];
    }
    sums[6] += weight;
  }
  const [x, y, z] = transformPoints({ translation: [0, 0, 0], rotation }, sums.subarray(0, 3));
  const total = sums[6];
  return { translation: [(sums[3] - x) / total, (sums[4] - y) / total, (sums[5] - z) / total], rotation };
}
