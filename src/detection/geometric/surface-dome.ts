import type { DepthGrid } from './depth-grid.js';
import type { Geodesic } from './geodesic.js';

const RADIUS = 0.05;

/**
 * How far the surface around the start of the last run bulges towards the camera: the height of its top above its rim
 * at 50 mm, metres. A palm is flat or hollow, a head is a dome.
 *
 * Least squares of z = a + b x + c y + k (x^2 + y^2), so a tilted plane has no height.
 */
export function domeHeight(grid: DepthGrid, geodesic: Geodesic, center: number): number {
  const { x, y, z } = grid;
  const { order, count } = geodesic;
  // Normal equations, upper triangle of 4 x 4 and the right side, row by row.
  const m = new Float64Array(20);
  const row = new Float64Array(5).fill(1);
  for (let i = 0; i < count; i++) {
    const cell = order[i];
    if (geodesic.at(cell) >= RADIUS) break;
    const dx = (x[cell] - x[center]) / RADIUS;
    const dy = (y[cell] - y[center]) / RADIUS;
    row[1] = dx;
    row[2] = dy;
    row[3] = dx * dx + dy * dy;
    row[4] = z[cell] - z[center];
    for (let r = 0; r < 4; r++) for (let c = r; c < 5; c++) m[r * 5 + c] += row[r] * row[c];
  }
  for (let r = 0; r < 4; r++) for (let c = 0; c < r; c++) m[r * 5 + c] = m[c * 5 + r];
  for (let r = 0; r < 3; r++) {
    const pivot = m[r * 5 + r];
    if (pivot < 1e-9) return 0;
    for (let below = r + 1; below < 4; below++) {
      const factor = m[below * 5 + r] / pivot;
      for (let c = r; c < 5; c++) m[below * 5 + c] -= factor * m[r * 5 + c];
    }
  }
  return m[18] < 1e-6 ? 0 : m[19] / m[18];
}
