import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  interpolateTransforms,
  invertTransform,
  type Transform,
  transformPoints,
  unitQuaternion,
} from './transform.js';

const HALF = Math.SQRT1_2;
/** Quarter turns about x, y and z: what was on the next axis comes to lie on the one after. */
const QUARTER = { x: [HALF, 0, 0, HALF], y: [0, HALF, 0, HALF], z: [0, 0, HALF, HALF] } as const;

const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
const point = fc.tuple(coordinate, coordinate, coordinate);
const quaternion = fc
  .tuple(...([0, 1, 2, 3].map(() => fc.double({ min: -1, max: 1, noNaN: true })) as [never, never, never, never]))
  .filter((q) => Math.hypot(...(q as number[])) > 0.1)
  .map((q) => {
    const length = Math.hypot(...(q as number[]));
    const [x, y, z, w] = (q as number[]).map((c) => c / length);
    return [x, y, z, w] as const;
  });
const transform: fc.Arbitrary<Transform> = fc.record({ translation: point, rotation: quaternion });

function expectPoint(found: ArrayLike<number>, expected: ArrayLike<number>, digits = 9): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).toBeCloseTo(expected[i], digits);
}

/** Radians between two rotations. */
function angleBetween(a: Transform, b: Transform): number {
  const [x, y, z] = composeTransforms(invertTransform(a), b).rotation;
  return 2 * Math.asin(Math.min(1, Math.hypot(x, y, z)));
}

describe('a transform', () => {
  it.each([
    ['x', [0, 1, 0], [0, 0, 1]],
    ['y', [0, 0, 1], [1, 0, 0]],
    ['z', [1, 0, 0], [0, 1, 0]],
  ] as const)('turns a quarter about %s', (axis, from, to) => {
    expectPoint(transformPoints({ translation: [0, 0, 0], rotation: QUARTER[axis] }, from), to);
  });

  it('turns first and then moves: x is R x + t', () => {
    const t: Transform = { translation: [10, 20, 30], rotation: QUARTER.z };
    expectPoint(transformPoints(t, [1, 0, 0, 0, 1, 0]), [10, 21, 30, 9, 20, 30]);
  });

  it('comes back by its inverse, and composes as its points do', () => {
    fc.assert(
      fc.property(transform, transform, point, (a, b, p) => {
        const there = transformPoints(a, p);
        expectPoint(transformPoints(invertTransform(a), there), p);
        expectPoint(transformPoints(composeTransforms(b, a), p), transformPoints(b, there));
        expectPoint(transformPoints(composeTransforms(a, invertTransform(a)), p), p);
      }),
    );
  });
});

describe('between two transforms', () => {
  it('is half of a quarter turn in the middle', () => {
    const from: Transform = { translation: [0, 0, 0], rotation: [0, 0, 0, 1] };
    const to: Transform = { translation: [2, 4, 6], rotation: QUARTER.z };
    const { translation, rotation } = interpolateTransforms(from, to, 0.5);
    expectPoint(translation, [1, 2, 3]);
    expectPoint(rotation, [0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)]);
  });

  it('takes the shorter way where the quaternions have opposite signs', () => {
    const opposite = { translation: [0, 0, 0], rotation: QUARTER.z.map((c) => -c) as never } as const;
    const { rotation } = interpolateTransforms(IDENTITY_TRANSFORM, opposite, 0.5);
    expect(Math.abs(rotation[3])).toBeCloseTo(Math.cos(Math.PI / 8), 12);
  });

  it('begins and ends where it should, goes at constant speed, and leaves neither the line nor the arc', () => {
    fc.assert(
      fc.property(transform, transform, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const between = interpolateTransforms(a, b, share);
        expect(Math.hypot(...between.rotation)).toBeCloseTo(1, 12);
        expectPoint(interpolateTransforms(a, b, 0).translation, a.translation);
        expectPoint(interpolateTransforms(a, b, 1).translation, b.translation);
        expect(angleBetween(interpolateTransforms(a, b, 1), b)).toBeLessThan(1e-6);
        const whole = angleBetween(a, b);
        expect(whole).toBeLessThan(Math.PI + 1e-9);
        expect(angleBetween(a, between)).toBeCloseTo(share * whole, 5);
        for (let axis = 0; axis < 3; axis++) {
          const [low, high] = [a.translation[axis], b.translation[axis]].sort((p, q) => p - q);
          expect(between.translation[axis]).toBeGreaterThanOrEqual(low - 1e-9);
          expect(between.translation[axis]).toBeLessThanOrEqual(high + 1e-9);
        }
      }),
    );
  });
});

it.each([
  ['none at all', [0, 0, 0, 0], undefined],
  ['one that is twice too long', [0, 0, 0, 2], undefined],
  ['NaN', [0, 0, 0, Number.NaN], undefined],
  ['infinity', [Number.POSITIVE_INFINITY, 0, 0, 1], undefined],
  ['one that was rounded', [0, 0, 0, 1.001], [0, 0, 0, 1]],
] as const)('of quaternions, %s is judged by its length', (_, given, expected) => {
  expect(unitQuaternion(given, 0.01)).toEqual(expected);
});
