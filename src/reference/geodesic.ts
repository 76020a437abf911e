import type { DepthGrid } from './depth-grid.js';

/** Width of a bucket of the queue, metres; below the pitch of a cell, so that the order is exact. */
const BUCKET = 0.001;
const NONE = -1;

/**
 * Distances along the surface from one cell, up to a limit: Dijkstra over linked cells, 3D distance as weight, with a
 * queue of buckets (Dial).
 *
 * Runs are cheap to repeat: only the cells that a run reaches are touched.
 */
export class Geodesic {
  /** Cells reached by the last run, in order of distance: `order[0 .. count)`. */
  order = new Int32Array(0);
  count = 0;
  #distance = new Float32Array(0);
  #run = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #bucketOf = new Int32Array(0);
  #heads = new Int32Array(0);
  #runs = 0;

  run(grid: DepthGrid, start: number, limit: number): void {
    this.#prepare(grid.cells, limit);
    const { x, y, z, neighbours } = grid;
    const distance = this.#distance;
    const order = this.order;
    const heads = this.#heads;
    const run = this.#run;
    const id = this.#runs;
    let count = 0;
    run[start] = id;
    distance[start] = 0;
    this.#insert(start, 0);
    for (let bucket = 0; bucket < heads.length; bucket++) {
      for (let cell = heads[bucket]; cell !== NONE; cell = heads[bucket]) {
        this.#remove(cell);
        this.#bucketOf[cell] = NONE;
        order[count++] = cell;
        const d = distance[cell];
        const cx = x[cell];
        const cy = y[cell];
        const cz = z[cell];
        const jump = grid.jumpAt(cz);
        for (let k = 0; k < 8; k++) {
          const other = cell + neighbours[k];
          const oz = z[other];
          if (oz === 0) continue;
          const dz = oz - cz;
          if (dz >= jump || dz <= -jump) continue;
          const dx = x[other] - cx;
          const dy = y[other] - cy;
          const far = d + Math.sqrt(dx * dx + dy * dy + dz * dz);
          if (far >= limit) continue;
          if (run[other] !== id) {
            run[other] = id;
            distance[other] = far;
            this.#insert(other, (far / BUCKET) | 0);
          } else if (far < distance[other] && this.#bucketOf[other] !== NONE) {
            this.#remove(other);
            distance[other] = far;
            this.#insert(other, (far / BUCKET) | 0);
          }
        }
      }
    }
    this.count = count;
  }

  /** Distance of a cell from the start of the last run, metres; Infinity where it did not get. */
  at(cell: number): number {
    return this.#run[cell] === this.#runs ? this.#distance[cell] : Infinity;
  }

  #prepare(cells: number, limit: number): void {
    if (this.order.length < cells) {
      this.order = new Int32Array(cells);
      this.#distance = new Float32Array(cells);
      this.#run = new Int32Array(cells);
      this.#next = new Int32Array(cells);
      this.#previous = new Int32Array(cells);
      this.#bucketOf = new Int32Array(cells);
      this.#runs = 0;
    }
    const buckets = Math.ceil(limit / BUCKET) + 1;
    if (this.#heads.length !== buckets) this.#heads = new Int32Array(buckets).fill(NONE);
    this.#runs++;
  }

  #insert(cell: number, bucket: number): void {
    const head = this.#heads[bucket];
    this.#bucketOf[cell] = bucket;
    this.#next[cell] = head;
    this.#previous[cell] = NONE;
    if (head !== NONE) this.#previous[head] = cell;
    this.#heads[bucket] = cell;
  }

  #remove(cell: number): void {
    const next = this.#next[cell];
    const previous = this.#previous[cell];
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    else this.#heads[this.#bucketOf[cell]] = next;
  }
}
