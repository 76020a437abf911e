import { describe, expect, it } from 'vitest';
import { HandAllowance } from './hand-allowance.js';

const PERIOD = 33_333_333n;

/** Frames of which each hand takes so long; how many hands are allowed after each second. */
function run(allowance: HandAllowance, costs: readonly number[], hands: number): number[] {
  const allowed: number[] = [];
  for (const [second, cost] of costs.entries()) {
    for (let k = 0; k < 30; k++) {
      const tracked = Math.min(hands, allowance.allowed);
      allowance.took(0.002 + tracked * cost, tracked, BigInt(30 * second + k) * PERIOD);
    }
    allowed.push(allowance.allowed);
  }
  return allowed;
}

describe('the number of hands that are tracked', () => {
  it('falls one by one while frames take too long, to one at least, and rises when there is room again', () => {
    const slow = [0.03, 0.03, 0.03, 0.03, 0.03];
    const fast = [0.005, 0.005, 0.005, 0.005];
    expect(run(new HandAllowance(3, 0.033), [...slow, ...fast], 3)).toEqual([3, 2, 1, 1, 1, 2, 3, 3, 3]);
  });

  it('stays where one more hand would be too slow again', () => {
    expect(run(new HandAllowance(2, 0.033), [0.02, 0.02, 0.02, 0.02], 2)).toEqual([2, 1, 1, 1]);
  });

  it('rises where one more hand goes through the network at the same time', () => {
    const frames = (allowance: HandAllowance) => {
      for (let k = 0; k < 120; k++) allowance.took(k < 40 ? 0.05 : 0.025, allowance.allowed, BigInt(k) * PERIOD);
      return allowance.allowed;
    };
    expect(frames(new HandAllowance(2, 0.033, 2))).toBe(2);
    expect(frames(new HandAllowance(2, 0.033))).toBe(1);
    expect(frames(new HandAllowance(3, 0.033, 2))).toBe(2);
  });

  it('is not changed by one hand, by one or two slow frames, or where time does not matter', () => {
    expect(run(new HandAllowance(2, 0.033), [0.1, 0.1, 0.1], 1)).toEqual([2, 2, 2]);
    const allowance = new HandAllowance(2, 0.033);
    for (let k = 0; k < 90; k++)
      expect(allowance.took(k === 50 || k === 51 ? 0.15 : 0.016, 2, BigInt(k) * PERIOD)).toBe(0);
    expect(run(new HandAllowance(2, 0), [1, 1], 2)).toEqual([2, 2]);
  });
});
