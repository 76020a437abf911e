import type { VerdictInference } from '../verdict-inference.js';
import type { InferenceOptions } from './inference-options.js';
import { loadModel } from './load-model.js';
import { verdictFacts } from './model-facts.js';
import { WorkerInference } from './worker-inference.js';
import { workerOptions } from './worker-options.js';

/**
 * Open the second stage of detection in a worker thread, as `createInference` opens a model that sees joints.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model of another kind),
 * `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 */
export async function createVerdictInference(options: Omit<InferenceOptions, 'members'>): Promise<VerdictInference> {
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  return WorkerInference.start(
    verdictFacts(model),
    ([numbers], { grid, timing, release }) => {
      const verdict = numbers.slice();
      release();
      return { verdict, grid, timing };
    },
    workerOptions(model, options),
  );
}
