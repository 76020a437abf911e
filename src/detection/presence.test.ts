import { describe, expect, it } from 'vitest';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { PRESENCE_FEATURES, type PresenceInput, presenceFeatures, presenceOf } from './presence.js';
import { PresenceMeter, presenceWeightsFor } from './presence-meter.js';
import { PRESENCE_WEIGHTS } from './presence-weights.js';

const stream = [...syntheticStream({ preset: 'demo', frames: 3, camera: CAMERAS.small, seed: 5 })];
const [{ truth }, { truth: next }] = stream;
const confidences = new Float32Array(21).fill(0.7);
const hand = (more: Partial<PresenceInput> = {}): PresenceInput => ({
  stamp: truth.stamp,
  positions: truth.positions,
  confidences,
  evidence: 0.95,
  ...more,
});
const scaled = (factor: number) => truth.positions.map((c) => factor * c);
const feature = (input: PresenceInput, name: (typeof PRESENCE_FEATURES)[number], before?: PresenceInput) =>
  presenceFeatures(input, before)[PRESENCE_FEATURES.indexOf(name)];
const weights = presenceWeightsFor('learned', 'compact') ?? expect.fail('no weights');

describe('the features of a hand', () => {
  it('are its confidences, the lowest ones on their own', () => {
    const uneven = confidences.slice();
    uneven.set([0.1, 0.1, 0.1, 0.1, 0.1], 3);
    expect(feature(hand({ confidences: uneven }), 'lowConfidence')).toBeCloseTo(0.1, 6);
    expect(feature(hand({ confidences: uneven }), 'meanConfidence')).toBeCloseTo((16 * 0.7 + 0.5) / 21, 6);
  });

  it('tell its proportions from its size', () => {
    expect(feature(hand(), 'proportions')).toBeLessThan(0.15);
    expect(feature(hand(), 'size')).toBeLessThan(0.15);
    const large = hand({ positions: scaled(3) });
    expect(feature(large, 'proportions')).toBeCloseTo(feature(hand(), 'proportions'), 9);
    expect(feature(large, 'size')).toBeGreaterThan(0.9);
    const mixed = truth.positions.slice();
    mixed.set(truth.positions.subarray(3 * 4, 3 * 5), 3 * 16); // the ring finger's tip at the thumb's
    expect(feature(hand({ positions: mixed }), 'proportions')).toBeGreaterThan(2 * feature(hand(), 'proportions'));
  });

  it('are how it moved as a whole and in itself, nothing in its first frame', () => {
    const shifted = truth.positions.map((c, i) => (i % 3 === 0 ? c + 0.02 : c));
    const later = { stamp: truth.stamp + 40_000_000n };
    const moved = hand({ ...later, positions: shifted });
    expect(feature(moved, 'speed', hand())).toBeCloseTo(0.5, 6);
    expect(feature(moved, 'change', hand())).toBeCloseTo(0, 6);
    const bent = truth.positions.slice();
    bent[3 * 8] += 0.021;
    bent[3 * 12] -= 0.021;
    expect(feature(hand({ ...later, positions: bent }), 'speed', hand())).toBeCloseTo(0, 6);
    expect(feature(hand({ ...later, positions: bent }), 'change', hand())).toBeCloseTo(0.05, 6);
    expect([feature(hand(), 'speed'), feature(hand(), 'change'), feature(hand(), 'first')]).toEqual([0, 0, 1]);
    expect(feature(moved, 'first', hand())).toBe(0);
  });

  it('are finite for joints that coincide, and evidence that is certain', () => {
    const point = hand({ positions: new Float64Array(63), evidence: 1 });
    expect(presenceFeatures(point, hand()).every(Number.isFinite)).toBe(true);
    expect(feature(hand({ evidence: 0 }), 'evidence')).toBe(-6);
  });
});

describe('the presence score', () => {
  it('is higher for a hand than for what is none', () => {
    const score = (input: PresenceInput) => presenceOf(presenceFeatures(input, undefined), weights);
    const good = score(hand());
    expect(good).toBeGreaterThan(0.6);
    expect(score(hand({ confidences: new Float32Array(21).fill(0.2) }))).toBeLessThan(good / 2);
    expect(score(hand({ evidence: 0.05 }))).toBeLessThanOrEqual(good);
    expect(score(hand({ positions: scaled(4) }))).toBe(0);
    expect(score(hand({ positions: new Float64Array(63).fill(Number.NaN) }))).toBe(0);
  });

  it('has weights of every feature, by method and model', () => {
    for (const { weights: fitted } of PRESENCE_WEIGHTS) {
      expect(Object.keys(fitted.features).sort()).toEqual([...PRESENCE_FEATURES].sort());
      for (const { scale } of Object.values(fitted.features)) expect(scale).toBeGreaterThan(0);
    }
    expect(presenceWeightsFor('learned', 'no-such-model')).toBeUndefined();
  });

  it('compares a hand with the last one that was believed only', () => {
    const meter = new PresenceMeter(weights);
    const following = hand({ stamp: next.stamp, positions: next.positions });
    const alone = presenceOf(presenceFeatures(following, undefined), weights);
    const after = presenceOf(presenceFeatures(following, hand()), weights);
    meter.score(hand());
    meter.settle(true);
    expect(meter.score(following)).toBe(after);
    meter.settle(false);
    expect(meter.score(following)).toBe(alone);
    meter.settle(true);
    meter.reset();
    expect(meter.score(following)).toBe(alone);
  });

  it('is remembered at its place for about half a second, however it was judged', () => {
    const meter = new PresenceMeter(weights);
    const at = (milliseconds: number, confidence: number, dx = 0) =>
      meter.score(
        hand({
          stamp: truth.stamp + BigInt(milliseconds) * 1_000_000n,
          confidences: new Float32Array(21).fill(confidence),
          positions: truth.positions.map((c, i) => (i % 3 === 0 ? c + dx : c)),
        }),
      );
    // as sure as it can be without being cut off in the mean
    const score = (confidence: number) =>
      presenceOf(presenceFeatures(hand({ confidences: new Float32Array(21).fill(confidence) }), undefined), weights);
    const hundredths = Array.from({ length: 100 }, (_, k) => k / 100);
    const fair = hundredths.find((confidence) => score(confidence) > 0.85)!;
    const poor = hundredths.findLast((confidence) => score(confidence) < 0.05)!;
    const good = at(0, fair);
    expect(meter.lately).toBeCloseTo(good, 9);
    expect(at(10_000, poor)).toBeLessThan(0.05);
    expect(meter.lately).toBeLessThan(0.06);
    for (const k of [1, 2, 3]) at(10_000 + 100 * k, fair);
    expect(meter.lately).toBeLessThan(0.35);
    at(10_000 + 700, fair);
    expect(meter.lately).toBeGreaterThan(0.35);
    at(11_000, poor);
    at(11_100, fair, 0.5);
    expect(meter.lately).toBeCloseTo(good, 9);
  });
});
