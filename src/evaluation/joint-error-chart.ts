import { FINGER_NAMES, JOINT_NAMES } from '../hand/index.js';
import { element, FAINT_INK, GRID, picture, SERIES_COLORS, text } from './svg.js';

export const CHART_WIDTH = 1080;
export const CHART_HEIGHT = 444;
const BOTTOM = CHART_HEIGHT - 44;
const TOP = 110;
const LEFT = 64;

/** One bar for each joint. `JointErrorReport` is one. */
export interface JointBars {
  readonly label: string;
  /** Of all joints, for the legend. */
  readonly joints: { readonly meanMm: number | null };
  readonly perJoint: readonly { readonly joint: string; readonly meanMm: number | null }[];
}

/** Where the joints of a chart stand. */
interface Layout {
  readonly right: number;
  readonly joints: readonly string[];
  /** Width of a joint's column. */
  readonly column: number;
}

/**
 * Mean error of each joint as an SVG bar chart: joints in their order (of ours: from the wrist to the little finger), a bar a
 * report.
 */
export function jointErrorChart(reports: readonly JointBars[], title = 'Mean error of each joint'): string {
  return picture(CHART_WIDTH, CHART_HEIGHT, ...jointErrorPanel(reports, title));
}

/** What {@link jointErrorChart} shows, to be part of a larger picture: markup of `width` x 444. */
export function jointErrorPanel(reports: readonly JointBars[], title: string, width: number = CHART_WIDTH): string[] {
  const joints = reports[0]?.perJoint.map(({ joint }) => joint) ?? JOINT_NAMES;
  const right = width - 24;
  const layout: Layout = { right, joints, column: (right - LEFT) / joints.length };
  const largest = Math.max(...reports.flatMap(({ perJoint }) => perJoint.map(({ meanMm }) => meanMm ?? 0)), 0);
  const step = niceStep(largest);
  const top = step * Math.max(1, Math.ceil(largest / step));
  const yOf = (mm: number) => BOTTOM - ((BOTTOM - TOP) * mm) / top;
  return [
    text(LEFT, 36, title, { 'font-size': 20, 'font-weight': 'bold' }),
    ...legend(reports),
    ...fingerBands(layout),
    ...grid(step, top, right, yOf),
    ...reports.flatMap((report, index) => bars(report, index, reports.length, layout, yOf)),
    ...jointLabels(layout),
  ];
}

function legend(reports: readonly JointBars[]): string[] {
  let x: number = LEFT;
  return reports.flatMap(({ label, joints }, index) => {
    const line = `${label}: ${joints.meanMm === null ? 'nothing compared' : millimetres(joints.meanMm)}`;
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

function millimetres(value: number): string {
  return `${value > 0 && value < 0.95 ? value.toPrecision(2) : value.toFixed(1)} mm`;
}

/** A shade behind every other finger, and the fingers' names above, for joints that are named after their finger. */
function fingerBands({ joints, column }: Layout): string[] {
  let shaded = false;
  return FINGER_NAMES.flatMap((finger) => {
    const first = joints.findIndex((joint) => fingerOf(joint) === finger);
    if (first < 0) return [];
    let end = first;
    while (end < joints.length && fingerOf(joints[end]) === finger) end++;
    shaded = !shaded;
    const x = LEFT + column * first;
    const width = column * (end - first);
    const shade = element('rect', {
      x,
      y: TOP - 22,
      width,
      height: BOTTOM - TOP + 22,
      fill: shaded ? '#f5f7f9' : '#ffffff',
    });
    return [shade, text(x + width / 2, TOP - 7, finger, { 'text-anchor': 'middle', fill: FAINT_INK })];
  });
}

function grid(step: number, top: number, right: number, yOf: (mm: number) => number): string[] {
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return [
    ...lines.flatMap((mm) => [
      element('line', { x1: LEFT, x2: right, y1: yOf(mm), y2: yOf(mm), stroke: mm === 0 ? FAINT_INK : GRID }),
      text(LEFT - 8, yOf(mm) + 4.5, Number(mm.toPrecision(3)).toString(), {
        'text-anchor': 'end',
        fill: FAINT_INK,
      }),
    ]),
    text(LEFT - 8, TOP - 18, 'mm', { 'text-anchor': 'end', fill: FAINT_INK }),
  ];
}

function bars(
  { perJoint }: JointBars,
  index: number,
  count: number,
  { column }: Layout,
  yOf: (mm: number) => number,
): string[] {
  const width = (0.76 * column) / count;
  return perJoint.flatMap(({ meanMm }, joint) => {
    if (meanMm === null) return [];
    const x = LEFT + column * (joint + 0.12) + width * index;
    const y = yOf(meanMm);
    return [
      element('rect', {
        x,
        y,
        width: width * 0.94,
        height: BOTTOM - y,
        fill: SERIES_COLORS[index % SERIES_COLORS.length],
      }),
    ];
  });
}

/** The part of a joint's name after its finger, which stands above; names without a finger in one or two words. */
function jointLabels({ joints, column }: Layout): string[] {
  return joints.flatMap((name, joint) => {
    const x = LEFT + column * (joint + 0.5);
    const part = fingerOf(name) === undefined ? name : name.slice(name.indexOf('_') + 1);
    const label = /^(cmc|mcp|pip|dip|ip)$/.test(part) ? part.toUpperCase() : part;
    const [first, ...rest] = label.split('_');
    const attributes = { 'text-anchor': 'middle', 'font-size': 12 } as const;
    const more = rest.length === 0 ? [] : [text(x, BOTTOM + 35, rest.join(' '), { ...attributes, 'font-size': 11 })];
    return [text(x, BOTTOM + 20, first, attributes), ...more];
  });
}

function fingerOf(joint: string): string | undefined {
  return FINGER_NAMES.find((finger) => joint.startsWith(`${finger}_`));
}

/** 1, 2 or 5 times a power of ten, so that there are 3 to 8 lines up to `largest`. */
function niceStep(largest: number): number {
  if (!(largest > 0 && Number.isFinite(largest))) return 1;
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  return power * ([1, 2, 5].find((factor) => largest / (factor * power) <= 7) ?? 10);
}
