import { dot, type Matrix3, rotate, subtract, transposed, type Vec3 } from '../geometry/matrix.js';
import type { Box, Ellipsoid, Plane, Primitive, RoundCone } from './primitives.js';

/**
 * Depth z at which the ray t (x, y, 1), t > 0, from the camera's centre enters a solid; Infinity where it misses.
 * The ray's direction has z = 1, so that its parameter t is the depth itself.
 * A solid that holds the camera's centre, or lies behind it, is not seen.
 */
export type RayIntersection = (x: number, y: number) => number;

/** The intersection function of a solid; what does not depend on the ray is computed once, here. */
export function rayIntersection(primitive: Primitive): RayIntersection {
  switch (primitive.kind) {
    case 'cone':
      return coneIntersection(primitive);
    case 'ellipsoid':
      return ellipsoidIntersection(primitive);
    case 'box':
      return boxIntersection(primitive);
    case 'plane':
      return planeIntersection(primitive);
  }
}

/**
 * The round cone is the union of spheres with centre a + s v and radius ra + s d over s in [0, 1]; v = b - a,
 * d = rb - ra.
 * A point p with q = p - a lies in sphere s where
 *
 * ```text
 * g(s) = |q - s v|^2 - (ra + s d)^2 = A s^2 - 2 B s + C <= 0,   A = v.v - d^2, B = q.v + ra d, C = q.q - ra^2
 * ```
 *
 * For A > 0 (no end sphere inside the other) g is least at s = B / A, where it is C - B^2 / A. The mantle is A C = B^2;
 * with p = t (x, y, 1) this is the quadratic k2 t^2 - 2 k1 t + k0 = 0 below. A root counts where 0 <= B / A <= 1;
 * elsewhere one of the end spheres is entered. Every such point lies in the solid and its entry is one of them, so that
 * the nearest of them is the entry.
 */
function coneIntersection({ a, b, radiusA, radiusB }: RoundCone): RayIntersection {
  const [vx, vy, vz] = subtract(b, a);
  const d = radiusB - radiusA;
  const A = vx * vx + vy * vy + vz * vz - d * d;
  if (A <= 1e-12) return radiusA >= radiusB ? sphereIntersection(a, radiusA) : sphereIntersection(b, radiusB);

  const [ax, ay, az] = a;
  const beta = radiusA * d - (ax * vx + ay * vy + az * vz); // B = t (x, y, 1).v + beta
  const gamma = dot(a, a) - radiusA * radiusA; // C = t^2 (x, y, 1)^2 - 2 t (x, y, 1).a + gamma
  const k0 = A * gamma - beta * beta;
  const sphereA = sphereIntersection(a, radiusA);
  const sphereB = sphereIntersection(b, radiusB);

  return (x, y) => {
    const rayV = x * vx + y * vy + vz;
    const k2 = A * (x * x + y * y + 1) - rayV * rayV;
    const k1 = A * (x * ax + y * ay + az) + rayV * beta;
    const discriminant = k1 * k1 - k2 * k0;
    if (k2 > 0) {
      // The ray is inside the double cone between both roots: it misses, or enters there, or by an end sphere.
      if (discriminant < 0) return Infinity;
      const t = (k1 - Math.sqrt(discriminant)) / k2;
      const s = t * rayV + beta;
      if (s >= 0 && s <= A) return t > 0 ? t : Infinity;
      return Math.min(sphereA(x, y), sphereB(x, y));
    }
    // The ray is steeper than the mantle and runs from one half of the double cone into the other.
    let nearest = Math.min(sphereA(x, y), sphereB(x, y));
    if (discriminant >= 0) {
      const sum = k1 + (k1 < 0 ? -1 : 1) * Math.sqrt(discriminant);
      const onMantle = (t: number): boolean => t > 0 && t * rayV + beta >= 0 && t * rayV + beta <= A;
      if (onMantle(sum / k2)) nearest = Math.min(nearest, sum / k2);
      if (onMantle(k0 / sum)) nearest = Math.min(nearest, k0 / sum);
    }
    return nearest;
  };
}

function sphereIntersection([cx, cy, cz]: Vec3, radius: number): RayIntersection {
  const c = cx * cx + cy * cy + cz * cz - radius * radius;
  return (x, y) => {
    const b = x * cx + y * cy + cz;
    const a = x * x + y * y + 1;
    const discriminant = b * b - a * c;
    if (discriminant < 0) return Infinity;
    const t = (b - Math.sqrt(discriminant)) / a;
    return t > 0 ? t : Infinity;
  };
}

/** A sphere of radius 1 after dividing each axis by its radius. */
function ellipsoidIntersection({ center, radii: [rx, ry, rz], rotation }: Ellipsoid): RayIntersection {
  if (rotation !== undefined) return turnedEllipsoidIntersection(center, [rx, ry, rz], rotation);
  const [cx, cy, cz] = [center[0] / rx, center[1] / ry, center[2] / rz];
  const c = cx * cx + cy * cy + cz * cz - 1;
  return (x, y) => {
    const dx = x / rx;
    const dy = y / ry;
    const b = dx * cx + dy * cy + cz / rz;
    const a = dx * dx + dy * dy + 1 / (rz * rz);
    const discriminant = b * b - a * c;
    if (discriminant < 0) return Infinity;
    const t = (b - Math.sqrt(discriminant)) / a;
    return t > 0 ? t : Infinity;
  };
}

/** The same after turning the ray into the ellipsoid's axes. */
function turnedEllipsoidIntersection(center: Vec3, radii: Vec3, rotation: Matrix3): RayIntersection {
  const m = transposed(rotation).map((value, i) => value / radii[Math.floor(i / 3)]) as unknown as Matrix3;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = m;
  const [cx, cy, cz] = rotate(m, center);
  const c = cx * cx + cy * cy + cz * cz - 1;
  return (x, y) => {
    const dx = m0 * x + m1 * y + m2;
    const dy = m3 * x + m4 * y + m5;
    const dz = m6 * x + m7 * y + m8;
    const b = dx * cx + dy * cy + dz * cz;
    const a = dx * dx + dy * dy + dz * dz;
    const discriminant = b * b - a * c;
    if (discriminant < 0) return Infinity;
    const t = (b - Math.sqrt(discriminant)) / a;
    return t > 0 ? t : Infinity;
  };
}

/** The ray is inside the box where it is between all three pairs of faces. */
function boxIntersection({ center, half, rotation: r }: Box): RayIntersection {
  const inverse = [r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]] as const;
  const c = rotate(inverse, center);
  return (x, y) => {
    let near = -Infinity;
    let far = Infinity;
    for (let axis = 0; axis < 3; axis++) {
      const direction = inverse[axis * 3]! * x + inverse[axis * 3 + 1]! * y + inverse[axis * 3 + 2]!;
      const t0 = (c[axis]! - half[axis]!) / direction; // +-Infinity for a ray along the faces
      const t1 = (c[axis]! + half[axis]!) / direction;
      near = Math.max(near, Math.min(t0, t1));
      far = Math.min(far, Math.max(t0, t1));
    }
    return near <= far && near > 0 ? near : Infinity;
  };
}

function planeIntersection({ point, normal }: Plane): RayIntersection {
  const distance = dot(point, normal);
  return (x, y) => {
    const t = distance / (x * normal[0] + y * normal[1] + normal[2]);
    return t > 0 ? t : Infinity;
  };
}
