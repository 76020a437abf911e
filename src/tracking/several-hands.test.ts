import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { DetectionStages } from '../detection/ports.js';
import { SeededRandom } from '../geometry/random.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { idealInference } from '../inference/ideal-inference.js';
import type { Inference } from '../inference/inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { type TrackerSettings, trackerConfig } from './config.js';
import { HandTracker } from './hand-tracker.js';
import type { TrackResult } from './track-result.js';

const PERIOD = 33_333_333n;
/** Of the longest test. */
const FRAMES = 4_000;
const CAMERA = { width: 8, height: 8, fx: 8, fy: 8, cx: 3.5, cy: 3.5 };
const DEPTH = new Float32Array(64).fill(0.6);

type Place = readonly [number, number, number];

/** An open hand that points up: its middle root there, joints 2 cm apart. */
function handAt([x, y, z]: Place, stamp: bigint, more: Partial<HandJoints> = {}): HandJoints {
  const positions = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let k = 0; k < 4; k++) positions.set([x + 0.02 * (finger - 2), y - 0.02 * k, z], 3 * (1 + 4 * finger + k));
  }
  positions.set([x, y + 0.09, z], 0);
  const rest = { frameId: 'camera', handId: 0, tracked: true, confidences: new Float32Array(21).fill(1), lagFrames: 0 };
  return { stamp, handedness: 'right', positions, ...rest, ...more };
}

const frameAt = (stamp: bigint): DepthFrame => ({ stamp, frameId: 'camera', ...CAMERA, depth: DEPTH, camera: CAMERA });
const FACTS = { gridSize: 8, cubeEdge: 0.3, heatMapSize: 0, sigma: 0, kind: 'joints', roll: 'hand-down' } as const;
const MODEL = { ...stubInference(() => []).model, ...FACTS };

/** A tracker in a world of hands, with networks that are never wrong. */
function world(handsAt: (stamp: bigint) => HandJoints[], settings: TrackerSettings = {}, inference?: Inference) {
  const config = trackerConfig({
    policy: 'every',
    smoothing: { stages: [] },
    kinematics: { enabled: false },
    ...settings,
  });
  return new HandTracker(config, {
    inference: inference ?? idealInference(handsAt, MODEL),
    detection: idealStages(handsAt),
  });
}

async function run(tracker: HandTracker, count: number): Promise<TrackResult[]> {
  const results: TrackResult[] = [];
  for (let k = 0; k < count; k++) results.push(...(await tracker.track(frameAt(BigInt(k) * PERIOD))));
  return results;
}

/** A hand whose wrist lies behind the middle root from a stamp on, and stages whose detector errs about its direction then by an angle in radians. */
function endOnFrom(start: bigint, angle: number) {
  const isEndOn = (stamp: bigint) => stamp >= start;
  const hands = (stamp: bigint) => {
    const hand = handAt([0, 0, 0.6], stamp);
    if (isEndOn(stamp)) hand.positions.set([0, 0, 0.69], 0);
    return [hand];
  };
  const stages = idealStages(hands);
  const direction = [Math.sin(angle), -Math.cos(angle)] as const;
  const erring: DetectionStages = {
    ...stages,
    detector: {
      async detect(frame) {
        const { hands: seen, depth } = await stages.detector.detect(frame);
        return { depth, hands: seen.map((hand) => (isEndOn(frame.stamp) ? { ...hand, direction } : hand)) };
      },
    },
  };
  return { isEndOn, hands, erring };
}

const two = (stamp: bigint) => [
  handAt([-0.2, 0, 0.6], stamp),
  handAt([0.2, 0, 0.6], stamp, { handId: 1, handedness: 'left' }),
];

describe('several hands in a tracker', () => {
  it('come out in one result, each with its id, side, joints, visible time and cube', async () => {
    const results = await run(world(two), 31);
    expect(results).toHaveLength(31);
    const { hands, lost } = results[30];
    expect(lost).toEqual([]);
    expect(hands.map(({ id, handedness }) => [id, handedness])).toEqual([
      [0, 'right'],
      [1, 'left'],
    ]);
    for (const { id, positions, visibleSeconds, cube } of hands) {
      expect(positions[27]).toBeCloseTo(id === 0 ? -0.2 : 0.2, 9);
      expect(cube?.center[0]).toBeCloseTo(id === 0 ? -0.2 : 0.2, 9);
      expect(visibleSeconds).toBeCloseTo((30 - id) / 30, 6);
    }
  });

  it('are one hand with max_hands 1, which is lost and found under the id 0', async () => {
    const blinking = (stamp: bigint) => two(stamp).slice(0, (stamp / PERIOD) % 60n < 50n ? 2 : 0);
    const results = await run(world(blinking, { detection: { maxHands: 1 } }), 130);
    for (const { hands, lost } of results) expect([...hands, ...lost].map(({ id }) => id)).toEqual([0]);
    expect(results.filter(({ hands }) => hands.length === 1).length).toBeGreaterThan(100);
  });

  it('are dropped where two skeletons lie on one hand: that which came from farther away', async () => {
    // from the tenth frame on the network sees the right hand in the left hand's cube too, as when one covers the other
    const blind = stubInference(
      (_, context) => {
        const k = Number((context?.stamp ?? 0n) / PERIOD);
        const center = context?.cube.center ?? [0, 0, 0];
        const edge = FACTS.cubeEdge;
        const x = k >= 10 || center[0] < 0 ? -0.06 : 0.06;
        const { positions } = handAt([x, 0, 0.6], 0n);
        const within = positions.map((c, i) => (c - center[i % 3]) / edge + 0.5);
        return { positions: Float64Array.from(within), confidences: new Float32Array(21).fill(1) };
      },
      { ...MODEL, roll: 'none', handedness: 'any' },
    );
    const near = (stamp: bigint) => [
      handAt([-0.06, 0, 0.6], stamp),
      handAt([0.06, 0, 0.6], stamp, { handedness: 'left' }),
    ];
    const results = await run(world(near, {}, blind), 14);
    expect(results[9].hands.map(({ id }) => id)).toEqual([0, 1]);
    for (const { hands } of results.slice(10)) expect(hands.map(({ id }) => id)).toEqual([0]);
    expect(results[10].lost).toMatchObject([{ id: 1, handedness: 'left', reason: 'duplicate' }]);
  });

  it.each([
    ['new', 0n, Array(20).fill('0')],
    ['found again', 10n, [...Array(10).fill('0'), '', ...Array(9).fill('0')]],
  ])(
    'have their cube turned where a detector is wrong about the direction of a palm that is seen end on: %s',
    async (_, from, expected) => {
      // from that frame on, in which the network sees nothing of a hand that is known
      const { hands, erring } = endOnFrom(from * PERIOD, Math.PI / 3);
      const ideal = idealInference(hands, { ...MODEL, handedness: 'any' });
      const blind: Inference = {
        ...ideal,
        async infer(grid, context) {
          const answer = await ideal.infer(grid, context);
          const { stamp = 0n, cube } = context ?? {};
          const isLost = from > 0n && stamp === from * PERIOD;
          const sees = !isLost && Math.abs(Math.sin(cube?.roll ?? 1)) < 0.1 && Math.cos(cube?.roll ?? 0) > 0;
          if (!sees) answer.decoded?.confidences.fill(0.05);
          return answer;
        },
      };
      const config = trackerConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: false } });
      const results = await run(new HandTracker(config, { inference: blind, detection: erring }), 20);
      expect(results.map(({ hands }) => hands.map(({ id }) => id).join())).toEqual(expected);
    },
  );

  it('that were there a moment ago are not turned round by a network that is about as sure of a wrong direction', async () => {
    // in a cube that is turned round the network sees the hand turned round
    const { isEndOn, hands, erring } = endOnFrom(10n * PERIOD, Math.PI / 3);
    const ideal = idealInference(hands, { ...MODEL, handedness: 'any' });
    const unsure: Inference = {
      ...ideal,
      async infer(grid, context) {
        const answer = await ideal.infer(grid, context);
        const { stamp = 0n, cube = { roll: 0 } } = context ?? {};
        if (!isEndOn(stamp) || answer.decoded === undefined) return answer;
        const isRound = Math.cos(cube.roll) < 0;
        const { positions, confidences } = answer.decoded;
        for (let i = 0; isRound && i < positions.length; i++) if (i % 3 < 2) positions[i] = 1 - positions[i];
        confidences.fill(isRound ? 0.48 : Math.abs(Math.sin(cube.roll)) < 0.1 ? 0.45 : 0.05);
        return answer;
      },
    };
    const config = trackerConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: false } });
    const results = await run(new HandTracker(config, { inference: unsure, detection: erring }), 16);
    const tips = results.map(({ hands: [hand] }) => hand && Math.round(100 * hand.positions[3 * 12 + 1]));
    expect(tips).toEqual(Array(16).fill(-6));
  });

  it('are shown as they lay before, too, where a frame is old and the stages say that they have turned, by a network that is sure of both', async () => {
    const interval = 6n * PERIOD;
    const { isEndOn, hands, erring } = endOnFrom(5n * interval, Math.PI / 2);
    const ideal = idealInference(hands, { ...MODEL, handedness: 'any' });
    const deceived: Inference = {
      ...ideal,
      async infer(grid, context) {
        const answer = await ideal.infer(grid, context);
        const { stamp = 0n, cube = { roll: 0 } } = context ?? {};
        if (!isEndOn(stamp) || answer.decoded === undefined) return answer;
        const { positions, confidences } = answer.decoded;
        const isUpright = Math.abs(Math.sin(cube.roll)) < 0.1 && Math.cos(cube.roll) > 0;
        for (let i = 0; !isUpright && i < positions.length; i++) if (i % 3 < 2) positions[i] = 1 - positions[i];
        confidences.fill(isUpright ? 0.7 : 0.73);
        return answer;
      },
    };
    const config = trackerConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: false } });
    const tracker = new HandTracker(config, { inference: deceived, detection: erring });
    const tips: number[] = [];
    for (let k = 0n; k < 6n; k++) {
      const [{ hands: found }] = await tracker.track(frameAt(k * interval));
      tips.push(...found.map(({ positions }) => Math.round(100 * positions[3 * 12 + 1])));
    }
    expect(tips).toEqual(Array(6).fill(-6));
  });

  it('say in which frame their side changes, which it does once in the life of an id', async () => {
    const turning = (stamp: bigint) => [
      handAt([0, 0, 0.6], stamp, { handedness: (stamp / PERIOD) % 100n < 50n ? 'right' : 'left' }),
    ];
    const model = { ...MODEL, handedness: 'any' } as const;
    const tracker = world(turning, { detection: { every: 1 } }, idealInference(turning, model));
    const results = await run(tracker, 200);
    const told = results.map(({ hands: [{ id, handedness, handednessChanged }] }) => ({
      ...{ id, handedness, changed: handednessChanged ?? false },
    }));
    const of = (id: number) => told.filter((hand) => hand.id === id);
    const changed = [0, 1].map((id) => of(id).findIndex((hand) => hand.changed));
    for (const [id, at] of changed.entries()) {
      expect(of(id).filter((hand) => hand.changed)).toHaveLength(1);
      expect(
        of(id)
          .map(({ handedness }) => handedness[0])
          .join(''),
      ).toMatch(new RegExp(`^r{${at}}l+$`));
    }
    // all evidence is against the side that cannot change any more: it is another hand from then on
    expect(told.length).toBe(of(0).length + of(1).length);
    expect(results[of(0).length]).toMatchObject({ hands: [{ id: 1 }], lost: [{ id: 0, reason: 'other-side' }] });
  });

  it.each([
    ['ten hands', Array.from({ length: 10 }, (_, i): Place => [0.12 * (i - 5), 0.05 * (i % 3), 0.4 + 0.05 * i])],
    ['hands that are half out of the picture', [[-0.31, 0, 0.6], [0.31, 0.3, 0.6], [0, -0.31, 0.6]] as Place[]], // biome-ignore format: places
    ['hands at one and the same place', [[0, 0, 0.6], [0.001, 0, 0.6], [0, 0.03, 0.6]] as Place[]], // biome-ignore format: places
  ])('are never more than allowed, and never a fault: %s', async (_, places) => {
    const crowd = (stamp: bigint) => places.map((place) => handAt(place, stamp));
    for (const maxHands of [1, 2, 8]) {
      const tracker = world(crowd, { detection: { maxHands, candidates: 16 } });
      const results = await run(tracker, 20);
      expect(results).toHaveLength(20);
      for (const { hands } of results) {
        expect(hands.length).toBeLessThanOrEqual(maxHands);
        expect(new Set(hands.map(({ id }) => id)).size).toBe(hands.length);
      }
      expect(tracker.counters.snapshot().dropped).toEqual({});
    }
  });

  /** Up to three hands that come and go at random places, for half a second to four seconds each. */
  function visitors(seed: number) {
    const random = new SeededRandom(seed);
    const spans: { from: number; to: number; place: Place; side: 'left' | 'right' }[] = [];
    for (const lane of [-0.3, 0, 0.3]) {
      for (let at = random.integer(60); at < FRAMES; at += 20 + random.integer(120)) {
        const to = at + 15 + random.integer(105);
        spans.push({ from: at, to, place: [lane, random.uniform(-0.1, 0.1), 0.6], side: lane < 0 ? 'right' : 'left' });
        at = to;
      }
    }
    const byFrame = new Map<number, HandJoints[]>();
    for (const { from, to, place, side } of spans) {
      for (let k = from; k < to; k++) {
        const stamp = BigInt(k) * PERIOD;
        const [x, y, z] = place;
        const hand = handAt([x + 0.03 * Math.sin(k / 9), y, z], stamp, { handedness: side });
        byFrame.set(k, [...(byFrame.get(k) ?? []), hand]);
      }
    }
    return (stamp: bigint) => byFrame.get(Number(stamp / PERIOD)) ?? [];
  }

  it('that come and go are the same bytes in a second run, and no id has two hands', async () => {
    const scene = visitors(3);
    const digests: string[] = [];
    for (let round = 0; round < 2; round++) {
      const hash = createHash('sha256');
      const lanes = new Map<number, number>();
      for (const { stamp, hands, lost } of await run(world(scene, { detection: { maxHands: 3 } }), 900)) {
        hash.update(
          `${stamp} ${JSON.stringify([hands, lost].map((all) => all.map(({ id, handedness }) => [id, handedness])))}`,
        );
        for (const { id, positions } of hands) {
          hash.update(positions);
          const lane = Math.round(positions[27] / 0.3) + 1;
          expect(lanes.get(id) ?? lane).toBe(lane);
          lanes.set(id, lane);
        }
      }
      digests.push(hash.digest('hex'));
      expect(lanes.size).toBeGreaterThan(10);
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it('that come and go leave nothing behind', async () => {
    const scene = visitors(4);
    const inference = idealInference(scene, { ...MODEL, gridSize: 2 });
    const tracker = world(scene, { detection: { maxHands: 3 } }, inference);
    const used: number[] = [];
    let last = 0;
    for (let k = 0; k < FRAMES; k++) {
      const [{ hands }] = await tracker.track(frameAt(BigInt(k) * PERIOD));
      for (const { id } of hands) last = Math.max(last, id);
      if (k === 1_000 || k === FRAMES - 1) used.push(heap());
    }
    expect(last).toBeGreaterThan(50);
    expect(used[1] - used[0]).toBeLessThan(2e6);
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use after rubbish was collected. */
function heap(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
