import { describe, expect, it } from 'vitest';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { Vec3 } from '../geometry/matrix.js';
import type { HandJoints } from '../hand/hand-joints.js';
import type { HandSight } from './hand-sight.js';
import { HandsFinder, type HandsFinderSettings } from './hands-finder.js';
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
    expect(asked.verifier).toBe(12); // until the side is settled: each look says a quarter of it
  });

  it('is of the side that a network tells which sees both sides’ cubes, also where the second stage keeps saying the other one', async () => {
    const left = (stamp: bigint) => [handAt([0, 0, 0.5], stamp, { handedness: 'left' })];
    const sideOf = async (told: number) => {
      const { finder } = world(left, { every: 1 });
      const sides: string[] = [];
      for (let k = 0; k < 12; k++) {
        await find(finder, frameAt(BigInt(k) * PERIOD));
        sides.push(finder.judge(0, told));
        const [{ positions }] = left(BigInt(k) * PERIOD);
        finder.feedback(0, { positions, tracked: true, doubtful: false });
      }
      return sides.at(-1);
    };
    expect([await sideOf(0), await sideOf(-1)]).toEqual(['left', 'right']);
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

  it('in frames that are far apart is sought by both stages, and rough where they do not agree with its joints', async () => {
    // at rest, and then 5 cm aside
    const moving = (stamp: bigint) => [handAt([stamp < 700n * MS ? 0 : 0.05, 0, 0.5], stamp)];
    const { finder, asked } = world(moving, { side: 'right', every: 0 });
    const rough: unknown[] = [];
    for (let k = 0; k < 5; k++) {
      const stamp = BigInt(200 * k) * MS;
      rough.push(found(await find(finder, frameAt(stamp))).rough);
      finder.feedback(0, { positions: moving(stamp)[0].positions, tracked: true, doubtful: false });
    }
    expect(rough).toEqual([true, 'agreed', 'agreed', 'agreed', true]);
    expect(asked.detector).toBe(5);
  });

  it.each([
    [true, 'tracked'],
    [false, 'acquired'],
  ])(
    'in frames that are far apart may be as far away as hands move in that time, if it is alone: %s',
    async (alone, source) => {
      const jumping = (stamp: bigint) => {
        const hand = handAt([stamp < 700n * MS ? 0 : 0.2, 0, 0.5], stamp);
        return alone ? [hand] : [hand, handAt([-0.4, 0, 0.5], stamp, { handedness: 'left' })];
      };
      const { finder } = world(jumping, { side: 'auto', every: 0, maxHands: 2 });
      let last: HandSight | undefined;
      for (let k = 0; k < 5; k++) {
        const stamp = BigInt(200 * k) * MS;
        const sights = await finder.find(frameAt(stamp));
        last = sights.find((sight) => sight.state === 'found' && sight.root[0] > 0.1);
        for (const sight of sights) {
          if (sight.state === 'lost') continue;
          const seen = jumping(stamp).find(({ positions }) => Math.abs(positions[27] - sight.root[0]) < 0.05);
          if (seen) finder.feedback(sight.id, { positions: seen.positions, tracked: true, doubtful: false });
        }
      }
      expect(last).toMatchObject({ state: 'found', source });
    },
  );

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
    const seen = { left: -1, root: [0.02, 0, 0.5] as Vec3, direction: [1, 0] as const };
    const verdictAt = (k: number) => ({
      ...seen,
      hand: k < 2 ? 0.0625 : 0.81,
      ...(k > 2 && { root: [0.05, 0, 0.5] as Vec3 }),
    });
    const verifier = { verify: async ({ stamp }: DepthFrame) => verdictAt(Number(stamp / PERIOD)) };
    const finder = new HandsFinder({ ...SETTINGS, every: 1, side: 'right', acquire: 0 }, { ...stages, verifier });
    const next = async (k: number) => {
      const sight = found(await find(finder, frameAt(BigInt(k) * PERIOD)));
      finder.feedback(0, { positions: still(0n)[0].positions, tracked: true, doubtful: false });
      return sight;
    };
    await next(0);
    await next(1);
    // each frame hears of the look at the one before
    expect(await next(2)).toMatchObject({ root: [0, 0, 0.5], direction: [0, -1], confidence: 0.25 });
    expect(await next(3)).toMatchObject({ root: [0, 0, 0.5], direction: [0, -1], confidence: 0.9 });
    // where the last one saw the hand elsewhere, both look again at once
    expect(await next(4)).toMatchObject({ root: [0.05, 0, 0.5], direction: [1, 0], confidence: 0.9 });
  });

  it('of no known side is shown as either hand in each of the first 15 frames, and then in every fourth one', async () => {
    const { stages } = world(still);
    const verify: typeof stages.verifier.verify = async (frame, place) => {
      return { ...(await stages.verifier.verify(frame, place)), left: 0 };
    };
    const sights = await follow(new HandsFinder(SETTINGS, { ...stages, verifier: { verify } }), still, 28);
    const asked = sights.flatMap((sight, k) => (found(sight).settled ? [] : [k]));
    expect(asked).toEqual([...Array(15).keys(), 15, 19, 23, 27]);
  });

  it('does not wait for a look while its joints are believed, and the next frame does', async () => {
    const { stages } = world(still);
    let answer: (() => void) | undefined;
    const detect = async (frame: DepthFrame) => {
      if (frame.stamp === 2n * PERIOD) await new Promise<void>((resolve) => (answer = resolve));
      return stages.detector.detect(frame);
    };
    const finder = new HandsFinder({ ...SETTINGS, every: 2, side: 'right' }, { ...stages, detector: { detect } });
    await follow(finder, still, 3);
    let isDone = false;
    const next = find(finder, frameAt(3n * PERIOD)).then((sight) => {
      isDone = true;
      return sight;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isDone).toBe(false);
    answer?.();
    expect(found(await next)).toMatchObject({ source: 'tracked', confidence: 1 });
  });

  it('is looked for again by both stages after a look that failed, and followed meanwhile', async () => {
    const { stages, asked } = world(still);
    const detect = async (frame: DepthFrame) => {
      if (frame.stamp === 6n * PERIOD) throw new Error('lost');
      return stages.detector.detect(frame);
    };
    const finder = new HandsFinder({ ...SETTINGS, side: 'right' }, { ...stages, detector: { detect } });
    expect((await follow(finder, still, 9)).map(({ state }) => state)).toEqual(Array(9).fill('found'));
    expect(asked.detector).toBe(2); // for the first frame, and for the one after the failure
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

describe('several hands', () => {
  const TWO = { maxHands: 2 };
  const NO_SIDE = 0;

  /** Two hands, each at its own place at each frame; a place that is undefined has no hand. */
  const pair =
    (right: (k: number) => Vec3 | undefined, left: (k: number) => Vec3 | undefined = () => undefined) =>
    (stamp: bigint): HandJoints[] => {
      const k = Number(stamp / PERIOD);
      return [[right(k), 'right'] as const, [left(k), 'left'] as const].flatMap(([root, handedness]) =>
        root === undefined ? [] : [handAt(root, stamp, { handedness })],
      );
    };

  /** Joints that are those of the hand that is nearest to where each hand was found. */
  async function run(
    finder: HandsFinder,
    handsAt: (stamp: bigint) => HandJoints[],
    count: number,
    believed: (k: number, id: number) => boolean = () => true,
  ): Promise<(readonly HandSight[])[]> {
    const sights: (readonly HandSight[])[] = [];
    for (let k = 0; k < count; k++) {
      const stamp = BigInt(k) * PERIOD;
      const seen = await finder.find(frameAt(stamp));
      sights.push(seen);
      for (const sight of seen) {
        if (sight.state === 'lost') continue;
        const apart = ({ positions }: HandJoints) =>
          Math.hypot(...sight.root.map((c, axis) => c - positions[27 + axis]));
        const [nearest] = handsAt(stamp).sort((a, b) => apart(a) - apart(b));
        const tracked = nearest !== undefined && apart(nearest) < 0.08 && believed(k, sight.id);
        const positions = nearest?.positions ?? new Float64Array(63);
        finder.feedback(sight.id, { positions, tracked, doubtful: false });
      }
    }
    return sights;
  }

  /** `0r+ 1l-`: ids, sides, found or lost. */
  const said = (sights: readonly HandSight[]) =>
    sights.map(({ id, side, state }) => `${id}${side[0]}${state === 'found' ? '+' : '-'}`).join(' ');

  it('are found one at once and the others in the look behind it, and keep their ids', async () => {
    const both = pair(
      () => [-0.2, 0, 0.6],
      () => [0.2, 0, 0.6],
    );
    const { finder, asked } = world(both, { ...TWO, every: 0 });
    const sights = await run(finder, both, 12);
    expect(sights.map(said)).toEqual(['0r+', ...Array(11).fill('0r+ 1l+')]);
    expect(asked.detector).toBe(2);
  });

  it('are never more than allowed, however many there are', async () => {
    const ten = (stamp: bigint) =>
      Array.from({ length: 10 }, (_, i) => handAt([0.2 * (i - 5), 0.1 * (i % 3), 0.5 + 0.05 * i], stamp));
    for (const maxHands of [1, 3, 8]) {
      const { finder } = world(ten, { maxHands, candidates: 16 });
      const sights = await run(finder, ten, 10);
      const counts = sights.map((seen) => seen.filter(({ state }) => state === 'found').length);
      expect(Math.max(...counts)).toBe(maxHands);
      expect(new Set(sights.at(-1)?.map(({ id }) => id)).size).toBe(maxHands);
    }
  });

  it('keep their ids and sides where they pass each other at a distance of 7 cm', async () => {
    const crossing = pair(
      (k) => [-0.3 + 0.02 * k, 0, 0.6],
      (k) => [0.3 - 0.02 * k, 0, 0.53],
    );
    const { finder } = world(crossing, { ...TWO, every: 1 });
    const sights = await run(finder, crossing, 31);
    expect(new Set(sights.slice(1).map(said))).toEqual(new Set(['0r+ 1l+']));
    expect(found(sights[30][0]).root[0]).toBeGreaterThan(0.25);
    expect(found(sights[30][1]).root[0]).toBeLessThan(-0.25);
  });

  it('are assigned together: a hand does not take the candidate that another one needs', async () => {
    // both move by 6 cm to the right between two frames, so the left one of them comes to where the other one was expected
    const jumping = pair(
      (k) => [k < 5 ? 0 : 0.06, 0, 0.6],
      (k) => [k < 5 ? 0.07 : 0.13, 0, 0.6],
    );
    const { finder } = world(jumping, { ...TWO, every: 1, side: 'auto' });
    const sights = await run(finder, jumping, 5);
    finder.reset();
    expect(said(sights[4])).toBe('0r+ 1l+');
    const again = world(jumping, { ...TWO, every: 1 });
    for (let k = 0; k < 6; k++) {
      const stamp = BigInt(k) * PERIOD;
      const seen = await again.finder.find(frameAt(stamp));
      if (k === 5) expect(seen.map((sight) => found(sight).root[0])).toEqual([0.06, 0.13]);
      const [right, left] = jumping(stamp);
      // nothing is heard of the fourth frame, so the fifth is looked at by both stages
      if (k === 4) continue;
      again.finder.feedback(0, { positions: right.positions, tracked: true, doubtful: false });
      again.finder.feedback(1, { positions: left.positions, tracked: true, doubtful: false });
    }
  });

  it('have the same id again within a second at about the same place, and a new one after that or elsewhere', async () => {
    const away = (from: number, to: number, then: Vec3) =>
      pair(
        () => [-0.2, 0, 0.6],
        (k) => (k < from ? [0.2, 0, 0.6] : k < to ? undefined : then),
      );
    const believing = (scene: (stamp: bigint) => HandJoints[]) => run(world(scene, TWO).finder, scene, 60);
    const back = (await believing(away(10, 25, [0.25, 0.05, 0.6]))).map(said);
    expect(back[12]).toBe('0r+ 1l-');
    expect(back[26]).toBe('0r+ 1l+');
    const late = (await believing(away(10, 50, [0.2, 0, 0.6]))).map(said);
    expect(late.at(-1)).toBe('0r+ 2l+');
    expect(late[48]).toBe('0r+');
    const elsewhere = (await believing(away(10, 20, [0.55, 0.1, 0.7]))).map(said);
    expect(elsewhere[25]).toBe('0r+ 1l- 2l+');
  });

  it('are searched for twice as often while there is room for one more', async () => {
    const one = pair(() => [-0.2, 0, 0.6]);
    for (const [maxHands, looks] of [
      [1, 4],
      [2, 8],
    ]) {
      const { finder, asked } = world(one, { maxHands, every: 6 });
      await run(finder, one, 25);
      expect(asked.detector).toBe(1 + looks);
    }
  });

  it('that come are found in the frame after the look that sees them first, as fast as hands come', async () => {
    for (const [every, comesAt, foundAt] of [
      [4, 9, 11],
      [1, 9, 10],
    ] as const) {
      // 2 m/s at 15 frames per second
      const coming = (stamp: bigint) => {
        const k = Number(stamp / (67n * MS));
        const hand = (x: number, handedness: 'right' | 'left') => handAt([x, 0, 0.6], stamp, { handedness });
        return [hand(-0.2, 'right'), ...(k < comesAt ? [] : [hand(1.2 - 0.12 * (k - comesAt), 'left')])];
      };
      const { finder } = world(coming, { ...TWO, side: 'auto', every });
      const seen: number[] = [];
      for (let k = 0; k < 16; k++) {
        const stamp = BigInt(k) * 67n * MS;
        seen.push((await finder.find(frameAt(stamp))).length);
        for (const [id, { positions }] of coming(stamp).entries())
          finder.feedback(id, { positions, tracked: true, doubtful: false });
      }
      expect(seen.indexOf(2)).toBe(foundAt);
    }
  });

  it('that are not believed at once are forgotten, and their id is the next one’s', async () => {
    const both = pair(
      () => [-0.2, 0, 0.6],
      (k) => [k < 20 ? 0.2 : 0.5, 0, 0.6],
    );
    const { finder, asked } = world(both, { ...TWO, side: 'right', every: 5 });
    const alone = await run(finder, both, 20);
    expect(new Set(alone.map(said))).toEqual(new Set(['0r+']));
    expect(asked.detector).toBe(8); // a left hand is no reason to look again
    const refused = world(both, { ...TWO, every: 5 });
    const sights = await run(refused.finder, both, 60, (k, id) => id === 0 || k > 40);
    expect(sights.filter((seen) => seen.length > 1).length).toBeLessThan(30);
    expect(sights.flat().every(({ state }) => state === 'found')).toBe(true);
    expect(said(sights[59])).toBe('0r+ 1l+');
  });

  it('need the score of further hands: a weak one beside a sure one is not taken', async () => {
    const both = pair(
      () => [-0.2, 0, 0.6],
      () => [0.2, 0, 0.6],
    );
    const { stages } = world(both);
    const weak: DetectionStages = {
      ...stages,
      detector: {
        detect: async (frame) => {
          const { hands, depth } = await stages.detector.detect(frame);
          return { hands: hands.map((hand, i) => (i === 0 ? hand : { ...hand, score: 0.36 })), depth };
        },
      },
    };
    const settings = { ...SETTINGS, ...TWO, acquire: 0.5, acquireMore: 0.65 };
    const sights = await run(new HandsFinder(settings, weak), both, 10);
    expect(new Set(sights.map(said))).toEqual(new Set(['0r+']));
    const lower = await run(new HandsFinder({ ...settings, acquireMore: 0.55 }, weak), both, 10);
    expect(said(lower[9])).toBe('0r+ 1l+');
  });

  it('of which none is there are looked for in every frame for half a second, then every 150 ms', async () => {
    const { finder, asked } = world(() => [], TWO);
    await run(finder, () => [], 16);
    expect(asked.detector).toBe(16);
    const sights = await run(world(() => [], TWO).finder, () => [], 3);
    expect(sights[2]).toMatchObject([{ id: 0, state: 'lost', reason: 'no-candidate' }]);
    for (let k = 16; k < 46; k++) await finder.find(frameAt(BigInt(k) * PERIOD));
    expect(asked.detector).toBe(22);
  });

  it('change their side at most once, and not by evidence that may be another hand’s', async () => {
    const near = pair(
      () => [-0.04, 0, 0.6],
      () => [0.04, 0, 0.6],
    );
    const { finder } = world(near, TWO);
    await run(finder, near, 6);
    for (let i = 0; i < 50; i++) finder.judge(0, 2);
    expect(finder.judge(0, NO_SIDE)).toBe('right');
    const alone = pair(() => [0, 0, 0.6]);
    const free = world(alone, TWO).finder;
    await run(free, alone, 3);
    const sides = [4, -4, 4].map((left) => {
      let side: string = '';
      for (let i = 0; i < 20; i++) side = free.judge(0, left);
      free.feedback(0, { positions: alone(0n)[0].positions, tracked: true, doubtful: false });
      return side;
    });
    expect(sides).toEqual(['left', 'left', 'left']);
  });

  it('are found again where they were, though they were tried in vain elsewhere', async () => {
    const hands = pair((k) => [k < 10 ? -0.14 : k < 16 ? 0.09 : -0.17, 0, 0.6]);
    const { finder } = world(hands, { ...TWO, every: 1 });
    const sights = await run(finder, hands, 24, (k) => k < 10 || k >= 16);
    const ids = new Set(sights.flat().flatMap(({ id, state }) => (state === 'found' ? [id] : [])));
    expect([...ids]).toEqual([0]);
    expect(sights[23]).toMatchObject([{ id: 0, state: 'found', root: [-0.17, 0, 0.6] }]);
  });

  it('of which one would be the other one’s side need twice as much to be told so, unless they are far apart', async () => {
    const needed = async (apart: number) => {
      const both = pair(
        () => [0, 0, 0.6],
        () => [apart, 0, 0.6],
      );
      const { finder } = world(both, TWO);
      await run(finder, both, 20);
      let verdicts = 1;
      while (finder.judge(0, 2) === 'right') verdicts++;
      return verdicts;
    };
    expect([await needed(0.3), await needed(0.8)]).toEqual([13, 7]);
  });

  it.each([
    [
      true,
      'were taken for the other hand, and not believed as that, are found again as what was said of them then',
      'left',
    ],
    [false, 'were never believed are found as if nothing had been said of them', 'right'],
  ])('that %j %s', async (wereBelieved, _, expected) => {
    const alone = pair(() => [0, 0, 0.6]);
    const { finder } = world(alone, { ...TWO, every: 1 });
    await run(finder, alone, 10, () => wereBelieved);
    for (let k = 10; k < 20; k++) {
      await finder.find(frameAt(BigInt(k) * PERIOD));
      for (let i = 0; i < 20; i++) finder.judge(0, 2);
      finder.feedback(0, { positions: new Float64Array(63), tracked: false, doubtful: false });
    }
    let again: HandSight | undefined;
    for (let k = 20; again?.state !== 'found' && k < 60; k++) [again] = await finder.find(frameAt(BigInt(k) * PERIOD));
    expect(again).toMatchObject({ id: 0, side: expected, state: 'found' });
  });

  it('that are never believed without any other one are tried three times in a row, then ever more rarely, and at once elsewhere', async () => {
    const decoy = pair((k) => [k < 150 ? 0 : 0.2, 0, 0.6]);
    const { finder, asked } = world(decoy, { ...TWO, every: 0 });
    const tried: number[] = [];
    for (let k = 0; k < 156; k++) {
      const [{ id, state }] = await finder.find(frameAt(BigInt(k) * PERIOD));
      if (state !== 'found') continue;
      tried.push(k);
      finder.feedback(id, { positions: new Float64Array(63), tracked: false, doubtful: false });
    }
    const pauses = tried.slice(1).map((k, i) => k - tried[i]);
    expect(pauses.slice(0, 3)).toEqual([1, 1, 1]);
    // the frames that are looked at are 165 ms apart
    for (const [i, seconds] of [0.15, 0.3, 0.6, 1.2].entries()) {
      expect(0.033 * pauses[3 + i]).toBeGreaterThanOrEqual(seconds);
      expect(0.033 * pauses[3 + i]).toBeLessThan(seconds + 0.17);
    }
    expect(tried.filter((k) => k >= 150).length).toBeGreaterThan(0);
    expect(asked.detector).toBeLessThan(50); // it looks every 150 ms
  });

  it('that are found again beside another one and not believed are tried again after 0.1 s only', async () => {
    const both = pair(
      () => [-0.2, 0, 0.6],
      () => [0.2, 0, 0.6],
    );
    const { finder, asked } = world(both, { ...TWO, every: 0 });
    await run(finder, both, 10);
    const before = asked.detector;
    const states: string[] = [];
    for (let k = 10; k < 30; k++) {
      const seen = await finder.find(frameAt(BigInt(k) * PERIOD));
      states.push(said(seen));
      for (const { id, state } of seen) {
        const [right, left] = both(0n);
        if (state === 'found')
          finder.feedback(id, { positions: (id === 0 ? right : left).positions, tracked: id === 0, doubtful: false });
      }
    }
    // lost in the eleventh frame; found again in the next one, and then in every fourth
    expect(states.map((one) => (one === '0r+ 1l+' ? '+' : '-')).join('')).toBe('++---+---+---+---+--');
    expect(asked.detector - before).toBe(5);
  });

  it('that were just tried in vain are nobody else where a detector sees them twice', async () => {
    // a false hand beside the left one is gone from frame 10 on; the left one is lost in frame 11, tried in vain in frame 12, and then seen at two places
    const all = (stamp: bigint) => {
      const k = Number(stamp / PERIOD);
      const left = (x: number) => handAt([x, 0, 0.6], stamp, { handedness: 'left' });
      const others = k < 10 ? [left(0.05)] : k < 13 ? [] : [left(0.155)];
      return [handAt([-0.3, 0, 0.6], stamp), left(0.2), ...others];
    };
    const { finder } = world(all, { maxHands: 3 });
    const sights = await run(finder, all, 16, (k, id) => id === 0 || k < 11);
    // in frame 10 it is still believed to be where it was expected
    const [both, gone, none] = ['0r+ 1l+ 2l+', '0r+ 1l+ 2l-', '0r+ 1l- 2l-'];
    expect(sights.slice(9).map(said)).toEqual([both, both, gone, gone, none, none, none]);
  });

  it('are left out where fewer are allowed: those farthest from the middle of the zone, until there is room again', async () => {
    const both = pair(
      () => [-0.4, 0, 0.7],
      () => [0.1, 0, 0.7],
    );
    const { finder, asked } = world(both, TWO);
    await run(finder, both, 5);
    finder.allow(1);
    const before = asked.detector;
    const at = (k: number) => finder.find(frameAt(BigInt(k) * PERIOD));
    const seen = await at(5);
    expect(seen).toMatchObject([
      { id: 0, state: 'lost', reason: 'shed' },
      { id: 1, state: 'found' },
    ]);
    finder.feedback(1, { positions: both(0n)[1].positions, tracked: true, doubtful: false });
    expect(said(await at(6))).toBe('0r- 1l+');
    expect(asked.detector).toBe(before); // nobody looks for the hand that was left out
    finder.feedback(1, { positions: both(0n)[1].positions, tracked: true, doubtful: false });
    finder.allow(2);
    expect(said(await at(7))).toBe('0r+ 1l+');
  });

  it('are found and followed in the same way a second time', async () => {
    const scene = pair(
      (k) => (k % 40 < 25 ? [-0.2 + 0.005 * k, 0, 0.6] : undefined),
      (k) => (k % 30 > 8 ? [0.2, 0.01 * (k % 7), 0.6] : undefined),
    );
    const first = await run(world(scene, TWO).finder, scene, 120);
    expect(await run(world(scene, TWO).finder, scene, 120)).toEqual(first);
  });
});
