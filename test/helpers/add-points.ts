import { type GridBuilder, voxelsOf } from '../../src/voxels/voxelise.js';

/** Set the voxels that points fall into: x, y, z in metres, one after the other; those outside the cube are left out. */
export function addPoints(grid: GridBuilder, points: ArrayLike<number>): void {
  const m = voxelsOf(grid);
  const { data, size } = grid;
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
    const [p, q, r] = [0, 4, 8].map((row) => Math.floor(m[row] * x + m[row + 1] * y + m[row + 2] * z + m[row + 3]));
    if (![p, q, r].every((at) => at >= 0 && at < size)) continue;
    const voxel = (r * size + q) * size + p;
    grid.occupied += 1 - data[voxel];
    data[voxel] = 1;
  }
}
