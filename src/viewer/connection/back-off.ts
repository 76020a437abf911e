const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 10;

/**
 * Seconds to wait before the next try: half a second after the first failure, twice as long after each further one, ten at
 * most; up to a fifth less by chance, so that many pages do not come back in the same moment.
 *
 * @param failures in a row, 1 or more
 * @param random in [0, 1)
 */
export function backOffSeconds(failures: number, random: number): number {
  const longest = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (Math.max(1, failures) - 1));
  return longest * (1 - 0.2 * random);
}
