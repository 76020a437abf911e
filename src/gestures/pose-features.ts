import { type DescribedHand, type HandToDescribe, PALM_LENGTH } from '../hand/index.js';

/** What poses are told apart by: numbers that do not depend on the hand's size. Lengths are those of a hand of `PALM_LENGTH`, metres. */
export interface PoseFeatures {
  /** Thumb to little finger, as in `DescribedHand`. */
  readonly curls: DescribedHand['curls'];
  /** From the thumb's tip to the root of the little finger: above 0.1 the thumb stands off, below 0.06 it lies across the palm. */
  readonly thumbAcross: number;
  /** Between the tips of the thumb and of the index and middle finger. */
  readonly indexPinch: number;
  readonly middlePinch: number;
  /** From the tips of index and middle finger to the middle of the palm. */
  readonly indexFromPalm: number;
  readonly middleFromPalm: number;
  /** Unit vector from the thumb's second joint to its tip. */
  readonly thumb: readonly [number, number, number];
}

export function poseFeatures(
  { positions: p }: HandToDescribe,
  { curls, palmLength, palmPosition }: DescribedHand,
): PoseFeatures {
  const size = Math.max(palmLength, 1e-3) / PALM_LENGTH;
  const apart = (a: number, b: number) =>
    Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]) / size;
  const fromPalm = (a: number) =>
    Math.hypot(p[3 * a] - palmPosition[0], p[3 * a + 1] - palmPosition[1], p[3 * a + 2] - palmPosition[2]) / size;
  const way = [p[12] - p[6], p[13] - p[7], p[14] - p[8]];
  const length = Math.max(1e-9, Math.hypot(way[0], way[1], way[2]));
  return {
    curls,
    thumbAcross: apart(4, 17),
    indexPinch: apart(4, 8),
    middlePinch: apart(4, 12),
    indexFromPalm: fromPalm(8),
    middleFromPalm: fromPalm(12),
    thumb: [way[0] / length, way[1] / length, way[2] / length],
  };
}
