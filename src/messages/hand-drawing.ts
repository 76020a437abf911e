import { BONES, FINGER_COLORS, FINGER_NAMES, type HandJoints, rgbOf, WRIST_COLOR } from '../hand/index.js';
import type { ColorRgba, Point } from './generated.js';
import { jointPoints } from './parts.js';

/** How a hand looks in a viewer. */
export interface DrawingOptions {
  /** Diameter of a joint, metres; 0.012 by default. */
  readonly jointDiameter?: number;
  /** Width of a bone, metres; 0.004 by default. */
  readonly boneWidth?: number;
  /** After this time a viewer removes a hand that is not drawn again, nanoseconds; half a second by default. */
  readonly lifetime?: bigint;
}

export const DRAWING_DEFAULTS = {
  jointDiameter: 0.012,
  boneWidth: 0.004,
  lifetime: 500_000_000n,
} as const satisfies Required<DrawingOptions>;

/** Even a joint that is hardly known stays visible. */
const LEAST_ALPHA = 0.15;

/** What both MarkerArray and SceneUpdate draw: coloured points, and bones as pairs of coloured points. */
export interface HandDrawing {
  readonly joints: readonly Point[];
  readonly jointColors: readonly ColorRgba[];
  /** Two a bone. */
  readonly boneEnds: readonly Point[];
  /** Two a bone: its finger's colour, at each end as clear as that joint is sure. */
  readonly boneColors: readonly ColorRgba[];
}

/** Colour each joint by its finger, clear by its confidence. Nothing is drawn of a hand that is not tracked. */
export function drawHand(hand: HandJoints): HandDrawing {
  const joints = jointPoints(hand);
  const bones = hand.tracked ? BONES : [];
  const color = (joint: number, finger: number): ColorRgba => {
    const [r, g, b] = rgbOf(finger < 0 ? WRIST_COLOR : FINGER_COLORS[FINGER_NAMES[finger]]);
    const sure = Math.min(1, Math.max(0, hand.confidences[joint] ?? 0));
    return { r, g, b, a: LEAST_ALPHA + (1 - LEAST_ALPHA) * sure };
  };
  return {
    joints,
    jointColors: joints.map((_, joint) => color(joint, fingerOf(joint))),
    boneEnds: bones.flatMap(([from, to]) => [joints[from], joints[to]]),
    boneColors: bones.flatMap(([from, to]) => [color(from, fingerOf(to)), color(to, fingerOf(to))]),
  };
}

/** -1 for the wrist. */
function fingerOf(joint: number): number {
  return Math.floor((joint - 1) / 4);
}
