import { cross, dot, type Vec3 } from '../geometry/index.js';
import { type GestureHand, pinchOf } from './gesture-hand.js';
import type { GestureProfile } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { Hysteresis } from './hysteresis.js';
import { poseScore } from './pose-scores.js';

/**
 * A knob: a held pinch is turned about the direction of the hand. BEGIN when the pinch has turned by `knob`, UPDATE with the angle in `value` (radians since
 * the pinch, positive clockwise as seen along the hand), END when the pinch opens.
 */
export class KnobRecogniser implements Recogniser {
  readonly #track: GestureTrack;
  readonly #profile: GestureProfile;
  readonly #pinched: Hysteresis;
  #normal: Vec3 | undefined;
  #angle = 0;

  constructor(profile: GestureProfile, emit: Emit) {
    this.#track = new GestureTrack('knob', emit);
    this.#profile = profile;
    this.#pinched = new Hysteresis(profile.pose);
  }

  step(hand: GestureHand): void {
    const { score, weakest } = poseScore('pinch', hand.features);
    const pinched = this.#pinched.step(score, hand.time);
    const position = pinchOf(hand);
    const { palmNormal: normal, palmDirection: axis } = hand.described;
    if (!pinched) {
      this.#track.end(hand, { confidence: score, position, reason: `no longer ${weakest()}`, value: this.#angle });
      this.#normal = undefined;
      return;
    }
    this.#angle = this.#normal === undefined ? 0 : this.#angle + turnedAbout(axis, this.#normal, normal);
    this.#normal = normal;
    const turned = `turned by ${Math.round((this.#angle * 180) / Math.PI)} degrees`;
    const step = { confidence: score, position, direction: axis, reason: turned, value: this.#angle };
    if (this.#track.active) this.#track.update(hand, step);
    else if (Math.abs(this.#angle) >= this.#profile.knob) this.#track.begin(hand, step);
  }

  cancel(stamp: bigint, reason: string): void {
    this.#track.cancel(stamp, reason);
    this.#pinched.reset();
    this.#normal = undefined;
  }
}

/** By how much one vector must be turned about a unit axis to come to lie over another, radians; by the right hand. */
export function turnedAbout(axis: Vec3, from: Vec3, to: Vec3): number {
  const [a, b] = [dot(from, axis), dot(to, axis)];
  const f: Vec3 = [from[0] - a * axis[0], from[1] - a * axis[1], from[2] - a * axis[2]];
  const t: Vec3 = [to[0] - b * axis[0], to[1] - b * axis[1], to[2] - b * axis[2]];
  return Math.atan2(dot(cross(f, t), axis), dot(f, t));
}
