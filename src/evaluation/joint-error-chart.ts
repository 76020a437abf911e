import { FINGER_NAMES, JOINT_COUNT, JOINT_NAMES } from '../hand/index.js';
import type { JointErrorReport } from './joint-errors.js';
import { element, FAINT_INK, GRID, picture, SERIES_COLORS, text } from './svg.js';

const WIDTH = 1080;
const HEIGHT = 444;
const PLOT = { left: 64, right: WIDTH - 24, top: 110, bottom: HEIGHT - 44 } as const;
const JOINT_WIDTH = (PLOT.right - PLOT.left) / JOINT_COUNT;

/** Mean error of each joint as an SVG bar chart: joints from the wrist to the little finger, a bar a report. */
export function jointErrorChart(reports: readonly JointErrorReport[], title = 'Mean error of each joint'): string {
  const largest = Math.max(...reports.flatMap(({ perJoint }) => perJoint.map(({ meanMm }) => meanMm ?? 0)), 0);
  const step = niceStep(largest);
  const top = step * Math.max(1, Math.ceil(largest / step));
  const yOf = (mm: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * mm) / top;
  return picture(
    WIDTH,
    HEIGHT,
    text(PLOT.left, 36, title, { 'font-size': 20, 'font-weight': 'bold' }),
    ...legend(reports),
    ...fingerBands(),
    ...grid(step, top, yOf),
    ...reports.flatMap((report, index) => bars(report, index, reports.length, yOf)),
    ...jointLabels(),
  );
}

function legend(reports: readonly JointErrorReport[]): string[] {
  let x: number = PLOT.left;
  return reports.flatMap(({ label, joints }, index) => {
    const line = `${label}: ${joints.meanMm === null ? 'nothing compared' : `${joints.meanMm.toFixed(1)} mm`}`;
    const at = x;
    x += 24 + 7.8 * line.length + 16;
    return [
      element('rect', {
        x: at,
        y: 54,
        width: 14,
        height: 14,
        rx: 2,
        fill: SERIES_COLORS[index % SERIES_COLORS.length],
      }),
      text(at + 21, 66, line, { fill: FAINT_INK }),
    ];
  });
}

/** A shade behind every other finger, and the fingers' names above. */
function fingerBands(): string[] {
  return FINGER_NAMES.flatMap((finger, index) => {
    const x = PLOT.left + JOINT_WIDTH * (1 + 4 * index);
    const width = 4 * JOINT_WIDTH;
    const shade = element('rect', {
      x,
      y: PLOT.top - 22,
      width,
      height: PLOT.bottom - PLOT.top + 22,
      fill: index % 2 === 0 ? '#f5f7f9' : '#ffffff',
    });
    return [shade, text(x + width / 2, PLOT.top - 7, finger, { 'text-anchor': 'middle', fill: FAINT_INK })];
  });
}

function grid(step: number, top: number, yOf: (mm: number) => number): string[] {
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return [
    ...lines.flatMap((mm) => [
      element('line', { x1: PLOT.left, x2: PLOT.right, y1: yOf(mm), y2: yOf(mm), stroke: mm === 0 ? FAINT_INK : GRID }),
      text(PLOT.left - 8, yOf(mm) + 4.5, Number(mm.toPrecision(3)).toString(), {
        'text-anchor': 'end',
        fill: FAINT_INK,
      }),
    ]),
    text(PLOT.left - 8, PLOT.top - 18, 'mm', { 'text-anchor': 'end', fill: FAINT_INK }),
  ];
}

function bars({ perJoint }: JointErrorReport, index: number, count: number, yOf: (mm: number) => number): string[] {
  const width = (0.76 * JOINT_WIDTH) / count;
  return perJoint.flatMap(({ meanMm }, joint) => {
    if (meanMm === null) return [];
    const x = PLOT.left + JOINT_WIDTH * (joint + 0.12) + width * index;
    const y = yOf(meanMm);
    return [
      element('rect', {
        x,
        y,
        width: width * 0.94,
        height: PLOT.bottom - y,
        fill: SERIES_COLORS[index % SERIES_COLORS.length],
      }),
    ];
  });
}

/** The part of a joint's name after its finger, which stands above. */
function jointLabels(): string[] {
  return JOINT_NAMES.map((name, joint) => {
    const x = PLOT.left + JOINT_WIDTH * (joint + 0.5);
    const label = joint === 0 ? name : name.slice(name.indexOf('_') + 1).toUpperCase();
    return text(x, PLOT.bottom + 20, label === 'TIP' ? 'tip' : label, { 'text-anchor': 'middle', 'font-size': 12 });
  });
}

/** 1, 2 or 5 times a power of ten, so that there are 3 to 8 lines up to `largest`. */
function niceStep(largest: number): number {
  if (!(largest > 0 && Number.isFinite(largest))) return 1;
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  return power * ([1, 2, 5].find((factor) => largest / (factor * power) <= 7) ?? 10);
}
