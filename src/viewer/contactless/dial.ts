import { byId, setText } from '../ui/element.js';

/** The dial turns from here to here, radians clockwise from the top. */
const [FROM, TO] = [-2.4, 2.4];
const RADIUS = 85;

/** A dial that is turned by dragging round its middle, or by the arrow keys: a slider of ARIA. */
export class Dial {
  readonly #element = byId('dial') as unknown as SVGSVGElement;
  readonly #low = Number(this.#element.getAttribute('aria-valuemin'));
  readonly #high = Number(this.#element.getAttribute('aria-valuemax'));
  readonly #onChange: (value: number) => void;
  #value = Number(this.#element.getAttribute('aria-valuenow'));
  /** Angle of the pointer and value when they last agreed. */
  #grip: { angle: number; value: number } | undefined;

  constructor(onChange: (value: number) => void) {
    this.#onChange = onChange;
    const dial = this.#element;
    dial.addEventListener('pointerdown', (event) => {
      dial.setPointerCapture(event.pointerId);
      this.#grip = { angle: this.#angleOf(event), value: this.#value };
    });
    dial.addEventListener('pointermove', (event) => {
      const grip = this.#grip;
      if (grip === undefined) return;
      const angle = this.#angleOf(event);
      const turned = Math.atan2(Math.sin(angle - grip.angle), Math.cos(angle - grip.angle));
      this.#grip = { angle, value: grip.value + (turned / (TO - FROM)) * (this.#high - this.#low) };
      this.#set(this.#grip.value);
    });
    for (const end of ['pointerup', 'pointercancel']) {
      dial.addEventListener(end, () => {
        this.#grip = undefined;
      });
    }
    dial.addEventListener('keydown', (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 }[event.key];
      const value =
        { Home: this.#low, End: this.#high }[event.key] ?? (step === undefined ? undefined : this.#value + step);
      if (value === undefined) return;
      event.preventDefault();
      this.#set(value);
    });
    byId('dial-track').setAttribute('d', arc(FROM, TO));
    this.#draw();
  }

  #set(value: number): void {
    const next = Math.round(Math.min(Math.max(value, this.#low), this.#high));
    if (next === this.#value) return;
    this.#value = next;
    this.#draw();
    this.#onChange(next);
  }

  #draw(): void {
    const angle = FROM + ((this.#value - this.#low) / (this.#high - this.#low)) * (TO - FROM);
    byId('dial-arc').setAttribute('d', arc(FROM, angle));
    byId('dial-hand').setAttribute('transform', `rotate(${(angle * 180) / Math.PI})`);
    this.#element.setAttribute('aria-valuenow', String(this.#value));
    this.#element.setAttribute('aria-valuetext', `${this.#value} degrees`);
    setText(byId('dial-text'), `${this.#value}°`);
  }

  /** Of a pointer round the middle, clockwise from the top. */
  #angleOf({ clientX, clientY }: PointerEvent): number {
    const { left, top, width, height } = this.#element.getBoundingClientRect();
    return Math.atan2(clientX - left - width / 2, top + height / 2 - clientY);
  }
}

function arc(from: number, to: number): string {
  const at = (angle: number) => `${(RADIUS * Math.sin(angle)).toFixed(2)} ${(-RADIUS * Math.cos(angle)).toFixed(2)}`;
  return `M${at(from)}A${RADIUS} ${RADIUS} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}`;
}
