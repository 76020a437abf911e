import type { DepthGrid } from './depth-grid.js';

/** Width of a bucket of the queue, metres; below the pitch of a cell, so that the order is exact. */
const BUCKET = 0.001;
const NONE = -1;
/** Twice as many and one must fit into an int32. */
const MOST_RUNS = 2 ** 30 - 1;

/**
 * Distances along the surface from one cell, up to a limit: Dijkstra over linked cells, 3D distance as weight, with a
 * queue of buckets (Dial).
 *
 * A cell whose distance shrinks is queued again and its older entry is passed over when its turn comes: taking it out of
 * the middle of a bucket would cost more. Runs are cheap to repeat: only the cells that a run reaches are touched.
 */
export class Geodesic {
  /** Cells reached by the last run, in order of distance: `order[0 .. count)`. */
  order = new Int32Array(0);
  count = 0;
  #distance = new Float32Array(0);
  /** Twice the run in which a cell was reached, and one more once its distance is final. */
  #state = new Int32Array(0);
  /** First entry of each bucket; entries are cells in the order of queueing, each with the one below it in its bucket. */
  #heads = new Int32Array(0);
  #cells = new Int32Array(0);
  #below = new Int32Array(0);
  #runs = 0;

  run(grid: DepthGrid, start: number, limit: number): void {
    this.#prepare(grid.cells, limit);
    const { x, y, z, neighbours } = grid;
    const distance = this.#distance;
    const order = this.order;
    const heads = this.#heads;
    const cells = this.#cells;
    const below = this.#below;
    const state = this.#state;
    const reached = 2 * this.#runs;
    const settled = reached + 1;
    let count = 0;
    let entries = 1;
    state[start] = reached;
    distance[start] = 0;
    cells[0] = start;
    below[0] = NONE;
    heads[0] = 0;
    for (let bucket = 0; bucket < heads.length; bucket++) {
      for (let entry = heads[bucket]; entry !== NONE; entry = heads[bucket]) {
        heads[bucket] = below[entry];
        const cell = cells[entry];
        if (state[cell] === settled) continue;
        state[cell] = settled;
        order[count++] = cell;
        const d = distance[cell];
        const cx = x[cell];
        const cy = y[cell];
        const cz = z[cell];
        const jump = grid.jumpAt(cz);
        for (let k = 0; k < 8; k++) {
          const other = cell + neighbours[k];
          const before = state[other];
          if (before === settled) continue;
          const oz = z[other];
          const dz = oz - cz;
          if (oz === 0 || dz >= jump || dz <= -jump) continue;
          const dx = x[other] - cx;
          const dy = y[other] - cy;
          const far = d + Math.sqrt(dx * dx + dy * dy + dz * dz);
          if (far >= limit || (before === reached && far >= distance[other])) continue;
          state[other] = reached;
          distance[other] = far;
          const into = (far / BUCKET) | 0;
          cells[entries] = other;
          below[entries] = heads[into];
          heads[into] = entries++;
        }
      }
    }
    this.count = count;
  }

  /** Distance of a cell from the start of the last run, metres; Infinity where it did not get. */
  at(cell: number): number {
    return this.#state[cell] >> 1 === this.#runs ? this.#distance[cell] : Infinity;
  }

  #prepare(cells: number, limit: number): void {
    if (this.order.length < cells) {
      this.order = new Int32Array(cells);
      this.#distance = new Float32Array(cells);
      this.#state = new Int32Array(cells);
      // each link between two cells queues at most one entry
      this.#cells = new Int32Array(8 * cells + 1);
      this.#below = new Int32Array(8 * cells + 1);
      this.#runs = 0;
    }
    const buckets = Math.ceil(limit / BUCKET) + 1;
    if (this.#runs === MOST_RUNS) {
      this.#state.fill(0);
      this.#runs = 0;
    }
    if (this.#heads.length !== buckets) this.#heads = new Int32Array(buckets).fill(NONE);
    this.#runs++;
  }
}
