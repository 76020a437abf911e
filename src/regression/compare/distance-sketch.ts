/** Quantiles are right to this share of themselves. */
const ACCURACY = 0.005;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** Values below count as this for quantiles, values above the largest likewise; in the unit of the values. */
const SMALLEST = 1e-9;
const LARGEST = 1e9;
const FIRST = Math.ceil(Math.log(SMALLEST) / LOG_GAMMA);
const BINS = Math.ceil(Math.log(LARGEST) / LOG_GAMMA) - FIRST + 1;

/** A summary of many values that are not negative; all null where there is none. */
export interface SketchSummary {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/**
 * Values that are not negative, counted by size in bins that grow by one per cent, so that quantiles are right to half a per
 * cent of themselves however small they are; memory does not grow with their number. Zeros are counted exactly: a
 * comparison of two equal recordings must say 0, not "less than a bin".
 *
 * The bins are those of the DDSketch (Masson, Rim and Lee 2019).
 */
export class DistanceSketch {
  #bins: Uint32Array | undefined;
  #zeros = 0;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** @param value Not negative; what is not finite counts as infinitely far. */
  add(value: number): void {
    const known = Number.isFinite(value) ? value : Infinity;
    this.#count++;
    this.#sum += known;
    if (known < this.#min) this.#min = known;
    if (known > this.#max) this.#max = known;
    if (known === 0) {
      this.#zeros++;
      return;
    }
    this.#bins ??= new Uint32Array(BINS);
    this.#bins[binOf(known)]++;
  }

  /** The value that a share `q` of all does not exceed; null where there is none. */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let below = this.#zeros;
    if (below >= rank) return 0;
    const bins = this.#bins as Uint32Array;
    for (let bin = 0; bin < BINS; bin++) {
      below += bins[bin];
      if (below >= rank) return Math.min(Math.max(middleOf(bin), this.#min), this.#max);
    }
    return this.#max;
  }

  summary(): SketchSummary {
    const some = this.#count > 0;
    return {
      mean: some ? this.#sum / this.#count : null,
      p50: this.quantile(0.5),
      p95: this.quantile(0.95),
      max: some ? this.#max : null,
    };
  }
}

function binOf(value: number): number {
  const bin = Math.ceil(Math.log(value) / LOG_GAMMA) - FIRST;
  return Math.min(Math.max(bin, 0), BINS - 1);
}

/** The value in the middle of a bin, by which no value in it is wrong by more than the accuracy. */
function middleOf(bin: number): number {
  return (2 * GAMMA ** (bin + FIRST)) / (GAMMA + 1);
}
