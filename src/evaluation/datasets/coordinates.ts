import type { DataSet, PoseFormat } from './data-set.js';

/**
 * Joints of a data set's file in metres, in the camera's optical frame (x right, y down, z forward).
 *
 * ```text
 * uvd   x = (u - cx) d / fx    y = (v - cy) d / fy    z = d
 * xyz   each times its sign in `axes`
 * ```
 *
 * @param values three numbers per joint as they are in the file; only read
 * @returns as many new numbers
 */
export function toMetres(set: DataSet, values: ArrayLike<number>, format: PoseFormat): Float64Array {
  const { fx, fy, cx, cy } = set.camera;
  const positions = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 3) {
    if (format === 'uvd') {
      const z = values[i + 2] / 1000;
      positions[i] = ((values[i] - cx) / fx) * z;
      positions[i + 1] = ((values[i + 1] - cy) / fy) * z;
      positions[i + 2] = z;
    } else {
      for (let axis = 0; axis < 3; axis++) positions[i + axis] = (set.axes[axis] * values[i + axis]) / 1000;
    }
  }
  return positions;
}

/** The reverse of {@link toMetres}. A joint at z = 0, which has no pixel, is written as the principal point. */
export function fromMetres(set: DataSet, positions: ArrayLike<number>, format: PoseFormat): Float64Array {
  const { fx, fy, cx, cy } = set.camera;
  const values = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const z = positions[i + 2];
    if (format === 'uvd') {
      values[i] = z === 0 ? cx : (fx * positions[i]) / z + cx;
      values[i + 1] = z === 0 ? cy : (fy * positions[i + 1]) / z + cy;
      values[i + 2] = 1000 * z;
    } else {
      for (let axis = 0; axis < 3; axis++) values[i + axis] = set.axes[axis] * 1000 * positions[i + axis];
    }
  }
  return values;
}
