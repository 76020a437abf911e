import { afterEach, describe, expect, it } from 'vitest';
import { fixtureModel, gridWith } from '../../../test/fixtures/models/fixture-models.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { Inference, InferenceResult } from '../inference.js';
import { createInference } from './create-inference.js';
import type { InferenceOptions } from './inference-options.js';

let open: Inference[] = [];
afterEach(async () => {
  await Promise.all(open.map((inference) => inference.close()));
  open = [];
});

async function start(model: string, options: Partial<InferenceOptions> = {}) {
  const inference = await createInference({ model: await fixtureModel(model), ...options });
  open.push(inference);
  return inference;
}

const GRIDS = () => [gridWith(0, 9, 100, 300), gridWith(511), gridWith(73, 200, 438)];

function joints(result: InferenceResult | VoxhandError | undefined) {
  if (result === undefined || result instanceof VoxhandError) expect.fail(`no answer: ${result}`);
  return result.decoded ?? expect.fail('no joints');
}

describe('several grids at once', () => {
  it.each([
    ['one network', 'tiny-joints', {}],
    ['an ensemble', 'tiny-joints-ensemble', {}],
    ['an ensemble that answers its members', 'tiny-joints-ensemble', { members: true }],
  ])('are answered by %s as one by one, each with its own grid back', async (_, model, options) => {
    const inference = await start(model, options);
    const batch = (await inference.inferBatch?.(GRIDS())) ?? expect.fail('takes no batches');
    expect(batch).toHaveLength(3);
    for (const [k, grid] of GRIDS().entries()) {
      const alone = await inference.infer(grid);
      const together = batch[k];
      expect(joints(together)).toEqual(joints(alone));
      if (together instanceof VoxhandError) continue;
      expect(together.grid).toEqual(GRIDS()[k]);
      expect(together.members).toEqual(alone.members);
      together.release();
    }
    expect(inference.status().inferences).toBe(6);
  });

  it('are moved, and may be one or none', async () => {
    const inference = await start('tiny-joints');
    const grid = gridWith(3);
    const [answer] = (await inference.inferBatch?.([grid])) ?? [];
    expect(grid).toHaveLength(0);
    expect(joints(answer).positions).toHaveLength(63);
    expect(await inference.inferBatch?.([])).toEqual([]);
  });

  it('do not suffer from one whose answer is no number', async () => {
    const inference = await start('tiny-joints');
    const [first, nan, last] = (await inference.inferBatch?.([gridWith(3), gridWith(), gridWith(9)])) ?? [];
    expect(joints(first).positions).toHaveLength(63);
    expect(nan).toMatchObject({ code: 'INFERENCE_FAILED', expected: '84 finite numbers' });
    expect(joints(last).positions).toHaveLength(63);
  });

  it('are refused before any is moved where one has the wrong length', async () => {
    const inference = await start('tiny-joints');
    const good = gridWith(3);
    await expect(inference.inferBatch?.([good, new Uint8Array(7)])).rejects.toMatchObject({ code: 'GRID_INVALID' });
    expect(good).toHaveLength(512);
  });

  it('wait in line with single ones', async () => {
    const inference = await start('tiny-joints');
    const [single, batch, third] = await Promise.allSettled([
      inference.infer(gridWith(3)),
      inference.inferBatch?.(GRIDS()),
      inference.infer(gridWith(3)),
    ]);
    expect([single.status, batch.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ reason: { code: 'INFERENCE_FAILED', expected: 'one in flight and one waiting' } });
  });

  it('are not taken by a graph of one grid', async () => {
    expect((await start('tiny-jdhw')).inferBatch).toBeUndefined();
  });
});
