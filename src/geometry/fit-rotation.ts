import { diagonalise } from './symmetric-eigen.js';
import { matrixQuaternion, type Transform, transformPoints } from './transform.js';

/** Work space: both centroids, the cross-covariance, Horn's matrix and its eigenvectors. */
const centre = new Float64Array(6);
const s = new Float64Array(9);
const horn = new Float64Array(16);
const vectors = new Float64Array(16);

/**
 * The rotation R (3 x 3, row by row) that brings points closest to others about their centroids: it minimises
 * sum w |R (from - mean) - (to - mean)|^2. Solved with unit quaternions (Horn 1987, section 4), which never gives a
 * reflection.
 *
 * @param from, to Flat x, y, z
 * @param indices Which points to use
 * @param weights One a point (by the same indices), not negative; equal by default and where all are 0
 * @param into Takes the rotation; a new array by default, and nothing else is allocated
 */
export function fitRotation(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  indices: readonly number[],
  weights?: ArrayLike<number>,
  into: Float64Array = new Float64Array(9),
): Float64Array {
  const count = indices.length;
  let total = 0;
  if (weights !== undefined) for (let n = 0; n < count; n++) total += weights[indices[n]];

  centre.fill(0);
  for (let n = 0; n < count; n++) {
    const index = indices[n];
    const weight = weights !== undefined && total > 0 ? weights[index] / total : 1 / count;
    for (let axis = 0; axis < 3; axis++) {
      centre[axis] += weight * from[3 * index + axis];
      centre[3 + axis] += weight * to[3 * index + axis];
    }
  }
  s.fill(0);
  for (let n = 0; n < count; n++) {
    const index = indices[n];
    const weight = weights !== undefined && total > 0 ? weights[index] / total : 1 / count;
    for (let i = 0; i < 3; i++) {
      const a = weight * (from[3 * index + i] - centre[i]);
      for (let j = 0; j < 3; j++) s[3 * i + j] += a * (to[3 * index + j] - centre[3 + j]);
    }
  }
  const largest = 4 * largestVector();
  const w = vectors[largest];
  const x = vectors[largest + 1];
  const y = vectors[largest + 2];
  const z = vectors[largest + 3];
  into[0] = 1 - 2 * (y * y + z * z);
  into[1] = 2 * (x * y - w * z);
  into[2] = 2 * (x * z + w * y);
  into[3] = 2 * (x * y + w * z);
  into[4] = 1 - 2 * (x * x + z * z);
  into[5] = 2 * (y * z - w * x);
  into[6] = 2 * (x * z - w * y);
  into[7] = 2 * (y * z + w * x);
  into[8] = 1 - 2 * (x * x + y * y);
  return into;
}

/** The eigenvectors of Horn's matrix of `s`; returns the row of the one with the largest eigenvalue. */
function largestVector(): number {
  horn[0] = s[0] + s[4] + s[8];
  horn[5] = s[0] - s[4] - s[8];
  horn[10] = s[4] - s[0] - s[8];
  horn[15] = s[8] - s[0] - s[4];
  horn[1] = s[5] - s[7];
  horn[2] = s[6] - s[2];
  horn[3] = s[1] - s[3];
  horn[6] = s[1] + s[3];
  horn[7] = s[6] + s[2];
  horn[11] = s[5] + s[7];
  for (let i = 0; i < 4; i++) for (let j = 0; j < i; j++) horn[4 * i + j] = horn[4 * j + i];
  for (let i = 0; i < 16; i++) vectors[i] = i % 5 === 0 ? 1 : 0;
  diagonalise(horn, vectors, 4);
  let largest = 0;
  for (let i = 1; i < 4; i++) if (horn[5 * i] > horn[5 * largest]) largest = i;
  return largest;
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
