import { FINGER_JOINTS } from '../hand/skeleton.js';
import type { HandProportions } from '../hand/tracked-hand.js';
import { HAND_DATA } from './hand-data.js';
import type { HandShape } from './hand-shape.js';

const FINGERS = ['index', 'middle', 'ring', 'little'] as const;

/** Bones that a chain has after its root. */
export const CHAIN_BONES = FINGER_JOINTS[0].length - 1;
/** Thumb, index, middle, ring, little. */
export const CHAINS = FINGER_JOINTS.length;

export type { HandProportions };

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
