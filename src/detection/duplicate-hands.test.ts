import { describe, expect, it } from 'vitest';
import { duplicateHands, type HandClaim, handsTouch } from './duplicate-hands.js';

/** Joints 2 cm apart, the middle root there; turned by 90 degrees about the optical axis on request. */
function joints(x: number, y: number, z: number, isTurned = false): Float64Array {
  const positions = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let k = 0; k < 4; k++) {
      const [dx, dy] = [0.02 * (finger - 2), -0.02 * k];
      positions.set([x + (isTurned ? -dy : dx), y + (isTurned ? dx : dy), z], 3 * (1 + 4 * finger + k));
    }
  }
  positions.set([x, y + 0.09, z], 0);
  return positions;
}

const claim = (positions: Float64Array, certainty = 0.9, before: Float64Array | undefined = positions): HandClaim => ({
  positions,
  before,
  certainty,
});

describe('two skeletons on one hand', () => {
  it('are the same hand where their joints lie on each other, whatever joint each takes them for', () => {
    const hand = joints(0, 0, 0.6);
    expect([...duplicateHands([claim(hand), claim(joints(0.012, 0.004, 0.605), 0.8)])]).toEqual([1]);
    const mirrored = Float64Array.from(hand, (c, i) => (i % 3 === 0 ? -c : c));
    expect([...duplicateHands([claim(hand, 0.8), claim(mirrored)])]).toEqual([0]);
  });

  it('are two hands where they are side by side, laid together palm to palm, or crossed', () => {
    const hand = claim(joints(0, 0, 0.6));
    expect(duplicateHands([hand, claim(joints(0.09, 0, 0.6))]).size).toBe(0);
    expect(duplicateHands([hand, claim(joints(0, 0, 0.625))]).size).toBe(0);
    expect(duplicateHands([hand, claim(joints(0.03, 0.02, 0.62, true))]).size).toBe(0);
  });

  it('are the same hand where one is read from its other side: the roots are as far apart as it is wide, the rest lies together', () => {
    // a hand around a ball: its knuckles on one side of it, its fingertips on the other
    const around = Float64Array.from({ length: 63 }, (_, i) => {
      const turn = ((Math.floor(i / 3) - 9) / 21) * 2 * Math.PI;
      return [0.04 * Math.cos(turn), 0.04 * Math.sin(turn), 0.6][i % 3];
    });
    const turned = Float64Array.from(around, (c, i) => (i % 3 === 2 ? c : -c));
    expect([...duplicateHands([claim(around), { positions: turned, before: undefined, certainty: 0.95 }])]).toEqual([
      1,
    ]);
    const other = Float64Array.from(turned, (c, i) => (i % 3 === 2 ? c + 0.03 : c));
    expect(duplicateHands([claim(around), claim(other)]).size).toBe(0);
  });

  it('leave the hand that was there: not the one that has come from farther away, or was not there before', () => {
    const there = joints(0, 0, 0.6);
    const slid = claim(joints(0.005, 0, 0.6), 0.99, joints(0.08, 0, 0.6));
    expect([...duplicateHands([slid, claim(there, 0.5)])]).toEqual([0]);
    expect([...duplicateHands([claim(there, 0.5), slid])]).toEqual([1]);
    const fresh: HandClaim = { positions: joints(0.005, 0, 0.6), before: undefined, certainty: 0.99 };
    expect([...duplicateHands([fresh, claim(there, 0.5)])]).toEqual([0]);
  });

  it('leave one of three, and of two that are alike the first', () => {
    const three = [0.7, 0.9, 0.8].map((certainty) => claim(joints(0, 0, 0.6), certainty));
    expect([...duplicateHands(three)].sort()).toEqual([0, 2]);
    expect([...duplicateHands([claim(joints(0, 0, 0.6)), claim(joints(0, 0, 0.6))])]).toEqual([1]);
    expect(duplicateHands([]).size).toBe(0);
  });
});

describe('hands that touch', () => {
  it('have a joint each that are nearer to each other than 3 cm', () => {
    const hand = joints(0, 0, 0.6);
    expect(handsTouch(hand, joints(0.1, 0, 0.6))).toBe(true);
    expect(handsTouch(hand, joints(0, 0, 0.625))).toBe(true);
    expect(handsTouch(hand, joints(0.12, 0, 0.6))).toBe(false);
    expect(handsTouch(hand, joints(0, 0, 0.64))).toBe(false);
  });
});
