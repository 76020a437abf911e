import { describe, expect, it, test } from 'vitest';
import { fromStamp, toFoxgloveTime, toStamp } from './stamp.js';

const TABLE: readonly [bigint, { sec: number; nanosec: number }][] = [
  [0n, { sec: 0, nanosec: 0 }],
  [1n, { sec: 0, nanosec: 1 }],
  [-1n, { sec: -1, nanosec: 999_999_999 }],
  [999_999_999n, { sec: 0, nanosec: 999_999_999 }],
  [1_000_000_000n, { sec: 1, nanosec: 0 }],
  [1_700_000_000_123_456_789n, { sec: 1_700_000_000, nanosec: 123_456_789 }],
  [2_147_483_647_999_999_999n, { sec: 2_147_483_647, nanosec: 999_999_999 }],
  [-2_147_483_648_000_000_000n, { sec: -2_147_483_648, nanosec: 0 }],
];

describe('stamps', () => {
  test.each(TABLE)('%d ns is %j and back', (nanoseconds, stamp) => {
    expect(toStamp(nanoseconds)).toEqual(stamp);
    expect(fromStamp(stamp)).toBe(nanoseconds);
    expect(fromStamp(toFoxgloveTime(nanoseconds))).toBe(nanoseconds);
  });

  test.each([2_147_483_648_000_000_000n, -2_147_483_648_000_000_001n])('%d ns fits into no stamp', (nanoseconds) => {
    expect(() => toStamp(nanoseconds)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });

  it('names the fields of foxglove times as foxglove does', () => {
    expect(toFoxgloveTime(1_000_000_002n)).toEqual({ sec: 1, nsec: 2 });
  });
});
