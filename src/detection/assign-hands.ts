import { assign, distance, type Vec3 } from '../geometry/index.js';
import { type SideVote, sideShare } from './side-vote.js';

/** What it costs to leave something without a partner; the costs of one are distance (0 to 1), doubt and another side. */
const NO_PARTNER = 2;
const DOUBT_COST = 0.5;
const SIDE_COST = 0.5;

/** A hand that was seen, by either stage. */
export interface SeenAt {
  readonly root: Vec3;
  /** Log-odds of a left hand. */
  readonly left: number;
}

/** A hand that is known, at the place where it is looked for. */
export interface KnownAt {
  readonly root: Vec3;
  readonly vote: SideVote;
}

/** For each row its column in the assignment of all that costs the least; undefined where it is better off without. */
export function matched<Row, Column>(
  rows: readonly Row[],
  columns: readonly Column[],
  cost: (row: Row, column: Column) => number,
): (Column | undefined)[] {
  const costs = rows.map((row) => columns.map((column) => cost(row, column)));
  return assign(costs, NO_PARTNER).map((column) => (column === undefined ? undefined : columns[column]));
}

/**
 * What it costs to take a hand that was seen for one that is known: their distance, and how likely it is of the other side once the side is
 * settled. Infinity from `radius` metres on.
 *
 * @param doubt that it is a hand at all, 0 to 1
 */
export function costOf({ root, left }: SeenAt, known: KnownAt, radius: number, doubt = 0): number {
  const apart = distance(root, known.root) / radius;
  if (!(apart < 1)) return Number.POSITIVE_INFINITY;
  const other = known.vote.settled ? sideShare(known.vote.side, -left) : 0;
  return apart + DOUBT_COST * doubt + SIDE_COST * other;
}
