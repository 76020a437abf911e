import { from, lastValueFrom, map, type Observable, of, range, take, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { handAt, lostAt } from '../../test/helpers/hands.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { ReferenceRefiner } from '../detection/geometric/reference-point.js';
import { type ErrorCode, VoxhandError } from '../errors/voxhand-error.js';
import { cubeToCamera } from '../geometry/cube.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { decodeHeatMaps } from '../heatmaps/decode-heat-maps.js';
import { idealInference } from '../inference/ideal-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import type { HandStage } from '../smoothing/hand-stage.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { cubeFor } from '../voxels/cube.js';
import { voxelise } from '../voxels/voxelise.js';
import type { JointDecoder } from './joint-reader.js';
import { decodeJoints, findReference, inferHeatMaps, smoothHands, voxeliseFrames } from './operators.js';

const synthetic = [...syntheticStream({ preset: 'demo', frames: 3, camera: CAMERAS.small })];
const frames = synthetic.map(({ frame }) => frame);
const truths = new Map(synthetic.map(({ truth }) => [truth.stamp, truth]));
const empty: DepthFrame = {
  ...frames[0],
  stamp: frames[2].stamp + 1n,
  depth: new Float32Array(frames[0].depth.length),
};
const facts = {
  gridSize: 24,
  heatMapSize: 12,
  sigma: 1,
  cubeEdge: 0.26,
  roll: 'forearm-down',
  handedness: 'right',
} as const;
const { model } = stubInference(() => [], facts);
const ideal = () => idealInference((stamp) => truths.get(stamp), model);
const all = <T>(stream: Observable<T>) => lastValueFrom(stream.pipe(toArray()));

describe('the operators of the pipeline', () => {
  it('chain from depth frames to smoothed joints, and keep frame, reference point and cube', async () => {
    const results = await all(
      from([...frames, empty]).pipe(
        findReference(),
        voxeliseFrames(model),
        inferHeatMaps(ideal()),
        decodeJoints({ decoder: 'smax' }),
        smoothHands({ stages: ['window'], window: { mode: 'centred', k: 1 } }),
      ),
    );
    expect(results.map(({ frame }) => frame)).toEqual([...frames, empty]);
    expect(results.map(({ joints }) => joints.stamp)).toEqual([...frames, empty].map(({ stamp }) => stamp));
    expect(results.map(({ joints }) => joints.tracked)).toEqual([true, true, true, false]);
    expect(results.map(({ reference }) => reference.state)).toEqual(['found', 'found', 'found', 'lost']);
    const [{ joints, grid, answer, handedness }] = results;
    expect(grid).toMatchObject({ cube: { edge: 0.26 }, size: 24, data: { length: 24 ** 3 } });
    expect(answer?.heatMaps?.size).toBe(12);
    expect([handedness, joints.handedness, joints.frameId]).toEqual(['right', 'right', frames[0].frameId]);
    const wrist = synthetic[0].truth.positions.subarray(0, 3);
    expect(Math.hypot(...wrist.map((value, axis) => value - joints.positions[axis]))).toBeLessThan(0.01);
    expect(results[3]).toMatchObject({ grid: undefined, answer: undefined });
  });
});

describe('findReference', () => {
  it('tracks each subscription for itself', async () => {
    const stream = from(frames).pipe(findReference());
    expect(await all(stream)).toEqual(await all(stream));
  });

  it('refines what is found, in order even if the refiner answers late, and leaves what is lost', async () => {
    let calls = 0;
    const refiner: ReferenceRefiner = {
      kind: 'rom',
      refine: async (_frame, point) => {
        const call = calls++;
        await new Promise((resolve) => setTimeout(resolve, call === 0 ? 20 : 0));
        return { ...point, position: [call, 0, 0] };
      },
    };
    const results = await all(from([frames[0], empty, frames[1]]).pipe(findReference({}, refiner)));
    const positions = results.map(({ reference }) => (reference.state === 'found' ? reference.point.position[0] : -1));
    expect(positions).toEqual([0, -1, 1]);
  });

  it('with a refiner that leaves points as they are is as without', async () => {
    const identityRefiner: ReferenceRefiner = { kind: 'com', refine: (_frame, point) => point };
    const plain = await all(from(frames).pipe(findReference()));
    expect(await all(from(frames).pipe(findReference({}, identityRefiner)))).toEqual(plain);
  });

  it('ends the stream where the refiner fails', async () => {
    const refiner: ReferenceRefiner = { kind: 'com', refine: () => Promise.reject(new Error('no model')) };
    await expect(all(of(frames[0]).pipe(findReference({}, refiner)))).rejects.toThrow('no model');
  });

  it('refuses impossible settings when it is made', () => {
    expect(() => findReference({ comRadius: -1 })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('voxeliseFrames', () => {
  it('gives each found hand the grid that the network wants, each lost one none, and every grid its own memory', async () => {
    const results = await all(from([...frames, empty]).pipe(findReference(), voxeliseFrames(model)));
    expect(results.map(({ grid }) => grid !== undefined)).toEqual([true, true, true, false]);
    expect(new Set(results.map(({ grid }) => grid?.data.buffer)).size).toBe(4);
    const [{ frame, reference, grid }] = results;
    if (reference.state === 'lost' || grid === undefined) throw new Error('lost');
    const cube = cubeFor(reference.point, { ...facts, edge: 0.26, modelHandedness: 'right' });
    expect(grid).toEqual(voxelise(frame, cube, 24));
    expect(grid.occupied).toBeGreaterThan(100);
  });

  it('lays the cube so that the hand is in it and the forearm leaves it through the bottom', async () => {
    const [one] = [...syntheticStream({ preset: 'demo', frames: 1, camera: CAMERAS.sr305 })];
    const [{ grid }] = await all(of(one.frame).pipe(findReference(), voxeliseFrames({ ...model, cubeEdge: 0.3 })));
    if (grid === undefined) throw new Error('lost');
    const slab = (y: number) => {
      let count = 0;
      for (let z = 0; z < 24; z++) for (let x = 0; x < 24; x++) count += grid.data[(z * 24 + y) * 24 + x];
      return count;
    };
    expect(slab(23)).toBeGreaterThan(0);
    expect(slab(0)).toBe(0);
    const wrist = one.truth.positions.subarray(0, 3);
    const middle = cubeToCamera(grid.cube, [0.5, 0.5, 0.5]);
    expect(Math.hypot(...Array.from(wrist, (value, axis) => value - middle[axis]))).toBeLessThan(0.12);
  });

  it('mirrors a left hand for a network of right ones', async () => {
    const seen = from(frames).pipe(findReference());
    const [[right], [left]] = [
      await all(seen.pipe(voxeliseFrames(model, 'auto'))),
      await all(seen.pipe(voxeliseFrames(model, 'left'))),
    ];
    expect([right.handedness, right.grid?.cube.mirror]).toEqual(['right', false]);
    expect([left.handedness, left.grid?.cube.mirror]).toEqual(['left', true]);
  });
});

describe('inferHeatMaps', () => {
  /** Fails on the second frame. */
  const failing = (code: ErrorCode) => {
    let calls = 0;
    return stubInference(() => {
      if (++calls === 2) throw new VoxhandError(code, 'two');
      return { joints: 1, size: 1, data: Float32Array.of(calls) };
    }, facts);
  };
  const infer = (code: ErrorCode) =>
    all(from(frames).pipe(findReference(), voxeliseFrames(model), inferHeatMaps(failing(code))));

  it('gives each frame its answer, in order, and goes on after one that was lost with the worker', async () => {
    const [first, second, third] = await infer('WORKER_LOST');
    expect(first.answer?.heatMaps?.data).toEqual(Float32Array.of(1));
    expect(second).toMatchObject({ answer: undefined, error: { code: 'WORKER_LOST' }, grid: { cube: { edge: 0.26 } } });
    expect(third.answer?.heatMaps?.data).toEqual(Float32Array.of(3));
    expect(third).not.toHaveProperty('error');
  });

  it('ends with any other error', async () => {
    await expect(infer('INFERENCE_FAILED')).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
  });
});

describe('decodeJoints', () => {
  const inferred = (inference = ideal()) =>
    from(frames).pipe(findReference(), voxeliseFrames(model), inferHeatMaps(inference));

  it('takes a decoder of your own, whose joints become metres in the camera frame', async () => {
    const decoder: JointDecoder = (maps) => {
      const { confidences } = decodeHeatMaps(maps);
      return { positions: new Float64Array(63).fill(0.5), confidences };
    };
    const [{ joints, grid }] = await all(inferred().pipe(decodeJoints(decoder)));
    const middle = grid?.cube.center ?? [0, 0, 0];
    middle.forEach((value, axis) => {
      expect(joints.positions[3 * 20 + axis]).toBeCloseTo(value, 12);
    });
  });

  it('loses a hand that the network is less sure of than configured', async () => {
    const results = await all(inferred().pipe(decodeJoints({ minConfidence: 1 })));
    expect(results.map(({ joints }) => joints.tracked)).toEqual([false, false, false]);
  });

  it('ends with CONFIG_INVALID where the model answers joints and a decoder of your own is given', async () => {
    const joints = idealInference((stamp) => truths.get(stamp), { ...model, kind: 'joints', decoder: 'gauss' });
    const stream = inferred(joints).pipe(decodeJoints((maps) => decodeHeatMaps(maps)));
    await expect(all(stream)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('ends with HEATMAP_INVALID for heat maps of a wrong shape', async () => {
    const wrong = stubInference(() => ({ joints: 1, size: 4, data: new Float32Array(3) }), facts);
    await expect(all(inferred(wrong).pipe(decodeJoints()))).rejects.toMatchObject({ code: 'HEATMAP_INVALID' });
  });
});

/** Letters a to j are resting hands of frames 0 to 9; L and M are lost ones of frames 3 and 4. */
const hands: Record<string, { joints: HandJoints }> = {
  ...Object.fromEntries([...'abcdefghij'].map((letter, frame) => [letter, { joints: handAt({ frame }) }])),
  L: { joints: lostAt(3) },
  M: { joints: lostAt(4) },
};

/** Marbles by stamp and tracking: what a resting hand's joints become is tested elsewhere. */
const marble = map(({ joints }: { joints: HandJoints }) =>
  Object.keys(hands).find(
    (key) => hands[key].joints.stamp === joints.stamp && hands[key].joints.tracked === joints.tracked,
  ),
);

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('smoothHands', () => {
  type Hand = { joints: HandJoints };
  const centred = smoothHands<Hand>({ stages: ['window'], window: { mode: 'centred', k: 2 } });
  const causal = smoothHands<Hand>({ stages: ['gate', 'oneEuro'] });

  it.each([
    ['causal stages give at once', causal, '-a-b-cL-d|', '-a-b-cL-d|', '^--------!'],
    [
      'a centred window is k frames late and gives its tail on completion',
      centred,
      'abcde----|',
      '--abc----(de|)',
      '^--------!',
    ],
    ['a centred window gives its tail before a loss', centred, 'abc--L----M--|', '--a--(bcL)M--|', '^------------!'],
    ['a centred window of fewer frames than k', centred, 'a--|', '---(a|)', '^--!'],
    ['an empty stream', centred, '---|', '---|', '^--!'],
    ['a stream that never ends', centred, 'abc', '--a', '^'],
    ['an error passes at once and drops what was held back', centred, 'abc-#', '--a-#', '^---!'],
    ['no stage at all', smoothHands<Hand>({ stages: [] }), 'abL-e|', 'abL-e|', '^----!'],
  ])('%s', (_, operator, input, output, subscriptions) => {
    // A group like (bcL) happens at once, but takes as much room in the diagram as it has characters.
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(input, hands);
      expectObservable(source.pipe(operator, marble)).toBe(output, letters(output));
      expectSubscriptions(source.subscriptions).toBe(subscriptions);
    });
  });

  it('unsubscribes from its source when its subscriber leaves', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('abcdefg', hands);
      expectObservable(source.pipe(centred, marble), '----!').toBe('--ab', letters('ab'));
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('stops an endless synchronous source when it has enough', async () => {
    const endless = range(0, 1e9).pipe(map((frame) => ({ joints: handAt({ frame }) })));
    expect(await all(endless.pipe(centred, take(3)))).toHaveLength(3);
  });

  it('keeps the state of each subscription apart', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const smoothed = cold('abc|', hands).pipe(centred, marble);
      expectObservable(smoothed).toBe('--a(bc|)', letters('abc'));
      expectObservable(smoothed, '-^').toBe('---a(bc|)', letters('abc'));
    });
  });

  it('takes a stage of your own, and keeps what belongs to each frame beside its joints', async () => {
    const shift = (): HandStage => ({
      push: (hand) => [{ ...hand, positions: hand.positions.map((value) => value + 1) }],
      flush: () => [],
    });
    const results = await all(of({ joints: handAt({ frame: 0 }), note: 'first' }).pipe(smoothHands(shift)));
    expect(results[0].note).toBe('first');
    expect(results[0].joints.positions[0] - handAt({ frame: 0 }).positions[0]).toBeCloseTo(1, 12);
  });

  it('refuses bad settings when it is made, not when it is subscribed to', () => {
    expect(() => smoothHands({ window: { k: -1 } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

function letters(marbles: string): Record<string, string> {
  return Object.fromEntries([...marbles].filter((letter) => /[A-Za-z]/.test(letter)).map((letter) => [letter, letter]));
}
