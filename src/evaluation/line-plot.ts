import { element, FAINT_INK, GRID, picture, round, seriesStroke, text } from './svg.js';

const WIDTH = 760;
const HEIGHT = 440;
const PLOT = { left: 72, right: WIDTH - 28, top: 96, bottom: HEIGHT - 62 } as const;
const STROKE = 2.2;
const LEGEND_LINE = 20;

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of an interval around y, drawn as a bar. */
  readonly low?: number;
  readonly high?: number;
}

export interface LineSeries {
  readonly label: string;
  /** By rising x. */
  readonly points: readonly LinePoint[];
}

export interface LinePlotOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** `even`: each x that occurs gets the same room. `linear`: distances count. Default `linear`. */
  readonly xScale?: 'linear' | 'even';
  /** y of the lower edge; where it is absent, the plot begins near the smallest y. */
  readonly yFrom?: number;
  /** Dots at the points. Default true. */
  readonly dots?: boolean;
  /** What is written for a y. Default the plain number. */
  readonly yText?: (y: number) => string;
  /** The corner with the legend. Default `top-right`. */
  readonly legend?: 'top-right' | 'top-left' | 'bottom-right';
}

/** Lines over a common axis as an SVG; points that are not finite are left out. */
export function linePlot(series: readonly LineSeries[], options: LinePlotOptions): string {
  const drawn = series.map(({ label, points }) => ({
    label,
    points: points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  const { xOf, xTicks } = xAxis(drawn, options);
  const { yOf, yTicks } = yAxis(drawn, options);
  const { title, subtitle, xLabel, yLabel, yText = plain, dots = true } = options;
  const middle = (PLOT.left + PLOT.right) / 2;
  return picture(
    WIDTH,
    HEIGHT,
    text(PLOT.left, 34, title, { 'font-size': 18, 'font-weight': 'bold' }),
    ...(subtitle === undefined ? [] : [text(PLOT.left, 56, subtitle, { fill: FAINT_INK })]),
    text(PLOT.left - 8, PLOT.top - 12, yLabel, { 'text-anchor': 'start', fill: FAINT_INK, 'font-size': 12 }),
    ...yTicks.flatMap((y) => [
      element('line', { x1: PLOT.left, x2: PLOT.right, y1: yOf(y), y2: yOf(y), stroke: GRID }),
      text(PLOT.left - 8, yOf(y) + 4.5, yText(y), { 'text-anchor': 'end', fill: FAINT_INK }),
    ]),
    element('line', { x1: PLOT.left, x2: PLOT.right, y1: PLOT.bottom, y2: PLOT.bottom, stroke: FAINT_INK }),
    ...xTicks.map((x) => text(xOf(x), PLOT.bottom + 20, plain(x), { 'text-anchor': 'middle', fill: FAINT_INK })),
    text(middle, HEIGHT - 16, xLabel, { 'text-anchor': 'middle' }),
    ...drawn.flatMap(({ points }, index) => line(points, index, xOf, yOf, dots)),
    ...legend(drawn, options.legend ?? 'top-right'),
  );
}

type Drawn = readonly LineSeries[];
type Scale = (value: number) => number;

function line(points: readonly LinePoint[], index: number, xOf: Scale, yOf: Scale, dots: boolean): string[] {
  const stroke = seriesStroke(index, STROKE);
  const path = points.map(({ x, y }) => `${round(xOf(x))},${round(yOf(y))}`).join(' ');
  const bars = points.flatMap(({ x, low, high }) =>
    low === undefined || high === undefined || !Number.isFinite(low + high)
      ? []
      : [
          element('line', {
            x1: xOf(x),
            x2: xOf(x),
            y1: yOf(low),
            y2: yOf(high),
            stroke: stroke.stroke,
            'stroke-opacity': 0.35,
            'stroke-width': 2,
          }),
        ],
  );
  return [
    ...bars,
    element('polyline', { points: path, fill: 'none', 'stroke-linejoin': 'round', ...stroke }),
    ...(dots ? points.map(({ x, y }) => element('circle', { cx: xOf(x), cy: yOf(y), r: 3, fill: stroke.stroke })) : []),
  ];
}

function legend(series: Drawn, corner: NonNullable<LinePlotOptions['legend']>): string[] {
  if (series.length === 0) return [];
  const width = 62 + 7.9 * Math.max(...series.map(({ label }) => label.length));
  const height = LEGEND_LINE * series.length + 12;
  const left = corner === 'top-left' ? PLOT.left + 12 : PLOT.right - width - 4;
  const top = corner === 'bottom-right' ? PLOT.bottom - height - 10 : PLOT.top + 4;
  return [
    element('rect', { x: left, y: top, width, height, rx: 4, fill: '#ffffff', 'fill-opacity': 0.9, stroke: GRID }),
    ...series.flatMap(({ label }, index) => {
      const y = top + 6 + LEGEND_LINE * (index + 0.5);
      return [
        element('line', { x1: left + 10, x2: left + 38, y1: y, y2: y, ...seriesStroke(index, STROKE) }),
        text(left + 46, y + 4.5, label),
      ];
    }),
  ];
}

function xAxis(series: Drawn, { xScale = 'linear' }: LinePlotOptions): { xOf: Scale; xTicks: readonly number[] } {
  const values = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const width = PLOT.right - PLOT.left;
  if (values.length < 2) return { xOf: () => PLOT.left + width / 2, xTicks: values };
  if (xScale === 'even') {
    const room = width / values.length;
    return { xOf: (x) => PLOT.left + room * (values.indexOf(x) + 0.5), xTicks: values };
  }
  const [low, high] = [values[0], values[values.length - 1]];
  return { xOf: (x) => PLOT.left + (width * (x - low)) / (high - low), xTicks: ticksIn(low, high) };
}

function yAxis(series: Drawn, { yFrom }: LinePlotOptions): { yOf: Scale; yTicks: readonly number[] } {
  const values = series
    .flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [y, low, high]))
    .filter(Number.isFinite);
  const least = yFrom ?? Math.min(...values);
  const most = Math.max(...values);
  if (!(most > least)) return flatAxis(values.length === 0 ? 0 : least);
  const step = niceStep(most - least);
  const low = yFrom ?? step * Math.floor(least / step);
  const high = step * Math.ceil(most / step - 1e-9);
  const yOf: Scale = (y) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * (y - low)) / (high - low);
  return { yOf, yTicks: ticksIn(low, high) };
}

function flatAxis(value: number): { yOf: Scale; yTicks: readonly number[] } {
  const middle = (PLOT.top + PLOT.bottom) / 2;
  return { yOf: () => middle, yTicks: [value] };
}

/** Round numbers of a range, a few of them, for the ticks of an axis; `high` must be greater than `low`. */
export function ticksIn(low: number, high: number): number[] {
  const step = niceStep(high - low);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** 1, 2 or 5 times a power of ten, so that there are 3 to 8 steps in a range. */
function niceStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 4));
  return power * ([1, 2, 5].find((factor) => range / (factor * power) <= 7) ?? 10);
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}
