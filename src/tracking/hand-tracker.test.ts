import { firstValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { asHeatMaps } from '../../test/fixtures/models/fixture-models.js';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { type OneHand, oneHand } from '../../test/helpers/one-hand.js';
import type { ReferencePoint, ReferenceRefiner } from '../detection/geometric/reference-point.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { idealInference } from '../inference/ideal-inference.js';
import type { Inference } from '../inference/inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { toFrameSet } from '../rig/frame-set.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { Counters } from './counters.js';
import { HandTracker } from './hand-tracker.js';
import { trackFrames } from './track-hands.js';
import type { TrackResult } from './track-result.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 24, camera: CAMERAS.small, seed: 5 })];
const truthAt = new Map(frames.map(({ truth }) => [truth.stamp, truth]));

/** The network replaced by heat maps drawn from the truth: whatever error is left is everybody else's. */
function perfectInference(overrides: Partial<Inference['model']> = {}): Inference {
  const geometry = { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 };
  return idealInference((stamp) => truthAt.get(stamp), { ...stubInference(() => []).model, ...geometry, ...overrides });
}

function meanErrorMm(results: readonly OneHand[]): number {
  const errors = results.flatMap(({ joints }) => {
    const truth = truthAt.get(joints.stamp) as HandJoints;
    return Array.from({ length: 21 }, (_, j) =>
      Math.hypot(...[0, 1, 2].map((axis) => joints.positions[3 * j + axis] - truth.positions[3 * j + axis])),
    );
  });
  return (errors.reduce((a, b) => a + b, 0) / errors.length) * 1000;
}

async function trackAll(tracker: HandTracker): Promise<OneHand[]> {
  const results: TrackResult[] = [];
  for (const { frame } of frames) results.push(...(await tracker.track(frame)));
  return [...results, ...tracker.flush()].map(oneHand);
}

describe('the whole pipeline around an ideal network', () => {
  it.each([
    ['an upright cube', { roll: 'none' }, 'right'],
    ['a cube turned by the forearm', { roll: 'forearm-down' }, 'right'],
    ['a mirrored cube', { roll: 'forearm-down', handedness: 'left' }, 'right'],
  ] as const)('finds every joint within 3 mm on average in %s', async (_, facts, handedness) => {
    const config = geometricConfig({ policy: 'every', handedness, smoothing: { stages: [] } });
    const results = await trackAll(new HandTracker(config, { inference: perfectInference(facts) }));
    expect(results).toHaveLength(frames.length);
    expect(results.every(({ joints }) => joints.tracked)).toBe(true);
    expect(meanErrorMm(results)).toBeLessThan(3);
  });

  it('gives all decoders when raw joints are asked for', async () => {
    const config = geometricConfig({ smoothing: { stages: [] }, output: { rawJoints: true } });
    const [result] = await new HandTracker(config, { inference: perfectInference() }).track(frames[0].frame);
    expect([...oneHand(result).raw.keys()].sort()).toEqual(['gauss', 'max', 'nbest', 'smax']);
  });

  it('says the lag of a centred window and gives the held frames at the end', async () => {
    const config = geometricConfig({ smoothing: { stages: ['window'], window: { mode: 'centred', k: 2 } } });
    const tracker = new HandTracker(config, { inference: perfectInference() });
    expect(await tracker.track(frames[0].frame)).toHaveLength(0);
    expect(await tracker.track(frames[1].frame)).toHaveLength(0);
    const [first] = await tracker.track(frames[2].frame);
    expect(first.stamp).toBe(frames[0].frame.stamp);
    expect(first.lagFrames).toBe(2);
    expect(tracker.flush().map(({ stamp }) => stamp)).toEqual([frames[1].frame.stamp, frames[2].frame.stamp]);
  });
});

describe('a tracker', () => {
  it('says so when there is no hand, and why', async () => {
    const { frame } = frames[0];
    const empty = { ...frame, depth: new Float32Array(frame.depth.length) };
    const tracker = new HandTracker(geometricConfig({ smoothing: { stages: [] } }), { inference: perfectInference() });
    const [result] = await tracker.track(empty);
    expect(result.hands).toEqual([]);
    expect(result.lost).toMatchObject([{ id: 0, handedness: 'right', reason: 'no-depth' }]);
    expect(oneHand(result).reference).toEqual({ state: 'lost', reason: 'no-depth' });
    expect(tracker.counters.snapshot().lost).toEqual({ 'no-depth': 1 });
  });

  it('takes the frames of one moment as it takes a frame, and refuses those of several cameras', async () => {
    const config = geometricConfig({ smoothing: { stages: [] }, handedness: 'right' });
    const { frame } = frames[0];
    const set = toFrameSet(frame, 'left');
    const [single] = await new HandTracker(config, { inference: perfectInference() }).track(frame);
    const tracker = new HandTracker(config, { inference: perfectInference() });
    expect(await tracker.track(set)).toEqual([single]);
    expect(single.hands).toMatchObject([{ id: 0, handedness: 'right', handednessScore: 1 }]);
    const both = { ...set, views: [...set.views, { ...set.views[0], name: 'right' }] };
    await expect(tracker.track(both)).rejects.toMatchObject({ code: 'USAGE', found: '2: left, right' });
  });

  it('takes a hand of which the network sees nothing for lost', async () => {
    const blind = stubInference(() => ({ joints: 21, size: 24, data: new Float32Array(21 * 24 ** 3) }), {
      gridSize: 48,
      cubeEdge: 0.26,
      heatMapSize: 24,
      sigma: 1.5,
    });
    const tracker = new HandTracker(geometricConfig({ smoothing: { stages: [] } }), { inference: blind });
    const [result] = await tracker.track(frames[0].frame);
    expect(result.lost).toMatchObject([{ id: 0, reason: 'low-confidence' }]);
    expect(tracker.counters.snapshot().lost).toEqual({ 'low-confidence': 1 });
  });

  it('keeps a hand with less confidence than it takes to find one', async () => {
    const ideal = perfectInference();
    let share = 0.45;
    const weak: Inference = {
      ...ideal,
      infer: async (grid, context) => {
        const result = asHeatMaps(await ideal.infer(grid, context));
        const { heatMaps } = result;
        return { ...result, heatMaps: { ...heatMaps, data: heatMaps.data.map((value) => share * value) } };
      },
    };
    const tracker = new HandTracker(geometricConfig({ smoothing: { stages: [] } }), { inference: weak });
    const tracked = [];
    for (const [i, confidence] of [0.45, 0.9, 0.45, 0.3, 0.45].entries()) {
      share = confidence;
      tracked.push((await tracker.track(frames[i].frame))[0].hands.length > 0);
    }
    expect(tracked).toEqual([false, true, true, false, false]);
  });

  it('counts a frame that the network failed on and goes on', async () => {
    let calls = 0;
    const ideal = perfectInference();
    const flaky: Inference = {
      ...ideal,
      infer: (grid, context) => {
        if (calls++ === 1) return Promise.reject(new VoxhandError('WORKER_LOST', 'the worker died'));
        return ideal.infer(grid, context);
      },
    };
    const tracker = new HandTracker(geometricConfig({ smoothing: { stages: [] } }), { inference: flaky });
    const counts = [];
    for (const { frame } of frames.slice(0, 4)) counts.push((await tracker.track(frame)).length);
    expect(counts).toEqual([1, 0, 1, 1]);
    expect(tracker.counters.snapshot().dropped).toEqual({ WORKER_LOST: 1 });
  });

  it('is one operator: a result for every frame, flushed at the end', async () => {
    const config = geometricConfig({
      policy: 'every',
      smoothing: { stages: ['window'], window: { mode: 'centred', k: 3 } },
    });
    const counters = new Counters();
    const results = await firstValueFrom(
      from(frames.map(({ frame }) => frame)).pipe(
        trackFrames(config, { inference: perfectInference(), counters }),
        toArray(),
      ),
    );
    expect(results.map(({ stamp }) => stamp)).toEqual(frames.map(({ frame }) => frame.stamp));
    expect(counters.snapshot().out).toBe(frames.length);
  });
});

describe('a model that answers joints', () => {
  const inference = perfectInference({ kind: 'joints', decoder: 'smax', cubeEdge: 0.4 });

  it('goes without a decoder: whatever heat_maps.decoder says, its joints come under its own', async () => {
    const config = geometricConfig({ policy: 'every', heatMaps: { decoder: 'max' }, smoothing: { stages: [] } });
    const results = await trackAll(new HandTracker(config, { inference }));
    expect(results.every(({ joints }) => joints.tracked)).toBe(true);
    expect(meanErrorMm(results)).toBeLessThan(1e-6);
    expect([...results[0].raw.keys()]).toEqual(['smax']);
  });

  it.each([
    ['nbest', geometricConfig({ heatMaps: { decoder: 'nbest' } }), 'heat_maps.decoder'],
    ['the joints of each decoder', geometricConfig({ output: { rawJoints: true } }), 'output.raw_joints'],
  ])('refuses %s, which only heat maps give', (_, config, where) => {
    expect(() => new HandTracker(config, { inference })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where }),
    );
  });
});

describe('a refiner of the reference point', () => {
  /** Moves every point 2 cm to the right, and says something else about every third one. */
  function movesRight(kind: ReferenceRefiner['kind'] = 'com') {
    const seen: ReferencePoint[] = [];
    const refiner: ReferenceRefiner = {
      kind,
      async refine(_, point) {
        seen.push(point);
        if (seen.length % 3 === 0) return { ...point, refinement: 'WORKER_LOST' };
        const [x, y, z] = point.position;
        return { ...point, position: [x + 0.02, y, z], refinement: 'refined' };
      },
    };
    return { refiner, seen };
  }

  it('says where the cube goes and what is published, is counted and measured', async () => {
    const { refiner, seen } = movesRight();
    let seconds = 0;
    const config = geometricConfig({ reference: { refine: 'com' }, smoothing: { stages: [] } });
    const tracker = new HandTracker(config, { inference: perfectInference(), refiner, stopwatch: () => seconds++ });
    const results = (await trackAll(tracker)).slice(0, 6);
    for (const [i, { reference, cube }] of results.entries()) {
      if (reference.state !== 'found') expect.fail('the hand is there');
      const moved = (i + 1) % 3 === 0 ? 0 : 0.02;
      expect(reference.point.position[0]).toBeCloseTo(seen[i].position[0] + moved, 12);
      expect(cube?.center).toEqual(reference.point.position);
    }
    expect(tracker.counters.snapshot().refinement).toEqual({ WORKER_LOST: 8, refined: 16 });
    expect(tracker.times.summary().refine).toMatchObject({ count: 24, mean: 1 });
  });

  it('leaves what the tracker knows as it was: the next frame is searched where the unrefined hand is', async () => {
    const { refiner, seen } = movesRight();
    const config = geometricConfig({ smoothing: { stages: [] } });
    const plain = await trackAll(new HandTracker(config, { inference: perfectInference() }));
    await trackAll(new HandTracker(config, { inference: perfectInference(), refiner }));
    expect(seen.map(({ position }) => position)).toEqual(
      plain.map(({ reference }) => reference.state === 'found' && reference.point.position),
    );
  });

  it('drops and counts a frame whose refiner rejects', async () => {
    const refine = () => Promise.reject(new VoxhandError('GRID_INVALID', 'no'));
    const tracker = new HandTracker(geometricConfig({ smoothing: { stages: [] } }), {
      inference: perfectInference(),
      refiner: { kind: 'com', refine },
    });
    expect(await tracker.track(frames[0].frame)).toEqual([]);
    expect(tracker.counters.snapshot()).toMatchObject({ dropped: { GRID_INVALID: 1 } });
    expect(tracker.counters.snapshot().refinement).toBeUndefined();
  });

  it('must be there where the configuration asks for one, and be of its kind', () => {
    const config = geometricConfig({ reference: { refine: 'rom' }, smoothing: { stages: [] } });
    const parts = { inference: perfectInference() };
    expect(() => new HandTracker(config, parts)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => new HandTracker(config, { ...parts, refiner: movesRight('com').refiner })).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH', where: 'reference.refine' }),
    );
    expect(new HandTracker(config, { ...parts, refiner: movesRight('rom').refiner })).toBeDefined();
  });
});
