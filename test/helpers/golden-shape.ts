import type { Vec3 } from '../../src/geometry/matrix.js';
import { type HandShape, neutralShape } from '../../src/kinematics/hand-shape.js';

/** A hand's shape as the goldens of training/ name its parts; null for the neutral one. */
export type GoldenShape = null | {
  scale: number;
  mcp: Vec3[];
  lengths: Vec3[];
  cmc: Vec3;
  thumb: Vec3;
  radius: number[];
};

export function handShapeOf(shape: GoldenShape): HandShape {
  if (shape === null) return neutralShape();
  const { scale, mcp, lengths, cmc, thumb, radius } = shape;
  return { scale, roots: mcp, fingerLengths: lengths, thumbRoot: cmc, thumbLengths: thumb, radii: radius };
}
