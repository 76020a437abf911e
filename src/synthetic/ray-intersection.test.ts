import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiply, rotate, rotationX, rotationY, subtract, type Vec3 } from '../geometry/matrix.js';
import { box, capsule, ellipsoid, plane, type RoundCone, sphere } from './primitives.js';
import { rayIntersection } from './ray-intersection.js';

/** Distance to a round cone: the least over its spheres, found by search (the distance is convex along the axis). */
function coneDistance(p: Vec3, { a, b, radiusA, radiusB }: RoundCone): number {
  const at = (s: number): number => {
    const c = [0, 1, 2].map((i) => a[i]! + s * (b[i]! - a[i]!) - p[i]!);
    return Math.hypot(...c) - radiusA - s * (radiusB - radiusA);
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 80; i++) {
    const [l, h] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(l) < at(h)) high = h;
    else low = l;
  }
  return Math.min(at(0), at(1), at((low + high) / 2));
}

/** March along the ray by the distance to the surface: the entry's depth, Infinity for a miss, undefined if unsure. */
function march(distance: (p: Vec3) => number, x: number, y: number): number | undefined {
  const length = Math.hypot(x, y, 1);
  let z = 0;
  for (let step = 0; step < 3000 && z < 5; step++) {
    const d = distance([x * z, y * z, z]);
    if (d < 1e-8) return z;
    z += d / length;
  }
  return z < 5 ? undefined : Infinity;
}

const within = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const point = fc.tuple(within(-0.3, 0.3), within(-0.3, 0.3), within(0.3, 1));
const radius = within(0.005, 0.12);

function agree(found: number, expected: number | undefined): void {
  if (expected === undefined) return; // the ray grazes the surface: either answer is right
  if (expected === Infinity) expect(found).toBe(Infinity);
  else expect(Math.abs(found - expected)).toBeLessThan(1e-5);
}

describe('a ray and a round cone', () => {
  it('meet where marching along the ray says', () => {
    fc.assert(
      fc.property(
        point,
        point,
        radius,
        radius,
        within(-0.02, 0.02),
        within(-0.02, 0.02),
        within(0, 1),
        (a, b, ra, rb, dx, dy, s) => {
          const cone = capsule(a, b, ra, rb);
          // Aim somewhere near the axis, so that most rays hit.
          const aim = [0, 1, 2].map((i) => a[i]! + s * (b[i]! - a[i]!));
          const [x, y] = [(aim[0]! + 5 * dx) / aim[2]!, (aim[1]! + 5 * dy) / aim[2]!];
          agree(
            rayIntersection(cone)(x, y),
            march((p) => coneDistance(p, cone), x, y),
          );
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  it('meet along the axis of the cone too', () => {
    for (const [near, far] of [
      [0.02, 0.05],
      [0.05, 0.02],
      [0.03, 0.03],
      [0.01, 0.2],
    ] as const) {
      const cone = capsule([0, 0, 0.5], [0, 0, 0.8], near, far);
      for (const x of [0, 0.01, 0.03, 0.06, 0.1])
        agree(
          rayIntersection(cone)(x, 0),
          march((p) => coneDistance(p, cone), x, 0),
        );
    }
  });

  it('meet at the larger sphere where it holds the smaller one', () => {
    expect(rayIntersection(capsule([0, 0, 1], [0.01, 0, 1], 0.2, 0.05))(0, 0)).toBeCloseTo(0.8, 12);
    expect(rayIntersection(capsule([0, 0, 1], [0.01, 0, 1], 0.05, 0.2))(0.01, 0)).toBeCloseTo(0.8, 4);
    expect(rayIntersection(sphere([0, 0, 1], 0.2))(0, 0)).toBeCloseTo(0.8, 12);
  });

  it('do not meet behind the camera or around it', () => {
    expect(rayIntersection(capsule([0, 0, -1], [0, 0.2, -1], 0.1))(0, 0)).toBe(Infinity);
    expect(rayIntersection(sphere([0, 0, 0.05], 0.1))(0, 0)).toBe(Infinity);
  });
});

it('a ray and an ellipsoid meet where its equation holds, first', () => {
  fc.assert(
    fc.property(point, radius, radius, radius, within(-0.3, 0.3), within(-0.3, 0.3), (center, rx, ry, rz, x, y) => {
      const value = (z: number): number =>
        ((x * z - center[0]) / rx) ** 2 + ((y * z - center[1]) / ry) ** 2 + ((z - center[2]) / rz) ** 2;
      const z = rayIntersection(ellipsoid(center, [rx, ry, rz]))(x, y);
      if (z === Infinity) {
        for (let k = 1; k <= 300; k++) expect(value((1.2 * k) / 300)).toBeGreaterThan(1);
      } else {
        expect(value(z)).toBeCloseTo(1, 6);
        expect(value(z * 0.999)).toBeGreaterThan(1);
      }
    }),
    { numRuns: 200, seed: 2 },
  );
});

it('a ray and a turned box meet where marching along the ray says', () => {
  fc.assert(
    fc.property(
      point,
      radius,
      radius,
      radius,
      within(-3, 3),
      within(-3, 3),
      within(-0.4, 0.4),
      within(-0.4, 0.4),
      (center, hx, hy, hz, a, b, x, y) => {
        const rotation = multiply(rotationX(a), rotationY(b));
        const inverse = multiply(rotationY(-b), rotationX(-a));
        const distance = (p: Vec3): number => {
          const q = rotate(inverse, subtract(p, center)).map((v, i) => Math.abs(v) - [hx, hy, hz][i]!);
          return Math.hypot(...q.map((v) => Math.max(v, 0))) + Math.min(0, Math.max(...q));
        };
        if (distance([0, 0, 0]) > 0)
          agree(rayIntersection(box(center, [hx, hy, hz], rotation))(x, y), march(distance, x, y));
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

it('a ray meets a plane in front of the camera and not behind', () => {
  const wall = rayIntersection(plane([0, 0, 2], [0, 0, -1]));
  expect(wall(0.4, -0.3)).toBe(2);
  const floor = rayIntersection(plane([0, 0.5, 0], [0, -1, 0]));
  expect(floor(0, 0.25)).toBe(2);
  expect(floor(0, -0.25)).toBe(Infinity);
  expect(floor(0, 0)).toBe(Infinity);
});
