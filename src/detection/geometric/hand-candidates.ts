import type { DepthGrid } from './depth-grid.js';
import type { Thickness } from './thickness.js';

/** Half-widths of a palm as seen from any side, metres: edge on to gloved. */
const PALM_MIN = 0.009;
const PALM_MAX = 0.066;
/** No two candidates are nearer to each other than this, metres. */
export const CANDIDATE_SPACING = 0.04;

/**
 * Cells that may be a palm's centre: all local maxima of the thickness that are as thick as a hand, thickest first, spaced
 * apart.
 */
export function palmCandidates(grid: DepthGrid, thickness: Thickness): number[] {
  const { z, cols, rows, neighbours } = grid;
  const { half } = thickness;
  const maxima: number[] = [];
  for (let row = 1; row < rows - 1; row++) {
    for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
      const h = half[cell];
      if (h < PALM_MIN || h > PALM_MAX) continue;
      const jump = grid.jumpAt(z[cell]);
      let highest = true;
      for (let k = 0; k < 8 && highest; k++) {
        const other = cell + neighbours[k];
        if (half[other] > h && Math.abs(z[other] - z[cell]) < jump) highest = false;
      }
      if (highest) maxima.push(cell);
    }
  }
  maxima.sort((a, b) => half[b] - half[a] || a - b);
  const kept: number[] = [];
  for (const cell of maxima) {
    if (isApart(grid, cell, kept, Math.max(CANDIDATE_SPACING, half[cell]))) kept.push(cell);
  }
  return kept;
}

/** Whether the cell is at least `spacing` from all others, metres. */
export function isApart(grid: DepthGrid, cell: number, others: readonly number[], spacing: number): boolean {
  const { x, y, z } = grid;
  for (const other of others) {
    const dx = x[cell] - x[other];
    const dy = y[cell] - y[other];
    const dz = z[cell] - z[other];
    // no Math.hypot: it puts its arguments into an array
    if (dx * dx + dy * dy + dz * dz < spacing * spacing) return false;
  }
  return true;
}
