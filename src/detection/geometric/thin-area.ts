import type { DepthGrid } from './depth-grid.js';
import type { Thickness } from './thickness.js';

/**
 * How much finger-thin surface there is around any cell, linked to it or not: a summed-area table, filled once per grid.
 * Owns its memory.
 */
export class ThinArea {
  /** Thin cells above and to the left of each cell, itself included. */
  #sums = new Int32Array(0);

  fill({ cols, rows, cells }: DepthGrid, { thin }: Thickness): void {
    if (this.#sums.length < cells) this.#sums = new Int32Array(cells);
    const sums = this.#sums;
    sums.fill(0, 0, cols);
    for (let row = 1; row < rows; row++) {
      let line = 0;
      for (let cell = row * cols, end = cell + cols; cell < end; cell++) {
        line += thin[cell];
        sums[cell] = sums[cell - cols] + line;
      }
    }
  }

  /** Thin surface in a square of half edge `reach` (metres) around a cell, all of it taken to be as far; square metres. */
  around(grid: DepthGrid, cell: number, reach: number): number {
    const { cols, rows } = grid;
    const sums = this.#sums;
    const pitch = grid.pitchAt(grid.z[cell]);
    const span = Math.ceil(reach / pitch);
    const col = cell % cols;
    const row = (cell - col) / cols;
    const left = Math.max(0, col - span - 1);
    const right = Math.min(cols - 1, col + span);
    const above = Math.max(0, row - span - 1) * cols;
    const below = Math.min(rows - 1, row + span) * cols;
    return (sums[below + right] - sums[below + left] - sums[above + right] + sums[above + left]) * pitch * pitch;
  }
}
