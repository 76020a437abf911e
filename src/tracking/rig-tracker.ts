import type { CameraModel, DepthFrame } from '../depth/index.js';
import { possibleVelocity } from '../detection/index.js';
import { VoxhandError } from '../errors/index.js';
import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  type Transform,
  transformMatrix,
  transformPoints,
  type Vec3,
} from '../geometry/index.js';
import {
  type Handedness,
  type HandJoints,
  type LostHand,
  meanConfidence,
  PALM_JOINTS,
  ROOT_OF_MIDDLE,
  SAME_HAND,
  type TrackedHand,
} from '../hand/index.js';
import { HandFitter, type HandProportions } from '../kinematics/index.js';
import {
  associateHands,
  type CameraView,
  type Disagreement,
  DisagreementMeter,
  type FrameSet,
  fuseJoints,
  fuseSides,
  movedBy,
  PlaceDrift,
  palmDistance,
  type SeenSurface,
  toFrameSet,
  type ViewedHand,
} from '../rig/index.js';
import { smoothingConfig, smoothingStage, UNSMOOTHED } from '../smoothing/index.js';
import { addFrame, type GridBuilder } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { HandSmoothing } from './hand-smoothing.js';
import { HandTracker, type TrackerParts } from './hand-tracker.js';
import { fittedHand } from './inference-half.js';
import { sharedParts } from './shared-parts.js';
import { StageClock, StageTimes } from './stage-times.js';
import type { HandDetail, HandSurfacePoints, TrackResult } from './track-result.js';

/** How one camera of a rig does: plain data. */
export interface CameraTrackFacts {
  readonly name: string;
  /** Frames that were worked on, and those of them with a hand. */
  readonly frames: number;
  readonly withHand: number;
  /** Frames that failed, by error code. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** How fusion goes: plain data. */
export interface FusionFacts {
  readonly cameras: readonly CameraTrackFacts[];
  /** Hands in results by how many cameras saw them: `{ 1: 20, 2: 280 }`. */
  readonly handsByViews: Readonly<Record<number, number>>;
  readonly disagreements: readonly Disagreement[];
}

/** What finds the hands in the frames of one camera; a frame gives one result, or none where it fails. */
export type CameraTracker = Pick<HandTracker, 'track' | 'reset'>;

/** What a rig's tracker needs beside its configuration. */
export interface RigTrackerParts extends TrackerParts {
  /** Makes what finds the hands of a camera: by default a `HandTracker` without smoothing, of these parts. */
  readonly cameraTracker?: (name: string, parts: TrackerParts) => CameraTracker;
}

/** Of one camera, with the cause why its last frame failed. */
class LineCounters extends Counters {
  lastDrop = 'INTERNAL';

  override dropped(cause: string): void {
    this.lastDrop = cause;
    super.dropped(cause);
  }
}

/** One camera's pipeline. */
interface CameraLine {
  readonly name: string;
  readonly tracker: CameraTracker;
  readonly counters: LineCounters;
  frames: number;
  withHand: number;
  /** How well it sees the hands, 0 to 1, of late: for `fusion: voxels`. */
  sight: number;
  /** Moments since it looked last. */
  since: number;
}

/** What a camera made of its frame of a moment. */
export interface CameraLook {
  readonly name: string;
  /** From the camera's optical frame into the frame of the rig, metres. */
  readonly extrinsics: Transform;
  /** Of the frame, nanoseconds. */
  readonly stamp: bigint;
  /** Hands in the camera's optical frame, before smoothing; undefined where the frame failed. */
  readonly result: TrackResult | undefined;
  /** Why it failed: an error code. */
  readonly dropped?: string | undefined;
}

/** What the cameras of a rig made of their frames of one moment. */
export interface RigMoment {
  /** Nanoseconds; of the first look. */
  readonly stamp: bigint;
  /** The frame of the rig. */
  readonly frameId: string;
  /** At least one. */
  readonly looks: readonly CameraLook[];
  /** The camera whose optical frame is the rig's, where its image is known. */
  readonly camera?: CameraModel | undefined;
}

/** What one camera sees at a moment, in the rig's frame. */
interface CameraSight {
  readonly name: string;
  readonly result: TrackResult | undefined;
  readonly hands: readonly (ViewedHand & {
    readonly seen: TrackedHand;
    readonly detail: HandDetail | undefined;
    /** In the rig's frame, as `positions`. */
    readonly surface: HandSurfacePoints | undefined;
    /** Where the camera is. */
    readonly eye: Vec3;
  })[];
}

type SightedHand = CameraSight['hands'][number];

/** A hand of the rig, as it was last. */
interface RigHand {
  readonly id: number;
  readonly handedness: Handedness;
  readonly stamp: bigint;
  readonly positions: Float64Array;
  /** Of the palm, metres per second. */
  readonly velocity: Vec3;
  /** `camera/id` of the hands that it was fused of. */
  readonly members: readonly string[];
}

/** What a hand of the moment before is worth more than a new one; a camera that is sure of a hand is worth 1. */
const KNOWN = 0.5;
/** Under `fusion: voxels` cameras other than the one whose cube is used look every so many moments. */
const LOOK_EVERY = 8;
/** By how much better another camera must see the hands to take over, and the share of a new look in that. */
const TAKE_OVER = 0.1;
const SIGHT_SHARE = 0.2;

/**
 * Several cameras, one set of hands: frames of one moment in, hands in the rig's frame out.
 *
 * ```text
 * joints   each camera's frame goes through a HandTracker of its own; their hands are associated by their palms and fused joint by joint
 * voxels   the camera that sees the hands best goes through its HandTracker, and the points of all cameras through its cube; the others look
 *          now and then, and where it sees none
 * ```
 *
 * Frames that were taken at other moments than the set's are brought there by the tracked velocity of the hand. A camera that sees hands beside
 * the first one for long is not where it is said to be: what it sees is moved back before fusion, see `PlaceDrift`. Smoothing follows. A
 * camera that is missing from a set is left out of it, and nothing else changes.
 *
 * Every set that {@link track} is given ends as exactly one result, perhaps later, or as one counted drop where the frames of all its cameras
 * fail. Not to be called again before the call before has resolved.
 */
export class RigTracker {
  readonly counters: Counters;
  readonly times: StageTimes;
  readonly #config: TrackerConfig;
  readonly #parts: RigTrackerParts;
  readonly #clock: StageClock;
  readonly #smoothing: HandSmoothing;
  readonly #lines = new Map<string, CameraLine>();
  readonly #disagreement = new DisagreementMeter();
  readonly #drift = new PlaceDrift();
  /** The camera that the others' places are relative to. */
  readonly #first: string | undefined;
  readonly #handsByViews: Record<number, number> = {};
  readonly #proportions: HandProportions | undefined;
  readonly #onFitter: RigTrackerParts['onFitter'];
  /** With `kinematics.enabled`: by the id of the hand. */
  readonly #fitters = new Map<number, HandFitter>();
  /** Hands of the moment before, and those that were lost not long ago. */
  #known: readonly RigHand[] = [];
  #shown: readonly number[] = [];
  #nextId = 0;
  #base: string | undefined;
  /** What goes into the cubes of the camera that is tracked: frames, and the way from their cameras into that one's frame. */
  #others: readonly { readonly frame: DepthFrame; readonly transform: Transform }[] = [];

  /** @throws VoxhandError as `HandTracker` */
  constructor(config: TrackerConfig, parts: RigTrackerParts) {
    const { counters = new Counters(), times = new StageTimes(), stopwatch, smoothing, proportions, onFitter } = parts;
    // a fitted hand is one of a person already
    const prior = config.kinematics.enabled ? undefined : parts.prior;
    this.#proportions = proportions;
    this.#onFitter = onFitter;
    this.counters = counters;
    this.times = times;
    this.#config = config;
    this.#first = Object.keys(config.cameras)[0];
    this.#parts = sharedParts(parts);
    this.#clock = new StageClock(times, stopwatch);
    this.#smoothing = new HandSmoothing(smoothing ?? (() => smoothingStage(smoothingConfig(config.smoothing, prior))));
    for (const name of Object.keys(config.cameras)) this.#lineOf(name); // refuses what cannot be before the first frame
  }

  facts(): FusionFacts {
    return {
      cameras: [...this.#lines.values()].map(({ name, frames, withHand, counters }) => {
        return { name, frames, withHand, dropped: counters.snapshot().dropped };
      }),
      handsByViews: { ...this.#handsByViews },
      disagreements: this.#disagreement.all(),
    };
  }

  /**
   * The results that the frames of a moment bring about: their own, one held back from before, or none. Faults of frames are counted, not
   * thrown.
   *
   * @throws VoxhandError `USAGE` for a set without a view
   */
  async track(frames: DepthFrame | FrameSet): Promise<TrackResult[]> {
    const set = toFrameSet(frames);
    demandFrames(set.views.length);
    const sights = await (this.#config.rig.fusion === 'voxels' ? this.#lookTogether(set) : this.#lookAll(set));
    // the image of the camera whose frame is the rig's
    const own = set.views.find(({ frame, extrinsics }) => frame.frameId === set.frameId && isIdentity(extrinsics));
    return this.#finish({ ...set, camera: own?.frame.camera }, sights);
  }

  /**
   * The same of what each camera has made of its frame by itself, for `fusion: joints`: of a pipeline that is cut.
   *
   * @throws VoxhandError `USAGE` for a moment without a look
   */
  fuse(moment: RigMoment): TrackResult[] {
    const { stamp, looks } = moment;
    demandFrames(looks.length);
    return this.#finish(
      moment,
      looks.map((look) => this.#sightBy(look, stamp)),
    );
  }

  #finish(moment: Omit<RigMoment, 'looks'>, sights: readonly CameraSight[]): TrackResult[] {
    if (sights.every(({ result }) => result === undefined)) {
      this.counters.dropped(this.#lineOf(sights[0].name).counters.lastDrop);
      return [];
    }
    const result = this.#fused(moment, sights);
    const { hands, lost } = result;
    this.counters.delivered(hands.length > 0 ? undefined : (lost[0]?.reason ?? 'no-hand'));
    return this.#clock.run('smoothing', () => this.#smoothing.push(result));
  }

  /** What may wait until the last results are out, see `HandFitter.settle`; else the next moment begins with it. */
  settle(): void {
    this.#drift.settle();
    for (const fitter of this.#fitters.values()) fitter.settle();
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#smoothing.flush();
  }

  /** Forget the hands and where they were, as at the start. Gives the results that were still held back. */
  reset(): TrackResult[] {
    for (const line of this.#lines.values()) {
      line.tracker.reset();
      line.sight = 0;
    }
    this.#known = [];
    this.#shown = [];
    this.#base = undefined;
    this.#fitters.clear();
    this.#drift.reset();
    return this.flush();
  }

  /** Every camera by itself, all at once: they share the networks. */
  #lookAll({ views, stamp }: FrameSet): Promise<CameraSight[]> {
    return Promise.all(views.map((view) => this.#look(view, stamp)));
  }

  /** The best camera with the points of all, and the others where it is their turn or the best one sees nothing. */
  async #lookTogether(set: FrameSet): Promise<CameraSight[]> {
    const { views } = set;
    const lines = views.map(({ name }) => this.#lineOf(name));
    const best = lines.reduce((one, other) => (other.sight > one.sight ? other : one));
    const present = lines.find(({ name }) => name === this.#base);
    const base = present !== undefined && best.sight - present.sight <= TAKE_OVER ? present : best;
    this.#base = base.name;
    const baseView = views[lines.indexOf(base)];
    const velocity = this.#known[0]?.velocity ?? [0, 0, 0];
    this.#others = views.flatMap((view) => {
      if (view === baseView) return [];
      // points of another moment are brought to that of the base's frame, in the rig's frame
      const seconds = Number(baseView.frame.stamp - view.frame.stamp) / 1e9;
      const shift = velocity.map((v) => v * seconds) as unknown as Vec3;
      const moved = composeTransforms({ ...IDENTITY_TRANSFORM, translation: shift }, view.extrinsics);
      return [{ frame: view.frame, transform: composeTransforms(invertTransform(baseView.extrinsics), moved) }];
    });
    const sights = [await this.#look(baseView, set.stamp)];
    this.#others = [];
    for (const [i, view] of views.entries()) {
      if (view === baseView) continue;
      const isTurn = ++lines[i].since >= LOOK_EVERY || sights[0].hands.length === 0;
      if (isTurn) sights.push(await this.#look(view, set.stamp));
    }
    // what others see alone is compared, and not fused: their points are in the cube already
    for (const other of sights.slice(1)) this.#compare(sights[0], other);
    return sights.find(({ hands }) => hands.length > 0) === sights[0] ? [sights[0]] : sights;
  }

  #compare(one: CameraSight, other: CameraSight): void {
    for (const group of associateHands([...one.hands, ...other.hands], this.#config.rig.association))
      this.#disagree(group);
  }

  /** By how much the other cameras see this hand beside the first one. */
  #learn(group: readonly SightedHand[]): void {
    const first = group.find(({ camera }) => camera === this.#first);
    if (first === undefined) return;
    for (const hand of group) {
      if (hand === first) continue;
      const seen = surfaceOf(hand);
      const own = surfaceOf(first);
      this.#drift.add(hand.camera, hand.positions, first.positions, seen && own && [seen, own]);
    }
  }

  /** Where the hand would be seen if the camera's place was right. */
  #corrected<Hand extends ViewedHand>(hand: Hand): Hand {
    const correction = this.#drift.correction(hand.camera);
    if (correction.every((value) => value === 0)) return hand;
    return { ...hand, positions: movedBy(hand.positions, correction, 1) };
  }

  /** The skeleton that is fitted to the fused joints and to the points of all cameras; the hand as it is without `kinematics.enabled`. */
  #fitted(hand: TrackedHand, group: readonly SightedHand[], stamp: bigint): TrackedHand {
    const { kinematics } = this.#config;
    const seen = group.flatMap(({ surface }) => surface ?? []);
    if (!kinematics.enabled || seen.length === 0) return hand;
    let fitter = this.#fitters.get(hand.id);
    if (fitter === undefined) {
      fitter = new HandFitter(kinematics, this.#proportions, false);
      this.#fitters.set(hand.id, fitter);
      this.#onFitter?.(hand.id, fitter);
    }
    const points = joined(group.flatMap((one) => this.#correctedPoints(one)));
    const surface = { points, pitch: seen[0].pitch, exact: seen.every(({ exact }) => exact) };
    const readings = group.length > 1 ? group.map((one) => this.#corrected(one)) : undefined;
    return this.#clock.run('fit', () => fittedHand(fitter, hand, { ...surface, stamp, readings }));
  }

  #correctedPoints({ camera, surface }: SightedHand): Float32Array[] {
    if (surface === undefined) return [];
    const correction = this.#drift.correction(camera);
    return [surface.points.map((value, i) => value + correction[i % 3])];
  }

  #disagree(group: readonly ViewedHand[]): void {
    for (let b = 1; b < group.length; b++) {
      for (let a = 0; a < b; a++) {
        this.#disagreement.add(group[a].camera, group[b].camera, palmDistance(group[a].positions, group[b].positions));
      }
    }
  }

  /** What one camera sees, in the rig's frame and at the set's moment. */
  async #look(view: CameraView, stamp: bigint): Promise<CameraSight> {
    const { name, extrinsics, frame } = view;
    const line = this.#lineOf(name);
    line.since = 0;
    const { stamp: taken, frameId } = frame;
    const [result] = await line.tracker.track({ stamp: taken, frameId, views: [view] });
    return this.#sightBy({ name, extrinsics, stamp: taken, result }, stamp);
  }

  #sightBy({ name, extrinsics, stamp: taken, result, dropped }: CameraLook, stamp: bigint): CameraSight {
    const line = this.#lineOf(name);
    line.frames++;
    if (dropped !== undefined) line.counters.dropped(dropped);
    const known = new Map(this.#known.flatMap((hand) => hand.members.map((member) => [member, hand] as const)));
    const seconds = Number(stamp - taken) / 1e9;
    const hands = (result?.hands ?? []).map((seen): SightedHand => {
      const { id, handedness, handednessScore, presence, confidences } = seen;
      const velocity = known.get(memberOf(name, id))?.velocity;
      const inRig = (points: ArrayLike<number>) => {
        const placed = transformPoints(extrinsics, points);
        return velocity === undefined || seconds === 0 ? placed : movedBy(placed, velocity, seconds);
      };
      const positions = inRig(seen.positions);
      const detail = result?.details.get(id);
      const surface = detail?.surface && { ...detail.surface, points: Float32Array.from(inRig(detail.surface.points)) };
      const own = { camera: name, id, handedness, handednessScore, presence, positions, confidences };
      return { ...own, seen, detail, surface, eye: extrinsics.translation };
    });
    if (hands.length > 0) line.withHand++;
    const now = hands.length === 0 ? 0 : hands.reduce((sum, hand) => sum + sightOf(hand), 0) / hands.length;
    line.sight += (line.sight === 0 ? 1 : SIGHT_SHARE) * (now - line.sight);
    return { name, result, hands };
  }

  /** The hands of all cameras as one result, before smoothing. */
  #fused({ stamp, frameId, camera }: Omit<RigMoment, 'looks'>, sights: readonly CameraSight[]): TrackResult {
    this.#drift.settle();
    const all = sights.flatMap(({ hands }) => hands);
    const idOf = new Map(this.#known.flatMap(({ id, members }) => members.map((member) => [member, id] as const)));
    const rigId = ({ camera, id }: ViewedHand) => idOf.get(memberOf(camera, id));
    const together = (a: ViewedHand, b: ViewedHand) => rigId(a) !== undefined && rigId(a) === rigId(b);
    const found = associateHands(all, this.#config.rig.association, together) as SightedHand[][];
    const groups = this.#likeliest(found, rigId);
    const taken = new Set<number>();
    const details = new Map<number, HandDetail>();
    const known: RigHand[] = [];
    const hands = groups.map((group): TrackedHand => {
      this.#disagree(group);
      this.#learn(group);
      this.#handsByViews[group.length] = (this.#handsByViews[group.length] ?? 0) + 1;
      const { positions, confidences } = fuseJoints(group.map((hand) => this.#corrected(hand)));
      const side = fuseSides(group);
      const before = this.#sameHand(group.map(rigId), positions, stamp, taken);
      const id = before?.id ?? this.#nextId++;
      taken.add(id);
      const members = group.map((member) => memberOf(member.camera, member.id));
      known.push({
        id,
        handedness: side.handedness,
        stamp,
        positions,
        velocity: velocityTo(positions, stamp, before),
        members,
      });
      details.set(
        id,
        detailOf(group, { stamp, frameId, handId: id, handedness: side.handedness, positions, confidences }),
      );
      const presences = group.flatMap(({ presence }) => (presence === undefined ? [] : [presence]));
      const changed = before !== undefined && before.handedness !== side.handedness && before.stamp < stamp;
      const fused = {
        ...{ id, ...side, positions, confidences },
        ...(presences.length > 0 && { presence: Math.max(...presences) }),
        ...(changed && { handednessChanged: true as const }),
      };
      return this.#fitted(fused, group, stamp);
    });
    const forgotten = ({ stamp: last }: RigHand) => Number(stamp - last) / 1e9 > SAME_HAND.seconds;
    const kept = this.#known.filter((hand) => !taken.has(hand.id) && !forgotten(hand));
    const lost = this.#lostHands(sights, taken, kept);
    this.#known = [...known, ...kept];
    for (const id of this.#fitters.keys()) if (!this.#known.some((hand) => hand.id === id)) this.#fitters.delete(id);
    this.#shown = hands.map(({ id }) => id);
    hands.sort((a, b) => a.id - b.id);
    return { stamp, frameId, hands, lost, lagFrames: 0, details, ...(camera && { camera }) };
  }

  /** As many hands as are asked for: those that were there before first, then those with the most evidence of all cameras together. */
  #likeliest(groups: readonly SightedHand[][], rigId: (hand: ViewedHand) => number | undefined): SightedHand[][] {
    const worth = (group: readonly SightedHand[]) =>
      group.reduce((sum, hand) => sum + sightOf(hand), 0) +
      (group.some((hand) => rigId(hand) !== undefined) ? KNOWN : 0);
    return [...groups].sort((a, b) => worth(b) - worth(a)).slice(0, this.#config.detection.maxHands);
  }

  /** Hands that were there in the moment before and are not; where there is no hand at all, what the first camera says of that. */
  #lostHands(sights: readonly CameraSight[], taken: ReadonlySet<number>, kept: readonly RigHand[]): LostHand[] {
    const said = sights.flatMap(({ result }) => result?.lost ?? []);
    const reason = said[0]?.reason ?? 'no-candidate';
    const gone = this.#shown.filter((id) => !taken.has(id));
    const lost = gone.map((id): LostHand => {
      return { id, handedness: kept.find((hand) => hand.id === id)?.handedness ?? 'unknown', reason };
    });
    if (lost.length > 0 || taken.size > 0 || said.length === 0) return lost;
    const { handedness } = said[0];
    return [{ id: kept[0]?.id ?? this.#nextId, handedness, reason }];
  }

  /** The hand of before that this one is: by what it is fused of, or by where it is. */
  #sameHand(
    ids: readonly (number | undefined)[],
    positions: Float64Array,
    stamp: bigint,
    taken: ReadonlySet<number>,
  ): RigHand | undefined {
    const free = this.#known.filter(({ id }) => !taken.has(id));
    const votes = free
      .map((hand) => ({ hand, votes: ids.filter((id) => id === hand.id).length }))
      .sort((a, b) => b.votes - a.votes);
    if (votes.length > 0 && votes[0].votes > 0) return votes[0].hand;
    return free.find((hand) => {
      const elapsed = Number(stamp - hand.stamp) / 1e9;
      return elapsed < SAME_HAND.seconds && palmDistance(hand.positions, positions) < SAME_HAND.metres;
    });
  }

  #lineOf(name: string): CameraLine {
    let line = this.#lines.get(name);
    if (line === undefined) {
      const { prior: _prior, onFitter: _onFitter, cameraTracker, ...shared } = this.#parts;
      const counters = new LineCounters();
      const others = (grid: GridBuilder) => this.#addOthers(grid);
      const parts = { ...shared, counters, others, leavesFit: true, times: this.times, smoothing: () => UNSMOOTHED };
      const tracker = cameraTracker?.(name, parts) ?? new HandTracker(this.#config, parts);
      line = { name, tracker, counters, frames: 0, withHand: 0, sight: 0, since: 0 };
      this.#lines.set(name, line);
    }
    return line;
  }

  #addOthers(grid: GridBuilder): void {
    for (const { frame, transform } of this.#others) addFrame(grid, frame, { transform: transformMatrix(transform) });
  }
}

/** What tracks by a configuration: the hands of one camera, or of the cameras of a rig. */
export function trackerFor(config: TrackerConfig, parts: TrackerParts): HandTracker | RigTracker {
  return Object.keys(config.cameras).length > 0 ? new RigTracker(config, parts) : new HandTracker(config, parts);
}

function demandFrames(count: number): void {
  if (count > 0) return;
  throw new VoxhandError('USAGE', 'a moment without frames', { expected: 'one view or more', found: 'none' });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function surfaceOf({ surface, eye }: SightedHand): SeenSurface | undefined {
  return surface && { points: surface.points, pitch: surface.pitch, eye };
}

function memberOf(camera: string, id: number): string {
  return `${camera}/${id}`;
}

/** How well a camera sees a hand, 0 to 1. */
function sightOf({ presence = 1, confidences }: ViewedHand): number {
  return presence * meanConfidence({ confidences });
}

function velocityTo(positions: Float64Array, stamp: bigint, before: RigHand | undefined): Vec3 {
  const elapsed = before === undefined ? 0 : Number(stamp - before.stamp) / 1e9;
  if (before === undefined || !(elapsed > 0) || elapsed > SAME_HAND.seconds / 2) return [0, 0, 0];
  const [x, y, z] = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (const j of PALM_JOINTS) sum += positions[3 * j + axis] - before.positions[3 * j + axis];
    return sum / PALM_JOINTS.length / elapsed;
  });
  return possibleVelocity([x, y, z]);
}

/** The detail of the view that is the surest, with the fused joints in place of its own. */
function detailOf(
  group: readonly SightedHand[],
  fused: Pick<HandJoints, 'stamp' | 'frameId' | 'handId' | 'handedness' | 'positions' | 'confidences'>,
): HandDetail {
  const best = group.reduce((one, other) => (sightOf(other) > sightOf(one) ? other : one));
  const reference = best.detail?.reference;
  const [decoder = 'gauss'] = best.detail?.raw.keys() ?? [];
  const raw = new Map([[decoder, { ...fused, tracked: true, lagFrames: 0 }]]);
  if (reference?.state !== 'found') return { reference: { state: 'lost', reason: 'no-candidate' }, raw };
  const [x, y, z] = fused.positions.subarray(3 * ROOT_OF_MIDDLE); // which the cube is laid around
  return { reference: { state: 'found', point: { ...reference.point, position: [x, y, z], arm: undefined } }, raw };
}

function isIdentity({ translation, rotation }: Transform): boolean {
  return translation.every((value) => value === 0) && rotation[3] === 1;
}
