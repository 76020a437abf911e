import type { Transform } from '../geometry/index.js';
import { describeHand, type Handedness, type HandsAtMoment, type TrackedHand } from '../hand/index.js';
import { nanoseconds } from '../timing/index.js';
import { Enabling } from './enabling.js';
import type { EnablingMessage, GestureEvent, GestureOutput, PointerEvent } from './gesture-events.js';
import { type GestureHand, gestureHand, whyUnusable } from './gesture-hand.js';
import { type GestureProfile, type GestureProfileInput, parseGestureProfile } from './gesture-profile.js';
import type { Recogniser } from './gesture-track.js';
import { Pointer } from './pointer.js';
import { recognisersOf } from './recognisers.js';
import { PlacedSurface, PlacedZone } from './touch-surface.js';
import { TwoHandRecogniser } from './two-hands.js';

/** More hands of a moment than this are not looked at, those with the highest ids. */
const MOST_HANDS = 8;
/** How fast two clocks may drift apart, seconds per second. */
const DRIFT = 1e-3;
/** How far outside of its zone a hand may go that makes gestures in it, metres. */
const ZONE_EDGE = 0.02;

/** Where frames lie in each other: the transform that takes coordinates in `from` to those in `to`; undefined where it is not known. */
export type FrameLookup = (from: string, to: string, stamp: bigint) => Transform | undefined;

export interface GestureEngineOptions {
  /** For surfaces and zones in other frames than the joints; without it they are not operated. */
  readonly frames?: FrameLookup;
}

/** What the engine keeps of a hand. */
interface KnownHand {
  readonly handedness: Handedness;
  readonly recognisers: readonly Recogniser[];
  seen: GestureHand | undefined;
  inZone: boolean;
}

/**
 * Gestures, pointers and enabling of all hands, moment by moment.
 *
 * Deterministic: the output follows from the profile and the calls. There is no clock in it: a live session gives the seconds of its own monotonic
 * clock with each moment, and calls `tick` with them in between (every 20 ms, say), so that a silent camera is noticed.
 *
 * CANCEL is guaranteed: a hand that is lost, missing from a moment, of low presence or of another side than before, a step of the stamps
 * back or by more than `longestSilence`, another frame id, `tick` after a silence and `cancel` each cancel all that is under way.
 *
 * @example
 * ```ts
 * const engine = new GestureEngine({ gestures: ['fist', 'swipe_left'] });
 * for (const { gesture, phase, reason } of engine.take(result).gestures) console.log(gesture, phase, reason);
 * ```
 */
export class GestureEngine {
  readonly profile: GestureProfile;
  /** Seconds without a result after which everything is cancelled: three frames, at least 0.1. */
  readonly longestSilence: number;
  readonly #frames: FrameLookup;
  readonly #hands = new Map<number, KnownHand>();
  readonly #twoHands: TwoHandRecogniser;
  readonly #pointers: readonly { readonly surface: GestureProfile['surfaces'][number]; readonly pointer: Pointer }[];
  readonly #enabling: readonly { readonly zone: string | undefined; readonly enabling: Enabling }[];
  #output = emptyOutput();
  #origin: bigint | undefined;
  #last: { readonly stamp: bigint; readonly frameId: string } | undefined;
  /** When the last moment came, by the session's clock. */
  #cameAt: number | undefined;
  /** The least that a moment came after its stamp, seconds; of two clocks, so only its growth means something. */
  #leastDelay: number | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` for a profile with unknown keys or values out of range */
  constructor(profile: GestureProfileInput = {}, { frames = () => undefined }: GestureEngineOptions = {}) {
    this.profile = parseGestureProfile(profile);
    this.longestSilence = Math.max(3 / this.profile.frameRate, 0.1);
    this.#frames = frames;
    this.#twoHands = new TwoHandRecogniser(this.profile, (event) => this.#output.gestures.push(event));
    const emit = (event: PointerEvent) => this.#output.pointers.push(event);
    this.#pointers = this.profile.surfaces.map((surface) => {
      return { surface, pointer: new Pointer(surface, this.profile.pointer, emit) };
    });
    const beat = (message: EnablingMessage) => this.#output.enabling.push(message);
    this.#enabling = this.profile.enabling.map((settings) => {
      return {
        zone: settings.zone,
        enabling: new Enabling(settings, this.profile.axes.forward, this.longestSilence, beat),
      };
    });
  }

  /**
   * The ids of hands that press a surface or hold an enabling: those that a tracker must not shed.
   */
  get busyHands(): ReadonlySet<number> {
    const ids = [
      ...this.#pointers.map(({ pointer }) => (pointer.pressed ? pointer.handId : undefined)),
      ...this.#enabling.map(({ enabling }) => enabling.handId),
    ];
    return new Set(ids.filter((id) => id !== undefined));
  }

  /**
   * The hands of the next moment. The arrays in it are only read.
   *
   * A moment that is not later than the last one cancels all and is then the first of a new sequence; one with the same stamp is left out.
   *
   * @param now seconds of the session's monotonic clock; left out in a replay
   */
  take(moment: HandsAtMoment, now?: number): GestureOutput {
    const { stamp, frameId } = moment;
    if (now !== undefined) this.#notice(now);
    if (this.#last?.stamp === stamp) return this.#flush();
    this.#cameAt = now;
    const broken = this.#whyBroken(stamp, frameId);
    if (broken !== undefined) {
      this.#cancelAll(broken.stamp, broken.reason);
      this.#origin = undefined;
      this.#leastDelay = undefined;
    }
    this.#origin ??= stamp;
    const before = this.#last?.stamp ?? stamp;
    this.#last = { stamp, frameId };

    const gone = new Map<number, string>();
    const drop = (id: number, reason: string) => {
      this.#drop(id, stamp, reason);
      gone.set(id, reason);
    };
    for (const { id, reason } of moment.lost) drop(id, `the hand is lost: ${reason}`);
    const hands = bounded(moment.hands).flatMap((hand) => this.#see(hand, stamp, frameId, drop) ?? []);
    const seen = new Set(hands.map(({ id }) => id));
    for (const id of this.#hands.keys()) if (!seen.has(id)) drop(id, 'the hand is lost');

    const zones = this.#zonesAt(stamp, frameId);
    for (const hand of hands) this.#recognise(hand, zones.get(this.profile.gestureZone ?? ''));
    if (this.#twoHands.wanted) this.#twoHands.step(hands.filter(({ id }) => this.#hands.get(id)!.inZone));
    for (const { surface, pointer } of this.#pointers) {
      const transform = this.#transformOf(surface.frame, frameId, stamp);
      if (transform === 'unknown') pointer.cancel(stamp, `where ${surface.frame} lies in ${frameId} is not known`);
      else pointer.step(hands, new PlacedSurface(surface, transform), stamp);
    }
    const time = Number(stamp - this.#origin) / 1e9;
    if (now !== undefined) this.#learnDelay(now - time, Number(stamp - before) / 1e9);
    const present = Math.max(time, this.#present(now) ?? time);
    for (const { zone, enabling } of this.#enabling) {
      const placed = zone === undefined ? undefined : zones.get(zone);
      // a zone whose place is not known has no inside
      const usable = zone !== undefined && placed === undefined ? [] : hands;
      const why = (id: number) => gone.get(id) ?? `where zone ${zone} lies is not known`;
      enabling.step(usable, placed, { stamp, time, present }, why);
    }
    return this.#flush();
  }

  /**
   * Time passes without a result. After `longestSilence` everything is cancelled.
   *
   * @param now seconds of the clock that `take` is given
   */
  tick(now: number): GestureOutput {
    this.#notice(now);
    return this.#flush();
  }

  /** Cancel everything and forget all hands: a pause, a reset, the end. */
  cancel(stamp: bigint, reason: string): GestureOutput {
    this.#cancelAll(stamp, reason);
    this.#last = undefined;
    this.#origin = undefined;
    this.#cameAt = undefined;
    this.#leastDelay = undefined;
    return this.#flush();
  }

  /** Something has gone on without a result, up to now. */
  #notice(now: number): void {
    this.#cameAt ??= now;
    const silence = now - this.#cameAt;
    const present = this.#present(now);
    if (this.#last !== undefined && present !== undefined) {
      const stamp = this.#last.stamp + nanoseconds(silence);
      for (const { enabling } of this.#enabling) enabling.tick(stamp, present);
    }
    if (this.#last === undefined || silence <= this.longestSilence) return;
    this.#cancelAll(this.#last.stamp + nanoseconds(silence), `no result for ${silence.toFixed(2)} s`);
  }

  /** The least delay between stamp and arrival: an upper bound that follows two clocks which drift apart. */
  #learnDelay(delay: number, since: number): void {
    this.#leastDelay = Math.min(delay, (this.#leastDelay ?? delay) + DRIFT * since);
  }

  /** What time it is, in the seconds of `GestureHand.time`: the time of a result that comes now without more delay than the quickest one. */
  #present(now: number | undefined): number | undefined {
    return now === undefined || this.#leastDelay === undefined ? undefined : now - this.#leastDelay;
  }

  /** Why what is under way cannot go on with this moment, and when it ended. */
  #whyBroken(stamp: bigint, frameId: string): { stamp: bigint; reason: string } | undefined {
    if (this.#last === undefined) return undefined;
    const since = Number(stamp - this.#last.stamp) / 1e9;
    const at = this.#last.stamp;
    if (since < 0) return { stamp: at, reason: `time stepped back by ${(-since).toFixed(2)} s` };
    if (since > this.longestSilence + 1e-6) {
      return { stamp: at + nanoseconds(this.longestSilence), reason: `no result for ${since.toFixed(2)} s` };
    }
    if (frameId !== this.#last.frameId) return { stamp, reason: `the frame of the joints is now ${frameId}` };
    return undefined;
  }

  /** The hand as recognisers see it; undefined where it must not be used. */
  #see(
    hand: TrackedHand,
    stamp: bigint,
    frameId: string,
    drop: (id: number, reason: string) => void,
  ): GestureHand | undefined {
    const unusable = whyUnusable(hand, this.profile);
    if (unusable !== undefined) {
      drop(hand.id, unusable);
      return undefined;
    }
    const side = this.#hands.get(hand.id)?.handedness ?? hand.handedness;
    if (side !== hand.handedness) drop(hand.id, `the hand is ${hand.handedness} and was ${side}`);
    let known = this.#hands.get(hand.id);
    if (known === undefined) {
      const recognisers = recognisersOf(this.profile, (event) => this.#output.gestures.push(event));
      known = { handedness: hand.handedness, recognisers, seen: undefined, inZone: false };
      this.#hands.set(hand.id, known);
    }
    const described = describeHand(hand, stamp, known.seen?.described);
    known.seen = gestureHand(hand, described, frameId, Number(stamp - this.#origin!) / 1e9, known.seen);
    return known.seen;
  }

  #recognise(hand: GestureHand, zone: PlacedZone | undefined): void {
    const known = this.#hands.get(hand.id)!;
    const { gestureZone } = this.profile;
    const outside = zone?.outside(hand.described.palmPosition) ?? (gestureZone === undefined ? 0 : 1);
    if (outside > (known.inZone ? ZONE_EDGE : 0)) {
      if (known.inZone) this.#cancelGestures(hand.id, hand.stamp, `the hand has left zone ${gestureZone}`);
      known.inZone = false;
      return;
    }
    known.inZone = true;
    for (const recogniser of known.recognisers) recogniser.step(hand);
  }

  #zonesAt(stamp: bigint, frameId: string): Map<string, PlacedZone> {
    const placed = new Map<string, PlacedZone>();
    for (const zone of this.profile.zones) {
      const transform = this.#transformOf(zone.frame, frameId, stamp);
      if (transform !== 'unknown') placed.set(zone.name, new PlacedZone(zone, transform));
    }
    return placed;
  }

  #transformOf(frame: string | undefined, frameId: string, stamp: bigint): Transform | undefined | 'unknown' {
    return frame === undefined || frame === frameId ? undefined : (this.#frames(frame, frameId, stamp) ?? 'unknown');
  }

  #cancelGestures(id: number, stamp: bigint, reason: string): void {
    for (const recogniser of this.#hands.get(id)?.recognisers ?? []) recogniser.cancel(stamp, reason);
    this.#twoHands.drop(id, stamp, reason);
  }

  #drop(id: number, stamp: bigint, reason: string): void {
    this.#cancelGestures(id, stamp, reason);
    for (const { pointer } of this.#pointers) if (pointer.handId === id) pointer.cancel(stamp, reason);
    this.#hands.delete(id);
  }

  #cancelAll(stamp: bigint, reason: string): void {
    for (const id of this.#hands.keys()) this.#drop(id, stamp, reason);
    for (const { enabling } of this.#enabling) enabling.fail(stamp, reason);
  }

  #flush(): GestureOutput {
    const output = this.#output;
    this.#output = emptyOutput();
    return output;
  }
}

function emptyOutput(): { gestures: GestureEvent[]; pointers: PointerEvent[]; enabling: EnablingMessage[] } {
  return { gestures: [], pointers: [], enabling: [] };
}

/** In ascending order of ids, each id once. */
function bounded(hands: readonly TrackedHand[]): TrackedHand[] {
  const sorted = [...hands].sort((a, b) => a.id - b.id);
  return sorted.filter(({ id }, i) => i === 0 || id !== sorted[i - 1].id).slice(0, MOST_HANDS);
}
