import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotationX, rotationZ, type Vec3 } from '../geometry/matrix.js';
import { box, capsule, distanceTo, ellipsoid, type Primitive, plane, sphere } from './primitives.js';

const turned = box([0.1, -0.2, 0.3], [0.05, 0.1, 0.02], rotationZ(0.4));
const coordinate = fc.double({ min: -0.5, max: 0.5, noNaN: true });

describe('the distance to a solid', () => {
  it.each<[string, Primitive, Vec3, number]>([
    ['outside a sphere', sphere([0, 0, 0.5], 0.1), [0, 0, 0.3], 0.1],
    ['in the middle of a sphere', sphere([0, 0, 0.5], 0.1), [0, 0, 0.5], -0.1],
    ['beside a capsule', capsule([-0.1, 0, 0], [0.1, 0, 0], 0.02), [0.05, 0.05, 0], 0.03],
    ['beyond the end of a capsule', capsule([-0.1, 0, 0], [0.1, 0, 0], 0.02), [0.2, 0, 0], 0.08],
    ['on a thicker end', capsule([0, 0, 0], [0.1, 0, 0], 0.01, 0.03), [0.1, 0.03, 0], 0],
    ['above a box', box([0, 0, 0], [0.1, 0.2, 0.3]), [0, 0.25, 0], 0.05],
    ['at a corner of a box', box([0, 0, 0], [0.1, 0.1, 0.1]), [0.13, 0.14, 0.1], 0.05],
    ['in a box', box([0, 0, 0], [0.1, 0.2, 0.3]), [0.08, 0, 0], -0.02],
    ['beside a turned box', box([0, 0, 0], [0.1, 0.01, 0.01], rotationX(Math.PI / 2)), [0, 0.03, 0], 0.02],
    ['on an ellipsoid', ellipsoid([0, 0, 0], [0.1, 0.2, 0.3]), [0, 0.2, 0], 0],
    ['in an ellipsoid', ellipsoid([0, 0, 0], [0.1, 0.2, 0.3]), [0, 0, 0], -0.1],
    ['in front of a plane', plane([0, 0, 1], [0, 0, -1]), [0.3, 0.2, 0.9], 0.1],
    ['behind a plane', plane([0, 0, 1], [0, 0, -1]), [0.3, 0.2, 1.2], -0.2],
  ])('%s', (_, primitive, point, distance) => expect(distanceTo(primitive, point)).toBeCloseTo(distance, 9));

  it('never grows faster than one goes', () => {
    for (const primitive of [turned, capsule([0, 0, 0], [0.1, 0.1, 0], 0.02), plane([0, 0, 0], [0, 0.6, 0.8])]) {
      fc.assert(
        fc.property(
          fc.tuple(coordinate, coordinate, coordinate),
          fc.tuple(coordinate, coordinate, coordinate),
          (a, b) => {
            const way = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
            expect(Math.abs(distanceTo(primitive, a) - distanceTo(primitive, b))).toBeLessThanOrEqual(way + 1e-9);
          },
        ),
      );
    }
  });
});
