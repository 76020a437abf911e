import { describe, expect, it } from 'vitest';
import type { HeatMaps } from '../heatmaps/heat-maps.js';
import { stubInference } from './stub-inference.js';

const maps = (value: number): HeatMaps => ({ joints: 1, size: 1, data: Float32Array.of(value) });

describe('stubInference', () => {
  it('answers by its function, with the mean of several members', async () => {
    const inference = stubInference(() => [maps(1), maps(2), maps(6)], { gridSize: 2 });
    const { heatMaps, members } = await inference.infer(new Uint8Array(8));
    expect(heatMaps).toEqual(maps(3));
    expect(members).toHaveLength(3);
    expect(inference.status()).toMatchObject({ state: 'ready', providerActual: 'stub', inferences: 1 });
  });

  it('answers joints where it says so, and refuses to answer another kind than it says', async () => {
    const decoded = { positions: new Float64Array(63), confidences: new Float32Array(21) };
    const result = await stubInference(() => decoded, { gridSize: 2, kind: 'joints' }).infer(new Uint8Array(8));
    expect(result).toMatchObject({ kind: 'joints', decoded, members: [] });
    await expect(stubInference(() => decoded, { gridSize: 2 }).infer(new Uint8Array(8))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      expected: 'gaussian',
      found: 'joints',
    });
    const maps1 = stubInference(() => maps(1), { gridSize: 2, kind: 'joints' });
    await expect(maps1.infer(new Uint8Array(8))).rejects.toMatchObject({ expected: 'joints', found: 'heat maps' });
  });

  it('moves the grid like a worker, and gives it back', async () => {
    const inference = stubInference((grid) => maps(grid[3]), { gridSize: 2 });
    const grid = Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0]);
    const answer = inference.infer(grid);
    expect(grid).toHaveLength(0);
    const result = await answer;
    expect(result.heatMaps).toEqual(maps(1));
    expect(result.grid).toEqual(Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0]));
  });

  it('copies a grid that is a part of a larger buffer', async () => {
    const whole = new Uint8Array(20).fill(1);
    await stubInference(() => maps(0), { gridSize: 2 }).infer(whole.subarray(4, 12));
    expect(whole).toEqual(new Uint8Array(20).fill(1));
  });

  it('refuses a wrong grid, no answer, a throwing function, and everything once closed', async () => {
    const inference = stubInference(() => [], { gridSize: 2 });
    await expect(inference.infer(new Uint8Array(7))).rejects.toMatchObject({ code: 'GRID_INVALID', found: '7 bytes' });
    await expect(inference.infer(new Uint8Array(8))).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    const throwing = stubInference(
      () => {
        throw new Error('no');
      },
      { gridSize: 2 },
    );
    await expect(throwing.infer(new Uint8Array(8))).rejects.toMatchObject({ code: 'INFERENCE_FAILED', message: 'no' });
    await inference.close();
    await expect(inference.infer(new Uint8Array(8))).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
  });
});
