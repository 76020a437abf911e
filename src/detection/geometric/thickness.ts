import type { DepthGrid } from './depth-grid.js';

/** A cell as far from a silhouette as this is no finger's, metres. */
const FINGER_HALF_WIDTH = 0.013;
/** Cells farther than this from any thicker cell are finger-thin: a rectangle's corners are not. */
const FINGER_REACH = 0.021;
/** So far a surface is taken to go on behind what hides it, metres. */
const HIDDEN = 0.03;
const FAR = 1e6;
/** A gap smaller than this inside a surface is a shadow or a drop-out, not the surface's end; square metres. */
const HOLE_AREA = 0.0006;
/** Marks among depths: part of a gap that is no hole; beyond the grid. */
const OPEN = -1;
const BEYOND = 2 ** -30;

/**
 * How thick the surfaces are: the distance of each cell to the silhouette of its surface, metres.
 *
 * A silhouette is where a surface ends before something farther or before nothing. Where something nearer hides it, it is
 * taken to go on a little, and where the grid ends, without end: a torso behind a hand stays a torso. A small hole is
 * surface as deep as the farthest of its rim: the shadow of the thumb does not cut the palm in two, and a ring of missing
 * pixels does not make an island of what is in it.
 */
export class Thickness {
  /** Half the local width, as seen from the camera; 0 where there is no point. */
  half = new Float32Array(0);
  /** 1 on thin parts that stick out of thicker ones: fingers, cables, edges of cloth. */
  thin = new Uint8Array(0);
  #toCore = new Float32Array(0);
  /** The grid's depths with small holes filled, and with marks where nothing is. */
  #surface = new Float32Array(0);
  #queue = new Int32Array(0);

  compute(grid: DepthGrid): void {
    const { z, cells } = grid;
    if (this.half.length < cells) {
      this.half = new Float32Array(cells);
      this.thin = new Uint8Array(cells);
      this.#toCore = new Float32Array(cells);
      this.#surface = new Float32Array(cells);
      this.#queue = new Int32Array(cells);
    }
    const { half, thin } = this;
    const toCore = this.#toCore;
    const surface = this.#surface;
    fillHoles(grid, surface, this.#queue);
    markSilhouettes(grid, surface, half);
    chamfer(grid, surface, half);
    for (let cell = 0; cell < cells; cell++) {
      toCore[cell] = half[cell] * grid.pitchAt(surface[cell]) >= FINGER_HALF_WIDTH ? 0 : FAR;
      half[cell] *= grid.pitchAt(z[cell]);
    }
    chamfer(grid, surface, toCore);
    for (let cell = 0; cell < cells; cell++) {
      thin[cell] = z[cell] > 0 && toCore[cell] * grid.pitchAt(z[cell]) > FINGER_REACH ? 1 : 0;
    }
  }
}

/** Copy the depths, and give small gaps enclosed by surface the depth of the farthest of their rim. */
function fillHoles(grid: DepthGrid, surface: Float32Array, queue: Int32Array): void {
  const { z, cols, rows } = grid;
  surface.fill(BEYOND, 0, grid.cells);
  for (let row = 1; row < rows - 1; row++) {
    surface.set(z.subarray(row * cols + 1, row * cols + cols - 1), row * cols + 1);
  }
  for (let row = 1; row < rows - 1; row++) {
    for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
      // A hole's first cell in reading order has surface to its left and above.
      if (surface[cell] !== 0 || z[cell - 1] === 0 || z[cell - cols] === 0) continue;
      const pitch = grid.pitchAt(z[cell - 1]);
      floodGap(grid, surface, queue, cell, HOLE_AREA / (pitch * pitch));
    }
  }
}

/** Mark the gap around `start`: with its depth, or OPEN where it has more than `most` cells or leaves the grid. */
function floodGap(grid: DepthGrid, surface: Float32Array, queue: Int32Array, start: number, most: number): void {
  const { z, neighbours } = grid;
  let count = 0;
  let deepest = 0;
  let open = false;
  queue[count++] = start;
  surface[start] = 1;
  for (let head = 0; head < count && !open; head++) {
    open = count > most;
    for (let k = 0; k < 4 && !open; k++) {
      const other = queue[head] + neighbours[k];
      if (z[other] > 0) {
        deepest = Math.max(deepest, z[other]);
      } else if (surface[other] === 0) {
        surface[other] = 1;
        queue[count++] = other;
      } else {
        open = surface[other] === OPEN || surface[other] === BEYOND;
      }
    }
  }
  for (let i = 0; i < count; i++) surface[queue[i]] = open ? OPEN : deepest;
}

/** Distances to start from, in cells: half a cell on silhouettes, HIDDEN where hidden, far on the rest, 0 without a surface. */
function markSilhouettes(grid: DepthGrid, surface: Float32Array, distance: Float32Array): void {
  const { cols, rows } = grid;
  distance.fill(0, 0, grid.cells);
  for (let row = 1; row < rows - 1; row++) {
    for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
      const here = surface[cell];
      if (here <= 0) continue;
      const left = surface[cell - 1];
      const right = surface[cell + 1];
      const above = surface[cell - cols];
      const below = surface[cell + cols];
      const jump = grid.jumpAt(here);
      const behind = here + jump;
      if (endsAt(left, behind) || endsAt(right, behind) || endsAt(above, behind) || endsAt(below, behind)) {
        distance[cell] = 0.5;
      } else {
        const nearest = Math.min(beyondIsFar(left), beyondIsFar(right), beyondIsFar(above), beyondIsFar(below));
        distance[cell] = nearest < here - jump ? HIDDEN / grid.pitchAt(here) : FAR;
      }
    }
  }
}

function endsAt(depth: number, behind: number): boolean {
  return depth <= 0 || depth > behind;
}

function beyondIsFar(depth: number): number {
  return depth === BEYOND ? FAR : depth;
}

/** Two-pass chamfer distance in cells (1, sqrt 2) along links, in place. */
function chamfer(grid: DepthGrid, surface: Float32Array, distance: Float32Array): void {
  const { cols, rows } = grid;
  for (let row = 1; row < rows - 1; row++) {
    for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
      if (surface[cell] > 0) relax(grid, surface, distance, cell, -1, -cols, -cols - 1, -cols + 1);
    }
  }
  for (let row = rows - 2; row > 0; row--) {
    for (let cell = row * cols + cols - 2, end = row * cols; cell > end; cell--) {
      if (surface[cell] > 0) relax(grid, surface, distance, cell, 1, cols, cols + 1, cols - 1);
    }
  }
}

function relax(
  grid: DepthGrid,
  surface: Float32Array,
  distance: Float32Array,
  cell: number,
  straight1: number,
  straight2: number,
  diagonal1: number,
  diagonal2: number,
): void {
  const nearest = distance[cell];
  // no step is shorter than 1, so nothing shortens this; on a hand's inside that is most cells
  if (nearest <= 1) return;
  const here = surface[cell];
  const jump = grid.jumpAt(here);
  let best = nearest;
  let through = distance[cell + straight1] + 1;
  if (through < best && isLinked(surface[cell + straight1], here, jump)) best = through;
  through = distance[cell + straight2] + 1;
  if (through < best && isLinked(surface[cell + straight2], here, jump)) best = through;
  through = distance[cell + diagonal1] + Math.SQRT2;
  if (through < best && isLinked(surface[cell + diagonal1], here, jump)) best = through;
  through = distance[cell + diagonal2] + Math.SQRT2;
  if (through < best && isLinked(surface[cell + diagonal2], here, jump)) best = through;
  if (best < nearest) distance[cell] = best;
}

function isLinked(other: number, here: number, jump: number): boolean {
  return other > 0 && Math.abs(other - here) < jump;
}
