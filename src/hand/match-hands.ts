import { assign } from '../geometry/index.js';

/** Hands whose joints are farther apart than this in the mean are not the same hand, metres: about a hand's length. */
const APART = 0.2;

/** A hand that comes back so soon and so near to where it was lost is that hand: seconds, metres. */
export const SAME_HAND = { seconds: 1, metres: 0.25 } as const;

/** The joints of a hand, three numbers each, metres; none of a hand that is not tracked. */
export interface JointsToMatch {
  readonly positions: ArrayLike<number>;
}

/**
 * Two lists of hands of one moment, such as results and ground truth, each hand with the one of the other list that is the same hand by
 * its joints, or alone: of all ways to pair them, the one with the least sum of mean distances, where hands that are farther apart than
 * `limit` are no pair. What has no joints, or another number of them, is alone.
 *
 * @param limit metres; 0.2 by default
 * @param prefer metres by which a pair counts as nearer than it is; 0 by default
 * @returns pairs, first those with a hand of `first` in its order
 */
export function matchHands<First extends JointsToMatch, Second extends JointsToMatch>(
  first: readonly First[],
  second: readonly Second[],
  { limit = APART, prefer = () => 0 }: { limit?: number; prefer?: (a: First, b: Second) => number } = {},
): (readonly [First, Second | undefined] | readonly [undefined, Second])[] {
  const costs = first.map((a) =>
    second.map((b) => {
      const apart = meanDistance(a.positions, b.positions);
      return apart < limit ? apart - prefer(a, b) : Number.POSITIVE_INFINITY;
    }),
  );
  const partners = second.length === 0 ? first.map(() => undefined) : assign(costs, limit);
  const taken = new Set(partners);
  return [
    ...first.map((hand, i) => [hand, partners[i] === undefined ? undefined : second[partners[i]]] as const),
    ...second.flatMap((hand, i) => (taken.has(i) ? [] : [[undefined, hand] as const])),
  ];
}

/** Of the joints of two hands, metres; infinite where they have not the same number of joints, or none. */
export function meanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i + 2 < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return sum / (a.length / 3);
}
