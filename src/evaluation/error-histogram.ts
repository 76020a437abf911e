/** Width of a bin, millimetres: quantiles are right to this. */
const BIN_MM = 0.1;

/** Errors above are counted together; quantiles there are the maximum. */
const LIMIT_MM = 1000;

/** A summary of many errors, millimetres; all null where there is none. */
export interface ErrorSummary {
  readonly meanMm: number | null;
  readonly medianMm: number | null;
  readonly p95Mm: number | null;
  readonly maxMm: number | null;
}

/** Errors by size, in memory that does not grow with their number. */
export class ErrorHistogram {
  /** Bin i counts errors in ((i - 1), i] * BIN_MM, the last one all above. */
  readonly #bins = new Uint32Array(LIMIT_MM / BIN_MM + 2);
  #count = 0;
  #sum = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** @param errorMm Not negative; what is not finite counts as beyond every threshold. */
  add(errorMm: number): void {
    const known = Number.isFinite(errorMm) ? errorMm : Infinity;
    this.#bins[Math.min(binOf(known), this.#bins.length - 1)]++;
    this.#count++;
    this.#sum += known;
    this.#max = Math.max(this.#max, known);
  }

  /** Number of errors of at most a threshold, which is rounded to the bins. */
  countWithin(thresholdMm: number): number {
    let count = 0;
    for (let bin = Math.min(binOf(thresholdMm), this.#bins.length - 2); bin >= 0; bin--) count += this.#bins[bin];
    return count;
  }

  /** The error that a share `q` of all does not exceed, interpolated within its bin; null where there is none. */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = q * this.#count;
    let below = 0;
    for (let bin = 0; bin < this.#bins.length - 1; bin++) {
      const inBin = this.#bins[bin];
      if (inBin > 0 && below + inBin >= rank) {
        const upper = bin * BIN_MM;
        return Math.min(bin === 0 ? 0 : upper - BIN_MM * (1 - (rank - below) / inBin), this.#max);
      }
      below += inBin;
    }
    return this.#max;
  }

  summary(): ErrorSummary {
    const some = this.#count > 0;
    return {
      meanMm: some ? this.#sum / this.#count : null,
      medianMm: this.quantile(0.5),
      p95Mm: this.quantile(0.95),
      maxMm: some ? this.#max : null,
    };
  }
}

/** An error right on the upper edge of a bin belongs to it, rounding errors or not. */
function binOf(errorMm: number): number {
  return Math.ceil(errorMm / BIN_MM - 1e-6);
}
