import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cube } from '../geometry/cube.js';
import { cameraToCube, cubeToCamera } from '../geometry/cube.js';
import { cubeFor } from './cube.js';

const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
const cubes: fc.Arbitrary<Cube> = fc.record({
  center: fc.tuple(coordinate, coordinate, coordinate),
  edge: fc.double({ min: 0.05, max: 1, noNaN: true }),
  roll: fc.double({ min: -7, max: 7, noNaN: true }),
  mirror: fc.boolean(),
});
const options = { edge: 0.25, roll: 'forearm-down', handedness: 'right', modelHandedness: 'right' } as const;

describe('cube coordinates', () => {
  it('and camera coordinates are inverse to each other, with roll and mirror', () => {
    fc.assert(
      fc.property(cubes, fc.array(coordinate, { minLength: 63, maxLength: 63 }), (cube, values) => {
        const back = cameraToCube(cube, cubeToCamera(cube, values));
        const forth = cubeToCamera(cube, cameraToCube(cube, values));
        for (let i = 0; i < 63; i++) {
          expect(back[i]).toBeCloseTo(values[i], 9);
          expect(forth[i]).toBeCloseTo(values[i], 9);
        }
      }),
    );
  });

  it('follow the formula of the contract', () => {
    fc.assert(
      fc.property(cubes, fc.tuple(coordinate, coordinate, coordinate), (cube, [x, y, z]) => {
        const dx = (cube.mirror ? -1 : 1) * (x - cube.center[0]);
        const dy = y - cube.center[1];
        const [p, q, r] = cameraToCube(cube, [x, y, z]);
        expect(p).toBeCloseTo((Math.cos(cube.roll) * dx + Math.sin(cube.roll) * dy) / cube.edge + 0.5, 9);
        expect(q).toBeCloseTo((-Math.sin(cube.roll) * dx + Math.cos(cube.roll) * dy) / cube.edge + 0.5, 9);
        expect(r).toBeCloseTo((z - cube.center[2]) / cube.edge + 0.5, 9);
      }),
    );
  });

  it('keep distances', () => {
    fc.assert(
      fc.property(cubes, fc.array(coordinate, { minLength: 6, maxLength: 6 }), (cube, v) => {
        const c = cameraToCube(cube, v);
        const before = Math.hypot(v[0] - v[3], v[1] - v[4], v[2] - v[5]);
        expect(Math.hypot(c[0] - c[3], c[1] - c[4], c[2] - c[5]) * cube.edge).toBeCloseTo(before, 9);
      }),
    );
  });
});

describe('cubeFor', () => {
  it('rolls the forearm to +y, mirrored or not', () => {
    for (let degrees = 0; degrees < 360; degrees += 15) {
      const arm: [number, number] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      for (const handedness of ['right', 'left'] as const) {
        const cube = cubeFor({ position: [0.1, 0.2, 0.5], arm }, { ...options, handedness });
        expect(cube.mirror).toBe(handedness === 'left');
        const [p, q, r] = cameraToCube(cube, [0.1 + 0.1 * arm[0], 0.2 + 0.1 * arm[1], 0.5]);
        expect(p).toBeCloseTo(0.5, 9);
        expect(q).toBeCloseTo(0.5 + 0.1 / 0.25, 9);
        expect(r).toBeCloseTo(0.5, 9);
      }
    }
  });

  it('is aligned with the camera without roll, and where no forearm is in sight', () => {
    const position = [0, 0, 0.5] as const;
    expect(cubeFor({ position, arm: [1, 0] }, { ...options, roll: 'none' }).roll).toBe(0);
    expect(cubeFor({ position, arm: undefined }, options).roll).toBe(0);
    expect(Object.is(cubeFor({ position, arm: [0, 1] }, options).roll, 0)).toBe(true);
  });

  it('does not mirror where a handedness is not known', () => {
    const point = { position: [0, 0, 0.5] as const, arm: undefined };
    expect(cubeFor(point, { ...options, handedness: 'unknown' }).mirror).toBe(false);
    expect(cubeFor(point, { ...options, handedness: 'left', modelHandedness: 'unknown' }).mirror).toBe(false);
  });

  it('refuses what is no cube', () => {
    const position = [0, 0, 0.5] as const;
    for (const edge of [0, -1, Number.NaN, Infinity]) {
      expect(() => cubeFor({ position, arm: undefined }, { ...options, edge })).toThrow(
        expect.objectContaining({ code: 'GRID_INVALID', where: 'cube.edge' }),
      );
    }
    expect(() => cubeFor({ position: [Number.NaN, 0, 0], arm: undefined }, options)).toThrow(
      expect.objectContaining({ code: 'GRID_INVALID', where: 'cube.center' }),
    );
  });
});
