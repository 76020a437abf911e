import { ticksIn } from '../../evaluation/line-plot.js';
import { element, FAINT_INK, GRID, picture, round, SERIES_COLORS, text } from '../../evaluation/svg.js';
import type { TraceBucket } from './distance-trace.js';
import type { EventDifference } from './event-comparison.js';

const WIDTH = 1080;
const LEFT = 88;
const RIGHT = WIDTH - 24;
const TOP = 62;
/** Of the plot; of one in which nothing is apart. */
const HEIGHT = 238;
const FLAT = 40;
const ROW = 20;
const LIMIT_STROKE = { stroke: SERIES_COLORS[1], 'stroke-width': 1.4, 'stroke-dasharray': '6 4' } as const;

/** A row of marks below the plot. */
interface Row {
  readonly label: string;
  readonly color: string;
  /** Stamps. */
  readonly at: readonly bigint[];
}

/**
 * Distance between golden and new joints over time as an SVG: the mean of all joints, the largest of any, and below it marks
 * where results or events are missing, new or moved, and where hands appeared or were lost. Rows without marks are left out.
 *
 * @param events differences of gesture events
 * @param first stamp of second 0
 * @param limitMm what the largest distance may be; a line, where the plot reaches so high
 */
export function distanceTimeline(
  trace: readonly TraceBucket[],
  events: readonly EventDifference[],
  first: bigint,
  limitMm?: number,
): string {
  const rows = rowsOf(trace, events);
  const stamps = [...trace.map(({ stamp }) => stamp), ...events.map(({ stamp }) => stamp)];
  const secondsOf = (stamp: bigint) => Number(stamp - first) / 1e9;
  const from = Math.min(...stamps.map(secondsOf), 0);
  const to = Math.max(...stamps.map(secondsOf), from + 1e-3);
  const xOf = (stamp: bigint) => LEFT + ((RIGHT - LEFT) * (secondsOf(stamp) - from)) / (to - from);
  const most = Math.max(...trace.flatMap(({ maxMm }) => (maxMm !== null && Number.isFinite(maxMm) ? [maxMm] : [])), 0);
  const [, step = most] = ticksIn(0, most);
  const top = most > 0 ? step * Math.ceil(most / step - 1e-9) : 1;
  const ticks = most > 0 ? ticksIn(0, top) : [0];
  const hasLimit = limitMm !== undefined && limitMm <= top;
  const bottom = TOP + (most > 0 ? HEIGHT : FLAT);
  const yOf = (mm: number) => bottom - ((bottom - TOP) * Math.min(mm, top)) / top;
  const axis = bottom + 10 + ROW * rows.length;
  return picture(
    WIDTH,
    axis + 46,
    text(LEFT, 28, 'Distance between golden and new joints', { 'font-size': 17, 'font-weight': 'bold' }),
    ...legend(hasLimit ? `at most ${plain(limitMm)} mm` : undefined),
    text(LEFT - 8, TOP - 8, 'mm', { 'text-anchor': 'end', fill: FAINT_INK, 'font-size': 12 }),
    ...ticks.flatMap((mm) => [
      element('line', { x1: LEFT, x2: RIGHT, y1: yOf(mm), y2: yOf(mm), stroke: mm === 0 ? FAINT_INK : GRID }),
      text(LEFT - 8, yOf(mm) + 4.5, plain(mm), { 'text-anchor': 'end', fill: FAINT_INK }),
    ]),
    ...(hasLimit
      ? [element('line', { x1: LEFT, x2: RIGHT, y1: yOf(limitMm), y2: yOf(limitMm), ...LIMIT_STROKE })]
      : []),
    ...curve(trace, ({ maxMm }) => maxMm, SERIES_COLORS[1], xOf, yOf),
    ...curve(trace, ({ meanMm }) => meanMm, SERIES_COLORS[0], xOf, yOf),
    ...rows.flatMap((row, index) => marks(row, bottom + 10 + ROW * index, xOf)),
    element('line', { x1: LEFT, x2: RIGHT, y1: axis, y2: axis, stroke: FAINT_INK }),
    ...ticksIn(from, to).map((s) =>
      text(LEFT + ((RIGHT - LEFT) * (s - from)) / (to - from), axis + 18, plain(s), {
        'text-anchor': 'middle',
        fill: FAINT_INK,
      }),
    ),
    text((LEFT + RIGHT) / 2, axis + 38, 'seconds from the first golden result on', { 'text-anchor': 'middle' }),
  );
}

function rowsOf(trace: readonly TraceBucket[], events: readonly EventDifference[]): Row[] {
  const where = (count: (bucket: TraceBucket) => number) =>
    trace.filter((bucket) => count(bucket) > 0).map(({ stamp }) => stamp);
  const rows: Row[] = [
    { label: 'missing', color: SERIES_COLORS[1], at: where(({ missing }) => missing) },
    { label: 'extra', color: SERIES_COLORS[4], at: where(({ extra }) => extra) },
    { label: 'hand lost', color: SERIES_COLORS[3], at: where(({ lost }) => lost) },
    { label: 'hand appeared', color: SERIES_COLORS[2], at: where(({ found }) => found) },
    { label: 'events', color: SERIES_COLORS[5], at: events.map(({ stamp }) => stamp) },
  ];
  return rows.filter(({ at }) => at.length > 0);
}

function marks({ label, color, at }: Row, y: number, xOf: (stamp: bigint) => number): string[] {
  return [
    text(LEFT - 8, y + 13, label, { 'text-anchor': 'end', 'font-size': 12, fill: FAINT_INK }),
    ...at.map((stamp) => element('rect', { x: xOf(stamp) - 1, y: y + 3, width: 2, height: ROW - 6, fill: color })),
  ];
}

/** Line pieces between stretches in which there is nothing to compare, and jumps back; a piece of one point is a dot. */
function curve(
  trace: readonly TraceBucket[],
  pick: (bucket: TraceBucket) => number | null,
  color: string,
  xOf: (stamp: bigint) => number,
  yOf: (mm: number) => number,
): string[] {
  const pieces: string[][] = [[]];
  for (const [i, bucket] of trace.entries()) {
    const mm = pick(bucket);
    if (i > 0 && bucket.stamp < trace[i - 1].stamp) pieces.push([]);
    if (mm !== null && !Number.isNaN(mm)) pieces.at(-1)?.push(`${round(xOf(bucket.stamp))},${round(yOf(mm))}`);
    else if (pieces.at(-1)?.length !== 0) pieces.push([]);
  }
  return pieces.flatMap((points) => {
    if (points.length === 0) return [];
    if (points.length === 1) {
      const [cx, cy] = points[0].split(',').map(Number);
      return [element('circle', { cx, cy, r: 1.6, fill: color })];
    }
    return [
      element('polyline', {
        points: points.join(' '),
        fill: 'none',
        stroke: color,
        'stroke-width': 1.6,
        'stroke-linejoin': 'round',
      }),
    ];
  });
}

/** @param limit what is said of the line at the limit, where there is one */
function legend(limit: string | undefined): string[] {
  const line = { 'stroke-width': 3 };
  const entries: readonly [string, Readonly<Record<string, string | number>>][] = [
    ['mean of all joints', { stroke: SERIES_COLORS[0], ...line }],
    ['largest of any joint', { stroke: SERIES_COLORS[1], ...line }],
    ...(limit === undefined ? [] : [[limit, LIMIT_STROKE] as [string, typeof LIMIT_STROKE]]),
  ];
  return entries.flatMap(([label, stroke], index) => {
    const x = RIGHT - 165 * (entries.length - index);
    return [
      element('line', { x1: x, x2: x + 18, y1: 23, y2: 23, ...stroke }),
      text(x + 24, 28, label, { fill: FAINT_INK, 'font-size': 12 }),
    ];
  });
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}
