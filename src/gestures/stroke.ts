import { dot, subtract, type Vec3 } from '../geometry/index.js';
import { type GestureHand, towards } from './gesture-hand.js';
import type { StrokeSettings } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { History } from './history.js';
import { mm, openness } from './pose-scores.js';

/** A direction that a stroke may have. */
export interface StrokeDirection {
  readonly gesture: string;
  /** Unit vector, frame of the joints. */
  readonly axis: Vec3;
}

interface Stroke {
  readonly from: Vec3;
  readonly at: number;
  readonly rested: boolean;
  /** The fastest velocity so far. */
  peak: Vec3;
  /** It cannot become an event any more. */
  over: boolean;
}

/** Time over which the speed is taken, seconds: four frames at 30 Hz. */
const SPEED_TIME = 0.1;

/**
 * One quick straight movement of the palm out of rest: swipes, push and pull.
 *
 * A stroke starts when a hand that was slower than `restSpeed` for `rest` seconds becomes faster, and is over when it is slow again or turns back.
 * BEGIN and END come together in the moment in which all of it holds: far enough, fast enough, straight enough, in time, with an open
 * hand. A stroke gives one event at most, and none follows within `pause` seconds.
 */
export class StrokeRecogniser implements Recogniser {
  readonly #directions: readonly (StrokeDirection & { readonly track: GestureTrack })[];
  readonly #settings: StrokeSettings;
  readonly #history = new History(16);
  /** Since when the hand has been slow. */
  #slowSince: number | undefined;
  #stroke: Stroke | undefined;
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(directions: readonly StrokeDirection[], settings: StrokeSettings, emit: Emit) {
    this.#directions = directions.map((direction) => {
      return { ...direction, track: new GestureTrack(direction.gesture, emit) };
    });
    this.#settings = settings;
  }

  step(hand: GestureHand): void {
    const { time, described } = hand;
    const { restSpeed, rest } = this.#settings;
    this.#history.add(time, described.palmPosition);
    if (this.#history.length < 3) return;
    const velocity = this.#history.velocity(SPEED_TIME);
    const speed = Math.hypot(...velocity);
    if (speed < restSpeed) {
      this.#slowSince ??= time;
      this.#stroke = undefined;
      return;
    }
    if (this.#stroke === undefined) {
      // the speed is that of the last frames: the movement began with them
      const back = this.#history.within(SPEED_TIME) - 1;
      const rested = this.#slowSince !== undefined && time - this.#slowSince >= rest;
      this.#stroke = {
        from: this.#history.point(back),
        at: this.#history.time(back),
        rested,
        peak: velocity,
        over: false,
      };
      this.#slowSince = undefined;
    }
    const stroke = this.#stroke;
    if (speed > Math.hypot(...stroke.peak)) stroke.peak = velocity;
    if (dot(velocity, stroke.peak) < 0) {
      // turned back: that is a new movement, and not one out of rest
      this.#stroke = { from: described.palmPosition, at: time, rested: false, peak: velocity, over: false };
      return;
    }
    if (!stroke.over && stroke.rested && time >= this.#quietUntil) this.#judge(hand, stroke);
  }

  #judge(hand: GestureHand, stroke: Stroke): void {
    const { speed, distance, longest, straightness, minOpen, pause } = this.#settings;
    const { time, described } = hand;
    if (time - stroke.at > longest) {
      stroke.over = true;
      return;
    }
    if (openness(hand.features) < minOpen) return;
    const way = subtract(described.palmPosition, stroke.from);
    const length = Math.hypot(...way);
    for (const { axis, track } of this.#directions) {
      const along = dot(way, axis);
      const peak = dot(stroke.peak, axis);
      if (along < distance || peak < speed || along < straightness * length) continue;
      const step = {
        confidence: Math.min(1, (0.5 * peak) / speed),
        position: described.palmPosition,
        direction: towards(stroke.from, described.palmPosition),
        reason: `${mm(along)} in ${(time - stroke.at).toFixed(2)} s, ${peak.toFixed(2)} m/s, ${Math.round((100 * along) / length)} % of the way along the axis`,
      };
      track.begin(hand, step);
      track.end(hand, { ...step, duration: time - stroke.at });
      stroke.over = true;
      this.#quietUntil = time + pause;
      return;
    }
  }

  /** There is nothing to cancel: a stroke begins and ends at once. What was gathered is forgotten. */
  cancel(): void {
    this.#history.clear();
    this.#slowSince = undefined;
    this.#stroke = undefined;
  }
}
