import type { CameraModel } from '../depth/index.js';
import { possibleVelocity } from '../detection/index.js';
import { type Transform, transformPoints, type Vec3 } from '../geometry/index.js';
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
  type Disagreement,
  DisagreementMeter,
  fuseJoints,
  fuseSides,
  movedBy,
  PlaceDrift,
  palmDistance,
  type SeenSurface,
  type ViewedHand,
} from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import type { TrackerParts } from './hand-tracker.js';
import { fittedHand } from './inference-half.js';
import type { StageClock } from './stage-times.js';
import type { HandDetail, HandSurfacePoints, TrackResult } from './track-result.js';

/** How the hands of the cameras go together: plain data. */
export interface HandFusionFacts {
  /** Hands in results by how many cameras saw them: `{ 1: 20, 2: 280 }`. */
  readonly handsByViews: Readonly<Record<number, number>>;
  readonly disagreements: readonly Disagreement[];
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
export interface CameraSight {
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

/**
 * The hands that several cameras see as one set of hands in the rig's frame, each with an id that lasts: associated by their palms, fused joint by
 * joint, and with `kinematics.enabled` fitted to the points of all cameras. What a camera sees beside the first one for long is moved back.
 */
export class RigFusion {
  readonly #config: TrackerConfig;
  readonly #clock: StageClock;
  readonly #disagreement = new DisagreementMeter();
  readonly #drift = new PlaceDrift();
  /** The camera that the others' places are relative to. */
  readonly #first: string | undefined;
  readonly #handsByViews: Record<number, number> = {};
  readonly #proportions: HandProportions | undefined;
  readonly #onFitter: TrackerParts['onFitter'];
  /** With `kinematics.enabled`: by the id of the hand. */
  readonly #fitters = new Map<number, HandFitter>();
  /** Hands of the moment before, and those that were lost not long ago. */
  #known: readonly RigHand[] = [];
  #shown: readonly number[] = [];
  #nextId = 0;

  constructor(
    config: TrackerConfig,
    clock: StageClock,
    { proportions, onFitter }: Pick<TrackerParts, 'proportions' | 'onFitter'>,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#proportions = proportions;
    this.#onFitter = onFitter;
    this.#first = Object.keys(config.cameras)[0];
  }

  facts(): HandFusionFacts {
    return { handsByViews: { ...this.#handsByViews }, disagreements: this.#disagreement.all() };
  }

  /** Of the palm of the hand that was fused first in the moment before, metres per second. */
  get velocity(): Vec3 {
    return this.#known[0]?.velocity ?? [0, 0, 0];
  }

  /** What may wait until the last results are out; else the next moment begins with it. */
  settle(): void {
    this.#drift.settle();
    for (const fitter of this.#fitters.values()) fitter.settle();
  }

  /** Forget the hands. Their ids are not given again. */
  reset(): void {
    this.#known = [];
    this.#shown = [];
    this.#fitters.clear();
    this.#drift.reset();
  }

  /** What a camera has seen, in the rig's frame, where it is at the set's moment by the tracked velocities. */
  sight({ name, extrinsics, stamp: taken, result }: CameraLook, stamp: bigint): CameraSight {
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
    return { name, result, hands };
  }

  /** The hands of all cameras as one result, before smoothing. */
  fused({ stamp, frameId, camera }: Omit<RigMoment, 'looks'>, sights: readonly CameraSight[]): TrackResult {
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

  /** How far apart two cameras see the same hands. */
  compare(one: CameraSight, other: CameraSight): void {
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
export function sightOf({ presence = 1, confidences }: ViewedHand): number {
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
