import { afterEach, describe, expect, it } from 'vitest';
import { centreOfMass, changedModel, fixtureModel } from '../../../test/fixtures/models/fixture-models.js';
import type { PointInference } from '../inference.js';
import { checkModel, createInference, createPointInference } from './create-inference.js';
import type { LoadedModel } from './load-model.js';

describe('a graph that answers a point', () => {
  const opened: PointInference[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((inference) => inference.close()));
  });
  const startPoint = async (model: string | LoadedModel): Promise<PointInference> => {
    const inference = await createPointInference({ model });
    opened.push(inference);
    return inference;
  };
  const grid32 = (...cells: number[]): Uint8Array => {
    const grid = new Uint8Array(32 ** 3);
    for (const cell of cells) grid[cell] = 1;
    return grid;
  };

  it.each([
    ['float32', 'tiny-com', 1e-6],
    ['half precision inside', 'tiny-com-fp16', 1e-3],
  ])('gives its cube coordinates: %s', async (_, name, tolerance) => {
    const inference = await startPoint(await fixtureModel(name));
    expect(inference.model).toMatchObject({ kind: 'point', target: 'com', gridSize: 32, cubeEdge: 0.3 });
    const grid = grid32(5, 7000, 20000, 32767);
    const expected = centreOfMass(grid);
    const { point, grid: back } = await inference.infer(grid);
    expect(grid).toHaveLength(0);
    expect(back).toHaveLength(32 ** 3);
    for (const axis of [0, 1, 2]) expect(Math.abs(point[axis] - expected[axis])).toBeLessThan(tolerance);
  });

  it('rejects a point that is no number, and goes on', async () => {
    const inference = await startPoint(await fixtureModel('tiny-com'));
    await expect(inference.infer(grid32())).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      found: 'NaN at index 0',
    });
    expect((await inference.infer(grid32(0))).point[0]).toBeCloseTo(0.5 / 32, 6);
  });

  it('stops at start where it answers its self-test elsewhere', async () => {
    const model = await changedModel('tiny-com', (m) => {
      m.selfTest.expected[0].positions[0][2] += 0.01;
    });
    await expect(startPoint(model)).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      expected: '(0.1823, 0.2865, 0.2965) within 0.00001',
      found: '(0.1823, 0.2865, 0.2865)',
    });
  });

  it('is not taken for one that sees joints, nor the other way round', async () => {
    await expect(createInference({ model: await fixtureModel('tiny-com') })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      found: 'point',
    });
    await expect(startPoint(await fixtureModel('tiny-joints'))).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      found: 'joints',
    });
  });
});

describe('checkModel', () => {
  it.each(['tiny-djhw', 'tiny-ensemble', 'tiny-joints', 'tiny-com-fp16'])('passes %s', async (name) => {
    await checkModel({ model: await fixtureModel(name) });
  });

  it('throws what a start would, for any kind', async () => {
    const model = await changedModel('tiny-com', (m) => {
      m.files[0].sha256 = '0'.repeat(64);
    });
    await expect(checkModel({ model })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });
});
