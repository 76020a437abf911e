export interface BackOffOptions {
  /** Seconds before the second try; 0.5 by default. */
  readonly first?: number;
  /** Seconds between two tries at most; 10 by default. */
  readonly longest?: number;
}

/**
 * Seconds to wait before the next try: each time twice as long, up to the longest, and up to a fifth less by chance, so that
 * many clients of a server that restarts do not come back at the same moment.
 *
 * @param failures in a row, at least 1
 * @param random in [0, 1); 0, the default: no less
 */
export function backOff(failures: number, { first = 0.5, longest = 10 }: BackOffOptions, random = 0): number {
  return Math.min(longest, first * 2 ** (failures - 1)) * (1 - 0.2 * random);
}
