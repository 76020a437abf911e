import { jointErrorChart } from '../../evaluation/joint-error-chart.js';
import type { EncodePng } from '../../evaluation/skeleton-sheet.js';
import { element, escapeText } from '../../evaluation/svg.js';
import { type Comparison, type Criterion, comparedWithLoss, type DrawnComparison } from './comparison.js';
import { STYLE } from './comparison-style.js';
import {
  brief,
  firstStamp,
  HAND_COLUMNS,
  handCells,
  losses,
  ofHand,
  secondsInto,
  spanOf,
  VERDICTS,
  whatDiffers,
} from './comparison-text.js';
import { type DepthPicture, differenceTile, GOLDEN_COLOR, NEW_COLOR } from './difference-tile.js';
import { distanceTimeline } from './distance-timeline.js';
import { shown } from './judge.js';
import type { WorstFrame } from './worst-frames.js';

export type { DepthPicture } from './difference-tile.js';

export interface ComparisonPageOptions {
  readonly encodePng: EncodePng;
  /** Depth images by their stamps, for the frames of `drawing.worst`; where there is none, hands are drawn alone. */
  readonly pictures?: ReadonlyMap<bigint, DepthPicture>;
}

/**
 * A comparison as one HTML page that needs nothing else: verdict, plots, limits, the worst frames with both hands drawn, what
 * changed and where the recordings come from. Readable on a dark or a light screen and on paper.
 */
export function comparisonPage({ comparison, drawing }: DrawnComparison, options: ComparisonPageOptions): string {
  const { golden, new: found, topic, verdict, tolerances } = comparison;
  const what = `${found.path} against ${golden.path}`;
  const title = `${VERDICTS[verdict].toLowerCase()}: ${what}`; // of the tab
  const body = [
    element('h1', {}, escapeText(what)),
    element(
      'p',
      { class: `verdict ${verdict}` },
      escapeText(VERDICTS[verdict]),
      comparedWithLoss(comparison) ? ', compared with loss' : '',
    ),
    list([...losses(comparison), ...shortened(comparison.reasons)], 'reasons'),
    element('p', {}, escapeText(`${topic}: ${whatDiffers(comparison)}.`)),
    figure(
      distanceTimeline(drawing.trace, comparison.events?.differences ?? [], firstStamp(comparison), tolerances.maxMm),
    ),
    (comparison.worstJoint.maxMm ?? 0) === 0 ? '' : figure(jointChart(comparison)),
    ...section('Frames that are farthest apart', worstFrames(comparison, drawing.worst, options)),
    ...section('Limits', [limits(comparison.criteria)]),
    ...section('Joints', jointLimits(comparison)),
    ...section('Hands', hands(comparison)),
    ...section('Changes', changes(comparison)),
    ...section('Gesture events', events(comparison)),
    ...section('Where the recordings come from', origin(comparison)),
    ...section('Times, apart from the content', [times(comparison)]),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    element('title', {}, escapeText(title)),
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    element('main', {}, ...body),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function jointChart({ perJoint, joints }: Comparison): string {
  const bars = (label: string, pick: (distances: typeof joints) => number | null) => ({
    label,
    joints: { meanMm: pick(joints) },
    perJoint: perJoint.map((distances) => ({ joint: distances.joint, meanMm: pick(distances) })),
  });
  return jointErrorChart(
    [bars('mean', ({ meanMm }) => meanMm), bars('p95', ({ p95Mm }) => p95Mm), bars('largest', ({ maxMm }) => maxMm)],
    'Distance of each joint',
  );
}

function worstFrames(
  comparison: Comparison,
  worst: readonly WorstFrame[],
  { encodePng, pictures }: ComparisonPageOptions,
): string[] {
  if (worst.length === 0) return [];
  const key = (color: string, words: string, line: string) =>
    element(
      'span',
      { class: 'key' },
      element('span', { class: 'swatch', style: `border-top: 3px ${line} ${color}` }, ''),
      escapeText(words),
    );
  const tiles = worst.map((frame) =>
    element(
      'figure',
      {},
      differenceTile(frame, pictures?.get(frame.stamp), encodePng),
      element(
        'figcaption',
        {},
        escapeText(
          `${secondsInto(comparison, frame.stamp)} s${ofHand(comparison, frame.golden.handId)}: ${captionOf(frame)}`,
        ),
      ),
    ),
  );
  return [
    element('p', {}, key(GOLDEN_COLOR, 'golden', 'dashed'), key(NEW_COLOR, 'new', 'solid')),
    element('div', { class: 'tiles' }, ...tiles),
  ];
}

function captionOf({ kind, meanMm, maxMm, joint }: WorstFrame): string {
  if (kind === 'lost') return 'no hand where there was one';
  if (kind === 'found') return 'a hand where there was none';
  return `${joint} ${shown(maxMm)} mm, mean ${shown(meanMm)} mm`;
}

function limits(criteria: readonly Criterion[]): string {
  const rows = criteria
    .filter(({ id }) => !id.startsWith('joint.'))
    .map(({ what, unit, value, limit, ok }) => ({
      cells: [what, shown(value), String(limit), unit, value === null ? 'nothing to measure' : ok ? 'met' : 'not met'],
      failed: !ok,
    }));
  return table(['', 'found', 'limit', '', ''], rows);
}

/** One line per joint; each distance with the limit that it is beyond. */
function jointLimits({ perJoint, criteria }: Comparison): string[] {
  if (perJoint.length === 0) return [];
  const byId = new Map(criteria.map((criterion) => [criterion.id, criterion]));
  const rows = perJoint.map(({ joint }) => {
    const own = ['mean', 'p95', 'max'].map((name) => byId.get(`joint.${joint}.${name}_mm`));
    const cells = own.map((criterion) => {
      if (criterion === undefined) return '-';
      return criterion.ok ? shown(criterion.value) : `${shown(criterion.value)} > ${criterion.limit}`;
    });
    return { cells: [joint, ...cells], failed: own.some((criterion) => criterion?.ok === false) };
  });
  return [table(['joint', 'mean, mm', 'p95, mm', 'largest, mm'], rows)];
}

function hands({ perHand }: Comparison): string[] {
  return perHand.length < 2
    ? []
    : [
        table(
          HAND_COLUMNS,
          perHand.map((hand) => ({ cells: handCells(hand) })),
        ),
      ];
}

function changes(comparison: Comparison): string[] {
  const { changes: listed, changesNotListed } = comparison;
  if (listed.length === 0) return [];
  const rows = listed.map((change) => ({
    cells: [
      spanOf(comparison, change),
      `${change.kind}${ofHand(comparison, change.hand)}`,
      change.what,
      String(change.results),
      String(change.stamp),
    ],
  }));
  return [
    table(['seconds', 'what', '', 'results', 'first stamp, ns'], rows),
    changesNotListed === 0 ? '' : element('p', {}, `and ${changesNotListed} more`),
  ];
}

function events(comparison: Comparison): string[] {
  const { events: report } = comparison;
  if (report === null) return [];
  const { golden, new: found, matched, moved, missing, extra, differences } = report;
  const summary = `${golden} golden, ${found} new: ${matched} matched, of which ${moved} moved; ${missing} missing, ${extra} extra.`;
  const rows = differences.map(({ kind, hand, gesture, phase, stamp, shiftSeconds }) => ({
    cells: [secondsInto(comparison, stamp), kind, gesture, phase, hand, shown(shiftSeconds)],
  }));
  return [
    element('p', {}, escapeText(summary)),
    rows.length === 0 ? '' : table(['seconds', 'what', 'gesture', 'phase', 'hand', 'shift, s'], rows),
  ];
}

function origin({ provenance }: Comparison): string[] {
  if (provenance.length === 0) return [element('p', {}, 'Both are the same.')];
  const rows = provenance.map(({ what, golden, new: found }) => ({ cells: [what, brief(golden), brief(found)] }));
  return [table(['', 'golden', 'new'], rows)];
}

function times({ timing }: Comparison): string {
  const { golden, new: found, stages } = timing;
  const row = (what: string, a: number | null, b: number | null) => ({ cells: [what, shown(a), shown(b)] });
  return table(
    ['', 'golden', 'new'],
    [
      row('rate, Hz', golden.rateHz, found.rateHz),
      row('longest gap, s', golden.maxGapSeconds, found.maxGapSeconds),
      row('log time after stamp, mean, s', golden.latency.meanSeconds, found.latency.meanSeconds),
      row('log time after stamp, p95, s', golden.latency.p95Seconds, found.latency.p95Seconds),
      row('age when published, mean, s', golden.age.meanSeconds, found.age.meanSeconds),
      row('age when published, p95, s', golden.age.p95Seconds, found.age.p95Seconds),
      row('results out of order', golden.outOfOrder, found.outOfOrder),
      row('jumps back in time', golden.jumpsBack, found.jumpsBack),
      ...stages.map((stage) => row(stage.what, stage.golden, stage.new)),
    ],
  );
}

interface Row {
  readonly cells: readonly string[];
  readonly failed?: boolean;
}

/** The first column as heads of the rows, numbers to the right. */
function table(head: readonly string[], rows: readonly Row[]): string {
  const cell = (content: string, index: number) =>
    index === 0
      ? element('th', { scope: 'row' }, escapeText(content))
      : element(
          'td',
          { class: /^[-\d.e+]+( > [-\d.e+]+)?$/.test(content) ? 'number' : undefined },
          escapeText(content),
        );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head.map((words) => element('th', { scope: 'col' }, escapeText(words))))),
    element(
      'tbody',
      {},
      ...rows.map(({ cells, failed }) =>
        element('tr', { class: failed === true ? 'failed' : undefined }, ...cells.map(cell)),
      ),
    ),
  );
}

/** The first reasons: the tables have them all. */
function shortened(reasons: readonly string[], most = 8): string[] {
  const more = reasons.length - most;
  return [...reasons.slice(0, most), ...(more > 0 ? [`and ${more} more, see below`] : [])];
}

function list(items: readonly string[], className: string): string {
  if (items.length === 0) return '';
  return element('ul', { class: className }, ...items.map((item) => element('li', {}, escapeText(item))));
}

function figure(svg: string): string {
  return element('figure', { class: 'plot' }, svg);
}

function section(title: string, content: readonly string[]): string[] {
  return content.length === 0 ? [] : [element('section', {}, element('h2', {}, title), ...content)];
}
