import type { DepthGrid } from './depth-grid.js';

const ROUNDS = 64;
const MAX_PROBES = 512;
/** Points this near to the plane are on it, metres; a hand that lies on a table is thicker. */
const ON_PLANE = 0.012;
/** A plane holds at least this share of the points... */
const MIN_SHARE = 0.3;
/** ...and goes on beyond this share of the view's edge: a table or a wall does, a flat back does not. */
const MIN_EDGE_SHARE = 0.25;

/**
 * Remove the largest plane's points from the grid. A table or a wall joins what lies on it into one surface; without it
 * the hand stands alone.
 *
 * RANSAC over z = a + b x + c y with a fixed seed, so the same grid gives the same plane.
 *
 * @returns whether there was such a plane; the grid is unchanged otherwise
 */
export function removeDominantPlane(grid: DepthGrid): boolean {
  const { x, y, z, cells } = grid;
  const probes: number[] = [];
  const stride = Math.max(1, Math.floor(grid.filled / MAX_PROBES));
  for (let cell = 0, seen = 0; cell < cells; cell++) {
    if (z[cell] > 0 && seen++ % stride === 0) probes.push(cell);
  }
  const random = lcg(1);
  let best: Plane | undefined;
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const pick = () => probes[random(probes.length)];
    const plane = planeThrough(grid, pick(), pick(), pick());
    if (plane === undefined) continue;
    let count = 0;
    for (const cell of probes) if (isOn(plane, x[cell], y[cell], z[cell])) count++;
    if (count > most) {
      most = count;
      best = plane;
    }
  }
  if (best === undefined || most < MIN_SHARE * probes.length || edgeShare(grid, best) < MIN_EDGE_SHARE) return false;
  for (let cell = 0; cell < cells; cell++) {
    if (z[cell] > 0 && isOn(best, x[cell], y[cell], z[cell])) {
      z[cell] = 0;
      grid.filled--;
    }
  }
  return true;
}

/** z = a + b x + c y; `scale` turns a difference in z into a distance. */
interface Plane {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly scale: number;
}

function planeThrough(grid: DepthGrid, i: number, j: number, k: number): Plane | undefined {
  const { x, y, z } = grid;
  const ux = x[j] - x[i];
  const uy = y[j] - y[i];
  const uz = z[j] - z[i];
  const vx = x[k] - x[i];
  const vy = y[k] - y[i];
  const vz = z[k] - z[i];
  const determinant = ux * vy - uy * vx;
  if (Math.abs(determinant) < 1e-4) return undefined;
  const b = (uz * vy - uy * vz) / determinant;
  const c = (ux * vz - uz * vx) / determinant;
  return { a: z[i] - b * x[i] - c * y[i], b, c, scale: 1 / Math.hypot(1, b, c) };
}

/** Share of the cells along the edge of the view that lie on the plane. */
function edgeShare(grid: DepthGrid, plane: Plane): number {
  const { x, y, z, cols, rows } = grid;
  let on = 0;
  const look = (cell: number) => {
    if (z[cell] > 0 && isOn(plane, x[cell], y[cell], z[cell])) on++;
  };
  for (let col = 1; col < cols - 1; col++) {
    look(cols + col);
    look((rows - 2) * cols + col);
  }
  for (let row = 1; row < rows - 1; row++) {
    look(row * cols + 1);
    look(row * cols + cols - 2);
  }
  return on / (2 * (cols + rows - 4));
}

function isOn(plane: Plane, x: number, y: number, z: number): boolean {
  return Math.abs(plane.a + plane.b * x + plane.c * y - z) * plane.scale < ON_PLANE;
}

/** Whole numbers below `limit` from a linear congruential generator (Numerical Recipes' constants). */
function lcg(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
