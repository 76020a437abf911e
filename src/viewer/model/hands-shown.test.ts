import { describe, expect, it, test } from 'vitest';
import { handAt, lostAt } from '../../../test/helpers/hands.js';
import { FingertipTrails } from './fingertip-trails.js';
import { jointAt, jointText, Measurement } from './joint-probe.js';
import { SpeedMeter } from './rate-meter.js';
import { Recent } from './recent.js';

const hand = (frame: number, handId: number, x = 0) => handAt({ frame, x, more: { handId, handedness: 'left' } });

describe('what is kept for a later moment', () => {
  it('is found by its stamp or as the newest before it, and forgotten when time goes back', () => {
    const recent = new Recent<{ stamp: bigint; name: string }>(3);
    for (const stamp of [1n, 2n, 4n, 5n]) recent.put({ stamp, name: `at ${stamp}` });
    expect([recent.upTo(1n), recent.upTo(3n)?.name, recent.upTo(9n)?.name]).toEqual([undefined, 'at 2', 'at 5']);
    recent.put({ stamp: 5n, name: 'another of 5' });
    expect(recent.at(5n).map(({ name }) => name)).toEqual(['at 5', 'another of 5']);
    recent.put({ stamp: 3n, name: 'again' });
    expect([recent.newest?.name, recent.upTo(2n)]).toEqual(['again', undefined]);
  });
});

describe('trails of the finger tips', () => {
  it('are a second long, freshest at their newest end, one for each tip of each hand that is there', () => {
    const trails = new FingertipTrails();
    for (let frame = 0; frame < 60; frame++) for (const id of [3, 4]) trails.put(hand(frame, id, 0.001 * frame));
    const pieces = trails.pieces([3]);
    expect(pieces).toHaveLength(30 * 5); // 31 moments at 30 Hz
    expect(pieces.slice(-5).map(({ tip, fresh }) => [tip, fresh])).toEqual([0, 1, 2, 3, 4].map((tip) => [tip, 1]));
    expect(pieces[0].fresh).toBeCloseTo(1 / 30, 2);
    expect(pieces.at(-4)?.to[0]).toBeCloseTo(hand(59, 3, 0.059).positions[3 * 8], 12);
    expect(trails.pieces([3, 4, 5])).toHaveLength(2 * 150);
  });

  it('end with the hand, at a gap and when time goes back', () => {
    const trails = new FingertipTrails();
    const many = (from: number) => {
      for (let frame = from; frame < from + 5; frame++) trails.put(hand(frame, 1));
      return trails.pieces([1]).length / 5;
    };
    expect([many(0), many(5), many(100), many(50)]).toEqual([4, 9, 4, 4]);
    trails.put({ ...lostAt(56), handId: 1 });
    expect(trails.pieces([1])).toEqual([]);
  });
});

describe('joints under the pointer', () => {
  const shown = [
    { handId: 3, joint: 8, x: 100, y: 50 },
    { handId: 4, joint: 4, x: 110, y: 50 },
  ];

  test.each([
    [103, 50, { handId: 3, joint: 8 }],
    [107, 52, { handId: 4, joint: 4 }],
    [100, 70, undefined],
  ])('at %i, %i', (x, y, expected) => {
    expect(jointAt(shown, x, y)).toEqual(expected);
  });

  it('are said with their place, and with the hand where there are several', () => {
    expect(jointText([hand(0, 3)], { handId: 3, joint: 8 })).toBe(
      'index tip, left: x -0.020  y -0.150  z 0.500 m, confidence 1.00',
    );
    expect(jointText([hand(0, 3), hand(0, 4)], { handId: 4, joint: 0 })).toMatch(/^wrist, left 4: x 0\.000/);
    expect(jointText([], { handId: 3, joint: 8 })).toBeUndefined();
  });
});

describe('measuring', () => {
  it('goes from joint to joint, of one hand or of two, and follows them', () => {
    const measure = new Measurement();
    const hands = (x: number) => [hand(0, 3), hand(0, 4, x)];
    expect(measure.text(hands(0))).toBe('');
    measure.pick({ handId: 3, joint: 8 });
    expect(measure.text([hand(0, 3)])).toBe('index tip: choose a second joint');
    measure.pick({ handId: 3, joint: 7 });
    expect(measure.text([hand(0, 3)])).toBe('index tip to index dip: 30.0 mm');
    measure.pick({ handId: 3, joint: 0 }); // the third begins anew
    measure.pick({ handId: 4, joint: 0 });
    expect(measure.text(hands(0.1))).toBe('wrist (left 3) to wrist (left 4): 100.0 mm');
    expect(measure.text(hands(0.25))).toContain('250.0 mm');
    expect(measure.text([hand(0, 3)])).toBe('wrist (left 3) to wrist (4): not there');
    expect(measure.points([hand(0, 3), { ...hand(0, 4), frameId: 'other' }])).toBeUndefined();
    measure.pick({ handId: 4, joint: 0 }); // taken back
    expect(measure.ends).toEqual([{ handId: 3, joint: 0 }]);
    measure.clear();
    expect(measure.text(hands(0))).toBe('');
  });
});

describe('the real speed of a playback', () => {
  it('is how fast its time goes, over two seconds, and unknown after a jump', () => {
    const meter = new SpeedMeter();
    for (let i = 0; i <= 30; i++) meter.put(BigInt(i) * 20_000_000n, i * 100);
    expect(meter.speed(3000)).toBeCloseTo(0.2, 9);
    meter.put(0n, 3100); // a loop
    expect(meter.speed(3100)).toBeUndefined();
    expect(meter.speed(9000)).toBeUndefined();
  });
});
