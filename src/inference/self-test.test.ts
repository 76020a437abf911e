import { describe, expect, it } from 'vitest';
import type { HeatMaps } from '../heatmaps/heat-maps.js';
import { checkSelfTest, peaksOf } from './answers/heat-map-answer.js';
import { selfTestOf } from './self-test.js';

/** Two joints of 4^3 cells with a peak each: joint 0 at x=3 y=2 z=1, joint 1 at the origin. */
function twoPeaks(): HeatMaps {
  const data = new Float32Array(2 * 64);
  data[(1 * 4 + 2) * 4 + 3] = 0.9;
  data[64] = 0.8;
  return { joints: 2, size: 4, data };
}

const expected = {
  positions: [
    [0.875, 0.625, 0.375],
    [0.125, 0.125, 0.125],
  ] as [number, number, number][],
  values: [0.9, 0.8],
};

describe('peaksOf', () => {
  it('gives x, y, z of the largest cell as the centre of the cell', () => {
    const { positions, values } = peaksOf(twoPeaks());
    expect(positions).toEqual(expected.positions);
    expect(values).toEqual([Math.fround(0.9), Math.fround(0.8)]);
  });

  it('gives the first of equal cells', () => {
    expect(peaksOf({ joints: 1, size: 2, data: new Float32Array(8) }).positions).toEqual([[0.25, 0.25, 0.25]]);
  });
});

describe('checkSelfTest', () => {
  const check = (maps: HeatMaps, cells = 0, value = 0.01): void =>
    checkSelfTest(maps, expected, { cells, value }, 'm.onnx');

  it('passes what agrees', () => {
    expect(() => check(twoPeaks())).not.toThrow();
  });

  it('refuses a peak one cell off, unless one cell is tolerated', () => {
    const maps = twoPeaks();
    maps.data[64 + 1] = 0.85;
    const value = 0.06; // the value agrees, the cell does not, and they do not tie
    maps.data[64] = 0.7;
    expect(() => check(maps, 0, value)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISMATCH',
        expected: '0.80000 at (0.1250, 0.1250, 0.1250)',
        found: '0.85000 at (0.3750, 0.1250, 0.1250)',
        where: 'm.onnx, joint thumb_cmc',
      }),
    );
    expect(() => check(maps, 1, value)).not.toThrow();
  });

  it('passes another cell that ties with the promised one', () => {
    const maps = twoPeaks();
    maps.data[127] = maps.data[64];
    maps.data[64] -= 0.005;
    expect(() => check(maps)).not.toThrow();
  });

  it.each([
    ['too low', 0.7],
    ['too high', 0.9],
    ['not a number', Number.NaN],
  ])('refuses a value that is %s', (_, value) => {
    const maps = twoPeaks();
    maps.data[64] = value;
    expect(() => check(maps)).toThrow(expect.objectContaining({ code: 'MODEL_MISMATCH' }));
  });
});

describe('selfTestOf', () => {
  it('says what a manifest would promise of heat maps, after their scale and in either order', () => {
    const raw = new Float32Array(21 * 8);
    raw[5] = 2; // [z][joint][y][x]: z 0, joint 1, y 0, x 1
    const output = { kind: 'gaussian', tensor: 'm', size: 2, layout: 'djhw', shape: [2, 21, 2, 2] } as const;
    const { positions, values } = selfTestOf(
      { ...output, shape: [...output.shape], sigma: 1, offsetRule: 'cell-centre', scale: 0.25 },
      raw,
    );
    expect(positions[1]).toEqual([0.75, 0.25, 0.25]);
    expect(values.slice(0, 3)).toEqual([0, 0.5, 0]);
  });

  it('says it of joints, clipped, and of a point, as it is', () => {
    const raw = new Float32Array(84).fill(0.5);
    raw.set([-1, 2, 0.25, 1.5], 4);
    const joints = selfTestOf({ kind: 'joints', tensor: 'j', shape: [1, 21, 4], decoder: 'max' }, raw);
    expect(joints.positions[1]).toEqual([0, 1, 0.25]);
    expect(joints.values[1]).toBe(1);
    const point = selfTestOf(
      { kind: 'point', tensor: 'p', shape: [1, 3], target: 'rom' },
      Float32Array.of(-0.5, 0, 1.25),
    );
    expect(point).toEqual({ positions: [[-0.5, 0, 1.25]], values: [] });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d in joints and points', (odd) => {
    const error = expect.objectContaining({ code: 'INFERENCE_FAILED', found: `${odd} at index 2` });
    const point = { kind: 'point', tensor: 'p', shape: [1, 3], target: 'rom' } as const;
    expect(() => selfTestOf({ ...point, shape: [1, 3] }, Float32Array.of(0, 0, odd))).toThrow(error);
  });
});
