import type { Vec3 } from '../geometry/matrix.js';
import type { SeededRandom } from '../geometry/random.js';
import { HAND_DATA } from './hand-data.js';

/**
 * How one person's hand differs from the description: factors, 1 for the hand of `hand.json` itself.
 *
 * Fingers are ordered index, middle, ring, little; bones from the palm outwards; radii as the description's primitives.
 */
export interface HandShape {
  /** All lengths and radii; 0.78 is a child of about six, 1.16 a large adult. */
  readonly scale: number;
  /** The place of each finger's root in the palm, axis by axis. */
  readonly roots: readonly Vec3[];
  readonly fingerLengths: readonly Vec3[];
  readonly thumbRoot: Vec3;
  readonly thumbLengths: Vec3;
  readonly radii: readonly number[];
  /** How far a sleeve stands off the forearm, from 30 mm behind the wrist on, metres; a bare forearm unless given. */
  readonly sleeve?: number;
  /** Thickness of a glove, metres; a bare hand unless given. */
  readonly glove?: number;
}

const ONES: Vec3 = [1, 1, 1];

/** The hand of the description, without variation. */
export function neutralShape(scale = 1): HandShape {
  return {
    scale,
    roots: [ONES, ONES, ONES, ONES],
    fingerLengths: [ONES, ONES, ONES, ONES],
    thumbRoot: ONES,
    thumbLengths: ONES,
    radii: HAND_DATA.primitives.map(() => 1),
  };
}

/**
 * Draw a person's hand: size uniform between child and large adult, then the palm's width and length, the fingers'
 * lengths, each bone and the thickness, normally distributed with the description's deviations (cut at 2.5 of them).
 */
export function drawHandShape(
  random: SeededRandom,
  scaleRange: readonly [number, number] = HAND_DATA.shape.scale,
): HandShape {
  const { palmSd, fingerSd, boneSd, thicknessSd, radiusSd } = HAND_DATA.shape;
  const factor = (sd: number): number => 1 + sd * Math.max(-2.5, Math.min(2.5, random.normal()));
  const bones = (all: number): Vec3 => [all * factor(boneSd), all * factor(boneSd), all * factor(boneSd)];

  const scale = random.uniform(...scaleRange);
  const palm: Vec3 = [factor(palmSd), factor(palmSd), 1];
  const thickness = factor(thicknessSd);
  return {
    scale,
    roots: [palm, palm, palm, palm],
    fingerLengths: Array.from({ length: 4 }, () => bones(factor(fingerSd))),
    thumbRoot: palm,
    thumbLengths: bones(factor(fingerSd)),
    radii: HAND_DATA.primitives.map(() => thickness * factor(radiusSd)),
  };
}
