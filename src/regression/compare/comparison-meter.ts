import { JOINT_NAMES, SKELETON_NAME } from '../../hand/index.js';
import type { ComparedHand } from './compared-hand.js';
import { DistanceSketch, type SketchSummary } from './distance-sketch.js';
import { DistanceTrace, type TraceBucket } from './distance-trace.js';
import { HandPairs } from './hand-pairs.js';
import type { MatchedFrames } from './matched-frames.js';
import { type WorstFrame, WorstFrames } from './worst-frames.js';

/** Kinds of change, hand by hand, of which the last is remembered. */
const MOST_RUNS = 512;
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

/** One hand of the golden recording, or one that only the new one has: results, and distances where both have it. */
export interface HandReport extends DistanceSummary {
  /** Its id in the golden recording; in the new one where it is only there. */
  readonly hand: number;
  readonly only: 'new' | null;
  /** In its first result. */
  readonly handedness: string;
  readonly compared: number;
  readonly missing: number;
  readonly extra: number;
  readonly found: number;
  readonly lost: number;
  /** Times that it belongs to another id of the new recording than before. */
  readonly switches: number;
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
  /** Times that a golden hand belongs to another id of the new recording than before. */
  readonly idSwitches: number;
  readonly lagFrames: number;
}

export type ChangeKind = 'missing' | 'extra' | 'found' | 'lost' | 'handedness' | 'hand_id' | 'frame_id' | 'skeleton';

/** A change that one result after the other has, without any in between that has it not, is listed once. */
export interface Change {
  readonly kind: ChangeKind;
  /** Id of the hand in the golden recording; in the new one where it is only there. */
  readonly hand: number;
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
  /** The first 64 hands, in the order of their ids; those that only the new recording has at the end. */
  readonly perHand: readonly HandReport[];
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

/** Hands that are reported one by one. */
const MOST_HANDS = 64;

/** What is counted of one hand. */
interface HandTally {
  readonly hand: number;
  readonly only: 'new' | null;
  readonly handedness: string;
  readonly counts: { compared: number; missing: number; extra: number; found: number; lost: number; switches: number };
  readonly distances: DistanceSketch;
}

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
  readonly #changed = {
    ...{ found: 0, lost: 0, handedness: 0, frameId: 0, skeleton: 0 },
    ...{ handId: 0, idSwitches: 0, lagFrames: 0 },
  };
  readonly #pairs = new HandPairs();
  readonly #hands = new Map<string, HandTally>();
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
    const { pairs, switches } = this.#pairs.next(golden?.items ?? [], found?.items ?? []);
    for (const [hand, other] of pairs) this.#pair(hand, other);
    for (const { golden: hand, before, now } of switches) {
      this.#changed.idSwitches++;
      this.#tally(hand, 'switches');
      this.#change('hand_id', hand, `${before} > ${now}`);
    }
  }

  /** The golden hand that a hand of the new recording belongs to, by their ids; the same id where there is none. */
  goldenIdOf(id: number): number {
    return this.#pairs.goldenIdOf(id) ?? id;
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
      perHand: [...this.#hands.values()]
        .sort((a, b) => Number(a.only !== null) - Number(b.only !== null) || a.hand - b.hand)
        .map(({ counts, distances, ...hand }) => ({ ...hand, ...counts, ...millimetres(distances.summary()) })),
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
    const hand = (golden ?? found) as ComparedHand;
    const kind = golden === undefined ? 'extra' : 'missing';
    this.#counts[kind]++;
    this.#tally(hand, kind, golden === undefined);
    this.#trace.add({ stamp: hand.stamp, kind });
    this.#change(kind, hand, golden === undefined ? 'only in the new recording' : 'not in the new recording');
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
    const differ = (counter: 'handedness' | 'frameId' | 'skeleton', kind: ChangeKind) => {
      if (golden[counter] === found[counter]) return;
      this.#changed[counter]++;
      this.#change(kind, golden, `${golden[counter]} > ${found[counter]}`);
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
    this.#tally(golden, kind);
    this.#trace.add({ stamp, kind });
    const begins = this.#change(
      kind,
      golden,
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
    const tally = this.#tally(golden, 'compared');
    const joints = skeleton.distances.length;
    let [sum, max, worst] = [0, -1, 0];
    for (let joint = 0; joint < joints; joint++) {
      const distanceMm = distanceOf(golden.positions, found.positions, 3 * joint);
      this.#joints.add(distanceMm);
      skeleton.distances[joint].add(distanceMm);
      tally?.distances.add(distanceMm);
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

  #notMeasured(hand: ComparedHand, what: string): undefined {
    this.#changed.skeleton++;
    this.#change('skeleton', hand, what);
  }

  /** @param isNew a hand that only the new recording has */
  #tally({ handId, handedness }: ComparedHand, what: keyof HandTally['counts'], isNew = false): HandTally | undefined {
    const only = isNew ? 'new' : null;
    const key = `${handId} ${only}`;
    let tally = this.#hands.get(key);
    if (tally === undefined) {
      if (this.#hands.size === MOST_HANDS) return undefined;
      const counts = { compared: 0, missing: 0, extra: 0, found: 0, lost: 0, switches: 0 };
      tally = { hand: handId, only, handedness, counts, distances: new DistanceSketch() };
      this.#hands.set(key, tally);
    }
    tally.counts[what]++;
    return tally;
  }

  /** @returns whether the result before had no such change */
  #change(kind: ChangeKind, { stamp, handId }: ComparedHand, what: string): boolean {
    const key = `${kind} ${handId}`;
    const run = this.#runs.get(key);
    if (run !== undefined && run.change.what === what && run.moment >= this.#moment - 1) {
      run.moment = this.#moment;
      run.change.last = stamp;
      run.change.results++;
      return false;
    }
    const change = { kind, hand: handId, stamp, last: stamp, results: 1, what };
    this.#runs.delete(key); // the latest last
    this.#runs.set(key, { change, moment: this.#moment });
    if (this.#runs.size > MOST_RUNS) this.#runs.delete(this.#runs.keys().next().value as string);
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

function distanceOf(a: Float64Array, b: Float64Array, at: number): number {
  const x = a[at] - b[at];
  const y = a[at + 1] - b[at + 1];
  const z = a[at + 2] - b[at + 2];
  return 1000 * Math.sqrt(x * x + y * y + z * z);
}

function millimetres({ mean, p50, p95, max }: SketchSummary): DistanceSummary {
  return { meanMm: mean, p50Mm: p50, p95Mm: p95, maxMm: max };
}
