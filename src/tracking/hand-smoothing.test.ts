import { describe, expect, it } from 'vitest';
import type { HandJoints } from '../hand/hand-joints.js';
import type { HandStage } from '../smoothing/hand-stage.js';
import { windowStage } from '../smoothing/temporal-window.js';
import { HandSmoothing } from './hand-smoothing.js';
import type { TrackResult } from './track-result.js';

const PERIOD = 33_000_000n;

/** A moment: hands by id at a place, `undefined` for one that is lost. */
function moment(frame: number, places: Readonly<Record<number, number | undefined>>): TrackResult {
  const all = Object.entries(places).map(([id, place]) => ({ id: Number(id), handedness: 'right' as const, place }));
  return {
    stamp: BigInt(frame) * PERIOD,
    frameId: 'camera',
    hands: all.flatMap(({ place, ...known }) =>
      place === undefined
        ? []
        : [{ ...known, positions: new Float64Array(63).fill(place), confidences: new Float32Array(21).fill(1) }],
    ),
    lost: all.flatMap(({ place, ...known }) => (place === undefined ? [{ ...known, reason: 'no-candidate' }] : [])),
    lagFrames: 0,
    details: new Map(),
  };
}

/** Frame, lag, and each hand's place. */
function said({ stamp, lagFrames, hands, lost }: TrackResult): string {
  const places = hands.map(({ id, positions }) => `${id} at ${positions[0].toFixed(2)}`);
  const reasons = lost.map(({ id, reason }) => `${id} ${reason}`);
  return `${stamp / PERIOD} lag ${lagFrames}: ${[...places, ...reasons].join(', ')}`;
}

describe('smoothing of several hands', () => {
  const centred = () => new HandSmoothing(() => windowStage({ mode: 'centred', k: 1 }));

  it('averages each hand over its own frames only, and gives all hands of a moment together', () => {
    const smoothing = centred();
    const given = [0, 1, 2].map((frame) => smoothing.push(moment(frame, { 3: frame, 7: 10 - frame ** 2 })).map(said));
    expect(given).toEqual([[], ['0 lag 1: 3 at 0.00, 7 at 10.00'], ['1 lag 1: 3 at 1.00, 7 at 8.33']]);
    expect(smoothing.flush().map(said)).toEqual(['2 lag 1: 3 at 2.00, 7 at 6.00']);
  });

  it('holds a moment until its last hand is ready, and gives a lost hand no lag of its own', () => {
    const smoothing = centred();
    expect(smoothing.push(moment(0, { 1: 0, 2: undefined }))).toEqual([]);
    expect(smoothing.push(moment(1, { 1: 1, 2: 5 })).map(said)).toEqual(['0 lag 1: 1 at 0.00, 2 no-candidate']);
    expect(smoothing.push(moment(2, { 1: 2, 2: undefined })).map(said)).toEqual(['1 lag 1: 1 at 1.00, 2 at 5.00']);
    expect(smoothing.push(moment(3, { 1: undefined, 2: undefined })).map(said)).toEqual([
      '2 lag 1: 1 at 2.00, 2 no-candidate',
      '3 lag 0: 1 no-candidate, 2 no-candidate',
    ]);
  });

  it('places the smoothed joints of each hand in the image of their own moment', () => {
    const smoothing = centred();
    const camera = (cx: number) => ({ width: 640, height: 480, fx: 100, fy: 200, cx, cy: 20 });
    const at = (frame: number, z: number) => ({ ...moment(frame, { 1: z, 2: undefined }), camera: camera(10 + frame) });
    const results = [at(0, 1), at(1, 2), at(2, -6)].flatMap((each) => smoothing.push(each));
    // x = y = z: fx + cx and fy + cy, by the camera of frame 0; then the mean of 1, 2 and -6 lies behind the camera
    expect(results[0].hands[0].image).toMatchObject({ width: 640, height: 480 });
    expect(results[0].hands[0].image?.pixels).toEqual(Float64Array.from({ length: 42 }, (_, i) => [110, 220][i % 2]));
    expect(results[1].hands[0].image?.pixels).toEqual(new Float64Array(42).fill(Number.NaN));
    expect(results[0].lost[0]).not.toHaveProperty('image');
  });

  it('forgets a hand that is gone: one that comes again begins with a stage of its own', () => {
    let stages = 0;
    const smoothing = new HandSmoothing(() => {
      stages++;
      return windowStage({ mode: 'causal', k: 2 });
    });
    const before = stages;
    expect(smoothing.push(moment(0, { 1: 0, 2: 4 })).map(said)).toEqual(['0 lag 0: 1 at 0.00, 2 at 4.00']);
    expect(smoothing.push(moment(1, { 1: 3 })).map(said)).toEqual(['1 lag 0: 1 at 1.50']);
    expect(smoothing.push(moment(2, { 1: 3, 2: 8 })).map(said)).toEqual(['2 lag 0: 1 at 2.00, 2 at 8.00']);
    expect(stages - before).toBe(3);
  });

  it('takes it from a stage whether a hand is tracked', () => {
    const strict: HandStage = {
      push: (hand: HandJoints) => [hand.positions[0] > 1 ? { ...hand, tracked: false } : hand],
      flush: () => [],
    };
    expect(new HandSmoothing(() => strict).push(moment(0, { 1: 0.5, 2: 2 })).map(said)).toEqual([
      '0 lag 0: 1 at 0.50, 2 smoothing',
    ]);
  });
});
