import { distance, dot, type Vec3 } from '../geometry/index.js';
import type { EnablingMessage } from './gesture-events.js';
import type { GestureHand } from './gesture-hand.js';
import type { EnablingSettings } from './gesture-profile.js';
import { mm, openness, poseScore } from './pose-scores.js';
import type { PlacedZone } from './touch-surface.js';

/** How far a hand that holds may be outside of the zone, metres: noise at its edge must not release. */
const ZONE_EDGE = 0.01;
/** Of the bound within which it is released, this share may pass after the last result that was good; the rest is for the way of a result and the ticks. */
const FRESH = 0.8;
/** So many results in a row must say that the pose or the presence is gone. One alone may be an outlier; all other causes release at once. */
const BAD_RESULTS = 2;
/** From this openness on, and below this score of the pose, a hand is open. */
const OPEN = 0.4;
const NO_POSE = 0.2;
/** A hand that was open so long ago does not engage any more, and one that moves faster does not, seconds and m/s. */
const STAYS_OPEN = 1;
const STILL = 0.3;
/** While open it must rest, m/s, with the palm to the machine (cosine of its normal and the way there): hands that talk or work seldom do both. */
const OPEN_STILL = 0.2;
const FACES = 0.7;

/** How far a hand that could engage has come. */
interface Arming {
  openSince: number | undefined;
  /** When it was last open for long enough. */
  openAt: number | undefined;
  heldSince: number | undefined;
}

/** The hand that holds the gesture. */
interface Holder {
  readonly id: number;
  /** Results in a row without the pose, or with low presence. */
  bad: number;
  palm: Vec3;
  /** Of the last result, and of the last good one, seconds. */
  time: number;
  good: number;
}

/**
 * A machine may move while a gesture is held (dead man's control). It engages by a deliberate act of one hand in the zone: open and at rest for `open`
 * seconds with its palm to the machine, then, within a second, the pose for `engage` seconds without moving. It is released by the first of: the pose is opened, presence is low, the hand leaves the zone, is lost, changes
 * its side, moves faster than `maxSpeed` (then it may be another hand), results are missing or late. After a release everything starts
 * with an open hand again.
 *
 * This is no safety function in the sense of ISO 13849: see docs/gestures.md.
 */
export class Enabling {
  readonly #settings: EnablingSettings;
  readonly #forward: Vec3;
  readonly #expiry: number;
  readonly #longestAge: number;
  readonly #emit: (message: EnablingMessage) => void;
  readonly #arming = new Map<number, Arming>();
  #holder: Holder | undefined;
  #sequence = 0;
  #since: bigint | undefined;
  #reason = 'not engaged yet';

  /**
   * @param forward unit vector to the machine
   * @param expiry seconds for which a message holds
   */
  constructor(settings: EnablingSettings, forward: Vec3, expiry: number, emit: (message: EnablingMessage) => void) {
    this.#settings = settings;
    this.#forward = forward;
    this.#expiry = expiry;
    this.#longestAge = FRESH * expiry;
    this.#emit = emit;
  }

  /** The hand that holds it. */
  get handId(): number | undefined {
    return this.#holder?.id;
  }

  /**
   * Look at the hands of a moment and give the heartbeat.
   *
   * @param hands those that may be used
   * @param zone in the frame of the joints; undefined: everywhere
   * @param time of the stamp, in the seconds of `GestureHand.time`
   * @param present what time it is now, in the same seconds: later than `time` where the result comes late
   * @param gone why a hand that was there before is not among `hands`
   */
  step(
    hands: readonly GestureHand[],
    zone: PlacedZone | undefined,
    { stamp, time, present }: { readonly stamp: bigint; readonly time: number; readonly present: number },
    gone: (id: number) => string,
  ): void {
    const holder = this.#holder;
    if (holder !== undefined) {
      // before this result, and with it: it may come late itself
      const ageBefore = time - holder.good;
      const hand = hands.find(({ id }) => id === holder.id);
      // a hand that is new in this result was lost, or is another one, under the same id
      const isGone = hand === undefined || hand.described.visibleSince === hand.stamp;
      const why = isGone ? gone(holder.id) : this.#whyReleased(hand, zone, holder);
      if (why !== undefined) this.#release(stamp, why);
      else {
        const age = Math.max(ageBefore, present - holder.good);
        if (age > this.#longestAge) this.#release(stamp, tooOld(age));
      }
    } else if (present - time > this.#longestAge) this.#arming.clear();
    else {
      const ids = new Set(hands.map(({ id }) => id));
      for (const id of this.#arming.keys()) if (!ids.has(id)) this.#arming.delete(id);
      for (const hand of hands) if (this.#holder === undefined) this.#arm(hand, zone);
    }
    this.#send(stamp);
  }

  /**
   * Time passes: release where the last good result is too old.
   *
   * @param present what time it is, in the seconds of `GestureHand.time`
   */
  tick(stamp: bigint, present: number): void {
    if (this.#holder === undefined || present - this.#holder.good <= this.#longestAge) return;
    this.fail(stamp, tooOld(present - this.#holder.good));
  }

  /** Release at once, whatever the hands do: results are missing or late, time jumped, a reset. */
  fail(stamp: bigint, reason: string): void {
    this.#arming.clear();
    if (this.#holder === undefined) return;
    this.#release(stamp, reason);
    this.#send(stamp);
  }

  #whyReleased(hand: GestureHand, zone: PlacedZone | undefined, holder: Holder) {
    const { minPresence, leave, maxSpeed, gesture } = this.#settings;
    const { palmPosition } = hand.described;
    const outside = zone?.outside(palmPosition) ?? 0;
    if (outside > ZONE_EDGE) return `the palm is ${mm(outside)} outside of the zone`;
    const speed = distance(palmPosition, holder.palm) / Math.max(1e-3, hand.time - holder.time);
    if (speed > maxSpeed) return `the palm moved at ${speed.toFixed(1)} m/s: it may be another hand`;
    holder.palm = palmPosition;
    holder.time = hand.time;
    // not the low-passed features: they come later
    const { score, weakest } = poseScore(gesture, hand.sharpFeatures);
    const bad =
      hand.presence < minPresence
        ? `presence ${hand.presence.toFixed(2)}`
        : hand.sideDoubted
          ? 'the side of the hand is in doubt'
          : score < leave
            ? `no longer ${weakest()}`
            : '';
    holder.bad = bad === '' ? 0 : holder.bad + 1;
    if (bad === '') holder.good = hand.time;
    return holder.bad >= BAD_RESULTS ? bad : undefined;
  }

  #arm(hand: GestureHand, zone: PlacedZone | undefined): void {
    const { minPresence, enter, gesture, open, engage } = this.#settings;
    const inside = (zone?.outside(hand.described.palmPosition) ?? 0) <= 0;
    if (!inside || hand.sideDoubted || hand.presence < minPresence || hand.described.visibleSince === hand.stamp) {
      this.#arming.delete(hand.id);
      return;
    }
    let arming = this.#arming.get(hand.id);
    if (arming === undefined) {
      arming = { openSince: undefined, openAt: undefined, heldSince: undefined };
      this.#arming.set(hand.id, arming);
    }
    const { score } = poseScore(gesture, hand.features);
    const speed = Math.hypot(...hand.described.palmVelocity);
    const faces = dot(hand.described.palmNormal, this.#forward) >= FACES;
    const isRead = hand.misreadSince === undefined;
    if (isRead && openness(hand.features) >= OPEN && score < NO_POSE && faces && speed <= OPEN_STILL) {
      arming.openSince ??= hand.time;
      if (hand.time - arming.openSince >= open) arming.openAt = hand.time;
    } else arming.openSince = undefined;
    if (score < enter || speed > STILL) arming.heldSince = undefined;
    else if (arming.openAt !== undefined && (arming.heldSince ?? hand.time) - arming.openAt <= STAYS_OPEN) {
      arming.heldSince ??= hand.time;
    }
    if (arming.heldSince === undefined || hand.time - arming.heldSince < engage) return;
    this.#holder = { id: hand.id, bad: 0, palm: hand.described.palmPosition, time: hand.time, good: hand.time };
    this.#arming.clear();
    this.#since = hand.stamp;
    this.#reason = `${gesture} held for ${(hand.time - arming.heldSince).toFixed(2)} s after an open hand`;
  }

  #release(stamp: bigint, reason: string): void {
    this.#holder = undefined;
    this.#arming.clear();
    this.#since = stamp;
    this.#reason = reason;
  }

  #send(stamp: bigint): void {
    this.#since ??= stamp;
    this.#emit({
      stamp,
      name: this.#settings.name,
      engaged: this.#holder !== undefined,
      handId: this.#holder?.id ?? 0,
      sequence: this.#sequence,
      expiry: this.#expiry,
      reason: this.#reason,
      since: this.#since,
    });
    this.#sequence = (this.#sequence + 1) >>> 0;
  }
}

const tooOld = (age: number) => `the last good result is ${age.toFixed(2)} s old`;
