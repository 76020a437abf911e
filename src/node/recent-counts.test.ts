import { expect, it } from 'vitest';
import { RecentCounts } from './recent-counts.js';

it('says what was counted in the last seconds, from the start on', () => {
  const recent = new RecentCounts(10, 5);
  expect(recent.see(10, { in: 0 })).toEqual({ seconds: 0, counts: { in: 0 } });
  expect(recent.see(11, { in: 30 })).toEqual({ seconds: 1, counts: { in: 30 } });
  for (let second = 12; second <= 30; second++) recent.see(second, { in: 30 * (second - 10) });
  expect(recent.see(31, { in: 620 })).toEqual({ seconds: 5, counts: { in: 140 } });
});

it('takes a name that is new for one that was 0', () => {
  const recent = new RecentCounts(0, 5);
  recent.see(1, { in: 10 });
  expect(recent.see(2, { in: 20, dropped: 3 }).counts).toEqual({ in: 20, dropped: 3 });
});

it('begins anew where the totals were', () => {
  const recent = new RecentCounts(0, 5);
  recent.see(1, { in: 100 });
  expect(recent.see(2, { in: 7 })).toEqual({ seconds: 1, counts: { in: 7 } });
});

it('keeps no more samples than its window needs, however often it is asked', () => {
  const recent = new RecentCounts(0, 5);
  for (let i = 1; i <= 10_000; i++) recent.see(i / 100, { in: i });
  const { seconds, counts } = recent.see(100, { in: 10_000 });
  expect(seconds).toBeLessThanOrEqual(5.02);
  expect(counts.in).toBeCloseTo(100 * seconds, 6);
});
