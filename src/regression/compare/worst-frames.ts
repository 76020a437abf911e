import type { ComparedHand } from './compared-hand.js';

/** Two results that are far apart, or of which only one has a hand. */
export interface WorstFrame {
  readonly stamp: bigint;
  readonly kind: 'apart' | 'found' | 'lost';
  readonly golden: ComparedHand;
  readonly new: ComparedHand;
  /** Of all joints, millimetres; null where there are not two hands. */
  readonly meanMm: number | null;
  readonly maxMm: number | null;
  /** The joint that is farthest off. */
  readonly joint: string | null;
}

/**
 * Keeps the frames that are farthest apart, and the first ones of those in which a hand came or went; at most `most` of each kind.
 */
export class WorstFrames {
  readonly #most: number;
  readonly #apart: WorstFrame[] = [];
  readonly #found: WorstFrame[] = [];
  readonly #lost: WorstFrame[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(frame: WorstFrame): void {
    if (frame.kind !== 'apart') {
      const list = frame.kind === 'found' ? this.#found : this.#lost;
      if (list.length < this.#most) list.push(frame);
      return;
    }
    const distance = frame.maxMm ?? 0;
    if (distance === 0) return;
    if (this.#apart.length === this.#most && !(distance > (this.#apart.at(-1)?.maxMm ?? Infinity))) return;
    let at = this.#apart.length;
    while (at > 0 && distance > (this.#apart[at - 1].maxMm ?? 0)) at--;
    this.#apart.splice(at, 0, frame);
    if (this.#apart.length > this.#most) this.#apart.pop();
  }

  /**
   * Hands that went and came first, as there is nothing worse, then by distance: at most `most` in all, and of each kind a third at
   * most unless the others leave room.
   */
  frames(): WorstFrame[] {
    const share = Math.ceil(this.#most / 3);
    const room = Math.max(0, this.#most - this.#apart.length);
    const lost = this.#lost.slice(0, Math.max(share, room - this.#found.length));
    const found = this.#found.slice(0, Math.max(share, room - lost.length));
    return [...lost, ...found, ...this.#apart].slice(0, this.#most);
  }
}
