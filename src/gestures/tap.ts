import { distance, dot, subtract, type Vec3 } from '../geometry/index.js';
import { INDEX_TIP } from '../hand/index.js';
import { type GestureHand, jointOf } from './gesture-hand.js';
import type { GestureProfile } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { mm } from './pose-scores.js';

const KEPT = 64;
/** Curls of the index finger: of one that is straight, and the most during a tap. */
const STRAIGHT = 0.3;
const BENT = 0.6;
/** The tip is averaged over so many samples, and the palm's normal is low-passed with this time constant in seconds. */
const MEAN_OF = 2;
const NORMAL_TIME = 0.3;
/** The finger has come back when this share of the way is left. */
const BACK = 0.45;

/**
 * A tap in the air: the tip of a pointing index finger goes to the palm's side of the hand and back while the palm stays. BEGIN and END
 * come together when it is back.
 */
export class TapRecogniser implements Recogniser {
  readonly #track: GestureTrack;
  readonly #settings: GestureProfile['tap'];
  readonly #samples: { readonly time: number; readonly height: number; readonly palm: Vec3; readonly curl: number }[] =
    [];
  /** The palm's normal, slowly: that of one moment is too rough for the length of a finger. */
  #normal: Vec3 | undefined;
  #ways: Vec3[] = [];
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(profile: GestureProfile, emit: Emit) {
    this.#track = new GestureTrack('tap', emit);
    this.#settings = profile.tap;
  }

  step(hand: GestureHand): void {
    const { depth, longest, still } = this.#settings;
    const { palmPosition, palmNormal, palmDirection, curls } = hand.described;
    const tip = jointOf(hand, INDEX_TIP);
    const way = subtract(tip, palmPosition);
    const last = this.#samples[this.#samples.length - 1];
    const share = last === undefined ? 1 : 1 - Math.exp((last.time - hand.time) / NORMAL_TIME);
    this.#normal = mixed(this.#normal ?? palmNormal, palmNormal, share);
    this.#ways = [...this.#ways.slice(1 - MEAN_OF), way];
    const mean = (axis: 0 | 1 | 2) => this.#ways.reduce((sum, one) => sum + one[axis] / this.#ways.length, 0);
    // how far the tip stands off the palm to the back of the hand: a tap lowers it
    const height = -dot([mean(0), mean(1), mean(2)], this.#normal);
    this.#samples.push({ time: hand.time, height, palm: palmPosition, curl: curls[1] });
    while (this.#samples.length > KEPT || hand.time - this.#samples[0].time > longest) this.#samples.shift();
    if (hand.time < this.#quietUntil || curls[1] > STRAIGHT || !hand.points || dot(way, palmDirection) < 0.05) return;
    const now = this.#samples[this.#samples.length - 1];
    let lowest = this.#samples.length - 1;
    this.#samples.forEach(({ height }, i) => {
      if (height < this.#samples[lowest].height) lowest = i;
    });
    let before = 0;
    for (let i = 0; i < lowest; i++) if (this.#samples[i].height > this.#samples[before].height) before = i;
    if (before >= lowest || lowest === this.#samples.length - 1) return;
    const down = this.#samples[before].height - this.#samples[lowest].height;
    const back = now.height - this.#samples[lowest].height;
    if (down < depth || back < (1 - BACK) * down) return;
    if (this.#samples[before].curl > STRAIGHT || this.#samples.slice(before).some(({ curl }) => curl > BENT)) return;
    const moved = Math.max(
      ...this.#samples.slice(before).map(({ palm }) => distance(palm, this.#samples[before].palm)),
    );
    if (moved > still) return;
    const took = hand.time - this.#samples[before].time;
    const step = {
      confidence: Math.min(1, down / (2 * depth)),
      position: tip,
      direction: palmNormal,
      reason: `tip ${mm(down)} down and ${mm(back)} back in ${took.toFixed(2)} s, palm moved by ${mm(moved)}`,
    };
    this.#track.begin(hand, step);
    this.#track.end(hand, { ...step, duration: took });
    this.#samples.length = 0;
    this.#quietUntil = hand.time + 0.15;
  }

  /** There is nothing to cancel: a tap begins and ends at once. */
  cancel(): void {
    this.#samples.length = 0;
    this.#ways = [];
    this.#normal = undefined;
  }
}

function mixed(a: Vec3, b: Vec3, share: number): Vec3 {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
}
