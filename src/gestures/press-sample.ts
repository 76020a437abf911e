import type { GestureHand } from './gesture-hand.js';

/** What a press is judged by: a hand over a surface at one moment. Metres, seconds. */
export interface PressSample {
  readonly time: number;
  readonly hand: GestureHand;
  /** The filtered cursor. */
  readonly x: number;
  readonly y: number;
  /** The filtered place of the finger, which the cursor is held back from while it pushes. */
  readonly fingerX: number;
  readonly fingerY: number;
  /** Smoothed; in front of the surface. */
  readonly distance: number;
  /** Of the point that operates the surface, m/s. */
  readonly speed: number;
  /** Cosine between the palm's normal and the way to the surface. */
  readonly facing: number;
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
