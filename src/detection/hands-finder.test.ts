import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { Vec3 } from '../geometry/matrix.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { type HandSight, HandsFinder, type HandsFinderSettings } from './hands-finder.js';
import { idealStages } from './ideal-stages.js';
import type { DetectionStages } from './ports.js';

const SETTINGS: HandsFinderSettings = {
  zone: { z: [0.15, 1.3] },
  every: 6,
  candidates: 3,
  acquire: 0.5,
  acquireMore: 0.5,
  maxHands: 1,
  keep: 0.3,
  trackRadius: 0.09,
  maxGap: 0.5,
  prediction: 1,
  side: 'auto',
};
const MS = 1_000_000n;
const PERIOD = 33n * MS;

/** A hand that points up, its middle root there. */
function handAt(root: Vec3, stamp: bigint, more: Partial<HandJoints> = {}): HandJoints {
  const positions = new Float64Array(63);
  for (let j = 0; j < 21; j++) positions.set([root[0], root[1] + (j === 0 ? 0.09 : 0), root[2]], 3 * j);
  const rest = { frameId: 'camera', handId: 0, tracked: true, confidences: new Float32Array(21).fill(1), lagFrames: 0 };
  return { stamp, handedness: 'right', positions, ...rest, ...more };
}

function frameAt(stamp: bigint): DepthFrame {
  const camera = { width: 1, height: 1, fx: 1, fy: 1, cx: 0, cy: 0 };
  return { stamp, frameId: 'camera', width: 1, height: 1, depth: Float32Array.of(1), camera };
}

/** The only hand of a frame. */
async function find(finder: HandsFinder, frame: DepthFrame): Promise<HandSight> {
  const [sight, ...others] = await finder.find(frame);
  return others.length === 0 ? sight : expect.fail(`${others.length} more`);
}

/** A finder on a world of hands, and how often each stage was asked. */
function world(handsAt: (stamp: bigint) => HandJoints[], settings: Partial<HandsFinderSettings> = {}) {
  const ideal = idealStages(handsAt);
  const asked = { detector: 0, verifier: 0 };
  const wrapped: DetectionStages = {
    detector: {
      detect: (frame) => {
        asked.detector++;
        return ideal.detector.detect(frame);
      },
    },
    verifier: {
      verify: (frame, place) => {
        asked.verifier++;
        return ideal.verifier.verify(frame, place);
      },
    },
  };
  return { finder: new HandsFinder({ ...SETTINGS, ...settings }, wrapped), asked, stages: wrapped };
}

/** Follow a hand through frames, with joints that are as true as the world. */
async function follow(
  finder: HandsFinder,
  handsAt: (stamp: bigint) => HandJoints[],
  count: number,
  answer: (frame: number) => { tracked: boolean; doubtful: boolean } | undefined = () => ({
    tracked: true,
    doubtful: false,
  }),
): Promise<HandSight[]> {
  const sights: HandSight[] = [];
  for (let k = 0; k < count; k++) {
    const stamp = BigInt(k) * PERIOD;
    const sight = await find(finder, frameAt(stamp));
    sights.push(sight);
    const heard = answer(k);
    const [hand] = handsAt(stamp);
    if (sight.state === 'found' && heard !== undefined && hand !== undefined) {
      finder.feedback(0, { positions: hand.positions, ...heard });
    }
  }
  return sights;
}

const still = (stamp: bigint) => [handAt([0, 0, 0.5], stamp)];
const found = (sight: HandSight | undefined) => (sight?.state === 'found' ? sight : expect.fail('no hand'));

describe('a hand that is looked for', () => {
  it('is found by both stages, with its side, and followed without them', async () => {
    const { finder, asked } = world((stamp) => [handAt([0.1, 0, 0.6], stamp, { handedness: 'left' })], { every: 0 });
    const sights = await follow(finder, (stamp) => [handAt([0.1, 0, 0.6], stamp)], 12);
    expect(sights.every(({ state }) => state === 'found')).toBe(true);
    expect(found(sights[0])).toMatchObject({ source: 'acquired', side: 'left', confidence: 1, root: [0.1, 0, 0.6] });
    expect(found(sights[0]).direction).toEqual([0, -1]);
    expect(found(sights[11])).toMatchObject({ source: 'tracked', side: 'left' });
    expect(asked.detector).toBe(1);
    expect(asked.verifier).toBe(3); // until the side is settled
  });

  it('is looked at by the detector every so many frames, and at once in doubt or without an answer', async () => {
    const regular = world(still, { side: 'right' });
    await follow(regular.finder, still, 19);
    expect(regular.asked.detector).toBe(4);
    const doubting = world(still, { side: 'right', every: 0 });
    await follow(doubting.finder, still, 9, (k) => (k === 5 ? undefined : { tracked: true, doubtful: k === 2 }));
    expect(doubting.asked.detector).toBe(3);
  });

  it('is looked for again where its joints are not believed', async () => {
    const { finder, asked } = world(still, { side: 'right' });
    const sights = await follow(finder, still, 4, (k) => ({ tracked: k !== 1, doubtful: false }));
    expect(sights.map((sight) => found(sight).source)).toEqual(['acquired', 'tracked', 'acquired', 'tracked']);
    expect(asked.detector).toBe(2);
  });

  it('is expected where it moves to', async () => {
    const moving = (stamp: bigint) => [handAt([1e-9 * Number(stamp), 0, 0.6], stamp)];
    const { finder } = world(moving, { every: 0, side: 'right' });
    const sights = await follow(finder, moving, 6);
    for (const [k, sight] of sights.entries()) {
      const error = found(sight).root[0] - 0.033 * k;
      expect(Math.abs(error)).toBeLessThan(k === 1 ? 0.034 : 1e-6); // nobody knows a speed in the second frame
    }
  });

  it('is lost in doubt when it has gone, and another one is found in the same frame', async () => {
    const gone = (stamp: bigint) => (stamp < 3n * PERIOD ? still(stamp) : [handAt([0.5, 0, 0.9], stamp)]);
    const { finder } = world(gone, { side: 'right' });
    const sights = await follow(finder, gone, 5, (k) => ({ tracked: true, doubtful: k === 2 }));
    expect(found(sights[3])).toMatchObject({ source: 'acquired', root: [0.5, 0, 0.9] });
    const never = world((stamp) => (stamp < 3n * PERIOD ? still(stamp) : []));
    expect(await follow(never.finder, still, 5, (k) => ({ tracked: true, doubtful: k === 2 }))).toMatchObject([
      { state: 'found' },
      { state: 'found' },
      { state: 'found' },
      { state: 'lost', reason: 'no-candidate' },
      { state: 'lost', reason: 'no-candidate' },
    ]);
  });

  it('goes by joints that are believed: the second stage only says how sure it is, and puts right what is far off', async () => {
    const { stages } = world(still);
    let verdict = { hand: 0.0625, left: -1, root: [0.02, 0, 0.5] as Vec3, direction: [1, 0] as const };
    const fixed = { ...stages, verifier: { verify: async () => verdict } };
    const finder = new HandsFinder({ ...SETTINGS, every: 1, side: 'right', acquire: 0 }, fixed);
    const next = async (k: number) => {
      const sight = found(await find(finder, frameAt(BigInt(k) * PERIOD)));
      finder.feedback(0, { positions: still(0n)[0].positions, tracked: true, doubtful: false });
      return sight;
    };
    await next(0);
    expect(await next(1)).toMatchObject({ root: [0, 0, 0.5], direction: [0, -1], confidence: 0.25 });
    verdict = { ...verdict, hand: 0.81 };
    expect(await next(2)).toMatchObject({ root: [0, 0, 0.5], direction: [0, -1], confidence: 0.9 });
    verdict = { ...verdict, root: [0.05, 0, 0.5] };
    expect(await next(3)).toMatchObject({ root: [0.05, 0, 0.5], direction: [1, 0], confidence: 0.9 });
  });

  it('must lie in the zone, have the size of a hand and convince the second stage', async () => {
    const far = world((stamp) => [handAt([0, 0, 2], stamp)]);
    expect(await find(far.finder, frameAt(0n))).toMatchObject({ state: 'lost', reason: 'zone-empty' });
    const huge = handAt([0, 0, 0.5], 0n);
    huge.positions[1] = 0.3;
    expect(await find(world(() => [huge]).finder, frameAt(0n))).toMatchObject({
      state: 'lost',
      reason: 'no-candidate',
    });
    const { stages } = world(still);
    const doubter = {
      ...stages,
      verifier: { verify: async () => ({ hand: 0.2, left: 0, root: [0, 0, 0.5] as const, direction: undefined }) },
    };
    expect(await find(new HandsFinder(SETTINGS, doubter), frameAt(0n))).toMatchObject({
      state: 'lost',
      reason: 'no-candidate',
    });
    const dark = { ...stages, detector: { detect: async () => ({ hands: [], depth: false }) } };
    expect(await find(new HandsFinder(SETTINGS, dark), frameAt(0n))).toMatchObject({
      state: 'lost',
      reason: 'no-depth',
    });
  });

  it('is the one of the side that is asked for', async () => {
    const both = (stamp: bigint) => [
      handAt([0.2, 0, 0.6], stamp, { handedness: 'right' }),
      handAt([-0.2, 0, 0.6], stamp, { handedness: 'left' }),
    ];
    for (const [side, x] of [
      ['left', -0.2],
      ['right', 0.2],
    ] as const) {
      expect(found(await find(world(both, { side }).finder, frameAt(0n)))).toMatchObject({ side, root: [x, 0, 0.6] });
    }
    const wrong = world(still, { side: 'left' });
    expect(await find(wrong.finder, frameAt(0n))).toMatchObject({ state: 'lost', reason: 'no-candidate' });
  });

  it('is put right by the second stage, which looks twice where the first correction is large', async () => {
    const { stages, asked } = world(still);
    const rough: DetectionStages = {
      ...stages,
      detector: {
        detect: async (frame) => {
          const { hands, depth } = await stages.detector.detect(frame);
          return {
            hands: hands.map((hand) => ({ ...hand, root: [0.02, 0.01, 0.49] as const, direction: [1, 0] as const })),
            depth,
          };
        },
      },
    };
    const finder = new HandsFinder(SETTINGS, rough);
    expect(found(await find(finder, frameAt(0n)))).toMatchObject({ root: [0, 0, 0.5], direction: [0, -1] });
    expect(asked.verifier).toBe(2);
  });
});

describe('a finder', () => {
  it('keeps its side, and its hand, through a short loss; not through a long one or a step back in time', async () => {
    const left = (stamp: bigint) => [handAt([0, 0, 0.5], stamp, { handedness: 'left' })];
    const { finder, asked } = world(left);
    await follow(finder, left, 8);
    const before = asked.detector;
    await finder.find(frameAt(40n * PERIOD)); // more than max_gap later
    expect(asked.detector).toBe(before + 1);
    expect(found(await find(finder, frameAt(0n)))).toMatchObject({ source: 'acquired', side: 'left' });
  });

  it('rejects with its stages while it has no hand, and follows one without them', async () => {
    const { stages } = world(still);
    let broken = true;
    const fail = () => Promise.reject(new Error('worker lost'));
    const flaky: DetectionStages = {
      detector: { detect: (frame) => (broken ? fail() : stages.detector.detect(frame)) },
      verifier: { verify: (frame, place) => (broken ? fail() : stages.verifier.verify(frame, place)) },
    };
    const finder = new HandsFinder({ ...SETTINGS, every: 1 }, flaky);
    await expect(finder.find(frameAt(0n))).rejects.toThrow('worker lost');
    broken = false;
    expect((await find(finder, frameAt(PERIOD))).state).toBe('found');
    finder.feedback(0, { positions: still(0n)[0].positions, tracked: true, doubtful: false });
    broken = true;
    expect(found(await find(finder, frameAt(2n * PERIOD))).source).toBe('tracked');
  });

  it('forgets its hand on joints that are no numbers, and everything on a reset', async () => {
    const { finder } = world(still);
    await follow(finder, still, 3);
    await finder.find(frameAt(3n * PERIOD));
    finder.feedback(0, { positions: new Float64Array(63).fill(Number.NaN), tracked: true, doubtful: false });
    expect(found(await find(finder, frameAt(4n * PERIOD))).source).toBe('acquired');
    finder.reset();
    expect(found(await find(finder, frameAt(5n * PERIOD))).source).toBe('acquired');
  });
});
