import { expect, test } from 'vitest';
import { Counts } from './counts.js';

test('counts by key, in ones and in several, and gives a snapshot in the order of the keys', () => {
  const counts = new Counts();
  counts.add('queue-full');
  counts.add('late', 3);
  counts.add('queue-full');
  expect([counts.of('late'), counts.of('queue-full'), counts.of('never'), counts.total]).toEqual([3, 2, 0, 5]);
  expect(JSON.stringify(counts.snapshot())).toBe('{"late":3,"queue-full":2}');
});
