import { describe, expect, it } from 'vitest';
import { StampGuard } from './stamp-guard.js';

const judge = (...stamps: bigint[]) => {
  const guard = new StampGuard();
  return stamps.map((stamp) => guard.see(stamp));
};

describe('the guard of stamps', () => {
  it.each<[string, bigint[], string[]]>([
    ['a steady stream', [1n, 2n, 3n], ['next', 'next', 'next']],
    ['a bag that loops', [100n, 200n, 100n, 200n], ['next', 'next', 'jump', 'next']],
    ['a step back by a nanosecond', [100n, 99n], ['next', 'jump']],
    ['a frame sent twice', [5n, 5n, 6n], ['next', 'again', 'next']],
    ['a clock that stands still', [5n, 5n, 5n], ['next', 'again', 'again']],
    ['stamps that nobody filled in', [0n, 0n], ['zero', 'zero']],
    ['one of them missing', [5n, 0n, 6n], ['next', 'zero', 'next']],
    ['a long gap', [1n, 10n ** 18n], ['next', 'next']],
    ['stamps before 1970', [-5n, -4n], ['next', 'next']],
  ])('knows %s', (_, stamps, verdicts) => {
    expect(judge(...stamps)).toEqual(verdicts);
  });

  it('counts, and begins anew when told so', () => {
    const guard = new StampGuard();
    for (const stamp of [7n, 7n, 3n, 0n]) guard.see(stamp);
    guard.reset();
    expect(guard.see(1n)).toBe('next');
    expect(guard.counts).toEqual({ next: 2, zero: 1, again: 1, jump: 1 });
  });
});
