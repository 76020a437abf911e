import type { Interaction } from './gesture-events.js';
import type { GestureHand } from './gesture-hand.js';
import type { PointerSettings } from './gesture-profile.js';
import { Hysteresis } from './hysteresis.js';
import { poseScore, ramp } from './pose-scores.js';

/** What a press is judged by: a hand over a surface at one moment. Metres, seconds. */
export interface PressSample {
  readonly time: number;
  readonly hand: GestureHand;
  /** The filtered cursor. */
  readonly x: number;
  readonly y: number;
  /** Smoothed; in front of the surface. */
  readonly distance: number;
  /** Towards the surface and along it, m/s. */
  readonly forward: number;
  readonly lateral: number;
}

export interface PressState {
  readonly pressed: boolean;
  /** 0 to 1; 1 while pressed. */
  readonly progress: number;
  /** Why it is pressed, or was released, in words. */
  readonly reason: string;
  /** A click that is released in the moment in which it was pressed. */
  readonly atOnce?: true;
}

/** What makes a click of a hand over a surface; one object for each visit of a hand. */
export interface Press {
  step(sample: PressSample): PressState;
}

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

const mm = (length: number) => `${Math.round(1000 * length)} mm`;

/** Faster than this towards the surface is a push, m/s: the point from which it is measured stays where it is. */
const PUSHING = 0.06;
/** Time constants with which that point follows the hand: while it is about at rest, and while it moves along the surface; seconds. */
const FOLLOW_AT_REST = 0.5;
const FOLLOW_ALONG = 0.1;

/**
 * Push: anywhere in front of the surface, by a movement of `pushDistance` towards it that is quicker than a drift and more forwards than
 * sideways. Released by a way back of `pushRelease`.
 */
class PushPress implements Press {
  readonly #settings: PointerSettings;
  /** Distance from which the push is measured; while pressed: the least distance so far. */
  #from: number | undefined;
  #pressed = false;
  #last = 0;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
  }

  step({ time, distance, forward, lateral }: PressSample): PressState {
    const { pushDistance, pushDead, pushRelease } = this.#settings;
    const dt = time - this.#last;
    this.#last = time;
    if (this.#from === undefined) this.#from = distance;
    if (this.#pressed) {
      this.#from = Math.min(this.#from, distance);
      if (distance - this.#from < pushRelease) return { pressed: true, progress: 1, reason: 'pushed' };
      const reason = `drawn back by ${mm(distance - this.#from)}`;
      this.#pressed = false;
      this.#from = distance;
      return { pressed: false, progress: 0, reason };
    }
    if (distance > this.#from) this.#from = distance;
    else if (lateral > Math.max(forward, PUSHING)) this.#follow(distance, dt, FOLLOW_ALONG);
    else if (forward < PUSHING) this.#follow(distance, dt, FOLLOW_AT_REST);
    const pushed = this.#from - distance;
    const progress = ramp(pushed, pushDead, pushDistance);
    if (progress < 1) return { pressed: false, progress, reason: 'over the surface' };
    const reason = `pushed by ${mm(pushed)} at ${forward.toFixed(2)} m/s`;
    this.#pressed = true;
    this.#from = distance;
    return { pressed: true, progress: 1, reason };
  }

  #follow(distance: number, dt: number, time: number): void {
    this.#from! += (1 - Math.exp(-dt / time)) * (distance - this.#from!);
  }
}

/** Touch plane: pressed while the finger is at the surface or behind it; it must have been in front of it before. */
class TouchPress implements Press {
  readonly #settings: PointerSettings;
  #pressed = false;
  #wasInFront = false;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
  }

  step({ distance }: PressSample): PressState {
    const { touchDistance, touchRelease } = this.#settings;
    if (distance > touchDistance + touchRelease) {
      const reason = this.#pressed ? `${mm(distance)} in front of the surface` : 'over the surface';
      this.#pressed = false;
      this.#wasInFront = true;
      return { pressed: false, progress: ramp(distance, touchDistance + 0.08, touchDistance), reason };
    }
    if (distance <= touchDistance && this.#wasInFront) this.#pressed = true;
    const reason = this.#pressed ? `the finger is at ${mm(distance)}` : 'over the surface';
    return { pressed: this.#pressed, progress: this.#pressed ? 1 : 0.99 * Number(this.#wasInFront), reason };
  }
}

/** Hover and hold: a click by staying within `hoverRadius` for `hoverWait` and then `hoverHold`; the next one needs another place. */
class HoverPress implements Press {
  readonly #settings: PointerSettings;
  #at: { readonly x: number; readonly y: number; readonly since: number } | undefined;
  #clicked = false;

  constructor(settings: PointerSettings) {
    this.#settings = settings;
  }

  step({ time, x, y, hand }: PressSample): PressState {
    const { hoverRadius, hoverWait, hoverHold, hoverPointing } = this.#settings;
    if (hoverPointing && !points(hand)) {
      this.#at = undefined;
      return { pressed: false, progress: 0, reason: 'the hand does not point' };
    }
    // from where it clicked it must go twice as far as it may go before
    const radius = this.#clicked ? 2 * hoverRadius : hoverRadius;
    if (this.#at === undefined || Math.hypot(x - this.#at.x, y - this.#at.y) > radius) {
      this.#at = { x, y, since: time };
      this.#clicked = false;
    }
    const held = time - this.#at.since;
    if (this.#clicked) return { pressed: false, progress: 0, reason: 'clicked here already' };
    const progress = ramp(held, hoverWait, hoverWait + hoverHold);
    if (progress < 1) return { pressed: false, progress, reason: 'over the surface' };
    this.#clicked = true;
    this.#at = { x, y, since: time };
    return {
      pressed: true,
      progress: 1,
      reason: `stayed within ${mm(hoverRadius)} for ${held.toFixed(2)} s`,
      atOnce: true,
    };
  }
}

/** Whether the index finger stands out from the other three. */
function points({ features: { curls } }: GestureHand): boolean {
  return curls[1] < 0.4 && (curls[2] + curls[3] + curls[4]) / 3 > curls[1] + 0.25;
}

/** Grab and pinch: pressed while the hand is closed; it must have been open before. */
class ClosedPress implements Press {
  readonly #pose: 'grab' | 'pinch';
  readonly #closed: Hysteresis;
  #wasOpen = false;

  constructor(pose: 'grab' | 'pinch', { closeEnter, closeLeave, closeHold }: PointerSettings) {
    this.#pose = pose;
    this.#closed = new Hysteresis({ enter: closeEnter, leave: closeLeave, hold: closeHold, release: closeHold });
  }

  step({ time, hand }: PressSample): PressState {
    const { score, weakest } = poseScore(this.#pose, hand.features, UP);
    const before = this.#closed.on;
    const closed = this.#closed.step(score, time);
    if (!closed && score < 0.5) this.#wasOpen = true;
    if (!this.#wasOpen) return { pressed: false, progress: 0, reason: 'the hand came in closed' };
    if (closed) return { pressed: true, progress: 1, reason: weakest() };
    return {
      pressed: false,
      progress: Math.min(score, 0.99),
      reason: before ? `no longer ${weakest()}` : 'over the surface',
    };
  }
}

/** Neither of the two poses depends on what is up. */
const UP = [0, -1, 0] as const;
