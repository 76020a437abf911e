import { distance, type Vec3 } from '../geometry/index.js';
import { ClosedPress, isOpenFor } from './closed-press.js';
import type { Interaction } from './gesture-events.js';
import type { GestureHand } from './gesture-hand.js';
import type { PointerSettings } from './gesture-profile.js';
import { mm, ramp } from './pose-scores.js';
import type { Press, PressSample, PressState } from './press-sample.js';

export function pressOf(interaction: Interaction, settings: PointerSettings): Press {
  switch (interaction) {
    case 'push':
      return new PushPress(settings);
    case 'touch':
      return new TouchPress(settings);
    case 'hover':
      return new HoverPress(settings);
    case 'grab':
    case 'pinch':
      return new ClosedPress(interaction, settings);
  }
}

/** Whether a hand is held as one that operates such a surface: it points, or is open with its palm to the surface. */
export function isReady(
  interaction: Interaction,
  hand: GestureHand,
  facing: number,
  { onlyPointing }: PointerSettings,
): boolean {
  if (interaction === 'grab' || interaction === 'pinch') return isOpenFor(interaction, hand, facing);
  return !onlyPointing || hand.points;
}

/** While a hand is at rest, the point from which a way is measured follows it with this time constant, seconds. */
const FOLLOW = 0.15;
/** A way to the surface takes so long at most, seconds. */
const LONGEST_WAY = 0.8;
/** Of a way to the surface, so much may go sideways. */
const MOST_SIDEWAYS = 0.5;

/** A way to the surface out of rest: what a push and a touch have in common. */
class WayForwards {
  readonly #settings: PointerSettings;
  /** Where the hand rested last. */
  #from: { x: number; y: number; distance: number; time: number } | undefined;
  #restSince: number | undefined;
  #last = 0;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
  }

  /** How far the hand has come since it rested, and how far sideways, metres; in words why there is nothing to measure. */
  step(sample: PressSample): { readonly forwards: number; readonly sideways: number; readonly time: number } | string {
    const { time, distance, hand, fingerX: x, fingerY: y, speed } = sample;
    const { onlyPointing, restSpeed, pushRest } = this.#settings;
    const dt = time - this.#last;
    this.#last = time;
    if (onlyPointing && !hand.points) {
      this.reset();
      return 'the hand does not point';
    }
    if (speed > restSpeed) this.#restSince = undefined;
    else this.#restSince ??= time;
    if (this.#restSince !== undefined && this.#from !== undefined) {
      const share = 1 - Math.exp(-dt / FOLLOW);
      this.#from.x += share * (x - this.#from.x);
      this.#from.y += share * (y - this.#from.y);
      this.#from.distance += share * (distance - this.#from.distance);
      this.#from.time = time;
    } else if (this.#restSince !== undefined && time - this.#restSince >= pushRest) {
      this.#from = { x, y, distance, time };
    } else if (this.#from !== undefined && time - this.#from.time > LONGEST_WAY) this.#from = undefined;
    if (this.#from === undefined) return 'the hand has not rested';
    const { x: fromX, y: fromY, distance: from } = this.#from;
    return { forwards: from - distance, sideways: Math.hypot(x - fromX, y - fromY), time: time - this.#from.time };
  }

  reset(): void {
    this.#from = undefined;
    this.#restSince = undefined;
  }
}

/**
 * Push: anywhere in front of the surface, a pointing hand that has rested for `pushRest` goes `pushDistance` towards it within 0.8 s, more
 * forwards than sideways. Released by a way back of `pushRelease`.
 */
class PushPress implements Press {
  readonly #settings: PointerSettings;
  readonly #way: WayForwards;
  /** The least distance since it was pressed. */
  #deepest: number | undefined;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
    this.#way = new WayForwards(settings);
  }

  step(sample: PressSample): PressState {
    const { distance } = sample;
    const { pushDistance, pushDead, pushRelease } = this.#settings;
    if (this.#deepest !== undefined) {
      this.#deepest = Math.min(this.#deepest, distance);
      if (distance - this.#deepest < pushRelease) return { pressed: true, progress: 1, reason: 'pushed' };
      const reason = `drawn back by ${mm(distance - this.#deepest)}`;
      this.#deepest = undefined;
      this.#way.reset();
      return { pressed: false, progress: 0, reason };
    }
    const way = this.#way.step(sample);
    if (typeof way === 'string') return { pressed: false, progress: 0, reason: way };
    const { forwards, sideways, time } = way;
    const progress = sideways > MOST_SIDEWAYS * Math.max(forwards, 0.01) ? 0 : ramp(forwards, pushDead, pushDistance);
    if (progress < 1) return { pressed: false, progress, reason: 'over the surface' };
    this.#deepest = distance;
    const reason = `pushed by ${mm(forwards)} in ${time.toFixed(2)} s, ${mm(sideways)} sideways`;
    return { pressed: true, progress: 1, reason };
  }
}

/**
 * Touch plane: pressed when a pointing hand that has rested in front of the surface comes to it or through it, more forwards than sideways, until it is in
 * front of it again.
 */
class TouchPress implements Press {
  readonly #settings: PointerSettings;
  readonly #way: WayForwards;
  #pressed = false;
  #wasInFront = false;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
    this.#way = new WayForwards(settings);
  }

  step(sample: PressSample): PressState {
    const { distance } = sample;
    const { touchDistance, touchRelease } = this.#settings;
    const isInFront = distance > touchDistance + touchRelease;
    if (this.#pressed) {
      if (!isInFront) return { pressed: true, progress: 1, reason: `the finger is at ${mm(distance)}` };
      this.#pressed = false;
      this.#way.reset();
      return { pressed: false, progress: 0, reason: `${mm(distance)} in front of the surface` };
    }
    if (isInFront) this.#wasInFront = true;
    const way = this.#way.step(sample);
    const progress = this.#wasInFront ? 0.99 * ramp(distance, touchDistance + 0.08, touchDistance) : 0;
    if (distance > touchDistance || !this.#wasInFront) return { pressed: false, progress, reason: 'over the surface' };
    if (typeof way === 'string') {
      this.#wasInFront = false;
      return { pressed: false, progress: 0, reason: way };
    }
    if (way.sideways > MOST_SIDEWAYS * Math.max(way.forwards, 0.01)) {
      this.#wasInFront = false;
      return { pressed: false, progress: 0, reason: `came to the surface sideways: ${mm(way.sideways)}` };
    }
    this.#pressed = true;
    return { pressed: true, progress: 1, reason: `the finger is at ${mm(distance)}` };
  }
}

/**
 * Hover and hold: a click when the finger of a pointing hand has been within `hoverRadius` of where it is now for `hoverWait` and then `hoverHold`; the next
 * one needs another place.
 */
class HoverPress implements Press {
  readonly #settings: PointerSettings;
  /** Places of the finger in the last `hoverWait + hoverHold`. */
  readonly #way: { readonly time: number; readonly at: Vec3 }[] = [];
  #clickedAt: Vec3 | undefined;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
  }

  step({ time, x, y, distance: z, hand }: PressSample): PressState {
    const { hoverRadius, hoverWait, hoverHold, onlyPointing } = this.#settings;
    const at: Vec3 = [x, y, z];
    if (onlyPointing && !hand.points) {
      this.#way.length = 0;
      return { pressed: false, progress: 0, reason: 'the hand does not point' };
    }
    // from where it clicked it must go twice as far as it may go before
    if (this.#clickedAt !== undefined && distance(at, this.#clickedAt) > 2 * hoverRadius) this.#clickedAt = undefined;
    if (this.#clickedAt !== undefined) return { pressed: false, progress: 0, reason: 'clicked here already' };
    this.#way.push({ time, at });
    this.#way.splice(0, this.#way.findLastIndex((one) => distance(one.at, at) > hoverRadius) + 1);
    const held = time - this.#way[0].time;
    const progress = ramp(held, hoverWait, hoverWait + hoverHold);
    if (progress < 1) return { pressed: false, progress, reason: 'over the surface' };
    this.#clickedAt = at;
    this.#way.length = 0;
    const reason = `stayed within ${mm(hoverRadius)} for ${held.toFixed(2)} s`;
    return { pressed: true, progress: 1, reason, atOnce: true };
  }
}
