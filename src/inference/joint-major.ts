import type { GaussianOutput } from './model-output.js';

/**
 * Write a network's raw output into joint-major heat maps, `out = weight * raw`, or add it to them.
 *
 * ```text
 * jdhw   [joint][z][y][x]   the order of HeatMaps
 * djhw   [z][joint][y][x]   a graph that treats depth slices as its batch: 2D convolutions over z slices
 *
 * either way a plane [y][x] of size^2 numbers stays in one piece
 * ```
 *
 * @param raw `joints * size^3` numbers in the order `layout`; only read
 * @param out as many numbers, [joint][z][y][x]; the caller's
 */
export function mixJointMajor(
  raw: Float32Array,
  { layout, size }: Pick<GaussianOutput, 'layout' | 'size'>,
  joints: number,
  weight: number,
  out: Float32Array,
  add: boolean,
): void {
  const plane = size * size;
  for (let joint = 0; joint < joints; joint++) {
    for (let z = 0; z < size; z++) {
      const to = (joint * size + z) * plane;
      const from = layout === 'jdhw' ? to : (z * joints + joint) * plane;
      if (add) for (let i = 0; i < plane; i++) out[to + i] += weight * raw[from + i];
      else for (let i = 0; i < plane; i++) out[to + i] = weight * raw[from + i];
    }
  }
}
