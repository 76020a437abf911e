/** What belongs together and is not independent: the errors of one sequence, of one hand. */
export interface GroupSum {
  readonly sum: number;
  readonly count: number;
}

/** Both ends included. */
export type Interval = readonly [low: number, high: number];

export interface ResampleOptions {
  /** Share of the resamples that lie inside. Default 0.95. */
  readonly level?: number;
  /** Default 2000. */
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * Interval of the mean over all groups together, by drawing whole groups with replacement (the percentile bootstrap, Efron and
 * Tibshirani 1993, chapter 13). Frames of one sequence are alike: drawing frames would make the interval far too narrow.
 *
 * @returns undefined for fewer than two groups with something in them
 * @example
 * ```ts
 * resampledInterval([{ sum: 120, count: 10 }, { sum: 90, count: 10 }, { sum: 150, count: 10 }]);
 * ```
 */
export function resampledInterval(groups: readonly GroupSum[], options: ResampleOptions = {}): Interval | undefined {
  return intervalOf(groups, options, (drawn) => meanOf(drawn.map((i) => groups[i])));
}

/**
 * Interval of the difference between two means over the same groups, `a - b`: both are drawn alike, so what makes a sequence hard
 * for both cancels out.
 *
 * @returns undefined for lists of different lengths or fewer than two groups
 */
export function resampledDifference(
  a: readonly GroupSum[],
  b: readonly GroupSum[],
  options: ResampleOptions = {},
): Interval | undefined {
  if (a.length !== b.length) return undefined;
  return intervalOf(a, options, (drawn) => meanOf(drawn.map((i) => a[i])) - meanOf(drawn.map((i) => b[i])));
}

function intervalOf(
  groups: readonly GroupSum[],
  { level = 0.95, draws = 2000, seed = 1 }: ResampleOptions,
  figure: (drawn: readonly number[]) => number,
): Interval | undefined {
  const filled = groups.flatMap(({ count }, i) => (count > 0 ? [i] : []));
  if (filled.length < 2) return undefined;
  const next = uniform(seed);
  const figures = Float64Array.from({ length: draws }, () =>
    figure(filled.map(() => filled[Math.floor(next() * filled.length)])),
  ).sort();
  const at = (share: number): number => figures[Math.min(draws - 1, Math.floor(share * draws))];
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

function meanOf(groups: readonly GroupSum[]): number {
  let sum = 0;
  let count = 0;
  for (const group of groups) {
    sum += group.sum;
    count += group.count;
  }
  return sum / count;
}

/** Numbers in [0, 1), the same for the same seed (a Weyl sequence, mixed). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let h = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
  };
}
