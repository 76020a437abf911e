import { VoxhandError } from '../errors/index.js';

/** A rotation and a translation as a 4 x 4 matrix, 16 numbers row by row; the last row is 0 0 0 1. */
export type TransformMatrix = ArrayLike<number>;

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
