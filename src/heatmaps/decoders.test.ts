import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMax } from './decode-each-joint.js';
import { decodeGauss } from './decode-gauss.js';
import { DECODERS, decodeHeatMaps } from './decode-heat-maps.js';
import { decodeNBest } from './decode-n-best.js';
import { decodeSMax } from './decode-s-max.js';
import type { DecodedJoints, HeatMaps } from './heat-maps.js';
import { renderHeatMaps } from './render-heat-maps.js';

/** Mean distance, in voxels, between true and decoded joints over `count` random joints within the cube. */
function meanErrors<Name extends string>(
  count: number,
  size: number,
  sigma: number,
  decoders: Record<Name, (maps: HeatMaps) => DecodedJoints>,
): Record<Name, number> {
  const random = generator(2019);
  const sums = {} as Record<Name, number>;
  const jointsAtOnce = 50;
  const buffer = new Float32Array(jointsAtOnce * size ** 3);
  for (let done = 0; done < count; done += jointsAtOnce) {
    const truth = Float64Array.from({ length: 3 * jointsAtOnce }, random);
    const maps = renderHeatMaps(truth, size, sigma, buffer);
    for (const name in decoders) {
      const { positions } = decoders[name](maps);
      for (let joint = 0; joint < jointsAtOnce; joint++) {
        sums[name] = (sums[name] ?? 0) + (distance(positions, truth, joint) * size) / count;
      }
    }
  }
  return sums;
}

/** A small linear congruential generator: tests need numbers, not quality. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>, joint: number): number {
  return Math.hypot(...[0, 1, 2].map((axis) => a[3 * joint + axis] - b[3 * joint + axis]));
}

function mapsOf(size: number, voxels: Record<number, number>, joints = 1): HeatMaps {
  const data = new Float32Array(joints * size ** 3);
  for (const [index, value] of Object.entries(voxels)) data[Number(index)] = value;
  return { joints, size, data };
}

const everyDecoder = DECODERS.map(
  (decoder) => [decoder, (maps: HeatMaps) => decodeHeatMaps(maps, { decoder })] as const,
);

describe('ideal heat maps of thousands of random joints', () => {
  it.each([
    { size: 44, sigma: 1.7, count: 3000 },
    { size: 24, sigma: 1.5, count: 10_000 },
  ])(
    'decode within the bounds on $size^3 voxels with sigma $sigma, $count of them',
    ({ size, sigma, count }) => {
      const errors = meanErrors(count, size, sigma, {
        max: decodeMax,
        published: (maps) => decodeSMax(maps, { sigma: 0 }),
        smax: (maps) => decodeSMax(maps, { sigma }),
        smaxByDefault: decodeSMax,
        gauss: decodeGauss,
        nbest: (maps) => decodeNBest([maps]),
      });
      expect(errors.max).toBeCloseTo(0.48, 2);
      expect(errors.published).toBeGreaterThan(0.35); // why the shrinkage is undone by default
      expect(errors.published).toBeLessThan(errors.max);
      expect(errors.smax).toBeLessThan(0.001);
      expect(errors.smaxByDefault).toBeLessThan(0.35);
      expect(errors.gauss).toBeLessThan(0.001);
      expect(errors.nbest).toBeLessThan(0.2); // joints at the border lose voxels on one side
    },
    60_000,
  );
});

describe('the shrinkage of the published S-max', () => {
  it.each([
    { sigma: 1.7, share: 0.217 },
    { sigma: 1.5, share: 0.274 },
  ])('leaves $share of a small offset at sigma $sigma', ({ sigma, share }) => {
    const offset = 0.1;
    const maps = renderHeatMaps([(10.5 + offset) / 21, 0.5, 0.5], 21, sigma);
    const { positions } = decodeSMax(maps, { sigma: 0 });
    expect((positions[0] * 21 - 10.5) / offset).toBeCloseTo(share, 2);
  });
});

describe('every decoder', () => {
  it.each(everyDecoder)('%s puts a joint in the middle of a voxel at (i + 0.5) / size', (_, decode) => {
    const truth = [4.5 / 24, 12.5 / 24, 20.5 / 24];
    const { positions, confidences } = decode(renderHeatMaps(truth, 24, 1.5));
    truth.forEach((coordinate, axis) => {
      expect(positions[axis]).toBeCloseTo(coordinate, 6);
    });
    expect(confidences[0]).toBeCloseTo(1, 6);
  });

  it.each(everyDecoder)('%s reads x fastest and z slowest, joint by joint', (_, decode) => {
    const truth = [1.5 / 8, 2.5 / 8, 5.5 / 8, 6.5 / 8, 5.5 / 8, 2.5 / 8];
    const { positions } = decode(renderHeatMaps(truth, 8, 0.6));
    truth.forEach((coordinate, at) => {
      expect(Math.abs(positions[at] - coordinate) * 8).toBeLessThan(0.05);
    });
  });

  it.each(everyDecoder)('%s finds no joint in a map without a peak, and says so by confidence 0', (_, decode) => {
    const size = 5;
    for (const fill of [0, 0.5, -1, Number.NaN, Infinity, -Infinity]) {
      const { positions, confidences } = decode({ joints: 1, size, data: new Float32Array(size ** 3).fill(fill) });
      expect([...positions, confidences[0]], `filled with ${fill}`).toEqual([0.5, 0.5, 0.5, 0]);
    }
  });

  it.each(everyDecoder)('%s steps over voxels that are NaN or infinite', (_, decode) => {
    const maps = renderHeatMaps([0.5, 0.5, 0.5], 9, 1.5);
    maps.data[0] = Number.NaN;
    maps.data[700] = Infinity;
    maps.data[100] = -Infinity;
    const { positions, confidences } = decode(maps);
    for (const coordinate of positions) expect(coordinate).toBeCloseTo(0.5, 5);
    expect(confidences[0]).toBeCloseTo(1, 5);
  });

  it.each(everyDecoder)('%s keeps a joint outside the cube on its border, with less confidence', (_, decode) => {
    const { positions, confidences } = decode(renderHeatMaps([-0.1, 0.5, 1.05], 24, 1.7));
    expect(positions[0]).toBeGreaterThanOrEqual(0);
    expect(positions[0]).toBeLessThan(1.5 / 24);
    expect(positions[2]).toBeGreaterThan(1 - 1.5 / 24);
    expect(positions[2]).toBeLessThanOrEqual(1);
    expect(confidences[0]).toBeLessThan(0.5);
  });

  it.each(everyDecoder)('%s decodes maps of 1, 2 and 3 voxels', (_, decode) => {
    expect([...decode(mapsOf(1, { 0: 1 })).positions]).toEqual([0.5, 0.5, 0.5]);
    expect([...decode(mapsOf(2, { 7: 1 })).positions].every((coordinate) => coordinate >= 0.75)).toBe(true);
    expect([...decode(mapsOf(3, { 13: 1 })).positions]).toEqual([0.5, 0.5, 0.5]);
  });

  it.each([
    ['too short', { joints: 1, size: 4, data: new Float32Array(63) }],
    ['too long', { joints: 1, size: 4, data: new Float32Array(65) }],
    ['of no joints', { joints: 0, size: 4, data: new Float32Array(0) }],
    ['of half a voxel', { joints: 1, size: 4.5, data: new Float32Array(91) }],
    ['of absurd size', { joints: 21, size: 100_000, data: new Float32Array(1) }],
    ['of NaN size', { joints: 21, size: Number.NaN, data: new Float32Array(1) }],
    ['of doubles', { joints: 1, size: 1, data: new Float64Array(1) as unknown as Float32Array }],
  ])('refuses heat maps %s with HEATMAP_INVALID', (_, maps) => {
    for (const [, decode] of everyDecoder) {
      expect(() => decode(maps)).toThrow(expect.objectContaining({ code: 'HEATMAP_INVALID' }));
    }
  });

  it.each(everyDecoder)('%s answers within the cube, whatever the voxels hold', (_, decode) => {
    const voxel = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: -1, max: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, -0, 1, Number.NaN, Infinity, -Infinity, 1e38, 1e-44) },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(voxel, { minLength: 125, maxLength: 125 }),
        (size, voxels) => {
          const data = Float32Array.from(voxels.slice(0, size ** 3));
          const { positions, confidences } = decode({ joints: 1, size, data });
          for (const value of [...positions, ...confidences]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it.each(everyDecoder)('%s follows a joint that moves by whole voxels exactly', (_, decode) => {
    const inside = fc.double({ min: 0.3, max: 0.5, noNaN: true });
    const shift = fc.integer({ min: -2, max: 4 });
    fc.assert(
      fc.property(fc.tuple(inside, inside, inside), fc.tuple(shift, shift, shift), (at, by) => {
        const here = decode(renderHeatMaps(at, 24, 1.5)).positions;
        const there = decode(
          renderHeatMaps(
            at.map((coordinate, axis) => coordinate + by[axis] / 24),
            24,
            1.5,
          ),
        ).positions;
        // A joint right between two voxels may fall to either; both answers are within a voxel.
        by.forEach((voxels, axis) => {
          expect(Math.abs(there[axis] - here[axis] - voxels / 24) * 24).toBeLessThanOrEqual(1.001);
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('decodeSMax', () => {
  it('never leaves the voxel of the maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 27, maxLength: 27 }), (voxels) => {
        const data = Float32Array.from(voxels);
        if (data.every((value) => value === data[0])) return;
        const [max, smax] = [decodeMax, decodeSMax].map((decode) => decode({ joints: 1, size: 3, data }).positions);
        for (let axis = 0; axis < 3; axis++)
          expect(Math.abs(max[axis] - smax[axis]) * 3).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  it('is the plain weighted mean of the block with sigma 0, negative voxels counting as 0', () => {
    const maps = mapsOf(5, { 62: 3, 63: 1, 61: -5 });
    expect(decodeSMax(maps, { sigma: 0 }).positions[0] * 5 - 0.5).toBeCloseTo(2.25, 6);
  });

  it('clips the block at the border', () => {
    const maps = mapsOf(5, { 0: 3, 1: 1, 4: 3 });
    expect(decodeSMax(maps, { sigma: 0 }).positions[0] * 5 - 0.5).toBeCloseTo(0.25, 6);
  });

  it.each([-1, Number.NaN, Infinity])('refuses sigma %s', (sigma) => {
    expect(() => decodeSMax(mapsOf(2, { 0: 1 }), { sigma })).toThrow(
      expect.objectContaining({ code: 'HEATMAP_INVALID' }),
    );
  });
});

describe('decodeGauss', () => {
  it('is exact for a Gaussian of any size and spread, tilted or not', () => {
    const [size, x0, y0, z0] = [16, 7.3, 8.4, 6.6];
    const data = new Float32Array(size ** 3);
    for (let z = 0, at = 0; z < size; z++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const [dx, dy, dz] = [x - x0, y - y0, z - z0];
          data[at++] = 0.3 * Math.exp(-0.2 * dx * dx - 0.3 * dy * dy - 0.25 * dz * dz + 0.15 * dx * dy - 0.1 * dy * dz);
        }
      }
    }
    const { positions } = decodeGauss({ joints: 1, size, data });
    [x0, y0, z0].forEach((voxel, axis) => {
      expect(positions[axis] * size - 0.5).toBeCloseTo(voxel, 5);
    });
  });

  it.each([
    ['a zero in the block', { 61: 0.5, 62: 1, 63: 0 }],
    ['a negative voxel in the block', { 61: 0.5, 62: 1, 63: -0.5 }],
    ['a lone voxel', { 62: 1 }],
  ])('falls back to S-max for %s', (_, voxels) => {
    const maps = mapsOf(5, voxels);
    expect([...decodeGauss(maps).positions]).toEqual([...decodeSMax(maps).positions]);
  });

  it('falls back to S-max where the fit has no maximum', () => {
    const saddle = mapsOf(3, {});
    saddle.data.fill(0.9);
    saddle.data[13] = 0.1;
    saddle.data[0] = 0.91;
    expect([...decodeGauss(saddle).positions]).toEqual([...decodeSMax(saddle).positions]);
  });

  it('withstands a little noise better than the plain weighted mean', () => {
    const random = generator(7);
    let [gauss, plain] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const truth = [0.4 + 0.2 * random(), 0.4 + 0.2 * random(), 0.4 + 0.2 * random()];
      const maps = renderHeatMaps(truth, 12, 1.5);
      for (let i = 0; i < maps.data.length; i++) maps.data[i] += 0.04 * (random() - 0.5);
      gauss += distance(decodeGauss(maps).positions, truth, 0);
      plain += distance(decodeSMax(maps, { sigma: 0 }).positions, truth, 0);
    }
    expect(gauss).toBeLessThan(0.5 * plain);
  });
});

describe('decodeNBest', () => {
  const here = [0.4, 0.5, 0.6];
  const there = [0.85, 0.2, 0.2];

  it('is not pulled by a second mode that is far away', () => {
    const maps = renderHeatMaps(here, 24, 1.5);
    const second = renderHeatMaps(there, 24, 1.5);
    for (let i = 0; i < maps.data.length; i++) maps.data[i] += 0.95 * second.data[i];
    expect(distance(decodeNBest([maps], { n: 100 }).positions, here, 0) * 24).toBeLessThan(0.2);
  });

  it('is not pulled by one member of three that is sure of another place', () => {
    const members = [here, there, here].map((joint) => renderHeatMaps(joint, 24, 1.5));
    expect(distance(decodeNBest(members).positions, here, 0) * 24).toBeLessThan(0.2);
  });

  it('lies between members that disagree a little, nearer to the surer one', () => {
    const sure = renderHeatMaps([0.5, 0.5, 0.5], 24, 1.5);
    const unsure = renderHeatMaps([0.5 + 1 / 24, 0.5, 0.5], 24, 1.5);
    for (let i = 0; i < unsure.data.length; i++) unsure.data[i] *= 0.5;
    const offset = decodeNBest([sure, unsure]).positions[0] * 24 - 12;
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(0.4);
  });

  it('with n = 1 is the arg-max', () => {
    const maps = renderHeatMaps([0.41, 0.52, 0.63], 24, 1.5);
    expect([...decodeNBest([maps], { n: 1 }).positions]).toEqual([...decodeMax(maps).positions]);
  });

  it.each([{ n: 0 }, { n: 1.5 }, { n: Number.NaN }, { radius: 0 }])('refuses %o', (options) => {
    const maps = mapsOf(2, { 0: 1 });
    expect(() => decodeNBest([maps], options)).toThrow(expect.objectContaining({ code: 'HEATMAP_INVALID' }));
  });
});
