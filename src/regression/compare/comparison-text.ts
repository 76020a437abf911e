import { alignColumns } from '../../evaluation/report-text.js';
import { type ComparedRecording, type Comparison, comparedWithLoss, type Verdict } from './comparison.js';
import type { Change, HandReport } from './comparison-meter.js';
import { shown } from './judge.js';
import type { DelaySummary } from './stream-timing.js';

/** What a verdict is called. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  same: 'SAME',
  within: 'WITHIN TOLERANCE',
  not: 'NOT WITHIN TOLERANCE',
};

/** Joints, changes and other lists in a text: the first ones. */
const LISTED = 8;

/** A comparison as text for people: first the verdict and why, then what was measured. */
export function formatComparison(comparison: Comparison): string {
  const { golden, new: found, topic, results } = comparison;
  const lines = [
    VERDICTS[comparison.verdict] + (comparedWithLoss(comparison) ? ', COMPARED WITH LOSS' : ''),
    ...shortened(comparison.reasons, (reason) => `  ${reason}`),
    ...losses(comparison).map((loss) => `  ${loss}`),
    '',
    `golden  ${golden.path}: ${results.golden} results on ${topic}`,
    `new     ${found.path}: ${results.new} results`,
    `${results.compared} compared with a hand in both, ${results.agreedNoHand} without one in either`,
    '',
    ...limitsTable(comparison),
    ...section('distance by joint, mm', jointsTable(comparison)),
    ...section('distance by hand, mm', handsTable(comparison)),
    ...section('changes', changeLines(comparison)),
    ...section('gesture events', eventLines(comparison)),
    ...section('origin', originLines(comparison)),
    ...section('times (apart from the content)', timingLines(comparison)),
  ];
  return lines.join('\n');
}

/** A comparison in one line, for logs and for the metadata of a golden recording. */
export function comparisonSummary(comparison: Comparison): string {
  return `${VERDICTS[comparison.verdict].toLowerCase()}: ${whatDiffers(comparison)}`;
}

/** The same without the verdict. */
export function whatDiffers({ results, joints, hand, events }: Comparison): string {
  const parts = [
    `${results.compared} compared`,
    ...(joints.meanMm === null
      ? []
      : [`mean ${shown(joints.meanMm)} mm, p95 ${shown(joints.p95Mm)} mm, max ${shown(joints.maxMm)} mm`]),
    `${results.missing} missing, ${results.extra} extra`,
    `hands appeared: ${hand.found}, lost: ${hand.lost}`,
    ...(hand.idSwitches === 0 ? [] : [`under another id: ${hand.idSwitches}`]),
    ...(events === null
      ? []
      : [`events: ${events.missing} missing, ${events.extra} extra, ${events.moved} of ${events.matched} moved`]),
  ];
  return parts.join('; ');
}

/** What was not read, in words. */
export function losses({ golden, new: found, events }: Comparison): string[] {
  const of = (name: string, { path, loss, unreadable }: ComparedRecording) => [
    ...(loss === null ? [] : [`the ${name} recording is incomplete: ${loss.message} [${loss.code}] (${path})`]),
    ...(unreadable === 0 ? [] : [`${unreadable} messages of the ${name} recording cannot be read (${path})`]),
  ];
  const dropped = events?.notCompared ?? 0;
  return [
    ...of('golden', golden),
    ...of('new', found),
    ...(dropped === 0 ? [] : [`${dropped} gesture events were too many to compare`]),
  ];
}

/** All criteria but those of single joints, which the next table marks. */
function limitsTable({ criteria }: Comparison): string[] {
  const single = criteria.filter(({ id }) => id.startsWith('joint.'));
  const rows = criteria
    .filter((criterion) => !single.includes(criterion))
    .map(({ what, unit, value, limit, ok }) => [
      unit === '' ? what : `${what}, ${unit}`,
      shown(value),
      String(limit),
      ok ? 'ok' : 'NOT',
    ]);
  const missed = single.filter(({ ok }) => !ok).length;
  return [
    ...alignColumns([['', 'found', 'limit', ''], ...rows], [0, 3]),
    ...(single.length === 0
      ? []
      : [
          `${missed === 0 ? 'all' : `${missed} of`} ${single.length} limits of single joints ${missed === 0 ? 'met' : 'not met'}`,
        ]),
  ];
}

/** Joints by their largest distance; the last column says which of their limits are not met. */
function jointsTable({ perJoint, joints, worstJoint, criteria }: Comparison): string[] {
  if ((worstJoint.maxMm ?? 0) === 0) return [];
  const worst = [...perJoint].sort((a, b) => (b.maxMm ?? 0) - (a.maxMm ?? 0)).slice(0, LISTED);
  const row = (name: string, { meanMm, p95Mm, maxMm }: typeof joints, missed: string) => [
    name,
    ...[meanMm, p95Mm, maxMm].map((value) => shown(value)),
    missed,
  ];
  const missedBy = (joint: string) =>
    criteria.flatMap(({ id, ok }) => {
      const [, name] = id.startsWith(`joint.${joint}.`) && !ok ? (/\.(\w+)_mm$/.exec(id) ?? []) : [];
      return name === undefined ? [] : [name];
    });
  const marked = (joint: string) => {
    const missed = missedBy(joint);
    return missed.length === 0 ? '' : `NOT ${missed.join(', ')}`;
  };
  const more = perJoint.length - worst.length;
  return [
    ...alignColumns(
      [
        ['', 'mean', 'p95', 'max', ''],
        row('all joints', joints, ''),
        ...worst.map((distances) => row(distances.joint, distances, marked(distances.joint))),
      ],
      [0, 4],
    ),
    ...(more > 0 ? [`(${more} joints that are nearer)`] : []),
  ];
}

/** Hand by hand, where there are several. */
function handsTable({ perHand }: Comparison): string[] {
  if (perHand.length < 2) return [];
  return alignColumns([HAND_COLUMNS, ...perHand.slice(0, MOST_HANDS).map(handCells)], [0]).concat(
    perHand.length > MOST_HANDS ? [`(and ${perHand.length - MOST_HANDS} more)`] : [],
  );
}

/** Hands in a text: as many as a tracker follows, a few times over. */
const MOST_HANDS = 24;

export const HAND_COLUMNS = ['', 'compared', 'mean', 'p95', 'max', 'missing', 'extra', 'lost', 'appeared', 'other id'];

/** `3 left`, `5 right (new only)`, then numbers. */
export function handCells({ hand, only, handedness, meanMm, p95Mm, maxMm, ...counts }: HandReport): string[] {
  const { compared, missing, extra, lost, found, switches } = counts;
  return [
    `${hand} ${handedness}${only === null ? '' : ' (new only)'}`,
    String(compared),
    ...[meanMm, p95Mm, maxMm].map(shown),
    ...[missing, extra, lost, found, switches].map(String),
  ];
}

/** ` of hand 3`, where there are several. */
export function ofHand({ perHand }: Pick<Comparison, 'perHand'>, hand: number): string {
  return perHand.length < 2 ? '' : ` of hand ${hand}`;
}

function changeLines(comparison: Comparison): string[] {
  const { changes, changesNotListed, hand } = comparison;
  const lines = shortened(
    changes,
    (change) => {
      const what = `${change.kind}${ofHand(comparison, change.hand)}`;
      return `${spanOf(comparison, change)} s  ${what}: ${change.what}${timesOf(change)}`;
    },
    changesNotListed,
  );
  const ids = [
    ...(hand.handId === 0 ? [] : [`hand id differs in ${hand.handId} results`]),
    ...(hand.lagFrames === 0 ? [] : [`lag differs in ${hand.lagFrames} results`]),
    ...(hand.lossesGolden === hand.lossesNew
      ? []
      : [`hands go away ${hand.lossesGolden} times in the golden recording, ${hand.lossesNew} in the new one`]),
  ];
  return [...lines, ...ids];
}

function eventLines(comparison: Comparison): string[] {
  const { events } = comparison;
  if (events === null) return [];
  const { golden, new: found, matched, moved, missing, extra, maxShiftSeconds, differences } = events;
  const shift = moved === 0 ? '' : ` by up to ${shown(maxShiftSeconds)} s`;
  return [
    `${golden} golden, ${found} new: ${matched} matched, of which ${moved} moved${shift}; ${missing} missing, ${extra} extra`,
    ...shortened(differences, ({ kind, hand, gesture, phase, stamp, shiftSeconds }) => {
      const by = shiftSeconds === null ? '' : ` by ${shown(shiftSeconds)} s`;
      return `${secondsInto(comparison, stamp)} s  ${kind}${by}: ${gesture} ${phase} of hand ${hand}`;
    }),
  ];
}

function originLines({ provenance }: Comparison): string[] {
  return provenance.map(({ what, golden, new: found }) => `${what}: ${brief(golden)} > ${brief(found)}`);
}

function timingLines({ timing }: Comparison): string[] {
  const { golden, new: found, stages } = timing;
  const row = (what: string, a: number | null, b: number | null) => [what, shown(a), shown(b)];
  const delay = (what: string, pick: (side: typeof golden) => DelaySummary) =>
    [golden, found].some((side) => pick(side).maxSeconds !== 0 || pick(side).minSeconds !== 0)
      ? [
          row(`${what}, mean, s`, pick(golden).meanSeconds, pick(found).meanSeconds),
          row(`${what}, p95, s`, pick(golden).p95Seconds, pick(found).p95Seconds),
        ]
      : [];
  return alignColumns([
    ['', 'golden', 'new'],
    row('rate, Hz', golden.rateHz, found.rateHz),
    row('longest gap, s', golden.maxGapSeconds, found.maxGapSeconds),
    ...delay('log time after stamp', ({ latency }) => latency),
    ...delay('age when published', ({ age }) => age),
    row('out of order', golden.outOfOrder, found.outOfOrder),
    row('jumps back', golden.jumpsBack, found.jumpsBack),
    ...stages.map((stage) => row(stage.what, stage.golden, stage.new)),
  ]);
}

/** Where in the recording a stamp lies, seconds from the first golden (or else new) result on. */
export function secondsInto({ timing }: Pick<Comparison, 'timing'>, stamp: bigint): string {
  return (Number(stamp - firstStamp({ timing })) / 1e9).toFixed(3);
}

/** When a change was, seconds: `0.100`, or from the first result that has it to the last. */
export function spanOf(comparison: Pick<Comparison, 'timing'>, { stamp, last }: Change): string {
  const [from, to] = [secondsInto(comparison, stamp), secondsInto(comparison, last)];
  return from === to ? from : `${from} to ${to}`;
}

/** ` (15 results)` */
function timesOf({ results }: Change): string {
  return results === 1 ? '' : ` (${results} results)`;
}

/** The first golden stamp, or else the first new one. */
export function firstStamp({ timing }: Pick<Comparison, 'timing'>): bigint {
  return timing.golden.firstStamp ?? timing.new.firstStamp ?? 0n;
}

/** Hashes are cut short, texts of several lines too. */
export function brief(value: string | null): string {
  if (value === null) return '(not given)';
  const [line] = value.split('\n');
  if (/^[0-9a-f]{40,}$/.test(line)) return line.slice(0, 12);
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** The first of them, and how many more there are. */
function shortened<T>(items: readonly T[], line: (item: T) => string, uncounted = 0): string[] {
  const more = Math.max(0, items.length - LISTED) + uncounted;
  return [...items.slice(0, LISTED).map(line), ...(more > 0 ? [`and ${more} more`] : [])].map((text, index) =>
    index === LISTED ? `(${text})` : text,
  );
}
