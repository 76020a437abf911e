import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from './counters.js';
import { StageTimes } from './stage-times.js';

describe('the counters', () => {
  it('account for every message: in = out + dropped + pending', () => {
    const event = fc.constantFrom('arrived', 'delivered', 'lost', 'dropped');
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const counters = new Counters();
        for (const e of events) {
          if (e === 'arrived') counters.arrived();
          else if (e === 'dropped') counters.dropped('replaced');
          else counters.delivered(e === 'lost' ? 'zone-empty' : undefined);
        }
        const { in: came, out, tracked, lost, dropped, pending } = counters.snapshot();
        const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
        expect(came).toBe(out + sum(dropped) + pending);
        expect(out).toBe(tracked + sum(lost));
      }),
    );
  });
});

describe('refinements', () => {
  it('are counted by outcome beside the frames, and only where there are any', () => {
    const counters = new Counters();
    counters.arrived();
    expect(counters.snapshot()).not.toHaveProperty('refinement');
    for (const outcome of ['too-far', 'refined', 'refined']) counters.refined(outcome);
    expect(counters.snapshot()).toMatchObject({ in: 1, out: 0, pending: 1, refinement: { refined: 2, 'too-far': 1 } });
  });
});

describe('the stage times', () => {
  it('give quantiles of the newest durations and the maximum of all', () => {
    const times = new StageTimes();
    times.add('voxels', 100);
    for (let i = 1; i <= 4096; i++) times.add('voxels', i / 4096);
    const { voxels, decode } = times.summary();
    expect(decode).toBeUndefined();
    expect(voxels?.count).toBe(4097);
    expect(voxels?.max).toBe(100);
    expect(voxels?.p50).toBeCloseTo(0.5, 2);
    expect(voxels?.p99).toBeCloseTo(0.99, 2);
  });
});
