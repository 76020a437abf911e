import { describe, expect, test } from 'vitest';
import type { ComparedEvent } from './compared-hand.js';
import { EventMeter } from './event-comparison.js';

const event = (seconds: number, more: Partial<ComparedEvent> = {}): ComparedEvent => ({
  stamp: BigInt(Math.round(1e9 * seconds)),
  hand: '0',
  gesture: 'pinch',
  phase: 'begin',
  ...more,
});

function compared(golden: readonly ComparedEvent[], found: readonly ComparedEvent[], window = 1) {
  const meter = new EventMeter();
  for (const one of golden) meter.addGolden(one);
  for (const one of found) meter.addNew(one);
  return meter.report(window);
}

describe('gesture events', () => {
  test('that are equal differ in nothing', () => {
    expect(compared([event(1), event(2)], [event(1), event(2)])).toMatchObject({
      matched: 2,
      moved: 0,
      missing: 0,
      extra: 0,
      maxShiftSeconds: 0,
      differences: [],
    });
  });

  test('that moved are said with the way and the direction', () => {
    const { moved, maxShiftSeconds, meanShiftSeconds, differences } = compared(
      [event(1), event(5)],
      [event(1), event(4.8)],
    );
    expect({ moved, maxShiftSeconds, meanShiftSeconds }).toEqual({
      moved: 1,
      maxShiftSeconds: 0.2,
      meanShiftSeconds: 0.1,
    });
    expect(differences).toEqual([
      { kind: 'moved', hand: '0', gesture: 'pinch', phase: 'begin', stamp: 5_000_000_000n, shiftSeconds: -0.2 },
    ]);
  });

  test('that are farther apart than the window went and came', () => {
    expect(compared([event(1)], [event(2.5)])).toMatchObject({
      matched: 0,
      missing: 1,
      extra: 1,
      maxShiftSeconds: null,
    });
  });

  test.each([
    ['hand', { hand: '1' }],
    ['gesture', { gesture: 'grab' }],
    ['phase', { phase: 'end' }],
  ])('of another %s are other events', (_, more) => {
    expect(compared([event(1)], [event(1, more)])).toMatchObject({ matched: 0, missing: 1, extra: 1 });
  });

  test('are matched with the nearest, in any order of arrival', () => {
    const { differences } = compared([event(3), event(1)], [event(3.1), event(1.1), event(2.2)]);
    expect(differences.map(({ kind, shiftSeconds }) => [kind, shiftSeconds])).toEqual([
      ['moved', 0.1],
      ['extra', null],
      ['moved', 0.1],
    ]);
  });
});
