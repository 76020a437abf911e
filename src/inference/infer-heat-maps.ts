import { concatMap, type OperatorFunction } from 'rxjs';
import { toVoxhandError, type VoxhandError } from '../errors/voxhand-error.js';
import type { Cube } from '../geometry/index.js';
import type { VoxelGrid } from '../voxels/voxel-grid.js';
import type { Inference, InferenceResult } from './inference.js';

/** What became of a grid: heat maps (or joints, by the model's kind), or lost with the worker that had it. */
export type InferenceOutcome =
  | { readonly state: 'inferred'; readonly grid: VoxelGrid; readonly result: InferenceResult }
  | { readonly state: 'lost'; readonly cube: Cube; readonly error: VoxhandError };

/**
 * Grids in, heat maps out, in order, one at a time. Each grid gives exactly one outcome.
 *
 * The grid's bytes are moved to the inference and come back in the outcome's own `grid`; the one given in is empty
 * afterwards. A lost grid (`WORKER_LOST`) does not end the stream; any other failure does. Grids that arrive meanwhile are
 * held: put a frame policy in front.
 *
 * @example
 * ```ts
 * grids.pipe(inferHeatMaps(inference)).subscribe((outcome) => {
 *   if (outcome.state === 'inferred') console.log(outcome.result.heatMaps?.size);
 * });
 * ```
 */
export function inferHeatMaps(inference: Inference): OperatorFunction<VoxelGrid, InferenceOutcome> {
  return concatMap(async (grid): Promise<InferenceOutcome> => {
    try {
      const result = await inference.infer(grid.data, { cube: grid.cube });
      return { state: 'inferred', grid: { ...grid, data: result.grid }, result };
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'INFERENCE_FAILED');
      if (error.code !== 'WORKER_LOST') throw error;
      return { state: 'lost', cube: grid.cube, error };
    }
  });
}
