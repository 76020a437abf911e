import { describe, expect, it } from 'vitest';
import { findPeak, sampleTrilinear } from './decode-each-joint.js';
import { type Decoder, decodeHeatMaps } from './decode-heat-maps.js';
import { type HeatMaps, meanHeatMaps } from './heat-maps.js';
import { renderHeatMaps } from './render-heat-maps.js';

const invalid = expect.objectContaining({ code: 'HEATMAP_INVALID' });

describe('findPeak', () => {
  it.each([
    ['nothing positive', [-1, -2, 0, -0], -1],
    ['one voxel', [0.5], 0],
    ['a flat map', [2, 2, 2], -1],
    ['the first voxel', [3, 1, 2], 0],
    ['the last voxel of an unrolled run', [0, 0, 0, 0, 0, 0, 0, 9], 7],
    ['the voxel after it', [0, 0, 0, 0, 0, 0, 0, 8, 9], 8],
    ['the first among equals', [1, 5, 0, 5], 1],
    ['NaN, infinity and a number', [Number.NaN, Infinity, -Infinity, 1e-40, -Number.NaN], 3],
  ])('with %s', (_, voxels, expected) => {
    const guarded = Float32Array.from([99, ...voxels, 99]);
    expect(findPeak(guarded, 1, voxels.length)).toBe(expected < 0 ? -1 : expected + 1);
  });

  it('searches a view that does not begin at its buffer', () => {
    const view = new Float32Array(Float32Array.from([9, 9, 1, 2, 1]).buffer, 8);
    expect(findPeak(view, 0, 3)).toBe(1);
  });
});

describe('sampleTrilinear', () => {
  const data = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]); // x + 2 y + 4 z

  it.each([
    [[0, 0, 0], 0],
    [[1, 1, 1], 7],
    [[0.5, 0.5, 0.5], 3.5],
    [[0.25, 0, 1], 4.25],
    [[-3, 0, 0], 0],
    [[9, 9, 9], 7],
  ])('at %j is %d', ([x, y, z], expected) => {
    expect(sampleTrilinear(data, 0, 2, x, y, z)).toBeCloseTo(expected, 12);
  });

  it('counts a voxel that is not finite as 0', () => {
    expect(sampleTrilinear(Float32Array.from([Number.NaN, 1, 0, 0, 0, 0, 0, 0]), 0, 2, 0.5, 0, 0)).toBe(0.5);
  });
});

describe('meanHeatMaps', () => {
  const member = (...voxels: number[]): HeatMaps => ({ joints: 1, size: 2, data: Float32Array.from(voxels) });
  const a = member(0, 1, 2, 3, 4, 5, 6, 7);
  const b = member(2, 1, 0, 1, 0, 1, 0, 1);

  it('is the mean of each voxel, in a buffer of its own', () => {
    expect([...meanHeatMaps([a, b]).data]).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
    expect(meanHeatMaps([a]).data).not.toBe(a.data);
  });

  it('reuses a buffer, even that of a member', () => {
    const second = member(...b.data);
    const mean = meanHeatMaps([a, second], second.data);
    expect(mean.data).toBe(second.data);
    expect([...mean.data]).toEqual([1, 1, 1, 2, 2, 3, 3, 4]);
  });

  it('spans many tiles', () => {
    const ones = { joints: 3, size: 11, data: new Float32Array(3 * 11 ** 3).fill(1) };
    const threes = { joints: 3, size: 11, data: new Float32Array(3 * 11 ** 3).fill(3) };
    expect(meanHeatMaps([ones, threes]).data.every((value) => value === 2)).toBe(true);
  });

  it.each([
    ['no members', () => meanHeatMaps([])],
    ['members of different sizes', () => meanHeatMaps([a, { joints: 1, size: 1, data: new Float32Array(1) }])],
    ['a member that is too short', () => meanHeatMaps([a, member(1)])],
    ['a buffer of another length', () => meanHeatMaps([a, b], new Float32Array(7))],
  ])('refuses %s', (_, mean) => {
    expect(mean).toThrow(invalid);
  });
});

describe('renderHeatMaps', () => {
  it('has a peak of 1 in the middle of a voxel and falls off as a Gaussian', () => {
    const { data } = renderHeatMaps([0.5, 0.5, 0.5], 5, 1.7);
    expect(data[62]).toBe(1);
    expect(data[63]).toBeCloseTo(Math.exp(-1 / (2 * 1.7 ** 2)), 6);
    expect(data[62 + 25 + 5 + 1]).toBeCloseTo(Math.exp(-3 / (2 * 1.7 ** 2)), 6);
  });

  it('leaves the tail of a joint outside the cube, and nothing of one that is not finite', () => {
    const { data } = renderHeatMaps([1.2, 0.5, 0.5, Number.NaN, 0.5, 0.5, 0.5, Infinity, 0.5], 5, 1.7);
    expect(Math.max(...data.subarray(0, 125))).toBeGreaterThan(0.1);
    expect(Math.max(...data.subarray(125))).toBe(0);
  });

  it.each([
    ['positions that are not 3 a joint', () => renderHeatMaps([0, 0], 5, 1)],
    ['a size that is absurd', () => renderHeatMaps([0, 0, 0], 100_000, 1)],
    ['sigma 0', () => renderHeatMaps([0, 0, 0], 5, 0)],
    ['a buffer of another length', () => renderHeatMaps([0, 0, 0], 5, 1, new Float32Array(1))],
  ])('refuses %s', (_, render) => {
    expect(render).toThrow(invalid);
  });
});

describe('decodeHeatMaps', () => {
  const truth = [0.42, 0.53, 0.61];
  const maps = renderHeatMaps(truth, 24, 1.5);

  it('decodes by Gaussian fit unless told otherwise', () => {
    truth.forEach((coordinate, axis) => {
      expect(decodeHeatMaps(maps).positions[axis]).toBeCloseTo(coordinate, 5);
    });
  });

  it.each(['max', 'smax', 'gauss', 'nbest'] as const)('decodes an ensemble of equals as %s decodes one', (decoder) => {
    const single = decodeHeatMaps(maps, { decoder }).positions;
    const ensemble = decodeHeatMaps([maps, maps, maps], { decoder }).positions;
    single.forEach((coordinate, axis) => {
      expect(ensemble[axis]).toBeCloseTo(coordinate, 5);
    });
  });

  it('refuses a decoder that it does not know', () => {
    expect(() => decodeHeatMaps(maps, { decoder: 'softmax' as Decoder })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', found: 'softmax' }),
    );
  });

  it('refuses an ensemble without members', () => {
    expect(() => decodeHeatMaps([])).toThrow(invalid);
  });
});
