const STYLE = `
:host { all: initial; position: fixed; inset: 0 auto auto 0; z-index: 2147483647; pointer-events: none; contain: layout; }
svg { display: block; width: 64px; height: 64px; margin: -32px 0 0 -32px; overflow: visible; opacity: 0; }
:host([data-state]) svg { opacity: 1; }
circle { fill: none; vector-effect: non-scaling-stroke; }
.halo { fill: rgb(255 255 255 / 70%); stroke: rgb(13 17 23 / 55%); stroke-width: 1.5; r: 12px; }
.dot { fill: #1d5f8a; stroke: #fff; stroke-width: 2; r: 5px; }
.track { stroke: rgb(255 255 255 / 88%); stroke-width: 8; r: 21px; }
.ring { stroke: #1d5f8a; stroke-width: 4; stroke-linecap: round; r: 21px; transform: rotate(-90deg); }
.track, .ring { opacity: var(--ring, 0); }
:host([data-state="down"]) .halo { fill: rgb(29 95 138 / 45%); r: 16px; }
:host([data-state="down"]) .dot { fill: #fff; stroke: #1d5f8a; }
@media (prefers-reduced-motion: no-preference) {
  svg { transition: opacity 160ms ease; }
  .halo, .dot { transition: r 110ms ease-out, fill 110ms ease-out; }
}
@media (forced-colors: active) {
  .dot { fill: Highlight; stroke: Canvas; } .ring { stroke: Highlight; } .halo { fill: Canvas; stroke: CanvasText; } .track { stroke: GrayText; }
}
.say { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
const SVG = 'http://www.w3.org/2000/svg';
const ROUND = 2 * Math.PI * 21;

/** The hand's cursor on the page: a point, a ring that fills on the way to a press, and a line of text for screen readers. */
export class Cursor {
  readonly #host = document.createElement('voxhand-cursor');
  readonly #ring: SVGCircleElement;
  readonly #say = document.createElement('span');
  readonly #svg: SVGSVGElement;
  #said = '';

  constructor() {
    const root = this.#host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#svg = document.createElementNS(SVG, 'svg');
    this.#svg.setAttribute('viewBox', '-32 -32 64 64');
    this.#svg.setAttribute('aria-hidden', 'true');
    const [, , , ring] = ['halo', 'dot', 'track', 'ring'].map((name) => {
      const circle = document.createElementNS(SVG, 'circle');
      circle.setAttribute('class', name);
      this.#svg.append(circle);
      return circle;
    });
    this.#ring = ring;
    this.#ring.style.strokeDasharray = String(ROUND);
    this.#say.className = 'say';
    this.#say.setAttribute('role', 'status');
    this.#say.setAttribute('aria-live', 'polite');
    root.append(this.#svg, this.#say);
    document.body.append(this.#host);
  }

  /**
   * @param x pixels of the window
   * @param progress to a press, 0 to 1
   */
  show(x: number, y: number, state: 'hover' | 'down', progress: number): void {
    this.#svg.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    this.#ring.style.strokeDashoffset = String(ROUND * (1 - progress));
    this.#host.style.setProperty('--ring', progress > 0 ? '1' : '0');
    if (this.#host.dataset.state !== state) this.#host.dataset.state = state;
  }

  hide(): void {
    delete this.#host.dataset.state;
  }

  /** A text for screen readers; the same one is not said twice. */
  say(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    this.#say.textContent = text;
  }

  close(): void {
    this.#host.remove();
  }
}
