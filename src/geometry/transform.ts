import { VoxhandError } from '../errors/index.js';
import type { Vec3 } from './matrix.js';

/**
 * Where one frame lies in another, as tf2 means it: the child's pose in the parent. A point's coordinates go from child to
 * parent by `x' = R x + t`.
 */
export interface Transform {
  /** t: the child's origin in the parent, metres. */
  readonly translation: readonly [number, number, number];
  /** R as a unit quaternion x, y, z, w. */
  readonly rotation: readonly [number, number, number, number];
}

export const IDENTITY_TRANSFORM: Transform = { translation: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** Quaternions that are nearer to each other than this (their dot product to 1) are mixed on a straight line. */
const PARALLEL = 1e-6;

/** First `inner`, then `outer`: `x' = outer(inner(x))`. */
export function composeTransforms(outer: Transform, inner: Transform): Transform {
  const [x, y, z] = rotated(outer.rotation, inner.translation);
  const [tx, ty, tz] = outer.translation;
  return { translation: [tx + x, ty + y, tz + z], rotation: multiplied(outer.rotation, inner.rotation) };
}

/** The way back: `invertTransform(t)` of `t(x)` is x. */
export function invertTransform({ translation, rotation: [x, y, z, w] }: Transform): Transform {
  const rotation = [-x, -y, -z, w] as const;
  const [tx, ty, tz] = rotated(rotation, translation);
  return { translation: [-tx, -ty, -tz], rotation };
}

/**
 * Between two transforms: the translation on the straight line, the rotation on the shorter arc at constant speed (slerp;
 * Shoemake 1985).
 *
 * @param share 0 gives `from`, 1 gives `to`
 */
export function interpolateTransforms(from: Transform, to: Transform, share: number): Transform {
  const [ax, ay, az] = from.translation;
  const [bx, by, bz] = to.translation;
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    translation: [mix(ax, bx), mix(ay, by), mix(az, bz)],
    rotation: slerp(from.rotation, to.rotation, share),
  };
}

/**
 * Points from child to parent.
 *
 * @param points x, y, z of any number of points, one after the other, metres
 * @returns a new array of the same length
 */
export function transformPoints({ translation, rotation }: Transform, points: ArrayLike<number>): Float64Array {
  const [x, y, z, w] = rotation;
  const [tx, ty, tz] = translation;
  const [r00, r01, r02] = [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)];
  const [r10, r11, r12] = [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)];
  const [r20, r21, r22] = [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)];
  const result = new Float64Array(points.length);
  for (let i = 0; i + 2 < points.length; i += 3) {
    const [px, py, pz] = [points[i], points[i + 1], points[i + 2]];
    result[i] = r00 * px + r01 * py + r02 * pz + tx;
    result[i + 1] = r10 * px + r11 * py + r12 * pz + ty;
    result[i + 2] = r20 * px + r21 * py + r22 * pz + tz;
  }
  return result;
}

/**
 * The rotation whose columns are these axes, perpendicular unit vectors, as a quaternion x, y, z, w (Shepperd 1978): the largest of the
 * four numbers is computed first. Axes without length give a quaternion whose length is not 1.
 */
export function axesQuaternion(x: Vec3, y: Vec3, z: Vec3): Transform['rotation'] {
  const [m00, m11, m22] = [x[0], y[1], z[2]];
  const squares = [1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22, 1 + m00 + m11 + m22];
  const largest = squares.indexOf(Math.max(...squares));
  const root = Math.sqrt(squares[largest]);
  const share = 0.5 / root;
  const [a, b, c] = [(y[2] - z[1]) * share, (z[0] - x[2]) * share, (x[1] - y[0]) * share];
  const [d, e, f] = [(x[1] + y[0]) * share, (z[0] + x[2]) * share, (y[2] + z[1]) * share];
  const half = root / 2;
  switch (largest) {
    case 0:
      return [half, d, e, a];
    case 1:
      return [d, half, f, b];
    case 2:
      return [e, f, half, c];
    default:
      return [a, b, c, half];
  }
}

/** A rotation matrix, row by row, as a quaternion x, y, z, w. */
export function matrixQuaternion(r: ArrayLike<number>): Transform['rotation'] {
  return axesQuaternion([r[0], r[3], r[6]], [r[1], r[4], r[7]], [r[2], r[5], r[8]]);
}

/** The quaternion at length 1; undefined where it is not finite, or its squared length is off by more than `tolerance`. */
export function unitQuaternion(
  [x, y, z, w]: Transform['rotation'],
  tolerance: number,
): Transform['rotation'] | undefined {
  const squared = x * x + y * y + z * z + w * w;
  if (!(Math.abs(squared - 1) <= tolerance)) return undefined;
  const scale = 1 / Math.sqrt(squared);
  return [x * scale, y * scale, z * scale, w * scale];
}

type Quaternion = Transform['rotation'];

function multiplied([ax, ay, az, aw]: Quaternion, [bx, by, bz, bw]: Quaternion): Quaternion {
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** v + 2 w (q x v) + 2 q x (q x v), with q the vector part. */
function rotated([qx, qy, qz, w]: Quaternion, [x, y, z]: Transform['translation']): Transform['translation'] {
  const cx = 2 * (qy * z - qz * y);
  const cy = 2 * (qz * x - qx * z);
  const cz = 2 * (qx * y - qy * x);
  return [x + w * cx + qy * cz - qz * cy, y + w * cy + qz * cx - qx * cz, z + w * cz + qx * cy - qy * cx];
}

function slerp(a: Quaternion, b: Quaternion, share: number): Quaternion {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  const side = dot < 0 ? -1 : 1; // q and -q are the same rotation: take the nearer one
  const cosine = Math.min(1, Math.abs(dot));
  const angle = Math.acos(cosine);
  const straight = 1 - cosine < PARALLEL;
  const first = straight ? 1 - share : Math.sin((1 - share) * angle) / Math.sin(angle);
  const second = (straight ? share : Math.sin(share * angle) / Math.sin(angle)) * side;
  const [x, y, z, w] = [0, 1, 2, 3].map((i) => first * a[i] + second * b[i]);
  const scale = 1 / Math.hypot(x, y, z, w);
  return [x * scale, y * scale, z * scale, w * scale];
}

/** A rotation and a translation as a 4 x 4 matrix, 16 numbers row by row; the last row is 0 0 0 1. */
export type TransformMatrix = ArrayLike<number>;

/** A transform as such a matrix, in a new array. */
export function transformMatrix({ translation: [x, y, z], rotation }: Transform): Float64Array {
  const columns = [rotated(rotation, [1, 0, 0]), rotated(rotation, [0, 1, 0]), rotated(rotation, [0, 0, 1])];
  const row = (i: 0 | 1 | 2) => columns.map((column) => column[i]);
  return Float64Array.of(...row(0), x, ...row(1), y, ...row(2), z, 0, 0, 0, 1);
}

/** By how much the rotation's rows may miss being orthonormal. */
const TOLERANCE = 1e-4;

/** @throws VoxhandError `GRID_INVALID` for anything but a rotation and a translation. */
export function checkRigid(m: TransformMatrix): void {
  const dot = (a: number, b: number) => m[a] * m[b] + m[a + 1] * m[b + 1] + m[a + 2] * m[b + 2];
  let error = m.length === 16 ? 0 : Infinity;
  for (const a of [0, 4, 8]) {
    for (const b of [0, 4, 8]) error = Math.max(error, Math.abs(dot(a, b) - (a === b ? 1 : 0)));
  }
  const last = m[12] === 0 && m[13] === 0 && m[14] === 0 && m[15] === 1;
  const finite = Number.isFinite(m[3] + m[7] + m[11]);
  if (error < TOLERANCE && last && finite) return;
  throw new VoxhandError('GRID_INVALID', 'not a rigid transform', {
    expected: '16 numbers row by row: orthonormal rotation, finite translation, last row 0 0 0 1',
    found: Array.from(m).join(' '),
    where: 'transform',
  });
}
