import { byId } from '../ui/element.js';

const [LEAST, MOST] = [0.6, 4];
const STEP = 24;

/** A plan that is moved by dragging and by the arrow keys, and zoomed by the wheel, two buttons and the keys + and -. */
export class Plan {
  readonly #element = byId('map') as unknown as SVGSVGElement;
  readonly #view = byId('map-view');
  #at = { x: 0, y: 0, scale: 1 };
  #grip: { x: number; y: number } | undefined;

  constructor() {
    const map = this.#element;
    map.addEventListener('pointerdown', (event) => {
      map.setPointerCapture(event.pointerId);
      this.#grip = this.#pointOf(event);
    });
    map.addEventListener('pointermove', (event) => {
      if (this.#grip === undefined) return;
      const point = this.#pointOf(event);
      this.#move(point.x - this.#grip.x, point.y - this.#grip.y);
      this.#grip = point;
    });
    for (const end of ['pointerup', 'pointercancel']) {
      map.addEventListener(end, () => {
        this.#grip = undefined;
      });
    }
    map.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.#zoom(Math.exp(-event.deltaY / 300), this.#pointOf(event));
      },
      { passive: false },
    );
    const middle = { x: 240, y: 150 };
    byId('map-in').addEventListener('click', () => this.#zoom(1.4, middle));
    byId('map-out').addEventListener('click', () => this.#zoom(1 / 1.4, middle));
    map.addEventListener('keydown', (event) => {
      const moves: Record<string, readonly [number, number]> = {
        ...{ ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] },
      };
      const move = moves[event.key];
      if (move !== undefined) this.#move(...move);
      else if (event.key === '+' || event.key === '-') this.#zoom(event.key === '+' ? 1.2 : 1 / 1.2, middle);
      else return;
      event.preventDefault();
    });
    const lines = Array.from({ length: 28 }, (_, i) => `M${-300 + 40 * i} -200V500M-300 ${-200 + 40 * i}H780`);
    byId('map-grid').setAttribute('d', lines.join(''));
  }

  /** Of a pointer in the coordinates of the view box. */
  #pointOf({ clientX, clientY }: MouseEvent): { x: number; y: number } {
    const matrix = this.#element.getScreenCTM()?.inverse() ?? new DOMMatrix();
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix);
    return { x, y };
  }

  #move(dx: number, dy: number): void {
    const { x, y, scale } = this.#at;
    this.#set({ x: x + dx, y: y + dy, scale });
  }

  /** The point stays where it is. */
  #zoom(factor: number, point: { x: number; y: number }): void {
    const { x, y, scale } = this.#at;
    const next = Math.min(Math.max(scale * factor, LEAST), MOST);
    const share = next / scale;
    this.#set({ x: point.x - share * (point.x - x), y: point.y - share * (point.y - y), scale: next });
  }

  #set({ x, y, scale }: { x: number; y: number; scale: number }): void {
    const inside = (value: number, size: number) => Math.min(Math.max(value, -size * scale), size);
    this.#at = { x: inside(x, 400), y: inside(y, 250), scale };
    this.#view.setAttribute(
      'transform',
      `translate(${this.#at.x.toFixed(1)} ${this.#at.y.toFixed(1)}) scale(${scale.toFixed(3)})`,
    );
  }
}
