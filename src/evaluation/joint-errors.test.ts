import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME, handAt, lostAt, OPEN_HAND } from '../../test/helpers/hands.js';
import { JOINT_NAMES } from '../hand/skeleton.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { ErrorHistogram } from './error-histogram.js';
import { handSize } from './finger-overlap.js';
import { JointErrorMeter, jointErrors } from './joint-errors.js';
import { PoseErrors } from './pose-errors.js';
import { formatJointShares, formatPerJoint, formatReports } from './report-text.js';
import { TruthByStamp } from './truth-by-stamp.js';

const RELAXED = kinematicHand(namedPose('relaxed'));

/** A point farther along a bone, metres. */
function along(positions: Float64Array, from: number, to: number, by: number): number[] {
  const way = [0, 1, 2].map((k) => positions[3 * to + k]! - positions[3 * from + k]!);
  return way.map((x, k) => positions[3 * to + k]! + (by * x) / Math.hypot(...way));
}

const truthOf = (count: number) => Array.from({ length: count }, (_, frame) => handAt({ frame }));

describe('ErrorHistogram', () => {
  it('agrees with sorting, within a bin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (errors) => {
          const histogram = new ErrorHistogram();
          for (const error of errors) histogram.add(error);
          const sorted = [...errors].sort((a, b) => a - b);
          for (const q of [0.5, 0.95, 1]) {
            const exact = sorted[Math.ceil(q * sorted.length) - 1];
            expect(Math.abs(histogram.quantile(q)! - exact)).toBeLessThanOrEqual(0.1 + 1e-4);
          }
          const { meanMm, maxMm } = histogram.summary();
          expect(meanMm).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / errors.length, 6);
          expect(maxMm).toBe(sorted.at(-1));
        },
      ),
    );
  });

  it.each([
    { threshold: 10, expected: 2 },
    { threshold: 9.9, expected: 1 },
    { threshold: 0, expected: 1 },
    { threshold: 5000, expected: 3 },
  ])('counts $expected of 0, 10, 10.05, 5000 and NaN within $threshold', ({ threshold, expected }) => {
    const histogram = new ErrorHistogram();
    for (const error of [0, 10, 10.05, 5000, Number.NaN]) histogram.add(error);
    expect(histogram.countWithin(threshold)).toBe(expected);
    expect(histogram.count).toBe(5);
  });

  it('puts an error on the edge of a bin into it, whatever the rounding', () => {
    const histogram = new ErrorHistogram();
    for (let i = 0; i < 500; i++) histogram.add(1000 * Math.hypot(i / 10_000, 0));
    for (let i = 0; i < 500; i++) expect(histogram.countWithin(i / 10)).toBe(i + 1);
  });

  it('says null of nothing', () => {
    expect(new ErrorHistogram().summary()).toEqual({ meanMm: null, medianMm: null, p95Mm: null, maxMm: null });
  });
});

describe('TruthByStamp', () => {
  const truth = new TruthByStamp([handAt({ frame: 2 }), lostAt(1), handAt({ frame: 5 })]);

  it.each([
    ['the very stamp', 2n * FRAME, 1],
    ['the tolerance before', 2n * FRAME - 1_000_000n, 1],
    ['the tolerance after', 2n * FRAME + 1_000_000n, 1],
    ['more than the tolerance after', 2n * FRAME + 1_000_001n, -1],
    ['before all', -FRAME, -1],
    ['after all', 9n * FRAME, -1],
    ['the last', 5n * FRAME, 2],
  ])('finds %s', (_, stamp, expected) => {
    expect(truth.find(stamp)).toBe(expected);
  });

  it('takes the nearest of two within the tolerance', () => {
    const dense = new TruthByStamp(
      [0, 1, 2].map((ms) => handAt({ frame: 0, more: { stamp: BigInt(ms) * 1_000_000n } })),
      0.01,
    );
    expect([0n, 400_000n, 600_000n, 1_900_000n, 9_000_000n].map((stamp) => dense.find(stamp))).toEqual([0, 0, 1, 2, 2]);
  });

  it.each([
    ['the same stamp twice', [handAt({ frame: 1 }), handAt({ frame: 1 })]],
    ['60 positions', [handAt({ frame: 1, more: { positions: new Float64Array(60) } })]],
  ])('refuses %s', (_, frames) => {
    expect(() => new TruthByStamp(frames)).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
  });
});

describe('jointErrors', () => {
  it('measures distances in mm, over all joints and a joint', () => {
    const report = jointErrors(
      truthOf(4).map((hand) => ({
        ...hand,
        positions: hand.positions.map((value, i) => value + (i < 3 ? [0.03, 0, 0.04][i] : i === 4 ? 0.01 : 0)),
      })),
      truthOf(4),
      'moved',
    );
    expect(report.label).toBe('moved');
    expect(report.joints.meanMm).toBeCloseTo(60 / 21, 9);
    expect(report.joints.medianMm).toBe(0);
    expect(report.joints.maxMm).toBeCloseTo(50, 9);
    expect(report.perJoint.slice(0, 3).map(({ joint, meanMm }) => [joint, meanMm])).toEqual([
      ['wrist', expect.closeTo(50, 9)],
      ['thumb_cmc', expect.closeTo(10, 9)],
      ['thumb_mcp', 0],
    ]);
    expect(report.worstJoint.meanMm).toBeCloseTo(50, 9);
  });

  it('tells visible from hidden joints, tips, bones, angles and overlaps of hands', () => {
    const truth = new TruthByStamp([0, 1].map((frame) => ({ ...handAt({ frame }), positions: RELAXED.joints })));
    const [tip, other] = [JOINT_NAMES.indexOf('index_tip'), JOINT_NAMES.indexOf('little_tip')];
    const hidden = new Uint8Array(21).fill(1);
    hidden[tip] = 0;
    const meter = new JointErrorMeter(truth, 'moved', new Map(truth.frames.map((hand) => [hand, hidden])));
    for (const hand of truth.frames) {
      const positions = hand.positions.slice();
      positions.set(along(hand.positions, other - 1, other, 0.006), 3 * other);
      // in the second frame alone
      if (hand.stamp > 0n) positions.set(along(hand.positions, tip - 1, tip, 0.008), 3 * tip);
      meter.add({ ...hand, positions });
    }
    const { skeleton } = meter.report();
    expect(skeleton?.visible?.meanMm).toBeCloseTo(6 / 20, 9);
    expect(skeleton?.hidden?.meanMm).toBeCloseTo(8 / 2, 9);
    expect(skeleton?.tips.meanMm).toBeCloseTo((12 + 8) / 10, 9);
    expect(skeleton?.perJoint[tip]).toEqual({ joint: 'index_tip', visibleMm: null, hiddenMm: expect.closeTo(4, 9) });
    // one bone of twenty is 8 mm longer in one of two frames
    expect(skeleton?.boneDeviationMm).toBeCloseTo(4 / 20, 9);
    expect(skeleton?.angles).toEqual({ count: 42, meanDegrees: expect.closeTo(0, 9), medianDegrees: 0, p95Degrees: 0 });
    expect(skeleton?.visibleAngles.count).toBe(2 * 17);
    expect(skeleton?.overlap).toEqual({ meanMm: 0, deepShare: 0 });
    expect(skeleton?.trueOverlap).toEqual({ meanMm: 0, deepShare: 0 });
  });

  it('measures how deep a finger is in its neighbour', () => {
    const closer = (positions: Float64Array) => {
      for (let i = 15; i < 27; i += 3) positions[i] += 0.01;
    };
    const { skeleton } = jointErrors([handAt({ frame: 0, change: closer }), handAt({ frame: 1 })], truthOf(2));
    // bones of 30 mm beside the described ones; radii as in the test of fingerOverlap
    const size = handSize(OPEN_HAND);
    const depth = 1000 * (size * (0.0085 + 0.0088) - 0.01);
    expect(skeleton?.overlap).toEqual({ meanMm: expect.closeTo(depth / 2, 9), deepShare: 0.5 });
    expect(skeleton?.trueOverlap.meanMm).toBe(0);
    expect(skeleton?.visible).toBeNull();
    expect(skeleton?.perJoint[0]).toEqual({ joint: 'wrist', visibleMm: null, hiddenMm: null });
  });

  it('shares frames by their worst joint, and joints by their own', () => {
    const errors = [0.005, 0.015, 0.025, 0.045, 0.2];
    const hands = errors.map((error, frame) => handAt({ frame, change: (positions) => (positions[0] += error) }));
    const { framesWithin, jointsWithin, successCurve } = jointErrors(hands, truthOf(5));
    expect(framesWithin.map(({ thresholdMm, share }) => [thresholdMm, share])).toEqual([
      [10, 0.2],
      [20, 0.4],
      [30, 0.6],
      [50, 0.8],
    ]);
    expect(jointsWithin.map(({ share }) => share)).toEqual([101, 102, 103, 104].map((count) => count / 105));
    expect(successCurve).toHaveLength(81);
    expect([0, 4, 5, 14, 15, 80].map((threshold) => successCurve[threshold])).toEqual([0, 0, 0.2, 0.2, 0.4, 0.8]);
  });

  it('accounts for every frame and every result, and counts a missed hand as a failure', () => {
    const truth = [...truthOf(6), lostAt(6), lostAt(7), lostAt(8)];
    const results = [
      handAt({ frame: 0 }),
      handAt({ frame: 1 }),
      handAt({ frame: 1 }), // the same frame again
      lostAt(2),
      lostAt(3),
      lostAt(4), // frame 5 has no result
      lostAt(6),
      handAt({ frame: 7 }), // frame 8 has no result, but no hand either
      handAt({ frame: 99 }),
    ];
    const report = jointErrors(results, truth);
    expect(report.frames).toEqual({
      withHand: 6,
      compared: 2,
      notTracked: 3,
      noResult: 1,
      falseHands: 1,
      agreedNoHand: 1,
      withoutTruth: 2,
    });
    expect(report.framesWithin[0]).toEqual({ thresholdMm: 10, share: 2 / 6, shareOfCompared: 1 });
    expect(report.jointsWithin[0].share).toBeCloseTo(2 / 6, 12);
    expect(report.successCurve.at(-1)).toBe(2 / 6);
  });

  it('gives the same in any order, and while results are still coming', () => {
    const results = truthOf(5).map((hand, frame) =>
      handAt({ frame, x: 0.01 * frame, more: { stamp: hand.stamp + 10n } }),
    );
    const meter = new JointErrorMeter(new TruthByStamp(truthOf(5)));
    for (const hand of [...results].reverse()) meter.add(hand);
    expect(meter.report()).toEqual(jointErrors(results, truthOf(5)));
    expect(jointErrors(results.slice(0, 3), truthOf(5)).frames.noResult).toBe(2);
  });

  it('leaves out true joints of confidence 0, and says which are only near', () => {
    const truth = truthOf(3).map((hand) => ({
      ...hand,
      confidences: Float32Array.from({ length: 21 }, (_, joint) => (joint === 0 ? 0 : joint === 2 ? 0.5 : 1)),
    }));
    const results = truth.map((_, frame) =>
      handAt({
        frame,
        change: (positions) => {
          positions[0] += 10; // the wrist, of which nothing is true
          positions[3] += 0.02;
        },
      }),
    );
    const report = jointErrors(results, truth);
    expect(report.joints.meanMm).toBeCloseTo(20 / 20, 9);
    expect(report.perJoint[0].meanMm).toBeNull();
    expect(report.worstJoint.maxMm).toBeCloseTo(20, 9);
    expect(report.jointsWithin[0].share).toBeCloseTo(19 / 20, 12);
    expect([report.jointsWithoutTruth, report.jointsNearTruth]).toEqual([['wrist'], ['thumb_mcp']]);
    expect(formatReports([report])).toContain('Not in the ground truth, left out: wrist.');
    expect(formatReports([report])).toContain('Not quite the same joints in the ground truth: thumb_mcp.');
  });

  it('does not count a frame whose truth knows no joint as a hand', () => {
    const truth = truthOf(2).map((hand, i) => (i === 0 ? hand : { ...hand, confidences: new Float32Array(21) }));
    const { frames, framesWithin } = jointErrors(truthOf(2), truth);
    expect(frames).toMatchObject({ withHand: 1, compared: 1, noResult: 0, withoutTruth: 1 });
    expect(framesWithin[0].share).toBe(1);
  });

  it('says null where there is nothing to say, and is plain JSON', () => {
    for (const truth of [[], [lostAt(0)], truthOf(1)]) {
      const report = jointErrors([], truth);
      expect(report.joints.meanMm).toBeNull();
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }
    expect(jointErrors([], []).framesWithin[0].share).toBeNull();
    expect(jointErrors([], truthOf(1)).framesWithin[0].share).toBe(0);
  });
});

describe('PoseErrors', () => {
  it('takes skeletons of any number of joints', () => {
    const errors = new PoseErrors(['palm', 'tip']);
    errors.add([0, 0, 0.5, 0.1, 0, 0.5], [0, 0, 0.5, 0.1, 0.03, 0.54]);
    errors.add([0, 0, 0.5, 0.1, 0, 0.5], [0.01, 0, 0.5, 9, 9, 9], [1, 0]);
    const { joints, perJoint, worstJoint, jointCurve, successCurve } = errors.report();
    expect(joints.meanMm).toBeCloseTo(20, 9);
    expect(perJoint.map(({ joint, meanMm }) => [joint, meanMm])).toEqual([
      ['palm', expect.closeTo(5, 9)],
      ['tip', expect.closeTo(50, 9)],
    ]);
    expect(worstJoint.meanMm).toBeCloseTo(30, 9);
    expect([jointCurve[0], jointCurve[10], jointCurve[50]]).toEqual([1 / 3, 2 / 3, 1]);
    expect([successCurve[9], successCurve[10], successCurve[50]]).toEqual([0, 0.5, 1]);
    expect(errors.report({ frames: 4, joints: 8 }).successCurve[80]).toBe(0.5);
  });
});

describe('the text of reports', () => {
  const reports = [
    jointErrors(
      truthOf(4).map((_, frame) => handAt({ frame, x: 0.0125 })),
      truthOf(4),
      'gauss',
    ),
    jointErrors([handAt({ frame: 0 }), lostAt(1)], truthOf(4), 'gauss + prior'),
  ];

  it('is a table with a line on what is missing', () => {
    expect(formatReports(reports)).toBe(
      [
        '               frames  mean  median   p95   max   <=10    <=20    <=30    <=50',
        'gauss             4/4  12.5    12.4  12.5  12.5   0.0%  100.0%  100.0%  100.0%',
        'gauss + prior     1/4  0.00    0.00  0.00  0.00  25.0%   25.0%   25.0%   25.0%',
        '',
        'Joint errors in mm; share of all frames with a hand that have every joint within so many mm.',
        'gauss + prior: 1 with a hand not tracked, 2 with a hand without any result.',
      ].join('\n'),
    );
  });

  it('has a line a report for shares of joints', () => {
    expect(formatJointShares(reports).split('\n')).toEqual([
      'share of joints   <=10    <=20    <=30    <=50',
      'gauss             0.0%  100.0%  100.0%  100.0%',
      'gauss + prior    25.0%   25.0%   25.0%   25.0%',
    ]);
  });

  it('is one line per joint for joints', () => {
    const lines = formatPerJoint(reports).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[0]).toMatch(/^mean error, mm +gauss +gauss \+ prior$/);
    expect(lines[9]).toMatch(/^index_tip +12\.5 +0\.00$/);
  });

  it('has a dash where there is no number, and a heading where there are no reports', () => {
    expect(formatReports([jointErrors([], [], 'none')])).toContain('none     0/0     -       -    -    -');
    expect(formatReports([])).toContain('frames');
    expect(formatPerJoint([])).toBe('mean error, mm');
  });
});
