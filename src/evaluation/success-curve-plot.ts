import type { JointErrorReport } from './joint-errors.js';
import { CURVE_END_MM } from './pose-errors.js';
import { element, FAINT_INK, GRID, picture, round, seriesStroke, text } from './svg.js';

export const CURVE_WIDTH = 860;
export const CURVE_HEIGHT = 540;
const PLOT = { left: 76, right: CURVE_WIDTH - 28, top: 84, bottom: CURVE_HEIGHT - 64 } as const;
const STROKE = 2.4;
const LEGEND_LINE = 22;

export interface SuccessCurveOptions {
  /** `frames`: share of frames that have all joints within the threshold. `joints`: share of joints. Default `frames`. */
  readonly of?: 'frames' | 'joints';
}

/**
 * The success curve as an SVG: share of frames that have all joints within a threshold (or share of joints), over the
 * threshold from 0 to where all lines have flattened, at most 80 mm; one line per report. Frames whose hand was not found count as failures, so a line ends below 100 %
 * by as many.
 */
export function successCurvePlot(
  reports: readonly JointErrorReport[],
  title = 'Success curve',
  options: SuccessCurveOptions = {},
): string {
  return picture(CURVE_WIDTH, CURVE_HEIGHT, ...successCurvePanel(reports, title, options));
}

/** What {@link successCurvePlot} shows, to be part of a larger picture: markup of 860 x 540. */
export function successCurvePanel(
  reports: readonly JointErrorReport[],
  title: string,
  { of = 'frames' }: SuccessCurveOptions = {},
): string[] {
  const curves = reports.map(({ successCurve, jointCurve }) => (of === 'joints' ? jointCurve : successCurve));
  const box = legendBox(reports);
  const end = axisEnd(curves, box);
  return [
    text(PLOT.left, 36, title, { 'font-size': 20, 'font-weight': 'bold' }),
    text(PLOT.left, 60, subtitle(reports, of), { fill: FAINT_INK }),
    ...gridAndAxes(of, end),
    ...curves.map((shares, index) => curve(shares.slice(0, end + 1), index, end)),
    ...legend(reports, box),
  ];
}

function subtitle(reports: readonly JointErrorReport[], of: 'frames' | 'joints'): string {
  const frames = [...new Set(reports.map((report) => report.frames.withHand))];
  const count = frames.length === 1 ? `${frames[0]} frames with a hand` : 'all frames with a hand';
  return of === 'frames'
    ? `Share of ${count} that have every joint within the threshold`
    : `Share of the joints of ${count} within the threshold`;
}

/** A curve that has come so near to its end is flat. */
const FLAT = 0.02;

/** The first ten millimetres from 20 on by which all curves are flat, and have risen above the legend where it begins. */
function axisEnd(curves: readonly (readonly number[])[], box: LegendBox): number {
  const legendFrom = (box.left - PLOT.left) / (PLOT.right - PLOT.left);
  const legendUpTo = (PLOT.bottom - box.top) / (PLOT.bottom - PLOT.top);
  for (let end = 20; end < CURVE_END_MM && curves.length > 0; end += 10) {
    const isClear = (shares: readonly number[]) =>
      shares[CURVE_END_MM] - shares[end] <= FLAT && shares[Math.floor(legendFrom * end)] > legendUpTo;
    if (curves.every(isClear)) return end;
  }
  return CURVE_END_MM;
}

function gridAndAxes(of: 'frames' | 'joints', end: number): string[] {
  const parts: string[] = [];
  for (let percent = 0; percent <= 100; percent += 20) {
    const y = yOf(percent / 100);
    parts.push(
      element('line', { x1: PLOT.left, x2: PLOT.right, y1: y, y2: y, stroke: percent === 0 ? FAINT_INK : GRID }),
      text(PLOT.left - 10, y + 4.5, `${percent} %`, { 'text-anchor': 'end', fill: FAINT_INK }),
    );
  }
  for (let threshold = 0; threshold <= end; threshold += end > 40 ? 10 : 5) {
    const x = xOf(threshold, end);
    parts.push(
      element('line', { x1: x, x2: x, y1: PLOT.top, y2: PLOT.bottom, stroke: GRID }),
      text(x, PLOT.bottom + 22, String(threshold), { 'text-anchor': 'middle', fill: FAINT_INK }),
    );
  }
  const middle = (PLOT.left + PLOT.right) / 2;
  const axis =
    of === 'frames' ? 'Threshold on the largest joint error of a frame, mm' : 'Threshold on the error of a joint, mm';
  parts.push(text(middle, CURVE_HEIGHT - 16, axis, { 'text-anchor': 'middle' }));
  return parts;
}

function curve(shares: readonly number[], index: number, end: number): string {
  const points = shares.map((share, threshold) => `${round(xOf(threshold, end))},${round(yOf(share))}`).join(' ');
  return element('polyline', { points, fill: 'none', 'stroke-linejoin': 'round', ...seriesStroke(index, STROKE) });
}

interface LegendBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** In the corner that success curves leave free, at the lower right. */
function legendBox(reports: readonly JointErrorReport[]): LegendBox {
  const widest = (texts: readonly string[]) => 7.8 * Math.max(0, ...texts.map(({ length }) => length));
  const width = 62 + widest(reports.map(({ label }) => label)) + 18 + widest(reports.map(meanOf));
  const height = LEGEND_LINE * reports.length + 14;
  return { left: PLOT.right - width - 12, top: PLOT.bottom - height - 12, width, height };
}

function legend(reports: readonly JointErrorReport[], { left, top, width, height }: LegendBox): string[] {
  if (reports.length === 0) return [];
  return [
    element('rect', { x: left, y: top, width, height, rx: 4, fill: '#ffffff', 'fill-opacity': 0.92, stroke: GRID }),
    ...reports.flatMap((report, index) => {
      const y = top + 7 + LEGEND_LINE * (index + 0.5);
      return [
        element('line', { x1: left + 12, x2: left + 42, y1: y, y2: y, ...seriesStroke(index, STROKE) }),
        text(left + 50, y + 4.5, report.label),
        text(left + width - 12, y + 4.5, meanOf(report), { 'text-anchor': 'end', fill: FAINT_INK }),
      ];
    }),
  ];
}

function meanOf({ joints }: JointErrorReport): string {
  return joints.meanMm === null ? 'nothing compared' : `mean ${joints.meanMm.toFixed(1)} mm`;
}

function xOf(thresholdMm: number, endMm: number): number {
  return PLOT.left + ((PLOT.right - PLOT.left) * thresholdMm) / endMm;
}

function yOf(share: number): number {
  return PLOT.bottom - (PLOT.bottom - PLOT.top) * share;
}
