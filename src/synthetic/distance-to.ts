import { dot, rotate, subtract, transposed, type Vec3 } from '../geometry/matrix.js';
import type { Primitive } from './primitives.js';

/**
 * Metres from a point to a solid's surface, negative inside. Of a round cone and an ellipsoid it is an approximation that is right
 * at the surface and has the right sign everywhere.
 */
export function distanceTo(primitive: Primitive, point: Vec3): number {
  switch (primitive.kind) {
    case 'cone': {
      const { a, b, radiusA, radiusB } = primitive;
      const along = subtract(b, a);
      const from = subtract(point, a);
      const share = Math.min(1, Math.max(0, dot(from, along) / (dot(along, along) || 1)));
      const rest = subtract(from, [share * along[0], share * along[1], share * along[2]]);
      return Math.hypot(...rest) - (radiusA + share * (radiusB - radiusA));
    }
    case 'ellipsoid': {
      const [x, y, z] = subtract(point, primitive.center);
      const [a, b, c] = primitive.radii;
      return (Math.hypot(x / a, y / b, z / c) - 1) * Math.min(a, b, c);
    }
    case 'box': {
      const [x, y, z] = rotate(transposed(primitive.rotation), subtract(point, primitive.center));
      const [a, b, c] = primitive.half;
      const beyond: Vec3 = [Math.abs(x) - a, Math.abs(y) - b, Math.abs(z) - c];
      const outside = Math.hypot(...beyond.map((d) => Math.max(0, d)));
      return outside + Math.min(0, Math.max(...beyond));
    }
    case 'plane':
      return dot(subtract(point, primitive.point), primitive.normal);
  }
}
