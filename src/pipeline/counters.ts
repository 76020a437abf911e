/** Why a depth message gave no result. An error code, or what a queue or a pairing did. */
export type DropCause = string;

/** A copy of the counts at one moment; `in = out + pending + the sum of dropped`, always. */
export interface CountsSnapshot {
  /** Depth messages that came. */
  readonly in: number;
  /** Results that went out, those that say "no hand" included. */
  readonly out: number;
  /** Of `out`: results with a hand. */
  readonly tracked: number;
  /** Of `out`: results that say that there is no hand, by reason. */
  readonly lost: Readonly<Record<string, number>>;
  /** Messages without a result, by cause. */
  readonly dropped: Readonly<Record<DropCause, number>>;
  /** Came, and not yet out or dropped. */
  readonly pending: number;
}

/** Accounts for every depth message from its arrival to its result or its drop. Causes are bounded in number by the code. */
export class Counters {
  #in = 0;
  #out = 0;
  #tracked = 0;
  readonly #lost = new Map<string, number>();
  readonly #dropped = new Map<DropCause, number>();

  arrived(): void {
    this.#in++;
  }

  dropped(cause: DropCause): void {
    this.#dropped.set(cause, (this.#dropped.get(cause) ?? 0) + 1);
  }

  /** @param lostReason absent for a result with a hand. */
  delivered(lostReason?: string): void {
    this.#out++;
    if (lostReason === undefined) this.#tracked++;
    else this.#lost.set(lostReason, (this.#lost.get(lostReason) ?? 0) + 1);
  }

  snapshot(): CountsSnapshot {
    const dropped = Object.fromEntries(sorted(this.#dropped));
    const lostToDrops = Object.values(dropped).reduce((sum, n) => sum + n, 0);
    return {
      in: this.#in,
      out: this.#out,
      tracked: this.#tracked,
      lost: Object.fromEntries(sorted(this.#lost)),
      dropped,
      pending: this.#in - this.#out - lostToDrops,
    };
  }
}

function sorted(map: Map<string, number>): [string, number][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
