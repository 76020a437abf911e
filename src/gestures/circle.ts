import { dot, type Vec3 } from '../geometry/index.js';
import { INDEX_TIP } from '../hand/index.js';
import { type GestureHand, jointOf } from './gesture-hand.js';
import type { GestureProfile } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { mm } from './pose-scores.js';

/** As many samples as three seconds have at 60 Hz. */
const KEPT = 180;
/** Of a finger that goes round, all steps together are at most this times the angle. */
const TO_AND_FRO = 1.25;
/** A finger that turns by less than this (radians) in this time (seconds) rests. */
const REST_ANGLE = 0.2;
const REST_TIME = 0.35;

/**
 * A circle in the air, by the index finger's tip of a pointing hand: a dial. BEGIN once the way has turned by `begin` about one centre, UPDATE with the angle in `value`
 * (radians since BEGIN, positive from `right` to below, which is clockwise as the user sees it where the user faces the machine), END
 * when the way is no circle any more or the finger rests.
 *
 * The circle is fitted to the last turn by least squares (Kasa 1976: x^2 + y^2 = 2 a x + 2 b y + c).
 */
export class CircleRecogniser implements Recogniser {
  readonly #track: GestureTrack;
  readonly #settings: GestureProfile['circle'];
  readonly #axes: GestureProfile['axes'];
  readonly #points: { readonly x: number; readonly y: number; readonly time: number }[] = [];
  #angle = 0;

  constructor(profile: GestureProfile, emit: Emit) {
    this.#track = new GestureTrack('circle', emit);
    this.#settings = profile.circle;
    this.#axes = profile.axes;
  }

  step(hand: GestureHand): void {
    const { begin, longest } = this.#settings;
    const tip = jointOf(hand, INDEX_TIP);
    if (!hand.points) {
      this.#end(hand, tip, 'the hand does not point');
      this.#points.length = 0;
      return;
    }
    // x to the right and y down: angles grow clockwise
    this.#points.push({ x: dot(tip, this.#axes.right), y: -dot(tip, this.#axes.up), time: hand.time });
    while (this.#points.length > KEPT || hand.time - this.#points[0].time > longest) this.#points.shift();
    const last = this.#points.length - 1;
    if (last < 4) return;
    const turned = this.#lastTurn(begin);
    if (typeof turned === 'string') {
      this.#end(hand, tip, turned);
      return;
    }
    const { from, fit, angle } = turned;
    if (!this.#track.active) {
      if (Math.abs(angle) < begin || Math.abs(this.#recentAngle(fit)) < REST_ANGLE) return;
      this.#angle = 0;
      this.#track.begin(hand, this.#stepOf(tip, fit, from));
      return;
    }
    const [a, b] = [this.#points[last - 1], this.#points[last]];
    this.#angle += angleAbout(fit.x, fit.y, a, b);
    if (Math.abs(angle) < begin / 2) {
      this.#end(hand, tip, 'the finger has turned back');
      return;
    }
    if (Math.abs(this.#recentAngle(fit)) < REST_ANGLE) {
      this.#end(hand, tip, 'the finger rests');
      return;
    }
    this.#track.update(hand, this.#stepOf(tip, fit, from));
  }

  cancel(stamp: bigint, reason: string): void {
    this.#track.cancel(stamp, reason);
    this.#points.length = 0;
  }

  #end(hand: GestureHand, tip: Vec3, reason: string): void {
    if (!this.#track.active) return;
    this.#track.end(hand, { confidence: 0.5, position: tip, reason, value: this.#angle });
    this.#points.length = 0;
  }

  #stepOf(tip: Vec3, fit: Circle, from: number) {
    const taken = this.#points[this.#points.length - 1].time - this.#points[from].time;
    return {
      confidence: Math.max(0, 1 - fit.error / fit.radius / (2 * this.#settings.roundness)),
      position: tip,
      reason: `radius ${mm(fit.radius)}, ${Math.round((100 * fit.error) / fit.radius)} % off a circle, one turn in ${taken.toFixed(2)} s`,
      value: this.#angle,
    };
  }

  #recentAngle({ x, y }: Circle): number {
    const points = this.#points;
    let angle = 0;
    for (let i = points.length - 1; i > 0 && points[points.length - 1].time - points[i].time < REST_TIME; i--) {
      angle += angleAbout(x, y, points[i - 1], points[i]);
    }
    return angle;
  }

  /** The circle of the last turn, or of all samples where they turn by less; in words why there is none. */
  #lastTurn(most: number): { from: number; fit: Circle; angle: number } | string {
    const { minRadius, maxRadius, roundness } = this.#settings;
    const points = this.#points;
    let fit = fitCircle(points, 0);
    let from = 0;
    // centre of all, then the samples of one turn about it, then their own centre
    for (let round = 0; round < 2; round++) {
      let angle = 0;
      from = points.length - 1;
      while (from > 0 && Math.abs(angle) < most) {
        angle += angleAbout(fit.x, fit.y, points[from - 1], points[from]);
        from--;
      }
      if (points.length - from < 5) return 'too few samples of a turn';
      fit = fitCircle(points, from);
    }
    let angle = 0;
    let steps = 0;
    for (let i = from + 1; i < points.length; i++) {
      const step = angleAbout(fit.x, fit.y, points[i - 1], points[i]);
      angle += step;
      steps += Math.abs(step);
    }
    if (steps > TO_AND_FRO * Math.abs(angle)) return 'to and fro';
    if (!(fit.radius >= minRadius && fit.radius <= maxRadius)) return `radius ${mm(fit.radius)}`;
    if (fit.error > roundness * fit.radius) return `${Math.round((100 * fit.error) / fit.radius)} % off a circle`;
    return { from, fit, angle };
  }
}

interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Root mean square of the distances from it. */
  readonly error: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function angleAbout(x: number, y: number, a: Point, b: Point): number {
  const [ax, ay, bx, by] = [a.x - x, a.y - y, b.x - x, b.y - y];
  return Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
}

function fitCircle(points: readonly Point[], from: number): Circle {
  const count = points.length - from;
  let [mx, my] = [0, 0];
  for (let i = from; i < points.length; i++) {
    mx += points[i].x / count;
    my += points[i].y / count;
  }
  let [xx, xy, yy, xz, yz, zz] = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < points.length; i++) {
    const [x, y] = [points[i].x - mx, points[i].y - my];
    const z = x * x + y * y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * z;
    yz += y * z;
    zz += z;
  }
  const determinant = 2 * (xx * yy - xy * xy);
  if (!(Math.abs(determinant) > 1e-15)) return { x: mx, y: my, radius: 0, error: 0 };
  const cx = (xz * yy - yz * xy) / determinant;
  const cy = (yz * xx - xz * xy) / determinant;
  const radius = Math.sqrt(zz / count + cx * cx + cy * cy);
  let sum = 0;
  for (let i = from; i < points.length; i++) {
    sum += (Math.hypot(points[i].x - mx - cx, points[i].y - my - cy) - radius) ** 2;
  }
  return { x: mx + cx, y: my + cy, radius, error: Math.sqrt(sum / count) };
}
