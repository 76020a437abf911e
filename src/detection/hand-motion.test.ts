import { describe, expect, it } from 'vitest';
import { expectedPlace, motionTo, placeOfJoints } from './hand-motion.js';

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
