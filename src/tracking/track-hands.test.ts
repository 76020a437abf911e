import { join } from 'node:path';
import { firstValueFrom, from, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  asHeatMaps,
  changedModel,
  FIXTURES,
  fixtureHeatMaps,
  fixtureJoints,
} from '../../test/fixtures/models/fixture-models.js';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { type OneHand, oneHand } from '../../test/helpers/one-hand.js';
import { cubeToCamera } from '../geometry/cube.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { decodeHeatMaps } from '../heatmaps/decode-heat-maps.js';
import type { HeatMaps } from '../heatmaps/heat-maps.js';
import { createInference } from '../inference/node/create-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { voxelise } from '../voxels/voxelise.js';
import type { TrackerSettings } from './config.js';
import { HandTracker } from './hand-tracker.js';
import { loadParts, loadRefiner, locatingStatus } from './load-parts.js';
import { trackHands } from './track-hands.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 4, camera: CAMERAS.small, seed: 5 })].map((f) => f.frame);
const model = (name: string) => join(FIXTURES, name);

function config(settings: TrackerSettings) {
  return geometricConfig({ policy: 'every', smoothing: { stages: [] }, ...settings });
}

function track(settings: TrackerSettings): Promise<OneHand[]> {
  return lastValueFrom(from(frames).pipe(trackHands(config(settings)), map(oneHand), toArray()));
}

describe('an ensemble', () => {
  const settings = { inference: { model: model('tiny-ensemble') }, output: { rawJoints: true } };
  const anyhow = { minConfidence: 0, acquireConfidence: 0 };

  it('is tracked with by each decoder: n best over the cells of its members, the others over their mean', async () => {
    const results = await track({ ...settings, heatMaps: { ...anyhow, decoder: 'nbest', n: 2 } });
    expect(results).toHaveLength(frames.length);
    for (const [i, { cube: seen, raw, joints }] of results.entries()) {
      const cube = seen ?? expect.fail('no hand');
      const grid = voxelise(frames[i], cube, 8).data;
      const members = [5, 7].map((shift) => ({ joints: 21, size: 4, data: fixtureHeatMaps(grid, shift) }));
      const inCamera = (maps: Parameters<typeof decodeHeatMaps>[0], decoder: 'nbest' | 'smax') =>
        cubeToCamera(cube, decodeHeatMaps(maps, { decoder, n: 4, sigma: 1 }).positions);
      expect(joints.tracked).toBe(true);
      expect(distance(joints.positions, inCamera(members, 'nbest'))).toBeLessThan(1e-6);
      const mean = members[0].data.map((value, k) => (value + members[1].data[k]) / 2);
      const meanMaps = { joints: 21, size: 4, data: mean };
      expect(distance(raw.get('smax')?.positions ?? [], inCamera(meanMaps, 'smax'))).toBeLessThan(1e-6);
      // else the members would not have been looked at
      expect(distance(joints.positions, inCamera(meanMaps, 'nbest'))).toBeGreaterThan(1e-3);
    }
  });

  it('answers its members only where a decoder looks at them', async () => {
    const grid = () => new Uint8Array(8 ** 3);
    for (const [decoder, count] of [
      ['nbest', 2],
      ['gauss', 0],
    ] as const) {
      const parts = await loadParts(config({ inference: settings.inference, heatMaps: { decoder } }));
      expect(asHeatMaps(await parts.inference.infer(grid())).members).toHaveLength(count);
      await parts.close();
      await parts.close();
      expect(parts.inference.status().state).toBe('closed');
    }
  });
});

describe('a model that answers joints', () => {
  it('is tracked with like any other', async () => {
    for (const [i, { joints, cube: seen, raw }] of (
      await track({ inference: { model: model('tiny-joints') } })
    ).entries()) {
      const cube = seen ?? expect.fail('no hand');
      const expected = fixtureJoints(voxelise(frames[i], cube, 8).data, 1, 2);
      const positions = cubeToCamera(
        cube,
        expected.flatMap(({ position }) => position),
      );
      expect(joints.tracked).toBe(true);
      expect(distance(joints.positions, positions)).toBeLessThan(1e-6);
      expect(joints.confidences[20]).toBeCloseTo(1, 6);
      expect([...raw.keys()]).toEqual(['smax']);
    }
  });

  it('is refused with nbest before any worker starts', async () => {
    const settings = { inference: { model: model('tiny-joints') }, heatMaps: { decoder: 'nbest' } } as const;
    await expect(loadParts(config(settings))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'heat_maps.decoder',
    });
    await expect(track(settings)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a reference point that is refined', () => {
  const inference = { model: model('tiny-joints') };

  it('is where the cube lies, and stays out of it by default', async () => {
    const plain = await track({ inference });
    const refined = await track({ inference, reference: { refine: 'com', refineModel: model('tiny-com') } });
    for (const [i, { reference, cube }] of refined.entries()) {
      const before = plain[i].reference;
      if (reference.state === 'lost' || before.state === 'lost') expect.fail('the hand is there');
      const moved = distance(reference.point.position, before.point.position);
      expect(moved).toBeGreaterThan(0.002);
      expect(moved).toBeLessThan(0.08);
      expect(cube?.center).toEqual(reference.point.position);
    }
    expect(plain[0].reference).not.toHaveProperty('point.refinement');
  });

  it('says the same twice', async () => {
    const settings = { inference, reference: { refine: 'com', refineModel: model('tiny-com') } } as const;
    expect(await track(settings)).toEqual(await track(settings));
  });

  it('needs a network of its kind', async () => {
    const rom = { reference: { refine: 'rom', refineModel: model('tiny-com') } } as const;
    await expect(loadRefiner(config(rom))).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      expected: 'target rom, as reference.refine says',
      found: 'target com',
    });
    await expect(track({ inference, ...rom })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const pose = { reference: { refine: 'com', refineModel: model('tiny-djhw') } } as const;
    await expect(loadRefiner(config(pose))).rejects.toMatchObject({ code: 'MODEL_MISMATCH', found: 'gaussian' });
    const gone = { reference: { refine: 'com', refineModel: 'no-such-model' } } as const;
    await expect(loadRefiner(config(gone))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const broken = await changedModel('tiny-com', (m) => {
      m.selfTest.expected[0].positions[0] = [0.9, 0.9, 0.9];
    });
    await expect(
      loadParts(config({ inference, reference: { refine: 'com', refineModel: broken } })),
    ).rejects.toMatchObject({ code: 'MODEL_MISMATCH', expected: '(0.9000, 0.9000, 0.9000) within 0.00001' });
  });

  it('is looked for by default under the name of its kind', async () => {
    const named = await loadRefiner(config({ reference: { refine: 'rom' } })).then(
      async (refiner) => {
        await refiner?.inference.close();
        return refiner?.inference.model.name;
      },
      (error) => error.where,
    );
    expect(named).toContain('refine-rom');
  });

  it('closes the network of the reference point where that of the joints does not open', async () => {
    const settings = { reference: { refine: 'com', refineModel: model('tiny-com') } } as const;
    const broken = await changedModel('tiny-djhw', (m) => {
      m.files[0].sha256 = '0'.repeat(64);
    });
    await expect(loadParts(config({ ...settings, inference: { model: broken } }))).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
    });
  });

  it('is asked for in vain where the inference is given without a refiner', async () => {
    const stub = stubInference(() => []);
    const stream = from(frames).pipe(trackHands(config({ reference: { refine: 'com' } }), { inference: stub }));
    await expect(firstValueFrom(stream)).rejects.toMatchObject({ code: 'CONFIG_INVALID', where: 'reference.refine' });
  });
});

describe('the learned detector', () => {
  // what these networks answer means nothing: one hand is enough
  const networks = { model: model('tiny-detector'), verifyModel: model('tiny-verify') };
  const detection = { method: 'learned', maxHands: 1, ...networks } as const;
  const settings = { detection, inference: { model: model('tiny-joints') }, handedness: 'right' } as const;

  it('is loaded by its settings, finds the hand, and is closed with the rest', async () => {
    const results = await track(settings);
    expect(results).toHaveLength(frames.length);
    for (const { joints, reference } of results) {
      expect(joints.handedness).toBe('right');
      expect(reference.state).toBe('found');
    }
    const parts = await loadParts(config(settings));
    const { networks } = parts.detection ?? expect.fail('no stages');
    expect(locatingStatus(parts)).toMatchObject({
      detector: { state: 'ready', model: { name: 'tiny-detector' } },
      verify: { state: 'ready', model: { name: 'tiny-verify' } },
    });
    await parts.close();
    expect([networks.detector.status().state, networks.verifier?.status().state]).toEqual(['closed', 'closed']);
  });

  it('says the same twice', async () => {
    expect(await track(settings)).toEqual(await track(settings));
  });

  it('needs networks of both kinds, and leaves none open without the other', async () => {
    const swapped = { ...settings, detection: { ...detection, verifyModel: model('tiny-com') } };
    await expect(loadParts(config(swapped))).rejects.toMatchObject({ code: 'MODEL_MISMATCH', found: 'point' });
    const blind = { ...settings, detection: { ...detection, model: model('tiny-verify') } };
    await expect(loadParts(config(blind))).rejects.toMatchObject({ code: 'MODEL_MISMATCH', found: 'verdict' });
    const gone = { ...settings, detection: { ...detection, model: 'no-such-model' } };
    await expect(loadParts(config(gone))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

/** Largest difference of a coordinate. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

describe('parts of a program', () => {
  it('read the joints and smooth them in place of the configured ones', async () => {
    const inference = await createInference({ model: model('tiny-ensemble') });
    const stages: HandJoints[] = [];
    const parts = {
      inference,
      decoder: ({ joints }: HeatMaps) => ({
        positions: new Float64Array(3 * joints).fill(0.5),
        confidences: new Float32Array(joints).fill(0.9),
      }),
      smoothing: () => ({
        push: (hand: HandJoints) => {
          stages.push(hand);
          return [{ ...hand, positions: hand.positions.map((c) => c + 1) }];
        },
        flush: () => [],
      }),
    };
    const results = await lastValueFrom(from(frames).pipe(trackHands(config({}), parts), map(oneHand), toArray()));
    await inference.close();
    expect(results).toHaveLength(frames.length);
    for (const [i, { joints, raw, cube }] of results.entries()) {
      const { center } = cube ?? expect.fail('no hand');
      expect([...raw.keys()]).toEqual(['own']);
      expect(distance(stages[i].positions.subarray(0, 3), center)).toBeLessThan(1e-9);
      expect(joints.positions[0]).toBeCloseTo(center[0] + 1, 9);
    }
  });

  it('cannot decode for a model that answers joints', async () => {
    const inference = await createInference({ model: model('tiny-joints') });
    const decoder = () => ({ positions: new Float64Array(63), confidences: new Float32Array(21) });
    expect(() => new HandTracker(config({}), { inference, decoder })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'decoder' }),
    );
    await inference.close();
  });
});
