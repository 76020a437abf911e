import { expect, test } from 'vitest';
import { handAt, lostAt } from '../../test/helpers/hands.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { HandsByStamp } from '../transport/port/read-hands.js';
import { TruthMeter } from './truth-meter.js';

async function* stream(hands: readonly HandJoints[]) {
  yield* hands;
}

const meterOf = (...truth: HandJoints[]) => new TruthMeter('/hand/truth', new HandsByStamp(stream(truth)));
const known = (joints: number) => Float32Array.from({ length: 21 }, (_, joint) => (joint < joints ? 1 : 0));

test('errors are about the joints that the truth knows', async () => {
  const meter = meterOf(handAt({ frame: 0, more: { confidences: known(2) } }));
  const moved = handAt({ frame: 0, change: (positions) => positions.fill(9, 6).fill(positions[3] + 0.03, 3, 4) });
  expect(await meter.add([moved])).toEqual({
    errorsMm: new Map([[0, expect.closeTo(15, 9)]]),
    falseHands: [],
    missed: 0,
  });
  expect(meter.summary()).toMatchObject({ framesWithHand: 1, compared: 1, meanMm: expect.closeTo(15, 9) });
});

test('a truth that knows no joint is not compared, and a hand where there is none is counted', async () => {
  const meter = meterOf(handAt({ frame: 0, more: { confidences: known(0) } }), lostAt(1));
  expect(await meter.add([handAt({ frame: 0 })])).toEqual({ errorsMm: new Map(), falseHands: [], missed: 0 });
  expect(await meter.add([handAt({ frame: 1 })])).toEqual({ errorsMm: new Map(), falseHands: [0], missed: 0 });
  expect(await meter.add([handAt({ frame: 7 })])).toBeUndefined();
  expect(meter.summary()).toMatchObject({ framesWithHand: 0, compared: 0, falseHands: 1, meanMm: null });
});

test('several hands are followed through time, also where nothing is found', async () => {
  const hand = (frame: number, handId: number, x: number) => handAt({ frame, x, more: { handId } });
  const truth = [0, 1, 2].flatMap((frame) => [hand(frame, 1, 0), hand(frame, 2, 0.4)]);
  const meter = meterOf(...truth);
  expect(meter.summary().tracks).toBeNull();
  await meter.add([hand(0, 8, 0.4), hand(0, 9, 0)]);
  expect(await meter.add([], truth[2].stamp)).toEqual({ errorsMm: new Map(), falseHands: [], missed: 2 });
  await meter.add([hand(2, 8, 0.4), hand(2, 10, 0)]);
  const { tracks, framesWithHand } = meter.summary();
  expect(framesWithHand).toBe(6);
  expect(tracks).toMatchObject({ frames: 3, hands: 6, matched: 4, misses: 2, falseHands: 0, idSwitches: 1, mota: 0.5 });
});

test('of several hands each is compared with its own, whatever its id, and what has no counterpart is missed or false', async () => {
  const hand = (frame: number, handId: number, x: number) => handAt({ frame, x, more: { handId } });
  const meter = meterOf(hand(0, 1, 0), hand(0, 2, 0.4), hand(1, 1, 0), hand(1, 2, 0.4), hand(2, 1, 0));
  expect(await meter.add([hand(0, 8, 0.41), hand(0, 9, 0.002)])).toEqual({
    errorsMm: new Map([
      [8, expect.closeTo(10, 9)],
      [9, expect.closeTo(2, 9)],
    ]),
    falseHands: [],
    missed: 0,
  });
  expect(await meter.add([hand(1, 8, 0.9), hand(1, 9, 0)])).toMatchObject({ falseHands: [8], missed: 1 });
  expect(await meter.add([hand(2, 8, 0.4), hand(2, 9, 0), lostAt(2)])).toMatchObject({ falseHands: [8], missed: 0 });
  expect(meter.summary()).toMatchObject({
    framesWithHand: 5,
    compared: 4,
    falseHands: 2,
    meanMm: expect.closeTo(3, 9),
  });
});
