import uPlot from 'uplot';
import { type Curves, type History, PLOTTED, type Plotted } from '../model/history.js';
import type { PlaybackView } from '../model/playback.js';
import { byId, element, setAttribute, setText } from '../ui/element.js';

const NAMES: Readonly<Record<Plotted, { readonly title: string; readonly unit: string; readonly places: number }>> = {
  error: { title: 'Error', unit: 'mm', places: 1 },
  latency: { title: 'Latency', unit: 'ms', places: 1 },
  presence: { title: 'Presence', unit: '', places: 2 },
};
/** Without a recording, and of a recording that is longer than `WHOLE`: so much is shown, nanoseconds. */
const WINDOW = 30_000_000_000n;
const WHOLE = 60_000_000_000n;
/** The plots are drawn again no more often than this, milliseconds. */
const EVERY = 200;
/** Heights, CSS pixels; the lowest one has the axis of time. */
const HEIGHT = 64;
const AXIS_HEIGHT = 26;

/** Error, latency and presence over time. A click goes to that moment of a recording. */
export class HistoryPanel {
  readonly #root = byId('history');
  readonly #history: History;
  readonly #seek: (time: bigint) => void;
  readonly #plots = new Map<
    Plotted,
    { readonly plot: uPlot; readonly value: HTMLElement; readonly row: HTMLElement }
  >();
  #width = 0;
  #shown = '';
  #drawnAt = Number.NEGATIVE_INFINITY;
  #zero = 0n;
  #now: number | undefined;

  /** @param seek called with the time, nanoseconds, that somebody has clicked at */
  constructor(history: History, seek: (time: bigint) => void) {
    this.#history = history;
    this.#seek = seek;
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry.contentRect.width);
      for (const [name, { plot }] of this.#plots) plot.setSize({ width: this.#width, height: heightOf(name) });
    }).observe(this.#root);
  }

  /** @param view of what is played; undefined in operation */
  show(view: PlaybackView | undefined, now: number): void {
    const { newest, oldest, version } = this.#history;
    const state = `${version} ${view?.time} ${this.#width}`;
    if (state === this.#shown || now - this.#drawnAt < EVERY || this.#width === 0) return;
    this.#shown = state;
    this.#drawnAt = now;
    this.#zero = view?.start ?? oldest?.time ?? 0n;
    const present = view?.time ?? newest?.time ?? this.#zero;
    const [from, to] = rangeAbout(present, view);
    const curves = this.#history.curves(from, to, this.#zero);
    const seconds = (time: bigint) => Number(time - this.#zero) / 1e9;
    this.#now = view === undefined ? undefined : seconds(present);
    const at = this.#now === undefined ? curves.x.length - 1 : curves.x.findLastIndex((x) => x <= (this.#now ?? 0));
    for (const name of PLOTTED) {
      const { plot, value, row } = this.#plots.get(name) ?? this.#create(name);
      const values = curves[name];
      row.hidden = name !== PLOTTED.at(-1) && values.every((one) => one === null);
      plot.batch(() => {
        plot.setData([curves.x, values], true);
        plot.setScale('x', { min: seconds(from), max: seconds(to) });
      });
      if ((plot.cursor.idx ?? null) === null) setText(value, valueText(name, values[at]));
      setAttribute(plot.root, 'aria-label', summary(name, curves));
    }
  }

  /** Draw again in the colours of another theme. */
  refreshPalette(): void {
    for (const { plot } of this.#plots.values()) plot.destroy();
    this.#plots.clear();
    this.#root.replaceChildren();
    this.#shown = '';
  }

  #create(name: Plotted) {
    const { title } = NAMES[name];
    const value = element('span', { class: 'history-value' });
    const row = element('div', { class: 'history-row' }, element('div', { class: 'history-head' }, title, value));
    this.#root.append(row);
    const style = getComputedStyle(this.#root);
    const color = (variable: string) => style.getPropertyValue(variable).trim();
    const isLowest = name === PLOTTED.at(-1);
    const axis = { stroke: color('--muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
    const grid = { stroke: color('--line'), width: 1 };
    const plot = new uPlot(
      {
        width: this.#width,
        height: heightOf(name),
        padding: [6, 8, isLowest ? 0 : 6, 0],
        legend: { show: false },
        cursor: { sync: { key: 'history' }, drag: { x: false, y: false }, points: { show: false }, y: false },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, name === 'presence' ? 1 : niceTop(most)] } },
        axes: [
          {
            ...axis,
            grid,
            show: isLowest,
            size: AXIS_HEIGHT,
            values: (_, splits) => splits.map((x) => `${Number(x.toFixed(2))} s`),
          },
          { ...axis, grid, size: 34, space: 24, values: (_, splits) => splits.map(String) },
        ],
        series: [{}, { stroke: color('--accent'), width: 1.5, points: { show: false } }],
        hooks: {
          draw: [(drawn) => this.#drawNow(drawn, color('--line-strong'))],
          setCursor: [({ data, cursor: { idx } }) => this.#showUnder(name, value, data, idx)],
        },
      },
      [[], []],
      row,
    );
    plot.root.setAttribute('role', 'img');
    plot.over.addEventListener('click', ({ offsetX }) => {
      if (this.#now !== undefined) this.#seek(this.#zero + BigInt(Math.round(plot.posToVal(offsetX, 'x') * 1e9)));
    });
    const created = { plot, value, row };
    this.#plots.set(name, created);
    return created;
  }

  #showUnder(name: Plotted, target: HTMLElement, data: uPlot.AlignedData, at: number | null | undefined): void {
    if (at === null || at === undefined || data[0].length === 0) return;
    setText(target, `${valueText(name, data[1]?.[at])} at ${data[0][at].toFixed(2)} s`);
  }

  /** A line where the playback is. */
  #drawNow({ ctx, bbox, valToPos }: uPlot, color: string): void {
    if (this.#now === undefined) return;
    const x = Math.round(valToPos(this.#now, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.fillStyle = color;
    ctx.fillRect(x, bbox.top, Math.max(1, window.devicePixelRatio), bbox.height);
  }
}

function heightOf(name: Plotted): number {
  return name === PLOTTED.at(-1) ? HEIGHT + AXIS_HEIGHT : HEIGHT;
}

/** The whole of a short recording; else what was last, or what lies around the present. */
function rangeAbout(present: bigint, view: PlaybackView | undefined): readonly [bigint, bigint] {
  if (view === undefined) return [present - WINDOW, present];
  const { start, end } = view;
  if (end - start <= WHOLE) return [start, end];
  const from = present - WINDOW / 2n < start ? start : present - WINDOW / 2n;
  return [from, from + WINDOW];
}

/** Of 1, 2, 5, 10, ... the first that is not exceeded. */
function niceTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10);
}

function valueText(name: Plotted, value: number | null | undefined): string {
  const { unit, places } = NAMES[name];
  return value === null || value === undefined ? '–' : `${value.toFixed(places)}${unit && ` ${unit}`}`;
}

function summary(name: Plotted, curves: Curves): string {
  const values = curves[name].filter((value) => value !== null).sort((a, b) => a - b);
  if (values.length === 0) return `${NAMES[name].title} over time: nothing yet`;
  const [least, median, most] = [values[0], values[values.length >> 1], values[values.length - 1]];
  const text = (value: number) => valueText(name, value);
  return `${NAMES[name].title} over time: from ${text(least)} to ${text(most)}, median ${text(median)}`;
}
