import { describe, expect, test } from 'vitest';
import type { ComparedHand } from './compared-hand.js';
import { ComparisonMeter } from './comparison-meter.js';

const POSITIONS = Float64Array.from({ length: 63 }, (_, i) => 0.01 * i);

function hand(more: Partial<ComparedHand> = {}): ComparedHand {
  return {
    stamp: 1n,
    logTime: 1n,
    age: 0n,
    frameId: 'camera',
    handId: 0,
    handedness: 'right',
    tracked: true,
    skeleton: 'voxhand21',
    positions: POSITIONS,
    confidences: new Float32Array(21).fill(0.5),
    lagFrames: 0,
    ...more,
  };
}

const none = (more: Partial<ComparedHand> = {}) =>
  hand({ tracked: false, positions: new Float64Array(0), confidences: new Float32Array(0), ...more });

const frame = (...items: ComparedHand[]) => ({ stamp: 1n, epoch: 0, items });

function compared(...pairs: [ComparedHand[] | undefined, ComparedHand[] | undefined][]) {
  const meter = new ComparisonMeter();
  for (const [golden, found] of pairs) {
    meter.add({ ...(golden && { golden: frame(...golden) }), ...(found && { new: frame(...found) }) });
  }
  return { ...meter.report(), ...meter.drawing() };
}

/** The hand with one joint moved by so many millimetres along z. */
function shifted(joint: number, mm: number): ComparedHand {
  const positions = POSITIONS.slice();
  positions[3 * joint + 2] += mm / 1000;
  return hand({ positions });
}

describe('two results of one moment', () => {
  test('that are equal are exactly zero apart', () => {
    const { joints, perJoint, worstJoint, confidence, worst, results } = compared([[hand()], [hand()]]);
    expect(joints).toEqual({ meanMm: 0, p50Mm: 0, p95Mm: 0, maxMm: 0 });
    expect(worstJoint.maxMm).toBe(0);
    expect(perJoint.every(({ maxMm }) => maxMm === 0)).toBe(true);
    expect(confidence).toMatchObject({ meanDifference: 0, maxDifference: 0, goldenMean: 0.5 });
    expect(worst).toEqual([]);
    expect(results).toMatchObject({ golden: 1, new: 1, matched: 1, compared: 1, missing: 0, extra: 0 });
  });

  test('of which one joint moved by 3 mm say which one, and by how much', () => {
    const { joints, perJoint, worst } = compared([[hand()], [shifted(4, 3)]]);
    const [moved, ...others] = [...perJoint].sort((a, b) => (b.maxMm ?? 0) - (a.maxMm ?? 0));
    expect(moved.joint).toBe('thumb_tip');
    for (const value of [moved.meanMm, moved.p95Mm, moved.maxMm]) expect(value).toBeCloseTo(3, 9);
    expect(others.every(({ maxMm }) => maxMm === 0)).toBe(true);
    expect(joints.meanMm).toBeCloseTo(3 / 21, 9);
    expect(worst).toMatchObject([{ joint: 'thumb_tip', kind: 'apart' }]);
  });

  test.each([
    ['lost', [hand()], [none()], { lost: 1, found: 0 }],
    ['found', [none()], [hand()], { lost: 0, found: 1 }],
    ['of the other side', [hand()], [hand({ handedness: 'left' })], { handedness: 1 }],
    ['in another frame', [hand()], [hand({ frameId: 'world' })], { frameId: 1 }],
    ['under another id', [hand()], [hand({ handId: 3 })], { handId: 1 }],
    ['with another lag', [hand()], [hand({ lagFrames: 2 })], { lagFrames: 1 }],
  ])('with a hand that is %s are counted so', (_, golden, found, expected) => {
    expect(compared([golden, found]).hand).toMatchObject(expected);
  });

  test('without a hand in either agree', () => {
    const { results, hand: changes } = compared([[none()], [none()]]);
    expect(results).toMatchObject({ matched: 1, agreedNoHand: 1, compared: 0 });
    expect(changes).toMatchObject({ found: 0, lost: 0 });
  });

  test('of different skeletons are not measured, and said', () => {
    const other = hand({ skeleton: 'mano16', positions: new Float64Array(48), confidences: new Float32Array(16) });
    const { results, hand: changes, joints, changes: listed } = compared([[hand()], [other]]);
    expect(results).toMatchObject({ matched: 1, compared: 0 });
    expect(changes.skeleton).toBe(1);
    expect(joints.meanMm).toBeNull();
    expect(listed).toEqual([
      { kind: 'skeleton', hand: 0, stamp: 1n, last: 1n, results: 1, what: 'voxhand21 > mano16' },
    ]);
  });

  test('of two skeletons side by side are measured each by its own joints', () => {
    const other = (z: number) =>
      hand({
        handId: 1,
        skeleton: 'mano16',
        positions: new Float64Array(48).fill(z),
        confidences: new Float32Array(16),
      });
    const { perJoint, results, joints } = compared([
      [hand(), other(0)],
      [hand(), other(0.01)],
    ]);
    expect(results.compared).toBe(2);
    expect(perJoint).toHaveLength(21 + 16);
    expect(new Set(perJoint.map(({ joint }) => joint)).size).toBe(37);
    expect(perJoint[36]).toMatchObject({ joint: 'mano16 joint 15', maxMm: expect.closeTo(10 * Math.sqrt(3), 9) });
    expect(joints.maxMm).toBeCloseTo(10 * Math.sqrt(3), 9);
  });

  test('of ever other skeletons are measured for the first ones, and counted as changes from then on', () => {
    const of = (skeleton: number) => hand({ skeleton: `skeleton ${skeleton}` });
    const {
      perJoint,
      results,
      hand: changes,
    } = compared(...Array.from({ length: 100 }, (_, i): [ComparedHand[], ComparedHand[]] => [[of(i)], [of(i)]]));
    expect([results.compared, changes.skeleton, perJoint.length]).toEqual([4, 96, 84]);
  });

  test('of one foreign skeleton are measured joint by number', () => {
    const other = hand({ skeleton: 'mano16', positions: new Float64Array(48), confidences: new Float32Array(16) });
    expect(compared([[other], [other]]).perJoint.map(({ joint }) => joint)).toContain('joint 15');
  });

  test('that only one recording has are missing or extra', () => {
    const { results, changes } = compared([[hand()], undefined], [undefined, [hand()]]);
    expect(results).toMatchObject({ golden: 1, new: 1, matched: 0, missing: 1, extra: 1 });
    expect(changes.map(({ kind }) => kind)).toEqual(['missing', 'extra']);
  });

  test('with two hands each are compared hand by hand, in any order', () => {
    const [left, right] = [hand({ handId: 1, handedness: 'left' }), shifted(2, 10)];
    const { joints, results } = compared([
      [left, right],
      [right, left],
    ]);
    expect(joints.maxMm).toBe(0);
    expect(results).toMatchObject({ golden: 2, new: 2, matched: 2 });
  });

  test('are one too many where a hand is there twice', () => {
    expect(compared([[hand()], [hand(), hand()]]).results).toMatchObject({ matched: 1, extra: 1, missing: 0 });
  });
});

test('the hand going away is counted for each recording by itself', () => {
  const { hand: changes } = compared(
    [[hand()], [hand()]],
    [[none()], [hand()]],
    [[hand()], [none()]],
    [[none()], [none()]],
  );
  expect(changes).toMatchObject({ lossesGolden: 2, lossesNew: 1 });
});

describe('several hands', () => {
  /** A hand of this id at x metres. */
  const at = (handId: number, x: number, more: Partial<ComparedHand> = {}) =>
    hand({ handId, positions: POSITIONS.map((value, i) => (i % 3 === 0 ? value + x : value)), ...more });
  const moments = (...pairs: [ComparedHand[], ComparedHand[]][]) => {
    const meter = new ComparisonMeter();
    pairs.forEach(([golden, found], i) => {
      const stamped = (hands: ComparedHand[]) =>
        hands.map((each) => ({ ...each, stamp: BigInt(i), logTime: BigInt(i) }));
      meter.add({ golden: frame(...stamped(golden)), new: frame(...stamped(found)) });
    });
    return { ...meter.report(), ...meter.drawing(), meter };
  };

  test('are compared by where they are, whatever their ids, and each has its own distances', () => {
    const {
      joints,
      hand: changes,
      perHand,
      meter,
    } = moments(
      [
        [at(1, 0), at(2, 0.5)],
        [at(7, 0.504), at(8, 0.001)],
      ],
      [
        [at(1, 0.1), at(2, 0.4)],
        [at(7, 0.404), at(8, 0.101)],
      ],
    );
    expect(joints.maxMm).toBeCloseTo(4, 9);
    expect(changes).toMatchObject({ handId: 4, idSwitches: 0, found: 0, lost: 0 });
    expect(perHand).toMatchObject([
      { hand: 1, only: null, compared: 2, maxMm: expect.closeTo(1, 9), switches: 0 },
      { hand: 2, only: null, compared: 2, maxMm: expect.closeTo(4, 9), switches: 0 },
    ]);
    expect([7, 8, 9].map((id) => meter.goldenIdOf(id))).toEqual([2, 1, 9]);
  });

  test('that change ids while they cross are two switches at that moment, and no distance', () => {
    const apart: [ComparedHand[], ComparedHand[]] = [
      [at(1, 0), at(2, 0.3)],
      [at(1, 0), at(2, 0.3)],
    ];
    const after: [ComparedHand[], ComparedHand[]] = [
      [at(1, 0.3), at(2, 0)],
      [at(1, 0), at(2, 0.3)],
    ];
    const { joints, hand: changes, changes: listed, perHand } = moments(apart, apart, after, after);
    expect(joints.maxMm).toBe(0);
    expect(changes).toMatchObject({ idSwitches: 2, handId: 4 });
    expect(listed).toMatchObject([
      { kind: 'hand_id', hand: 1, stamp: 2n, results: 1, what: '1 > 2' },
      { kind: 'hand_id', hand: 2, stamp: 2n, results: 1, what: '2 > 1' },
    ]);
    expect(perHand.map(({ switches }) => switches)).toEqual([1, 1]);
  });

  test('that meet keep their counterparts while both lie equally near', () => {
    const same: [ComparedHand[], ComparedHand[]] = [
      [at(1, 0), at(2, 0.001)],
      [at(1, 0.001), at(2, 0)],
    ];
    expect(
      moments(
        [
          [at(1, 0), at(2, 0.4)],
          [at(1, 0), at(2, 0.4)],
        ],
        same,
      ).hand.idSwitches,
    ).toBe(0);
  });

  test('of which one is lost, one is new and one is elsewhere are told apart', () => {
    const {
      results,
      hand: changes,
      changes: listed,
      perHand,
    } = moments(
      [
        [at(1, 0), at(2, 0.5)],
        [at(1, 0), none({ handId: 2 })],
      ], // 2 is lost
      [[at(1, 0)], [at(1, 0), at(5, 0.9)]], // 5 is only in the new recording
      [
        [at(1, 0), at(2, 0.5)],
        [at(1, 0), at(2, 0.9)],
      ], // 2 is elsewhere
    );
    expect(results).toMatchObject({ golden: 5, new: 6, matched: 4, compared: 3, missing: 1, extra: 2 });
    expect(changes).toMatchObject({ lost: 1, found: 0, idSwitches: 0 });
    expect(listed.map(({ kind, hand: id, stamp }) => `${kind} ${id} at ${stamp}`)).toEqual([
      ...['lost 2 at 0', 'extra 5 at 1', 'missing 2 at 2', 'extra 2 at 2'],
    ]);
    expect(
      perHand.map(({ hand: id, only, compared: both, missing, extra, lost }) => [id, only, both, missing, extra, lost]),
    ).toEqual([
      [1, null, 3, 0, 0, 0],
      [2, null, 0, 1, 0, 1],
      [2, 'new', 0, 0, 1, 0],
      [5, 'new', 0, 0, 1, 0],
    ]);
  });

  test('are one point of the plot at each moment: the mean of all and the largest of any', () => {
    const { trace } = moments(
      [
        [at(1, 0), at(2, 0.5)],
        [at(1, 0.001), at(2, 0.503)],
      ],
      [[at(1, 0)], [at(1, 0)]],
    );
    expect(trace).toMatchObject([
      { stamp: 0n, compared: 2, meanMm: expect.closeTo(2, 9), maxMm: expect.closeTo(3, 9) },
      { stamp: 1n, compared: 1, meanMm: 0 },
    ]);
  });

  test('beyond 64 are counted and not reported one by one', () => {
    const many = Array.from({ length: 100 }, (_, id): [ComparedHand[], ComparedHand[]] => [[at(id, 0)], [at(id, 0)]]);
    const { perHand, results } = moments(...many);
    expect([perHand.length, results.compared]).toEqual([64, 100]);
  });
});

describe('changes', () => {
  test('that one result after the other has are one, with the last of them', () => {
    const at = (stamp: bigint) => ({ stamp, logTime: stamp });
    const meter = new ComparisonMeter();
    for (let i = 0n; i < 10n; i++) {
      const lost = i >= 2n && i < 5n ? none : i === 7n ? none : hand;
      meter.add({ golden: frame(hand(at(i))), new: frame(lost(at(i))) });
    }
    expect(meter.report().changes).toMatchObject([
      { kind: 'lost', stamp: 2n, last: 4n, results: 3 },
      { kind: 'lost', stamp: 7n, last: 7n, results: 1 },
    ]);
    // of each, the first is drawn
    expect(meter.drawing().worst.map(({ stamp }) => stamp)).toEqual([2n, 7n]);
  });

  test('are listed up to fifty, and counted beyond', () => {
    const meter = new ComparisonMeter();
    for (let i = 0; i < 120; i++) meter.add({ golden: frame(hand()), new: frame(i % 2 === 0 ? hand() : none()) });
    const { changes, changesNotListed, hand: counted } = meter.report();
    expect([changes.length, changesNotListed, counted.lost]).toEqual([50, 10, 60]);
  });
});

test('of frames to draw, one kind takes what the others leave', () => {
  const meter = new ComparisonMeter(6);
  const add = (golden: ComparedHand, found: ComparedHand) => meter.add({ golden: frame(golden), new: frame(found) });
  for (let i = 0; i < 9; i++) {
    add(hand(), none());
    add(hand(), i < 2 ? shifted(0, 1) : hand());
  }
  expect(meter.drawing().worst.map(({ kind }) => kind)).toEqual(['lost', 'lost', 'lost', 'lost', 'apart', 'apart']);
});

test('the farthest frames are kept for drawing, hands that went first', () => {
  const meter = new ComparisonMeter(3);
  const add = (golden: ComparedHand, found: ComparedHand) => meter.add({ golden: frame(golden), new: frame(found) });
  for (const mm of [1, 5, 2, 4, 3]) add(hand(), shifted(0, mm));
  add(hand(), none());
  const { worst } = meter.drawing();
  expect(worst.map(({ kind, maxMm }) => [kind, maxMm === null ? null : Math.round(maxMm)])).toEqual([
    ['lost', null],
    ['apart', 5],
    ['apart', 4],
  ]);
});
