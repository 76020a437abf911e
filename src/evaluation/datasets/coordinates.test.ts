import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '../../depth/depth-frame.js';
import { fromMetres, toMetres } from './coordinates.js';
import { DATA_SET_NAMES, POSE_FORMATS } from './data-set.js';
import { DATA_SETS } from './data-sets.js';

const point = fc.tuple(
  fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  fc.double({ min: 0.1, max: 1.5, noNaN: true }),
);

describe.each(DATA_SET_NAMES)('%s', (name) => {
  const set = DATA_SETS[name];

  it.each(POSE_FORMATS)('comes back from %s', (format) => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 21 }), (points) => {
        const positions = points.flat();
        toMetres(set, fromMetres(set, positions, format), format).forEach((value, i) => {
          expect(value).toBeCloseTo(positions[i], 9);
        });
      }),
    );
  });

  it('has the pixels that its camera sees', () => {
    fc.assert(
      fc.property(point, ([x, y, z]) => {
        const [u, v, d] = fromMetres(set, [x, y, z], 'uvd');
        const seen = project(set.camera, x, y, z)!;
        expect([u, v, d]).toEqual([
          expect.closeTo(seen[0], 6),
          expect.closeTo(seen[1], 6),
          expect.closeTo(1000 * z, 6),
        ]);
      }),
    );
  });
});

describe('signs', () => {
  it("NYU's y points up: its own formula gives the same pixels", () => {
    const [x, y, z] = [31, 52, 700]; // mm, as in joint_xyz: above the axis
    const [u, v] = [320 + (588.03 * x) / z, 240 - (587.07 * y) / z];
    const fromFile = toMetres(DATA_SETS.nyu, [x, y, z], 'xyz');
    expect([...fromFile]).toEqual([0.031, -0.052, 0.7]);
    toMetres(DATA_SETS.nyu, [u, v, z], 'uvd').forEach((value, i) => {
      expect(value).toBeCloseTo(fromFile[i], 12);
    });
  });

  it("MSRA's y points up and its z is negative", () => {
    const [x, y, z] = [-20, 30, -350];
    expect([...toMetres(DATA_SETS.msra, [x, y, z], 'xyz')]).toEqual([-0.02, -0.03, 0.35]);
    const [u, v, d] = fromMetres(DATA_SETS.msra, [-0.02, -0.03, 0.35], 'uvd');
    expect([u, v, d]).toEqual([160 + (241.42 * x) / -z, 120 - (241.42 * y) / -z, 350]);
  });

  it('a joint without depth has the principal point for a pixel', () => {
    expect([...fromMetres(DATA_SETS.icvl, [0, 0, 0], 'uvd')]).toEqual([160, 120, 0]);
    expect([...toMetres(DATA_SETS.icvl, [5, 5, 0], 'uvd')].map(Math.abs)).toEqual([0, 0, 0]);
  });
});
