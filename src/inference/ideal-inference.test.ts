import { expect, test } from 'vitest';
import { asHeatMaps } from '../../test/fixtures/models/fixture-models.js';
import { handAt, lostAt, OPEN_HAND } from '../../test/helpers/hands.js';
import type { Cube } from '../geometry/cube.js';
import { cubeToCamera } from '../geometry/cube.js';
import { invertTransform, transformPoints } from '../geometry/transform.js';
import { decodeHeatMaps } from '../heatmaps/decode-heat-maps.js';
import { idealInference } from './ideal-inference.js';
import { stubInference } from './stub-inference.js';

const model = stubInference(() => []).model;
const cube: Cube = { center: [0.01, -0.06, 0.52], edge: 0.3, roll: 0.4, mirror: true };
const grid = () => new Uint8Array(model.gridSize ** 3);

test('its heat maps decode to the truth of the frame, through a turned and mirrored cube', async () => {
  const hands = [handAt({ frame: 0 }), handAt({ frame: 1, x: 0.02 })];
  const inference = idealInference((stamp) => hands.find((hand) => hand.stamp === stamp), model);
  for (const { stamp, positions } of hands) {
    const { heatMaps } = asHeatMaps(await inference.infer(grid(), { cube, stamp }));
    const decoded = decodeHeatMaps(heatMaps, { decoder: 'gauss' });
    cubeToCamera(cube, decoded.positions).forEach((value, i) => {
      expect(value).toBeCloseTo(positions[i], 4);
    });
    expect(Math.min(...decoded.confidences)).toBeGreaterThan(0.8);
  }
});

test('of a camera of a rig, whose truth is in the frame of the rig, it answers in the frame of the cube', async () => {
  const hand = handAt({ frame: 0 });
  const place = { translation: [-0.5, 0.1, 0.5], rotation: [0, Math.SQRT1_2, 0, Math.SQRT1_2] } as const;
  const seen = transformPoints(invertTransform(place), hand.positions);
  const center = [seen[3 * 9], seen[3 * 9 + 1], seen[3 * 9 + 2]] as const;
  const inference = idealInference(() => hand, { ...model, kind: 'joints' }, 'rig');
  const { decoded } = await inference.infer(grid(), { cube: { ...cube, center }, stamp: 0n, place });
  const found = cubeToCamera({ ...cube, center }, decoded?.positions ?? []);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(seen[i], 6);
});

test('of several hands it answers the one that is nearest to the middle of the cube', async () => {
  const hands = [handAt({ frame: 0, x: 0.2 }), handAt({ frame: 0, x: 0.01 }), { ...lostAt(0), handId: 2 }];
  const inference = idealInference(() => hands, { ...model, kind: 'joints' });
  for (const [x, wanted] of [
    [0.2, 0],
    [0, 1],
  ]) {
    const moved = { ...cube, center: [cube.center[0] + x, cube.center[1], cube.center[2]] as const };
    const { decoded } = await inference.infer(grid(), { cube: moved, stamp: 0n });
    const found = cubeToCamera(moved, decoded?.positions ?? []);
    expect(found[3 * 9]).toBeCloseTo(hands[wanted].positions[3 * 9], 9);
  }
});

test.each([
  ['right', true, 0.8],
  ['right', false, 1],
  ['left', true, 1],
  ['left', false, 0.8],
] as const)('a %s hand in a cube with mirror %s has the confidence %d', async (handedness, mirror, confidence) => {
  const facts = { ...model, kind: 'joints', handedness: 'right' } as const;
  const inference = idealInference(() => ({ ...handAt({ frame: 0 }), handedness }), facts);
  const { decoded } = await inference.infer(grid(), { cube: { ...cube, mirror }, stamp: 0n });
  expect(Math.max(...(decoded?.confidences ?? []))).toBeCloseTo(confidence, 6);
});

test.each([
  ['there is no truth', undefined],
  ['the truth has no hand', lostAt(0)],
])('its heat maps are empty where %s', async (_, truth) => {
  const inference = idealInference(async () => truth, model);
  const { heatMaps } = asHeatMaps(await inference.infer(grid(), { cube, stamp: 0n }));
  expect(heatMaps.data.every((value) => value === 0)).toBe(true);
});

test('two calls at once get each its own truth, though looking it up takes time', async () => {
  const hands = [handAt({ frame: 0 }), handAt({ frame: 1, x: 0.02 })];
  const slow = async (stamp: bigint) => {
    await new Promise((resolve) => setTimeout(resolve, stamp === 0n ? 20 : 1));
    return hands.find((hand) => hand.stamp === stamp);
  };
  const inference = idealInference(slow, model);
  const results = await Promise.all(hands.map(({ stamp }) => inference.infer(grid(), { cube, stamp })));
  const x = results
    .map(asHeatMaps)
    .map(({ heatMaps }) => cubeToCamera(cube, decodeHeatMaps(heatMaps).positions)[0] - OPEN_HAND[0]);
  expect(x[0]).toBeCloseTo(0, 4);
  expect(x[1]).toBeCloseTo(0.02, 4);
});

test('it answers the true joints where it stands in for a graph that answers joints, none of them outside the cube', async () => {
  const hand = handAt({
    frame: 0,
    change: (positions) => {
      positions[3 * 20] = 2; // the little finger's tip, far away
    },
  });
  const inference = idealInference((stamp) => (stamp === hand.stamp ? hand : lostAt(1)), { ...model, kind: 'joints' });
  const { decoded, heatMaps } = await inference.infer(grid(), { cube, stamp: hand.stamp });
  expect(heatMaps).toBeUndefined();
  const positions = cubeToCamera(cube, decoded?.positions ?? []);
  for (let i = 0; i < 60; i++) expect(positions[i]).toBeCloseTo(hand.positions[i], 9);
  expect(decoded?.confidences).toEqual(Float32Array.from({ length: 21 }, (_, j) => (j === 20 ? 0 : 1)));
  const none = await inference.infer(grid(), { cube, stamp: 5n });
  expect(none.decoded?.confidences).toEqual(new Float32Array(21));
});

test('it says that it is no network', async () => {
  const inference = idealInference(() => undefined, { ...model, name: 'compact' });
  expect(inference.status().providerActual).toBe('stub');
  expect(inference.model.name).toBe('ideal heat maps (compact)');
});
