/** Distances and durations as the few numbers that a manifest names. */

const round = (value, digits = 2) => Math.round(value * 10 ** digits) / 10 ** digits;

/** Mean, median and 95 % of distances in mm, and the share of frames with every one of theirs within 20, 30 and 50 mm. */
export class Errors {
  #all = [];
  #worst = [];

  /** @param distances of one frame, mm */
  add(distances) {
    this.#all.push(...distances);
    this.#worst.push(Math.max(...distances));
  }

  figures() {
    const sorted = Float64Array.from(this.#all).sort();
    const within = (mm) => round(this.#worst.filter((worst) => worst <= mm).length / this.#worst.length, 4);
    return {
      mean: round(sorted.reduce((a, b) => a + b, 0) / sorted.length),
      median: round(sorted[sorted.length >> 1]),
      p95: round(sorted[Math.floor(0.95 * sorted.length)]),
      framesAllWithin20: within(20),
      framesAllWithin30: within(30),
      framesAllWithin50: within(50),
    };
  }
}

/** Median and 95 % of durations in milliseconds. */
export function durations(milliseconds) {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return { median: at(0.5), p95: at(0.95) };
}

/** mm between the points at index `i` of `a` and `j` of `b`, both x, y, z in shares of a cube's edge (metres). */
export function distanceMm(a, i, b, j, edge) {
  return Math.hypot(...[0, 1, 2].map((axis) => a[3 * i + axis] - b[3 * j + axis])) * edge * 1000;
}
