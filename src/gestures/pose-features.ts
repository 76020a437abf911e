import type { Vec3 } from '../geometry/index.js';
import {
  type DescribedHand,
  type HandToDescribe,
  INDEX_TIP,
  jointIndex,
  MIDDLE_TIP,
  PALM_LENGTH,
  THUMB_TIP,
} from '../hand/index.js';

/** What poses are told apart by: numbers that do not depend on the hand's size. Lengths are those of a hand of `PALM_LENGTH`, metres. */
export interface PoseFeatures {
  /** Thumb to little finger, as in `DescribedHand`. */
  readonly curls: DescribedHand['curls'];
  /** From the thumb's tip to the root of the little finger: above 0.1 the thumb stands off, below 0.06 it lies across the palm. */
  readonly thumbAcross: number;
  /** From the thumb's tip to the tips of the index and middle finger. */
  readonly toIndex: Vec3;
  readonly toMiddle: Vec3;
  /** Unit vector from the thumb's second joint to its tip. */
  readonly thumb: Vec3;
}

const THUMB_MCP = jointIndex('thumb_mcp');
const LITTLE_ROOT = jointIndex('little_mcp');

/** Time constant of the low-pass, seconds: it takes away a third of the noise at 30 Hz and is late by 25 ms. */
const SMOOTHING = 0.04;

/**
 * @param previous features of the same hand `dt` seconds before, which this moment is mixed with; none: those of this moment alone
 */
export function poseFeatures(
  { positions: p }: HandToDescribe,
  { curls, palmLength }: DescribedHand,
  previous?: PoseFeatures,
  dt = 0,
): PoseFeatures {
  const size = Math.max(palmLength, 1e-3) / PALM_LENGTH;
  const share = previous === undefined ? 1 : 1 - Math.exp(-dt / SMOOTHING);
  const mix = (before: number | undefined, now: number) =>
    before === undefined ? now : before + share * (now - before);
  const way = (from: number, to: number, before: Vec3 | undefined): Vec3 => {
    const axis = (i: 0 | 1 | 2) => mix(before?.[i], (p[3 * to + i] - p[3 * from + i]) / size);
    return [axis(0), axis(1), axis(2)];
  };
  const curl = (finger: 0 | 1 | 2 | 3 | 4) => mix(previous?.curls[finger], curls[finger]);
  const across = Math.hypot(...way(THUMB_TIP, LITTLE_ROOT, undefined));
  const thumb = way(THUMB_MCP, THUMB_TIP, undefined);
  const length = Math.max(1e-9, Math.hypot(...thumb));
  return {
    curls: [curl(0), curl(1), curl(2), curl(3), curl(4)],
    thumbAcross: mix(previous?.thumbAcross, across),
    toIndex: way(THUMB_TIP, INDEX_TIP, previous?.toIndex),
    toMiddle: way(THUMB_TIP, MIDDLE_TIP, previous?.toMiddle),
    thumb: [
      mix(previous?.thumb[0], thumb[0] / length),
      mix(previous?.thumb[1], thumb[1] / length),
      mix(previous?.thumb[2], thumb[2] / length),
    ],
  };
}
