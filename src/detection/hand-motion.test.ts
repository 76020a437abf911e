import { describe, expect, it } from 'vitest';
import { expectedPlace, keptApart, motionTo, placeOfJoints } from './hand-motion.js';

const at = (ms: number) => BigInt(ms) * 1_000_000n;
const UP = [0, -1] as const;

/** Joints with the wrist and the middle root where they are asked for. */
function joints(wrist: readonly number[], root: readonly number[]): Float64Array {
  const positions = new Float64Array(63);
  positions.set(wrist, 0);
  positions.set(root, 27);
  return positions;
}

describe('a hand between two looks', () => {
  it('is expected where its last two places lead', () => {
    const first = motionTo({ root: [0, 0, 0.5], direction: UP }, at(0), undefined);
    expect(first.velocity).toEqual([0, 0, 0]);
    const second = motionTo({ root: [0.01, 0, 0.52], direction: UP }, at(40), first);
    const [x, y, z] = expectedPlace(second, at(80), 1).root;
    expect([x, y, z].map((c) => c.toFixed(6))).toEqual(['0.020000', '0.000000', '0.540000']);
    expect(expectedPlace(second, at(80), 0.5).root[0]).toBeCloseTo(0.015, 9);
  });

  it('is neither faster than a hand, nor behind the camera, nor anywhere else without time', () => {
    const first = motionTo({ root: [0, 0, 0.5], direction: UP }, at(0), undefined);
    expect(Math.hypot(...motionTo({ root: [3, 0, 0.5], direction: UP }, at(33), first).velocity)).toBeCloseTo(4, 9);
    const towards = motionTo({ root: [0, 0, 0.4], direction: UP }, at(50), first);
    expect(expectedPlace(towards, at(1000), 1).root[2]).toBe(0.02);
    expect(motionTo({ root: [1, 0, 0.5], direction: UP }, at(0), first).velocity).toEqual([0, 0, 0]);
  });

  it('is turned as its joints say, or as before where the palm is seen end on', () => {
    const [dx, dy] = placeOfJoints(joints([0, 0, 0.5], [0.06, -0.08, 0.5]), undefined).direction ?? [];
    expect([dx?.toFixed(9), dy?.toFixed(9)]).toEqual(['0.600000000', '-0.800000000']);
    expect(placeOfJoints(joints([0, 0, 0.5], [0.01, 0, 0.41]), UP)).toEqual({ root: [0.01, 0, 0.41], direction: UP });
  });
});

describe('hands that move towards each other', () => {
  const rounded = (points: readonly (readonly number[])[]) => points.map((point) => point.map((c) => +c.toFixed(6)));

  it('are not expected nearer than hands that touch: they do not pass through each other', () => {
    const from = [[-0.05, 0, 0.5], [0.05, 0, 0.5]] as const; // biome-ignore format: points
    const slow = [[-0.03, 0, 0.5], [0.03, 0, 0.5]] as const; // biome-ignore format: points
    expect(keptApart(from, slow)).toEqual(slow);
    const through = [[0.01, 0, 0.5], [-0.01, 0, 0.5]] as const; // biome-ignore format: points
    expect(rounded(keptApart(from, through))).toEqual([[-0.0275, 0, 0.5], [0.0275, 0, 0.5]]); // biome-ignore format: points
  });

  it('move on together, however near they are, and apart again', () => {
    const from = [[-0.02, 0, 0.5], [0.02, 0, 0.5]] as const; // biome-ignore format: points
    const both = [[0, 0.1, 0.5], [0.02, 0.1, 0.5]] as const; // biome-ignore format: points
    expect(rounded(keptApart(from, both))).toEqual([[-0.01, 0.1, 0.5], [0.03, 0.1, 0.5]]); // biome-ignore format: points
    const apart = [[-0.05, 0, 0.5], [0.05, 0, 0.5]] as const; // biome-ignore format: points
    expect(keptApart(from, apart)).toEqual(apart);
  });

  it('pass where one is far enough behind the other', () => {
    const from = [[-0.1, 0, 0.5], [0.1, 0, 0.6]] as const; // biome-ignore format: points
    const passed = [[0.1, 0, 0.5], [-0.1, 0, 0.6]] as const; // biome-ignore format: points
    expect(keptApart(from, passed)).toEqual(passed);
  });
});
