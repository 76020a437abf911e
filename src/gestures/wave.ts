import { dot } from '../geometry/index.js';
import { MIDDLE_TIP } from '../hand/index.js';
import { type GestureHand, jointOf, NOWHERE, OUTLIER } from './gesture-hand.js';
import type { GestureProfile } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { History } from './history.js';
import { mm, openness } from './pose-scores.js';

/** A hand with bent fingers does not wave. */
const LEAST_OPEN = 0.2;
/** Tips that have been slower than this (m/s, over `SPEED_TIME`) for `REST_TIME` rest: a way across begins or ends there. Seconds. */
const REST_SPEED = 0.12;
const SPEED_TIME = 0.1;
const REST_TIME = 0.15;

/**
 * Waving: the finger tips of an open hand go from side to side. BEGIN with the third way across (`swings`), UPDATE with each further one, END when none has
 * followed for `longest`, or the hand rests. `value` counts the ways.
 */
export class WaveRecogniser implements Recogniser {
  readonly #track: GestureTrack;
  readonly #settings: GestureProfile['wave'];
  readonly #axes: GestureProfile['axes'];
  /** Where and when the present way across began: the last turning point. Metres along `right` and `up`. */
  #from: { side: number; height: number; time: number } | undefined;
  /** The farthest place of that way so far. */
  #extreme = { side: 0, height: 0, time: 0 };
  /** 1 to the right, -1 to the left, 0: not known yet. */
  #heading = 0;
  #swings = 0;
  #openAt = Number.NEGATIVE_INFINITY;
  #movedAt = Number.NEGATIVE_INFINITY;
  readonly #history = new History(16);

  constructor(profile: GestureProfile, emit: Emit) {
    this.#track = new GestureTrack('wave', emit);
    this.#settings = profile.wave;
    this.#axes = profile.axes;
  }

  step(hand: GestureHand): void {
    const { amplitude, longest, swings } = this.#settings;
    const tip = jointOf(hand, MIDDLE_TIP);
    const now = { side: dot(tip, this.#axes.right), height: dot(tip, this.#axes.up), time: hand.time };
    if (this.#from === undefined) {
      this.#from = now;
      this.#extreme = now;
    }
    if (openness(hand.features) >= LEAST_OPEN) this.#openAt = hand.time;
    if (hand.time - this.#openAt >= OUTLIER) {
      this.#stop(hand, 'the hand is not open');
      return;
    }
    this.#history.add(hand.time, [now.side, now.height, 0]);
    if (Math.hypot(...this.#history.velocity(SPEED_TIME)) >= REST_SPEED) this.#movedAt = hand.time;
    const rests = hand.time - this.#movedAt >= REST_TIME;
    if (rests || hand.time - this.#extreme.time > longest) {
      this.#stop(hand, rests ? 'the hand rests' : `no turn for ${longest} s`, now);
      return;
    }
    if (this.#heading === 0) {
      const way = now.side - this.#from.side;
      if (Math.abs(way) >= amplitude / 2) this.#heading = Math.sign(way);
    }
    if ((now.side - this.#extreme.side) * (this.#heading || 1) > 0 || this.#heading === 0) {
      if (this.#heading !== 0) this.#extreme = now;
      return;
    }
    // it has turned when it has come back by a third: noise turns it by less
    const back = Math.abs(now.side - this.#extreme.side);
    if (back < amplitude / 3) return;
    const across = Math.abs(this.#extreme.side - this.#from.side);
    const sideways = across >= 1.5 * Math.abs(this.#extreme.height - this.#from.height);
    const took = this.#extreme.time - this.#from.time;
    // the way that the hand was on when it was first seen began somewhere
    this.#swings = across >= amplitude && sideways && took <= longest ? this.#swings + 1 : 0;
    this.#from = this.#extreme;
    this.#extreme = now;
    this.#heading = -this.#heading;
    if (this.#swings === 0) {
      this.#stop(hand, `a way across of ${mm(across)} in ${took.toFixed(2)} s`);
      return;
    }
    if (this.#swings < swings - 1) return;
    const step = {
      confidence: Math.min(1, across / (2 * amplitude) + 0.25),
      position: hand.described.palmPosition,
      direction: NOWHERE,
      reason: `${this.#swings} ways across, the last of ${mm(across)} in ${took.toFixed(2)} s`,
      value: this.#swings,
    };
    if (this.#track.active) this.#track.update(hand, step);
    else this.#track.begin(hand, step);
  }

  cancel(stamp: bigint, reason: string): void {
    this.#track.cancel(stamp, reason);
    this.#history.clear();
    this.#from = undefined;
    this.#heading = 0;
    this.#swings = 0;
  }

  #stop(hand: GestureHand, reason: string, restart?: { side: number; height: number; time: number }): void {
    const { palmPosition: position } = hand.described;
    this.#track.end(hand, { confidence: 0.5, position, reason, value: this.#swings });
    this.#swings = 0;
    if (restart === undefined) return;
    this.#from = restart;
    this.#extreme = restart;
    this.#heading = 0;
  }
}
