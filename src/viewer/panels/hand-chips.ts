import { SIDE_COLORS } from '../../hand/colors.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { handName } from '../model/joint-probe.js';
import { byId, element, setAttribute, setText } from '../ui/element.js';

/**
 * A button for each hand where there are several, in the colour of its side: which one the bars and the view are about. What was chosen
 * is remembered by its id; while that hand is not there, it is the first.
 */
export class HandChips {
  readonly #root = byId('hand-chips');
  readonly #onChoice: () => void;
  readonly #chips = new Map<number, HTMLButtonElement>();
  #chosen: number | undefined;

  constructor(onChoice: () => void) {
    this.#onChoice = onChoice;
  }

  /** The hand that is meant; undefined where there is none. */
  chosen(hands: readonly HandJoints[]): HandJoints | undefined {
    return hands.find(({ handId }) => handId === this.#chosen) ?? hands[0];
  }

  /** The id of the hand that was asked for, if one was and it is there. */
  asked(hands: readonly HandJoints[]): number | undefined {
    return hands.some(({ handId }) => handId === this.#chosen) ? this.#chosen : undefined;
  }

  /** To the next hand. */
  next(hands: readonly HandJoints[]): void {
    const at = hands.findIndex(({ handId }) => handId === this.chosen(hands)?.handId);
    if (hands.length > 1) this.#choose(hands[(at + 1) % hands.length].handId);
  }

  show(hands: readonly HandJoints[]): void {
    this.#root.hidden = hands.length < 2;
    const shown = hands.length < 2 ? [] : hands;
    for (const [id, chip] of this.#chips) {
      if (shown.some(({ handId }) => handId === id)) continue;
      chip.remove();
      this.#chips.delete(id);
    }
    for (const hand of shown) {
      const chip = this.#chips.get(hand.handId) ?? this.#add(hand.handId);
      const [swatch, name] = chip.children;
      setText(name, handName(hand, true));
      (swatch as HTMLElement).style.setProperty('--finger', SIDE_COLORS[hand.handedness]);
      setAttribute(chip, 'aria-pressed', String(this.chosen(hands)?.handId === hand.handId));
    }
  }

  #add(id: number): HTMLButtonElement {
    const chip = element(
      'button',
      { class: 'chip hand-chip', type: 'button', title: 'Show and follow this hand (H: the next one)' },
      element('i', { 'aria-hidden': 'true' }),
      element('span'),
    );
    chip.addEventListener('click', () => this.#choose(id));
    const after = [...this.#chips].filter(([other]) => other > id).sort(([a], [b]) => a - b)[0]?.[1];
    this.#root.insertBefore(chip, after ?? null);
    this.#chips.set(id, chip);
    return chip;
  }

  #choose(id: number): void {
    this.#chosen = id;
    this.#onChoice();
  }
}
