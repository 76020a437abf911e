import { describe, expect, it } from 'vitest';
import { SequenceErrors } from './sequence-errors.js';

const truth = Float64Array.from({ length: 63 }, (_, i) => 0.01 * i);
/** All joints off by so many millimetres along x. */
const off = (mm: number): Float64Array => truth.map((v, i) => (i % 3 === 0 ? v + mm / 1000 : v));

describe('errors by sequence', () => {
  it('say mean, spread and share of right frames', () => {
    const errors = new SequenceErrors();
    for (const [sequence, mm] of [
      ['a', 10],
      ['a', 12],
      ['b', 30],
      ['b', 20],
    ] as const) {
      errors.add(sequence, off(mm), truth);
    }
    const report = errors.report();
    expect(report.frames).toBe(4);
    expect(report.meanMm).toBeCloseTo(18, 9);
    expect(report.within20).toBe(0.75);
    expect(report.meanInterval![0]).toBeCloseTo(11, 9);
    expect(report.meanInterval![1]).toBeCloseTo(25, 9);
    expect(report.within20Interval).toEqual([0.5, 1]);
    expect([...errors.meanBySequence()].map(([name, mm]) => [name, Math.round(mm)])).toEqual([
      ['a', 11],
      ['b', 25],
    ]);
    expect(errors.successCurve()[10]).toBe(0.25);
    expect(errors.successCurve(8)[80]).toBe(0.5);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('differ from others over the same frames without the spread between sequences', () => {
    const [a, b] = [new SequenceErrors(), new SequenceErrors()];
    for (const [sequence, mm] of [
      ['easy', 3],
      ['hard', 40],
      ['harder', 90],
    ] as const) {
      a.add(sequence, off(mm - 1), truth);
      b.add(sequence, off(mm), truth);
    }
    const [low, high] = a.differenceFrom(b)!;
    expect(low).toBeCloseTo(-1, 6);
    expect(high).toBeCloseTo(-1, 6);
    b.add('easy', truth, truth);
    expect(a.differenceFrom(b)).toBeNull();
    expect(a.differenceFrom(new SequenceErrors())).toBeNull();
  });

  it('of nothing are null', () => {
    const errors = new SequenceErrors();
    expect(errors.report()).toMatchObject({ frames: 0, meanMm: null, meanInterval: null, within20: null });
    expect(errors.successCurve()).toEqual([]);
  });

  it('that are no numbers count as beyond every threshold', () => {
    const errors = new SequenceErrors();
    errors.add('a', off(Number.NaN), truth);
    expect(errors.report().within20).toBe(0);
    expect(errors.successCurve()[80]).toBe(0);
  });
});
