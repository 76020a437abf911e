import { firstValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, VoxhandError } from '../errors/voxhand-error.js';
import type { Cube } from '../geometry/cube.js';
import type { VoxelGrid } from '../voxels/voxel-grid.js';
import { inferHeatMaps } from './infer-heat-maps.js';
import { stubInference } from './stub-inference.js';

const cube: Cube = { center: [0, 0, 1], edge: 0.25, roll: 0, mirror: false };
const grids = (): VoxelGrid[] => [1, 2, 3].map((first) => ({ cube, size: 1, data: Uint8Array.of(first), occupied: 1 }));

/** Echoes the grid's only cell, and fails on 2. */
const failingOnTwo = (code: ErrorCode) =>
  stubInference(
    ([cell]) => {
      if (cell === 2) throw new VoxhandError(code, 'two');
      return { joints: 1, size: 1, data: Float32Array.of(cell) };
    },
    { gridSize: 1 },
  );

describe('inferHeatMaps', () => {
  it('gives each grid one outcome, in order, and goes on after a lost one', async () => {
    const stream = from(grids()).pipe(inferHeatMaps(failingOnTwo('WORKER_LOST')), toArray());
    const [first, second, third] = await firstValueFrom(stream);
    expect(first).toMatchObject({ state: 'inferred', grid: { cube, data: Uint8Array.of(1) } });
    expect(second).toMatchObject({ state: 'lost', cube, error: { code: 'WORKER_LOST' } });
    expect(third).toMatchObject({ state: 'inferred', result: { heatMaps: { data: Float32Array.of(3) } } });
  });

  it('ends with any other error', async () => {
    const stream = from(grids()).pipe(inferHeatMaps(failingOnTwo('INFERENCE_FAILED')), toArray());
    await expect(firstValueFrom(stream)).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
  });
});
