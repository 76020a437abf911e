import { describe, expect, it } from 'vitest';
import type { Handedness } from '../hand/index.js';
import { formatGestureErrors, gestureErrors, type MadeGesture, type ToldGesture } from './gesture-errors.js';

const at = (seconds: number): bigint => BigInt(Math.round(1e9 * seconds));
const told = (gesture: string, seconds: number, handedness: Handedness = 'right'): ToldGesture => ({
  gesture,
  stamp: at(seconds),
  handedness,
});
const made = (gesture: string, from: number, to = from, more: Partial<MadeGesture> = {}): MadeGesture => ({
  ...{ gesture, from: at(from), to: at(to), handedness: 'right', optional: false },
  ...more,
});
const errors = (events: readonly ToldGesture[], truth: readonly MadeGesture[], seconds = 60) =>
  gestureErrors(events, truth, { seconds });

describe('gestures against those that were made', () => {
  it('have recall, precision, latency and false ones an hour for each name and for all', () => {
    const truth = [1, 2, 3, 4].map((s) => made('push', s)).concat(made('fist', 10, 12));
    const events = [told('push', 1.05), told('push', 2.15), told('push', 3.1), told('push', 30), told('fist', 10.04)];
    const { gestures, all } = errors(events, truth);
    expect(gestures.map(({ gesture }) => gesture)).toEqual(['fist', 'push']);
    expect(gestures[1]).toMatchObject({
      made: 4,
      found: 3,
      falseOnes: 1,
      recall: 0.75,
      precision: 0.75,
      falsePerHour: 60,
    });
    expect(gestures[1]!.latencyMedian).toBeCloseTo(0.1, 9);
    expect(gestures[1]!.latencyP95).toBeCloseTo(0.15, 9);
    expect(all).toMatchObject({ made: 5, found: 4, falseOnes: 1, recall: 0.8, precision: 0.8 });
  });

  it.each([
    [0.74, 0], // 0.26 s early
    [0.76, 1],
    [1.49, 1],
    [1.51, 0], // 0.51 s late
  ])('told at %d s of a stroke at 1 s are found %d times', (seconds, found) => {
    expect(errors([told('tap', seconds)], [made('tap', 1)]).all).toMatchObject({ found, falseOnes: 1 - found });
  });

  it('may be told as long as they last, once', () => {
    const events = [told('fist', 2.9), told('fist', 2.95)];
    expect(errors(events, [made('fist', 1, 3)]).all).toMatchObject({
      found: 1,
      falseOnes: 1,
      recall: 1,
      precision: 0.5,
    });
    expect(errors([told('fist', 3.1)], [made('fist', 1, 3)]).all).toMatchObject({ found: 0, falseOnes: 1 });
  });

  it('are of a hand: the other one does not count, an unknown one does', () => {
    const truth = [made('wave', 1)];
    expect(errors([told('wave', 1, 'left')], truth).all).toMatchObject({ found: 0, falseOnes: 1 });
    expect(errors([told('wave', 1, 'unknown')], truth).all).toMatchObject({ found: 1, falseOnes: 0 });
  });

  it('that are optional are neither missed nor false', () => {
    const truth = [made('pinch', 1, 5, { optional: true })];
    expect(errors([], truth)).toMatchObject({ gestures: [], all: { made: 0, recall: null } });
    expect(errors([told('pinch', 3), told('pinch', 4), told('pinch', 9)], truth).all).toMatchObject({
      made: 0,
      falseOnes: 1,
    });
  });

  it('of nothing have no shares, and a table all the same', () => {
    const nothing = errors([], [], 0);
    expect(nothing.all).toMatchObject({ recall: null, precision: null, falsePerHour: null, latencyP95: null });
    expect(formatGestureErrors(nothing)).toContain('all');
    const table = formatGestureErrors(errors([told('push', 1.05)], [made('push', 1)]));
    expect(table.split('\n')[1]!.split(/\s+/)).toEqual(['push', '1/1', '100.0%', '100.0%', '0', '0.0', '50', '50']);
  });
});
