import { JOINT_NAMES, SKELETON_NAME } from '../../hand/index.js';
import type { ComparedHand } from './compared-hand.js';
import { DistanceSketch, type SketchSummary } from './distance-sketch.js';
import { DistanceTrace, type TraceBucket } from './distance-trace.js';
import type { MatchedFrames } from './matched-frames.js';
import { type WorstFrame, WorstFrames } from './worst-frames.js';

/** Changes that are listed; what is beyond is only counted. */
const MOST_LISTED = 50;

/** Distances between golden and new joints, millimetres; all null where there is nothing to compare. */
export interface DistanceSummary {
  readonly meanMm: number | null;
  readonly p50Mm: number | null;
  readonly p95Mm: number | null;
  readonly maxMm: number | null;
}

export interface JointDistances extends DistanceSummary {
  readonly joint: string;
}

/** Where each result of both recordings has gone. */
export interface ResultCounts {
  readonly golden: number;
  readonly new: number;
  /** Results of the same moment and hand in both. `golden` is this plus `missing`, `new` this plus `extra`. */
  readonly matched: number;
  readonly missing: number;
  readonly extra: number;
  /** Matched, with a hand in both: distances are about these. */
  readonly compared: number;
  /** Matched, without a hand in either. */
  readonly agreedNoHand: number;
}

/** How matched results differ beside their joints' places. */
export interface HandChanges {
  /** A hand where the golden recording has none. */
  readonly found: number;
  /** No hand where the golden recording has one. */
  readonly lost: number;
  /** Times that a tracked hand goes away, in each recording by itself. */
  readonly lossesGolden: number;
  readonly lossesNew: number;
  readonly handedness: number;
  readonly frameId: number;
  readonly skeleton: number;
  readonly handId: number;
  readonly lagFrames: number;
}

export type ChangeKind = 'missing' | 'extra' | 'found' | 'lost' | 'handedness' | 'frame_id' | 'skeleton';

/** A change that one result after the other has, without any in between that has it not, is listed once. */
export interface Change {
  readonly kind: ChangeKind;
  /** Of the first and the last result that has it. */
  readonly stamp: bigint;
  readonly last: bigint;
  readonly results: number;
  /** `right > left` */
  readonly what: string;
}

/** Of joints with a hand in both, all null where there is none. */
export interface ConfidenceDifference {
  readonly goldenMean: number | null;
  readonly newMean: number | null;
  /** Of a joint's two confidences, without sign. */
  readonly meanDifference: number | null;
  readonly maxDifference: number | null;
}

/** What two recordings' results say, compared. */
export interface ContentReport {
  readonly results: ResultCounts;
  readonly joints: DistanceSummary;
  /** Each frame by its worst joint. */
  readonly worstJoint: DistanceSummary;
  readonly perJoint: readonly JointDistances[];
  readonly hand: HandChanges;
  readonly confidence: ConfidenceDifference;
  /** The first ones, in the order of the recordings. */
  readonly changes: readonly Change[];
  readonly changesNotListed: number;
}

/** What a report is drawn from. */
export interface ComparisonDrawing {
  readonly trace: readonly TraceBucket[];
  readonly worst: readonly WorstFrame[];
}

/** Skeletons that are measured; pairs of yet another one count as changes of skeleton. */
const MOST_SKELETONS = 4;

/** A skeleton's joints and their distances. */
interface Skeleton {
  readonly names: readonly string[];
  readonly distances: readonly DistanceSketch[];
}

/**
 * Compares results of two recordings frame by frame, in memory that does not grow with their number.
 *
 * Distances are taken where both have a hand of the same skeleton, joint by joint.
 */
export class ComparisonMeter {
  readonly #joints = new DistanceSketch();
  readonly #worstJoint = new DistanceSketch();
  readonly #trace = new DistanceTrace();
  readonly #worst: WorstFrames;
  readonly #changes: Change[] = [];
  /** The last run of each kind of change, and the moment that it was seen in. */
  readonly #runs = new Map<string, { change: { -readonly [K in keyof Change]: Change[K] }; moment: number }>();
  #moment = 0;
  readonly #changed = { found: 0, lost: 0, handedness: 0, frameId: 0, skeleton: 0, handId: 0, lagFrames: 0 };
  readonly #counts = { golden: 0, new: 0, matched: 0, missing: 0, extra: 0, compared: 0, agreedNoHand: 0 };
  readonly #losses = { golden: new Losses(), new: new Losses() };
  readonly #confidence = { count: 0, golden: 0, new: 0, difference: 0, max: 0 };
  readonly #skeletons = new Map<string, Skeleton>();
  #notListed = 0;

  /** @param worst frames to keep for drawing */
  constructor(worst = 6) {
    this.#worst = new WorstFrames(worst);
  }

  add({ golden, new: found }: MatchedFrames<ComparedHand>): void {
    this.#moment++;
    for (const [hand, other] of pairHands(golden?.items ?? [], found?.items ?? [])) this.#pair(hand, other);
  }

  report(): ContentReport {
    const { count, golden, new: found, difference, max } = this.#confidence;
    const share = (sum: number) => (count === 0 ? null : sum / count);
    return {
      results: { ...this.#counts },
      joints: millimetres(this.#joints.summary()),
      worstJoint: millimetres(this.#worstJoint.summary()),
      perJoint: [...this.#skeletons.values()].flatMap(({ names, distances }) =>
        distances.map((sketch, joint) => ({ joint: names[joint], ...millimetres(sketch.summary()) })),
      ),
      hand: { ...this.#changed, lossesGolden: this.#losses.golden.count, lossesNew: this.#losses.new.count },
      confidence: {
        goldenMean: share(golden),
        newMean: share(found),
        meanDifference: share(difference),
        maxDifference: count === 0 ? null : max,
      },
      changes: this.#changes,
      changesNotListed: this.#notListed,
    };
  }

  drawing(): ComparisonDrawing {
    return { trace: this.#trace.buckets(), worst: this.#worst.frames() };
  }

  #pair(golden: ComparedHand | undefined, found: ComparedHand | undefined): void {
    if (golden !== undefined) this.#counts.golden++;
    if (found !== undefined) this.#counts.new++;
    if (golden !== undefined) this.#losses.golden.add(golden);
    if (found !== undefined) this.#losses.new.add(found);
    if (golden !== undefined && found !== undefined) {
      this.#counts.matched++;
      this.#both(golden, found);
      return;
    }
    const { stamp } = (golden ?? found) as ComparedHand;
    const kind = golden === undefined ? 'extra' : 'missing';
    this.#counts[kind]++;
    this.#trace.add({ stamp, kind });
    this.#change(kind, stamp, golden === undefined ? 'only in the new recording' : 'not in the new recording');
  }

  #both(golden: ComparedHand, found: ComparedHand): void {
    this.#identity(golden, found);
    if (golden.tracked && found.tracked) this.#distances(golden, found);
    else if (golden.tracked || found.tracked) this.#foundOrLost(golden, found);
    else {
      this.#counts.agreedNoHand++;
      this.#trace.add({ stamp: golden.stamp, kind: 'agreed' });
    }
  }

  #identity(golden: ComparedHand, found: ComparedHand): void {
    const { stamp } = golden;
    const differ = (counter: 'handedness' | 'frameId' | 'skeleton', kind: ChangeKind) => {
      if (golden[counter] === found[counter]) return;
      this.#changed[counter]++;
      this.#change(kind, stamp, `${golden[counter]} > ${found[counter]}`);
    };
    differ('handedness', 'handedness');
    differ('frameId', 'frame_id');
    differ('skeleton', 'skeleton');
    if (golden.handId !== found.handId) this.#changed.handId++;
    if (golden.lagFrames !== found.lagFrames) this.#changed.lagFrames++;
  }

  #foundOrLost(golden: ComparedHand, found: ComparedHand): void {
    const { stamp } = golden;
    const kind = found.tracked ? 'found' : 'lost';
    this.#changed[kind]++;
    this.#trace.add({ stamp, kind });
    const begins = this.#change(
      kind,
      stamp,
      found.tracked ? 'a hand where there was none' : 'no hand where there was one',
    );
    if (begins) this.#worst.add({ stamp, kind, golden, new: found, meanMm: null, maxMm: null, joint: null });
  }

  #distances(golden: ComparedHand, found: ComparedHand): void {
    const { stamp } = golden;
    const skeleton = this.#skeletonOf(golden, found);
    if (skeleton === undefined) {
      this.#trace.add({ stamp, kind: 'agreed' });
      return;
    }
    this.#counts.compared++;
    const joints = skeleton.distances.length;
    let [sum, max, worst] = [0, -1, 0];
    for (let joint = 0; joint < joints; joint++) {
      const distanceMm = distanceOf(golden.positions, found.positions, 3 * joint);
      this.#joints.add(distanceMm);
      skeleton.distances[joint].add(distanceMm);
      this.#confidences(golden.confidences[joint] ?? 0, found.confidences[joint] ?? 0);
      sum += distanceMm;
      if (distanceMm > max || Number.isNaN(distanceMm))
        [max, worst] = [Number.isNaN(distanceMm) ? Infinity : distanceMm, joint];
    }
    const meanMm = sum / joints;
    this.#worstJoint.add(max);
    this.#trace.add({ stamp, kind: 'compared', meanMm, maxMm: max });
    this.#worst.add({ stamp, kind: 'apart', golden, new: found, meanMm, maxMm: max, joint: skeleton.names[worst] });
  }

  #confidences(golden: number, found: number): void {
    const difference = Math.abs(golden - found);
    this.#confidence.count++;
    this.#confidence.golden += golden;
    this.#confidence.new += found;
    this.#confidence.difference += difference;
    this.#confidence.max = Math.max(this.#confidence.max, difference);
  }

  /** The skeleton of both hands; undefined where that is not one, or one too many. */
  #skeletonOf(golden: ComparedHand, found: ComparedHand): Skeleton | undefined {
    const joints = golden.positions.length / 3;
    if (golden.skeleton !== found.skeleton) return undefined; // reported already
    if (golden.positions.length !== found.positions.length) {
      // a name that is kept while the joints change is a change of skeleton all the same
      return this.#notMeasured(golden, `${joints} joints > ${found.positions.length / 3}`);
    }
    if (joints === 0) return undefined;
    const key = JSON.stringify([golden.skeleton, joints]);
    const known = this.#skeletons.get(key);
    if (known !== undefined) return known;
    if (this.#skeletons.size === MOST_SKELETONS) return this.#notMeasured(golden, `${golden.skeleton}: one too many`);
    const ours = golden.skeleton === SKELETON_NAME && joints === JOINT_NAMES.length;
    const of = this.#skeletons.size === 0 ? '' : `${golden.skeleton} `; // no two joints of one name
    const names = ours ? JOINT_NAMES : Array.from({ length: joints }, (_, joint) => `${of}joint ${joint}`);
    const skeleton = { names, distances: names.map(() => new DistanceSketch()) };
    this.#skeletons.set(key, skeleton);
    return skeleton;
  }

  #notMeasured({ stamp }: ComparedHand, what: string): undefined {
    this.#changed.skeleton++;
    this.#change('skeleton', stamp, what);
  }

  /** @returns whether the result before had no such change */
  #change(kind: ChangeKind, stamp: bigint, what: string): boolean {
    const run = this.#runs.get(kind);
    if (run !== undefined && run.change.what === what && run.moment >= this.#moment - 1) {
      run.moment = this.#moment;
      run.change.last = stamp;
      run.change.results++;
      return false;
    }
    const change = { kind, stamp, last: stamp, results: 1, what };
    this.#runs.set(kind, { change, moment: this.#moment });
    if (this.#changes.length < MOST_LISTED) this.#changes.push(change);
    else this.#notListed++;
    return true;
  }
}

/** Ids of tracked hands that are remembered. */
const MOST_IDS = 64;

/** Counts how often a tracked hand goes away. */
class Losses {
  count = 0;
  readonly #tracked = new Set<number>();

  add({ handId, tracked }: ComparedHand): void {
    if (!tracked) {
      if (this.#tracked.delete(handId)) this.count++;
      return;
    }
    this.#tracked.add(handId);
    if (this.#tracked.size > MOST_IDS) this.#tracked.delete(this.#tracked.values().next().value as number);
  }
}

/**
 * The hands of one moment, each with its counterpart: by hand id, else by which side it is, else in order.
 */
function pairHands(
  golden: readonly ComparedHand[],
  found: readonly ComparedHand[],
): [ComparedHand | undefined, ComparedHand | undefined][] {
  if (golden.length === 1 && found.length === 1) return [[golden[0], found[0]]];
  const left = [...found];
  const partners = new Map<ComparedHand, ComparedHand>();
  const rules = [
    (a: ComparedHand, b: ComparedHand) => a.handId === b.handId,
    (a: ComparedHand, b: ComparedHand) => a.handedness === b.handedness,
    () => true,
  ];
  for (const fits of rules) {
    for (const hand of golden) {
      if (partners.has(hand)) continue;
      const at = left.findIndex((other) => fits(hand, other));
      if (at >= 0) partners.set(hand, left.splice(at, 1)[0]);
    }
  }
  return [
    ...golden.map((hand): [ComparedHand, ComparedHand | undefined] => [hand, partners.get(hand)]),
    ...left.map((other): [undefined, ComparedHand] => [undefined, other]),
  ];
}

function distanceOf(a: Float64Array, b: Float64Array, at: number): number {
  const x = a[at] - b[at];
  const y = a[at + 1] - b[at + 1];
  const z = a[at + 2] - b[at + 2];
  return 1000 * Math.sqrt(x * x + y * y + z * z);
}

function millimetres({ mean, p50, p95, max }: SketchSummary): DistanceSummary {
  return { meanMm: mean, p50Mm: p50, p95Mm: p95, maxMm: max };
}
