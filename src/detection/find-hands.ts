import { distance, type Vec3 } from '../geometry/index.js';
import { sigmoid } from './logistic.js';
import type { Picture } from './picture.js';
import type { HandCandidate } from './ports.js';

/** Numbers that the network answers for each cell: see {@link findHands}. */
export const DETECTOR_CHANNELS = 11;
/** Pixels of the picture along an edge of a cell. */
export const DETECTOR_STRIDE = 4;
/** Where in a picture the middle of cell (0, 0) lies, pixels. */
const CELL_CENTRE = (DETECTOR_STRIDE - 1) / 2;
/** Depths and the centre of mass are answered in these, metres. */
const DECIMETRE = 0.1;

export interface FindHandsOptions {
  /** Peaks with a lower score are none, 0 to 1. */
  readonly minScore: number;
  /** Of two hands whose middle roots are nearer to each other than this only the surer one is taken, metres. */
  readonly spacing: number;
}

/**
 * Hands in what the detector's network answers, the surest first: local maxima of the score, then non-maximum suppression in
 * space.
 *
 * ```text
 * answer[channel][b][a]; cell (a, b) covers the picture's pixels 4a to 4a+3, 4b to 4b+3, its centre is 4a + 1.5, 4b + 1.5
 *  0      centre log-odds: a hand's middle root projects into this cell
 *  1, 2   from the cell's centre to the projected middle root, cells
 *  3      depth of the middle root minus the cell's surface, decimetres
 *  4, 5   direction from wrist to middle root in the image plane
 *  6      distance from wrist to middle root / 0.09 m, minus 1
 *  7      left log-odds
 *  8..10  centre of mass minus middle root, decimetres
 * ```
 *
 * A cell's surface is the smallest depth in it; where it has none, in the 3x3 cells around. A peak without any is left out,
 * as is one with a number that is not finite or a root that does not lie in front of the camera.
 *
 * @param answer `11 * (height / 4) * (width / 4)` numbers; only read
 */
export function findHands(
  answer: Float32Array,
  picture: Picture,
  { minScore, spacing }: FindHandsOptions,
): HandCandidate[] {
  const cols = picture.width / DETECTOR_STRIDE;
  const rows = picture.height / DETECTOR_STRIDE;
  const found: HandCandidate[] = [];
  const threshold = Math.log(minScore / (1 - minScore));
  for (let b = 0; b < rows; b++) {
    for (let a = 0; a < cols; a++) {
      if (!(answer[b * cols + a] >= threshold) || !isPeak(answer, cols, rows, a, b)) continue;
      const hand = handAt(answer, picture, cols, rows, a, b);
      if (hand !== undefined) found.push(hand);
    }
  }
  return suppressed(found, spacing);
}

/** Non-maximum suppression: of hands whose middle roots are nearer to each other than `spacing`, metres, the surest; the surest first. */
export function suppressed(hands: readonly HandCandidate[], spacing: number): HandCandidate[] {
  const kept: HandCandidate[] = [];
  for (const hand of hands.toSorted((one, other) => other.score - one.score)) {
    if (kept.every(({ root }) => distance(root, hand.root) >= spacing)) kept.push(hand);
  }
  return kept;
}

/** No larger score in the 3x3 cells around; of equal ones the first in memory is the peak. */
function isPeak(score: Float32Array, cols: number, rows: number, a: number, b: number): boolean {
  const at = b * cols + a;
  for (let y = Math.max(0, b - 1); y <= Math.min(rows - 1, b + 1); y++) {
    for (let x = Math.max(0, a - 1); x <= Math.min(cols - 1, a + 1); x++) {
      const other = y * cols + x;
      if (score[other] > score[at] || (score[other] === score[at] && other < at)) return false;
    }
  }
  return true;
}

function handAt(
  answer: Float32Array,
  picture: Picture,
  cols: number,
  rows: number,
  a: number,
  b: number,
): HandCandidate | undefined {
  const numbers = Array.from({ length: DETECTOR_CHANNELS }, (_, k) => answer[(k * rows + b) * cols + a]);
  const surface = surfaceAt(picture, a, b);
  if (surface === undefined || !numbers.every(Number.isFinite)) return undefined;
  const [centre, du, dv, depth, dx, dy, size, left, mx, my, mz] = numbers;
  const z = surface + DECIMETRE * depth;
  if (!(z > 0)) return undefined;
  const { focal, cx, cy } = picture;
  const u = DETECTOR_STRIDE * (a + du) + CELL_CENTRE;
  const v = DETECTOR_STRIDE * (b + dv) + CELL_CENTRE;
  const root: Vec3 = [((u - cx) / focal) * z, ((v - cy) / focal) * z, z];
  const strength = Math.hypot(dx, dy);
  return {
    score: sigmoid(centre),
    root,
    mass: [root[0] + DECIMETRE * mx, root[1] + DECIMETRE * my, root[2] + DECIMETRE * mz],
    direction: strength > 0 ? [dx / strength, dy / strength] : [0, -1],
    size: 1 + size,
    left,
  };
}

/** The smallest depth in the cell, or, where it has none, in the 3x3 cells around; metres. */
function surfaceAt(picture: Picture, a: number, b: number): number | undefined {
  return nearest(picture, a, b, 0) ?? nearest(picture, a, b, 1);
}

function nearest({ width, height, depth }: Picture, a: number, b: number, cells: number): number | undefined {
  const from = (cell: number) => Math.max(0, DETECTOR_STRIDE * (cell - cells));
  const to = (cell: number, limit: number) => Math.min(limit, DETECTOR_STRIDE * (cell + cells + 1));
  let least = Infinity;
  for (let y = from(b); y < to(b, height); y++) {
    for (let x = from(a); x < to(a, width); x++) {
      const z = depth[y * width + x];
      if (z > 0 && z < least) least = z;
    }
  }
  return least === Infinity ? undefined : least;
}
