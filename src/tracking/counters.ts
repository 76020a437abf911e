import { Counts } from '../timing/index.js';

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
  /**
   * Reference points that a refiner was shown, by what became of them: `refined`, or why they stayed as they came (see
   * `RefinedPoint`). Absent where there is no refiner.
   */
  readonly refinement?: Readonly<Record<string, number>>;
  /** Hands that were left out while others were tracked, by cause; absent where there are none. */
  readonly shed?: Readonly<Record<string, number>>;
  /**
   * Metres per unit of depth that would make sense, where depth seems to be read in a wrong unit; absent otherwise. 16-bit depth is read
   * in `input.depth_unit`, 32FC1 in metres.
   */
  readonly suspectedUnit?: number;
  /** Came, and not yet out or dropped. */
  readonly pending: number;
}

/** Accounts for every depth message from its arrival to its result or its drop. Causes are bounded in number by the code. */
export class Counters {
  #in = 0;
  #out = 0;
  #tracked = 0;
  #suspectedUnit: number | undefined;
  readonly #lost = new Counts();
  readonly #dropped = new Counts<DropCause>();
  readonly #refinement = new Counts();
  readonly #shed = new Counts();

  arrived(): void {
    this.#in++;
  }

  dropped(cause: DropCause): void {
    this.#dropped.add(cause);
  }

  /** A frame's reference point was shown to a refiner; the frame itself is still on its way. */
  refined(outcome: string): void {
    this.#refinement.add(outcome);
  }

  /** A hand is left out from here on; its frame is still on its way. */
  shed(cause: string): void {
    this.#shed.add(cause);
  }

  /** Depth seems to have this unit, metres; of several guesses the newest counts. */
  suspectUnit(metres: number): void {
    this.#suspectedUnit = Number(metres.toPrecision(3));
  }

  /** @param lostReason absent for a result with a hand. */
  delivered(lostReason?: string): void {
    this.#out++;
    if (lostReason === undefined) this.#tracked++;
    else this.#lost.add(lostReason);
  }

  /** A result that was delivered with a hand goes out as one without after all. */
  lostAfterwards(reason: string): void {
    this.#tracked--;
    this.#lost.add(reason);
  }

  snapshot(): CountsSnapshot {
    return {
      in: this.#in,
      out: this.#out,
      tracked: this.#tracked,
      lost: this.#lost.snapshot(),
      dropped: this.#dropped.snapshot(),
      ...(this.#refinement.size > 0 && { refinement: this.#refinement.snapshot() }),
      ...(this.#shed.size > 0 && { shed: this.#shed.snapshot() }),
      ...(this.#suspectedUnit !== undefined && { suspectedUnit: this.#suspectedUnit }),
      pending: this.#in - this.#out - this.#dropped.total,
    };
  }
}
