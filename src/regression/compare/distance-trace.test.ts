import { expect, test } from 'vitest';
import { DistanceTrace } from './distance-trace.js';

test('a short comparison is kept moment by moment', () => {
  const trace = new DistanceTrace(4);
  trace.add({ stamp: 1n, kind: 'compared', meanMm: 1, maxMm: 2 });
  trace.add({ stamp: 2n, kind: 'missing' });
  expect(trace.buckets()).toEqual([
    { stamp: 1n, compared: 1, meanMm: 1, maxMm: 2, missing: 0, extra: 0, found: 0, lost: 0 },
    { stamp: 2n, compared: 0, meanMm: null, maxMm: null, missing: 1, extra: 0, found: 0, lost: 0 },
  ]);
});

test('a long one in no more stretches than that, without losing a count or the largest distance', () => {
  const trace = new DistanceTrace(8);
  for (let i = 0; i < 1000; i++) {
    const kind = i % 10 === 3 ? 'lost' : 'compared';
    trace.add({ stamp: BigInt(i), kind, meanMm: 1, maxMm: i === 777 ? 50 : 2 });
  }
  const buckets = trace.buckets();
  expect(buckets.length).toBeLessThanOrEqual(8);
  expect(buckets.reduce((sum, { compared }) => sum + compared, 0)).toBe(900);
  expect(buckets.reduce((sum, { lost }) => sum + lost, 0)).toBe(100);
  expect(Math.max(...buckets.map(({ maxMm }) => maxMm ?? 0))).toBe(50);
  expect(buckets[0].stamp).toBe(0n);
});
