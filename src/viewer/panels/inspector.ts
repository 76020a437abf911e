import { SIDE_COLORS } from '../../hand/colors.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { handName, type JointOnScreen, type JointRef, jointAt, jointText, Measurement } from '../model/joint-probe.js';
import { byId, element, setText } from '../ui/element.js';

/** A press that moves farther is a drag, pixels. */
const CLICK_WITHIN = 5;

/** Something with hands on it that the pointer may be over. */
export interface Inspected {
  readonly element: HTMLElement;
  /** In CSS pixels from its corner. */
  joints(): readonly JointOnScreen[];
  /** What is said where there is no joint. */
  elsewhere?(x: number, y: number): string | undefined;
}

/** What one learns by pointing: joints and depth under the pointer, the distance between two joints, and which hand is which. */
export class Inspector {
  readonly measurement = new Measurement();
  readonly #tip = byId('tip');
  readonly #readout = byId('measure');
  readonly #labels = byId('hand-labels');
  readonly #onMeasure: () => void;
  readonly #hands: () => readonly HandJoints[];
  #over: { readonly from: Inspected; readonly x: number; readonly y: number } | undefined;

  constructor(hands: () => readonly HandJoints[], onMeasure: () => void) {
    this.#hands = hands;
    this.#onMeasure = onMeasure;
  }

  /** Look at what the pointer does there. */
  watch(from: Inspected): void {
    const target = from.element;
    let pressed: { readonly x: number; readonly y: number } | undefined;
    target.addEventListener('pointermove', ({ offsetX: x, offsetY: y, pointerType, buttons }) => {
      this.#over = pointerType === 'mouse' && buttons === 0 ? { from, x, y } : undefined;
      this.refresh();
    });
    target.addEventListener('pointerleave', () => {
      this.#over = undefined;
      this.refresh();
    });
    target.addEventListener('pointerdown', ({ offsetX: x, offsetY: y }) => {
      pressed = { x, y };
    });
    target.addEventListener('pointerup', ({ offsetX: x, offsetY: y }) => {
      if (pressed === undefined || Math.hypot(x - pressed.x, y - pressed.y) > CLICK_WITHIN) return;
      const joint = jointAt(from.joints(), x, y);
      if (joint !== undefined) this.#pick(joint);
    });
  }

  endMeasuring(): void {
    this.measurement.clear();
    this.#onMeasure();
  }

  /** What the pointer is over may have moved. */
  refresh(): void {
    const text = this.#textUnder();
    this.#tip.hidden = text === undefined;
    if (text === undefined || this.#over === undefined) return;
    const { from, x, y } = this.#over;
    const box = from.element.getBoundingClientRect();
    setText(this.#tip, text);
    const left = Math.min(box.left + x + 14, window.innerWidth - this.#tip.offsetWidth - 8);
    this.#tip.style.transform = `translate(${Math.max(8, left)}px, ${box.top + y + 16}px)`;
  }

  showMeasure(hands: readonly HandJoints[]): void {
    const text = this.measurement.text(hands);
    this.#readout.hidden = text === '';
    setText(this.#readout, text);
  }

  /** Names at the hands, where there are several. */
  showLabels(hands: readonly HandJoints[], places: readonly { handId: number; x: number; y: number }[]): void {
    const shown = hands.length < 2 ? [] : places;
    while (this.#labels.children.length > shown.length) this.#labels.lastElementChild?.remove();
    while (this.#labels.children.length < shown.length) this.#labels.append(element('span', { class: 'hand-label' }));
    shown.forEach(({ handId, x, y }, i) => {
      const label = this.#labels.children[i] as HTMLElement;
      const hand = hands.find((one) => one.handId === handId);
      if (hand === undefined) return;
      setText(label, handName(hand, true));
      label.style.setProperty('--side', SIDE_COLORS[hand.handedness]);
      label.style.transform = `translate(-50%, -50%) translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    });
  }

  #pick(joint: JointRef): void {
    this.measurement.pick(joint);
    this.#onMeasure();
  }

  #textUnder(): string | undefined {
    if (this.#over === undefined) return undefined;
    const { from, x, y } = this.#over;
    const joint = jointAt(from.joints(), x, y);
    return (joint && jointText(this.#hands(), joint)) ?? from.elsewhere?.(x, y);
  }
}
