import { BONES, type HandJoints, jointColor, ROOT_OF_MIDDLE, rgbOf, SIDE_COLORS, WRIST } from '../hand/index.js';
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

/** Height of the letters of a hand's label, metres. */
export const LABEL_SIZE = 0.018;
/** The label stands behind the wrist, by this share of the palm's length. */
const LABEL_PLACE = 0.35;

/** What is written at a hand: its side and its id. */
export interface HandLabel {
  /** `right 3` */
  readonly text: string;
  readonly position: Point;
  /** Of the side. */
  readonly color: ColorRgba;
}

/** What MarkerArray, SceneUpdate and ImageAnnotations draw: coloured points, bones as pairs of coloured points, and a label. */
export interface HandDrawing {
  readonly joints: readonly Point[];
  readonly jointColors: readonly ColorRgba[];
  /** Two a bone. */
  readonly boneEnds: readonly Point[];
  /** Two a bone: its finger's colour, at each end as clear as that joint is sure. */
  readonly boneColors: readonly ColorRgba[];
  /** Undefined of a hand that is not tracked. */
  readonly label: HandLabel | undefined;
}

/**
 * Colour each joint by its finger and the wrist by the side, clear by its confidence. The bones of the palm go from the side's colour to
 * the finger's. Nothing is drawn of a hand that is not tracked.
 */
export function drawHand(hand: HandJoints): HandDrawing {
  const joints = jointPoints(hand);
  const bones = hand.tracked ? BONES : [];
  const color = (joint: number): ColorRgba => {
    const [r, g, b] = rgbOf(jointColor(joint, hand.handedness));
    const sure = Math.min(1, Math.max(0, hand.confidences[joint] ?? 0));
    return { r, g, b, a: LEAST_ALPHA + (1 - LEAST_ALPHA) * sure };
  };
  return {
    joints,
    jointColors: joints.map((_, joint) => color(joint)),
    boneEnds: bones.flatMap(([from, to]) => [joints[from], joints[to]]),
    boneColors: bones.flatMap((ends) => ends.map(color)),
    label: hand.tracked ? labelOf(hand, joints) : undefined,
  };
}

function labelOf({ handedness, handId }: HandJoints, joints: readonly Point[]): HandLabel | undefined {
  const [wrist, knuckle] = [joints[WRIST], joints[ROOT_OF_MIDDLE]];
  if (wrist === undefined || knuckle === undefined) return undefined;
  const behind = (axis: 'x' | 'y' | 'z') => wrist[axis] + LABEL_PLACE * (wrist[axis] - knuckle[axis]);
  const [r, g, b] = rgbOf(SIDE_COLORS[handedness]);
  return {
    text: `${handedness} ${handId}`,
    position: { x: behind('x'), y: behind('y'), z: behind('z') },
    color: { r, g, b, a: 1 },
  };
}
