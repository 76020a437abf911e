import { JOINT_NAMES, type JointName } from '../../hand/index.js';
import type { Comparison, Criterion, Verdict } from './comparison.js';
import type { Tolerances } from './tolerances.js';

/** What a judgement looks at. */
export type Evidence = Pick<
  Comparison,
  'results' | 'joints' | 'worstJoint' | 'perJoint' | 'hand' | 'confidence' | 'events' | 'timing'
>;

export interface Judgement {
  readonly verdict: Verdict;
  readonly criteria: readonly Criterion[];
  readonly reasons: readonly string[];
}

/** Hold what was measured against the tolerances, one by one. */
export function judge(evidence: Evidence, limits: Tolerances): Judgement {
  const criteria = [
    ...resultCriteria(evidence, limits),
    ...jointCriteria(evidence, limits),
    ...eventCriteria(evidence, limits),
    ...timingCriteria(evidence, limits),
    ...singleJointCriteria(evidence, limits),
  ];
  const failed = inOrderOfWeight(criteria.filter(({ ok }) => !ok));
  const reasons = nothingCompared(evidence) ? [whyNothing(evidence)] : [];
  reasons.push(...failed.map(reasonOf));
  const verdict = reasons.length > 0 ? 'not' : contentIsSame(evidence) ? 'same' : 'within';
  return { verdict, criteria, reasons };
}

/** Single joints behind the others, and of them those first that are farthest beyond their limit. */
function inOrderOfWeight(criteria: readonly Criterion[]): Criterion[] {
  const excess = ({ id, value, limit }: Criterion) => (id.startsWith('joint.') ? -(value ?? 0) / limit : -Infinity);
  return [...criteria].sort((a, b) => {
    const [x, y] = [excess(a), excess(b)];
    return x === y ? 0 : x - y;
  });
}

/** `mean distance of thumb_tip: 3.00 mm, at most 0.5 mm` */
function reasonOf({ what, value, limit, unit }: Criterion): string {
  const of = unit === '' ? '' : ` ${unit}`;
  return `${what}: ${shown(value)}${of}, at most ${limit}${of}`;
}

/** A measured value, as short as it still says something. */
export function shown(value: number | null): string {
  if (value === null) return '-';
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size < 0.0005) return value.toExponential(1);
  return value.toFixed(size < 1 ? 3 : size < 100 ? 2 : 1);
}

/** Not a pair of results with a hand in both, or in neither: there is nothing that tolerances could be about. */
export function nothingCompared({ results }: Pick<Evidence, 'results'>): boolean {
  return results.compared + results.agreedNoHand === 0;
}

function whyNothing({ results }: Evidence): string {
  const { golden, new: found, matched } = results;
  if (golden === 0 && found === 0) return 'neither recording has a result';
  if (matched > 0) return `none of ${matched} pairs of results has two hands to compare, or none in both`;
  return `no result of the one recording has the stamp of one in the other (${golden} golden, ${found} new)`;
}

function criterion(
  id: string,
  what: string,
  value: number | null | undefined,
  limit: number,
  unit: Criterion['unit'] = '',
): Criterion {
  const known = value ?? null;
  return { id, what, unit, value: known, limit, ok: known === null || known <= limit };
}

function resultCriteria({ results, hand, confidence }: Evidence, limits: Tolerances): Criterion[] {
  const identity = hand.handedness + hand.frameId + hand.skeleton + hand.idSwitches;
  return [
    criterion('missing', 'missing results', results.missing, limits.missing),
    criterion('extra', 'extra results', results.extra, limits.extra),
    criterion('lost_changes', 'results without a hand where there was one', hand.lost, limits.lostChanges),
    criterion('found_changes', 'results with a hand where there was none', hand.found, limits.foundChanges),
    criterion('identity_changes', 'changes of handedness, id, frame or skeleton', identity, limits.identityChanges),
    criterion('confidence', 'mean difference of confidences', confidence.meanDifference, limits.confidence),
  ];
}

function jointCriteria({ joints, perJoint }: Evidence, limits: Tolerances): Criterion[] {
  // a joint with a limit of its own is held to that one only
  const ownLimits = Object.values(limits.joints).some((own) => own?.maxMm !== undefined);
  const of = ownLimits ? 'joints without their own limit' : 'any joint';
  return [
    criterion('mean_mm', 'mean distance of all joints', joints.meanMm, limits.meanMm, 'mm'),
    criterion('p95_mm', 'p95 distance of all joints', joints.p95Mm, limits.p95Mm, 'mm'),
    criterion('max_mm', `largest distance of ${of}`, largestCommon(perJoint, limits), limits.maxMm, 'mm'),
  ];
}

function singleJointCriteria({ perJoint }: Evidence, { meanMm, p95Mm, maxMm, joints }: Tolerances): Criterion[] {
  return perJoint.flatMap(({ joint, ...distances }) => {
    const own = JOINT_NAMES.includes(joint as JointName) ? (joints[joint as JointName] ?? {}) : {};
    return [
      criterion(`joint.${joint}.mean_mm`, `mean distance of ${joint}`, distances.meanMm, own.meanMm ?? meanMm, 'mm'),
      criterion(`joint.${joint}.p95_mm`, `p95 distance of ${joint}`, distances.p95Mm, own.p95Mm ?? p95Mm, 'mm'),
      criterion(`joint.${joint}.max_mm`, `largest distance of ${joint}`, distances.maxMm, own.maxMm ?? maxMm, 'mm'),
    ];
  });
}

function largestCommon(perJoint: Evidence['perJoint'], limits: Tolerances): number | null {
  const common = perJoint.filter(({ joint }) => limits.joints[joint as JointName]?.maxMm === undefined);
  const known = common.flatMap(({ maxMm }) => (maxMm === null ? [] : [maxMm]));
  return known.length === 0 ? null : Math.max(...known);
}

function eventCriteria({ events }: Evidence, { events: limits }: Tolerances): Criterion[] {
  if (events === null) return [];
  return [
    criterion('events.missing', 'gesture events that went', events.missing, limits.missing),
    criterion('events.extra', 'gesture events that came', events.extra, limits.extra),
    criterion('events.shift', 'largest shift of a gesture event', events.maxShiftSeconds, limits.shift, 's'),
  ];
}

function timingCriteria({ timing }: Evidence, { timing: limits }: Tolerances): Criterion[] {
  const { golden, new: found } = timing;
  const { latency, rate, gap, outOfOrder } = limits;
  const rise = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);
  const ratio = golden.rateHz === null || found.rateHz === null ? null : Math.abs(found.rateHz / golden.rateHz - 1);
  return [
    ...(latency === undefined
      ? []
      : [
          criterion(
            'timing.latency',
            'rise of the mean latency',
            rise(golden.latency.meanSeconds, found.latency.meanSeconds),
            latency,
            's',
          ),
        ]),
    ...(rate === undefined ? [] : [criterion('timing.rate', 'relative change of the rate', ratio, rate)]),
    ...(gap === undefined
      ? []
      : [
          criterion(
            'timing.gap',
            'growth of the longest gap',
            rise(golden.maxGapSeconds, found.maxGapSeconds),
            gap,
            's',
          ),
        ]),
    ...(outOfOrder === undefined
      ? []
      : [criterion('timing.out_of_order', 'results out of order', found.outOfOrder, outOfOrder)]),
  ];
}

/** Not a digit differs in what the results say; times are no content. */
function contentIsSame({ results, worstJoint, hand, confidence, events }: Evidence): boolean {
  const { found, lost, handedness, frameId, skeleton, handId, lagFrames } = hand;
  const counts = [results.missing, results.extra, found, lost, handedness, frameId, skeleton, handId, lagFrames];
  const quiet = counts.every((count) => count === 0);
  const still = (worstJoint.maxMm ?? 0) === 0 && (confidence.maxDifference ?? 0) === 0;
  return quiet && still && (events === null || events.missing + events.extra + events.moved === 0);
}
