import { FINGER_JOINTS } from '../hand/skeleton.js';
import { HAND_DATA } from './hand-data.js';
import type { HandShape } from './hand-shape.js';

const FINGERS = ['index', 'middle', 'ring', 'little'] as const;

/** Bones that a chain has after its root. */
export const CHAIN_BONES = FINGER_JOINTS[0].length - 1;
/** Thumb, index, middle, ring, little. */
export const CHAINS = FINGER_JOINTS.length;

/**
 * How long and thick one person's hand is. Chains are ordered thumb, index, middle, ring, little; the palm frame is that of `hand.json`.
 */
export interface HandProportions {
  /** 15 numbers: x, y, z of the root of each chain in the palm frame, metres. */
  readonly roots: Float64Array;
  /** 15 numbers: the three bones of each chain from the palm outwards, metres. */
  readonly lengths: Float64Array;
  /** Factor on the described radii, and on what else of the surface has a size of its own. */
  readonly thickness: number;
}

const THUMB = HAND_DATA.thumb;
const FINGER_DATA = FINGERS.map((finger) => HAND_DATA.fingers[finger]);

/** The hand of the description at a scale. */
export function describedProportions(scale = 1): HandProportions {
  const roots = [THUMB.cmc, ...FINGER_DATA.map(({ mcp }) => mcp)];
  const lengths = [THUMB.lengths, ...FINGER_DATA.map((finger) => finger.lengths)];
  return {
    roots: Float64Array.from(roots.flat(), (x) => x * scale),
    lengths: Float64Array.from(lengths.flat(), (x) => x * scale),
    thickness: scale,
  };
}

/** The proportions of a synthetic hand; its thickness is the mean of that of its parts. */
export function proportionsOf(shape: HandShape): HandProportions {
  const { roots, lengths } = describedProportions(shape.scale);
  const rootFactors = [shape.thumbRoot, ...shape.roots].flat();
  const lengthFactors = [shape.thumbLengths, ...shape.fingerLengths].flat();
  const thickness = shape.radii.reduce((sum, factor) => sum + factor, 0) / shape.radii.length;
  return {
    roots: roots.map((x, i) => x * rootFactors[i]),
    lengths: lengths.map((x, i) => x * lengthFactors[i]),
    thickness: shape.scale * thickness,
  };
}
