import { cross, subtract, type Vec3 } from '../geometry/index.js';
import { type GestureHand, middle, NOWHERE, pinchOf } from './gesture-hand.js';
import type { GestureProfile } from './gesture-profile.js';
import { type Emit, GestureTrack } from './gesture-track.js';
import { Hysteresis } from './hysteresis.js';
import { turnedAbout } from './knob.js';
import { poseScore } from './pose-scores.js';

/** Two hands that hold something between them. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly length: number;
  line: Vec3;
  angle: number;
}

/**
 * Zoom and rotate: two hands pinch at the same time, and their distance or the line between them changes. BEGIN when it has changed by more
 * than the settings say, UPDATE with `value` (zoom: distance by that at the start; rotate: radians, positive from `right` to below), END
 * when one of them opens. `handId` is the lower id of the two, `otherHandId` the higher one.
 */
export class TwoHandRecogniser {
  readonly #zoom: GestureTrack | undefined;
  readonly #rotate: GestureTrack | undefined;
  readonly #profile: GestureProfile;
  readonly #pinched = new Map<number, Hysteresis>();
  /** About which right turns to below. */
  readonly #axis: Vec3;
  #pair: Pair | undefined;

  constructor(profile: GestureProfile, emit: Emit) {
    this.#profile = profile;
    this.#axis = cross(profile.axes.up, profile.axes.right);
    if (profile.gestures.includes('zoom')) this.#zoom = new GestureTrack('zoom', emit);
    if (profile.gestures.includes('rotate')) this.#rotate = new GestureTrack('rotate', emit);
  }

  get wanted(): boolean {
    return this.#zoom !== undefined || this.#rotate !== undefined;
  }

  /** @param hands those that may be used, in ascending order of ids */
  step(hands: readonly GestureHand[]): void {
    const { pose, twoHands } = this.#profile;
    const pinching = hands.filter((hand) => {
      let pinched = this.#pinched.get(hand.id);
      if (pinched === undefined) {
        pinched = new Hysteresis(pose);
        this.#pinched.set(hand.id, pinched);
      }
      return pinched.step(poseScore('pinch', hand.features).score, hand.time);
    });
    const pair = this.#pair;
    if (pair === undefined) {
      if (pinching.length !== 2) return;
      const [a, b] = pinching;
      const line = between(a, b);
      this.#pair = { a: a.id, b: b.id, length: Math.max(0.02, Math.hypot(...line)), line, angle: 0 };
      return;
    }
    const a = hands.find(({ id }) => id === pair.a);
    const b = hands.find(({ id }) => id === pair.b);
    if (a === undefined || b === undefined) return; // lost: the engine cancels
    const line = between(a, b);
    pair.angle += turnedAbout(this.#axis, pair.line, line);
    pair.line = line;
    const ratio = Math.hypot(...line) / pair.length;
    const at = {
      confidence: Math.min(a.confidence, b.confidence),
      position: middle(pinchOf(a), pinchOf(b)),
      direction: NOWHERE,
      otherHandId: b.id,
    };
    const zoomed = { ...at, value: ratio, reason: `distance of the hands times ${ratio.toFixed(2)}` };
    const turned = {
      ...at,
      value: pair.angle,
      reason: `turned by ${Math.round((pair.angle * 180) / Math.PI)} degrees`,
    };
    if (!pinching.includes(a) || !pinching.includes(b)) {
      const reason = `hand ${pinching.includes(a) ? b.id : a.id} has opened`;
      this.#zoom?.end(a, { ...zoomed, reason });
      this.#rotate?.end(a, { ...turned, reason });
      this.#pair = undefined;
      return;
    }
    const changed = Math.max(ratio, 1 / ratio) - 1;
    if (this.#zoom?.active) this.#zoom.update(a, zoomed);
    else if (changed >= twoHands.ratio) this.#zoom?.begin(a, zoomed);
    if (this.#rotate?.active) this.#rotate.update(a, turned);
    else if (Math.abs(pair.angle) >= twoHands.angle) this.#rotate?.begin(a, turned);
  }

  /** A hand is lost. */
  drop(id: number, stamp: bigint, reason: string): void {
    this.#pinched.delete(id);
    if (this.#pair?.a !== id && this.#pair?.b !== id) return;
    this.#zoom?.cancel(stamp, reason);
    this.#rotate?.cancel(stamp, reason);
    this.#pair = undefined;
  }
}

function between(a: GestureHand, b: GestureHand): Vec3 {
  return subtract(pinchOf(b), pinchOf(a));
}
