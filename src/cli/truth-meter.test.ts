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
  expect(await meter.add(moved)).toEqual({ falseHand: false, errorMm: expect.closeTo(15, 9) });
  expect(meter.summary()).toMatchObject({ framesWithHand: 1, compared: 1, meanMm: expect.closeTo(15, 9) });
});

test('a truth that knows no joint is not compared, and a hand where there is none is counted', async () => {
  const meter = meterOf(handAt({ frame: 0, more: { confidences: known(0) } }), lostAt(1));
  expect(await meter.add(handAt({ frame: 0 }))).toEqual({ falseHand: false });
  expect(await meter.add(handAt({ frame: 1 }))).toEqual({ falseHand: true });
  expect(await meter.add(handAt({ frame: 7 }))).toBeUndefined();
  expect(meter.summary()).toMatchObject({ compared: 0, falseHands: 1, meanMm: null });
});
