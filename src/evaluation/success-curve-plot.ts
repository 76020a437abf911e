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
 * threshold from 0 to 80 mm; a line a report. Frames whose hand was not found count as failures, so a line ends below 100 %
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
  return [
    text(PLOT.left, 36, title, { 'font-size': 20, 'font-weight': 'bold' }),
    text(PLOT.left, 60, subtitle(reports, of), { fill: FAINT_INK }),
    ...gridAndAxes(of),
    ...reports.map(({ successCurve, jointCurve }, index) => curve(of === 'joints' ? jointCurve : successCurve, index)),
    ...legend(reports),
  ];
}

function subtitle(reports: readonly JointErrorReport[], of: 'frames' | 'joints'): string {
  const frames = [...new Set(reports.map((report) => report.frames.withHand))];
  const count = frames.length === 1 ? `${frames[0]} frames with a hand` : 'all frames with a hand';
  return of === 'frames'
    ? `Share of ${count} that have every joint within the threshold`
    : `Share of the joints of ${count} within the threshold`;
}

function gridAndAxes(of: 'frames' | 'joints'): string[] {
  const parts: string[] = [];
  for (let percent = 0; percent <= 100; percent += 20) {
    const y = yOf(percent / 100);
    parts.push(
      element('line', { x1: PLOT.left, x2: PLOT.right, y1: y, y2: y, stroke: percent === 0 ? FAINT_INK : GRID }),
      text(PLOT.left - 10, y + 4.5, `${percent} %`, { 'text-anchor': 'end', fill: FAINT_INK }),
    );
  }
  for (let threshold = 0; threshold <= CURVE_END_MM; threshold += 10) {
    const x = xOf(threshold);
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

function curve(shares: readonly number[], index: number): string {
  const points = shares.map((share, threshold) => `${round(xOf(threshold))},${round(yOf(share))}`).join(' ');
  return element('polyline', { points, fill: 'none', 'stroke-linejoin': 'round', ...seriesStroke(index, STROKE) });
}

/** In the corner that success curves leave free, at the lower right. */
function legend(reports: readonly JointErrorReport[]): string[] {
  if (reports.length === 0) return [];
  const lines = reports.map((report) => [report.label, meanOf(report)]);
  const labelWidth = 7.8 * Math.max(...lines.map(([label]) => label.length));
  const meanWidth = 7.8 * Math.max(...lines.map(([, mean]) => mean.length));
  const width = 62 + labelWidth + 18 + meanWidth;
  const height = LEGEND_LINE * reports.length + 14;
  const left = PLOT.right - width - 12;
  const top = PLOT.bottom - height - 12;
  return [
    element('rect', { x: left, y: top, width, height, rx: 4, fill: '#ffffff', 'fill-opacity': 0.92, stroke: GRID }),
    ...lines.flatMap(([label, mean], index) => {
      const y = top + 7 + LEGEND_LINE * (index + 0.5);
      return [
        element('line', { x1: left + 12, x2: left + 42, y1: y, y2: y, ...seriesStroke(index, STROKE) }),
        text(left + 50, y + 4.5, label),
        text(left + width - 12, y + 4.5, mean, { 'text-anchor': 'end', fill: FAINT_INK }),
      ];
    }),
  ];
}

function meanOf({ joints }: JointErrorReport): string {
  return joints.meanMm === null ? 'nothing compared' : `mean ${joints.meanMm.toFixed(1)} mm`;
}

function xOf(thresholdMm: number): number {
  return PLOT.left + ((PLOT.right - PLOT.left) * thresholdMm) / CURVE_END_MM;
}

function yOf(share: number): number {
  return PLOT.bottom - (PLOT.bottom - PLOT.top) * share;
}
