import { describe, expect, it } from 'vitest';
import type { TrackedHand } from '../hand/index.js';
import { verdict } from './preview-sheet.js';

const hand = (id: number, handedness: 'left' | 'right') => ({ id, handedness }) as TrackedHand;
const four = [hand(0, 'right'), hand(1, 'left'), hand(2, 'right'), hand(3, 'left')];
const result = (hands: readonly TrackedHand[]) => ({ hands, lost: [] }) as unknown as Parameters<typeof verdict>[0];

describe('what is written below a picture of several hands', () => {
  it('is short enough for its width', () => {
    expect(verdict(result(four), undefined)).toBe('R0, L1, R2, L3 tracked');
    const errorsMm = new Map(four.map(({ id }) => [id, 1.25 + id]));
    expect(verdict(result(four), { errorsMm, falseHands: [], missed: 0 })).toBe('R0 1.3, L1 2.3, R2 3.3, L3 4.3 mm');
  });

  it('names errors, hands without a truth, false and missed ones', () => {
    const agreement = { errorsMm: new Map([[0, 2.5]]), falseHands: [3], missed: 1 };
    expect(verdict(result(four), agreement)).toBe('R0 2.5 mm, L1, R2 tracked, L3 false, 1 missed');
    expect(verdict(result([four[0]]), { ...agreement, missed: 0 })).toBe('2.5 mm off');
  });
});
