import { CHART_HEIGHT, jointErrorPanel } from './joint-error-chart.js';
import type { JointErrorReport } from './joint-errors.js';
import { CURVE_HEIGHT, CURVE_WIDTH, successCurvePanel } from './success-curve-plot.js';
import { element, picture } from './svg.js';

/** Bars of more reports than this are too thin to be seen. */
const MOST_BARS = 8;

/**
 * All that is shown of several methods on one data set, as an SVG: the success curves of frames and of joints side by side,
 * and below the mean error of each joint (of the first eight reports).
 */
export function poseErrorSheet(reports: readonly JointErrorReport[], title: string): string {
  const width = 2 * CURVE_WIDTH;
  const at = (x: number, y: number, w: number, h: number, ...content: string[]) =>
    element('svg', { x, y, width: w, height: h }, ...content);
  return picture(
    width,
    CURVE_HEIGHT + CHART_HEIGHT,
    at(0, 0, CURVE_WIDTH, CURVE_HEIGHT, ...successCurvePanel(reports, title)),
    at(CURVE_WIDTH, 0, CURVE_WIDTH, CURVE_HEIGHT, ...successCurvePanel(reports, 'Joints', { of: 'joints' })),
    at(
      0,
      CURVE_HEIGHT,
      width,
      CHART_HEIGHT,
      ...jointErrorPanel(reports.slice(0, MOST_BARS), 'Mean error of each joint', width),
    ),
  );
}
