import { expect, it } from 'vitest';
import { RefusedPlaces } from './refused-places.js';

const MS = 1_000_000n;

it('a place is tried three times in a row without any hand, then ever more rarely, and is forgotten two seconds after that', () => {
  const places = new RefusedPlaces();
  const again: boolean[] = [];
  const pauses: number[] = [];
  let time = 0n;
  for (let k = 0; k < 8; k++) {
    places.pass(time);
    again.push(places.refuse([0.01 * (k % 2), 0, 0.6], time, true));
    const from = time;
    while (places.leftAlone(time)([0, 0, 0.6])) time += 10n * MS;
    pauses.push(Number((time - from) / MS));
  }
  expect(again).toEqual([true, true, true, false, false, false, false, false]);
  expect(pauses).toEqual([0, 0, 0, 150, 300, 600, 1200, 1200]);
  expect([places.isTried([0, 0, 0.6]), places.isTried([0.2, 0, 0.6])]).toEqual([true, false]);
  places.pass(time + 2000n * MS);
  expect(places.isTried([0, 0, 0.6])).toBe(false);
});

it('beside a hand a place is left alone for half a second, and what is asked keeps its answer', () => {
  const places = new RefusedPlaces();
  const before = places.leftAlone(0n);
  expect(places.refuse([0, 0, 0.6], 0n, false)).toBe(false);
  expect(before([0, 0, 0.6])).toBe(false);
  expect(places.leftAlone(499n * MS)([0.05, 0, 0.6])).toBe(true);
  expect(places.leftAlone(499n * MS)([0.15, 0, 0.6])).toBe(false);
  expect(places.leftAlone(500n * MS)([0, 0, 0.6])).toBe(false);
});
