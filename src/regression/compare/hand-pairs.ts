import { matchHands } from '../../hand/index.js';
import type { ComparedHand } from './compared-hand.js';

/** Which two hands belong together is kept, unless others are nearer by more than this, metres. */
const KEPT = 0.005;
/** Hands of which is remembered which one of the other recording they belong to. */
const MOST_REMEMBERED = 256;

type Pair = readonly [golden: ComparedHand | undefined, found: ComparedHand | undefined];

/** The hands of both recordings at one moment. */
export interface PairedHands {
  readonly pairs: readonly Pair[];
  /** Golden hands that belong to another one of the new recording than before. */
  readonly switches: readonly { readonly golden: ComparedHand; readonly before: number; readonly now: number }[];
}

/**
 * Says moment by moment which hand of the new recording is which of the golden one.
 *
 * Tracked hands belong together by their joints, whatever their ids: of all ways the one with the least sum of distances, none of them
 * beyond 0.2 m. What is left is paired by id, then by side, then in order, but never two tracked hands that are too far apart. Where each
 * recording has one result there is nothing to choose.
 */
export class HandPairs {
  /** The id in the new recording by that in the golden one, of the last moment in which both were tracked. */
  readonly #partners = new Map<number, number>();

  next(golden: readonly ComparedHand[], found: readonly ComparedHand[]): PairedHands {
    const pairs =
      golden.length === 1 && found.length === 1 ? ([[golden[0], found[0]]] as const) : this.#paired(golden, found);
    const switches = pairs.flatMap(([a, b]) => {
      if (a?.tracked !== true || b?.tracked !== true) return [];
      const before = this.#partners.get(a.handId);
      this.#partners.delete(a.handId); // the latest last
      this.#partners.set(a.handId, b.handId);
      return before === undefined || before === b.handId ? [] : [{ golden: a, before, now: b.handId }];
    });
    for (const [id] of this.#partners) {
      if (this.#partners.size <= MOST_REMEMBERED) break;
      this.#partners.delete(id);
    }
    return { pairs, switches };
  }

  /** The golden hand that a hand of the new recording belonged to last, by their ids. */
  goldenIdOf(id: number): number | undefined {
    return [...this.#partners].findLast(([, found]) => found === id)?.[0];
  }

  #paired(golden: readonly ComparedHand[], found: readonly ComparedHand[]): Pair[] {
    const prefer = (a: ComparedHand, b: ComparedHand) => {
      return (this.#partners.get(a.handId) ?? a.handId) === b.handId ? KEPT : 0;
    };
    const pairs = matchHands(golden, found, { prefer });
    const left = pairs.flatMap(([a, b]) => (a === undefined ? [b] : []));
    const partners = new Map(pairs.flatMap(([a, b]) => (a !== undefined && b !== undefined ? [[a, b] as const] : [])));
    const rules = [
      (a: ComparedHand, b: ComparedHand) => a.handId === b.handId,
      (a: ComparedHand, b: ComparedHand) => a.handedness === b.handedness,
      () => true,
    ];
    for (const fits of rules) {
      for (const hand of golden) {
        if (partners.has(hand)) continue;
        const at = left.findIndex((other) => fits(hand, other) && !areApart(hand, other));
        if (at >= 0) partners.set(hand, left.splice(at, 1)[0]);
      }
    }
    return [
      ...golden.map((hand) => [hand, partners.get(hand)] as const),
      ...left.map((other) => [undefined, other] as const),
    ];
  }
}

/** Two tracked hands of one skeleton that were not paired by their joints. */
function areApart(a: ComparedHand, b: ComparedHand): boolean {
  return a.tracked && b.tracked && a.positions.length === b.positions.length && a.positions.length > 0;
}
