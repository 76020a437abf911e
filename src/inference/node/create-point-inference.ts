import type { PointInference } from '../point-inference.js';
import type { InferenceOptions } from './inference-options.js';
import { loadModel } from './load-model.js';
import { pointFacts } from './model-facts.js';
import { WorkerInference } from './worker-inference.js';
import { workerOptions } from './worker-options.js';

/**
 * Open a model that refines the reference point in a worker thread, as `createInference` opens one that sees joints.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model that sees joints),
 * `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const refiner = await createPointInference({ model: './models/my-refiner' });
 * const { point } = await refiner.infer(new Uint8Array(refiner.model.gridSize ** 3).fill(1));
 * console.log(refiner.model.target, point); // cube coordinates
 * await refiner.close();
 * ```
 */
export async function createPointInference(options: Omit<InferenceOptions, 'members'>): Promise<PointInference> {
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  const settled = workerOptions(model, options);
  return WorkerInference.start(
    pointFacts(model),
    ([[x, y, z]], { grid, timing, release }) => {
      release(); // three numbers: they are read already
      return { point: [x, y, z] as const, grid, timing };
    },
    settled,
  );
}
