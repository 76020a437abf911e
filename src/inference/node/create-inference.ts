import { decodedJoints } from '../answers/joints-answer.js';
import type { DecodedResult, HeatMapResult, Inference, InferenceResult, ModelFacts } from '../inference.js';
import type { InferenceOptions } from './inference-options.js';
import { loadModel } from './load-model.js';
import { modelFacts } from './model-facts.js';
import { type ReadAnswers, WorkerInference } from './worker-inference.js';
import { workerOptions } from './worker-options.js';

/**
 * Open a model that sees joints in a worker thread: verify its files, run its self-test, warm up.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model that refines the reference
 * point), `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const inference = await createInference({ model: './models/my-model' });
 * const { heatMaps, decoded } = await inference.infer(new Uint8Array(inference.model.gridSize ** 3));
 * console.log(heatMaps?.size ?? decoded?.positions, inference.status().providerActual);
 * await inference.close();
 * ```
 */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  const facts = modelFacts(model);
  return WorkerInference.start(facts, resultReader(facts), workerOptions(model, options));
}

function resultReader({ kind, joints, heatMapSize: size }: ModelFacts): ReadAnswers<InferenceResult> {
  if (kind === 'joints') {
    return (answers, answered): DecodedResult => {
      const [decoded, ...members] = answers.map(decodedJoints);
      return { ...answered, kind, decoded, members };
    };
  }
  return (answers, answered): HeatMapResult => {
    const [heatMaps, ...members] = answers.map((data) => ({ joints, size, data }));
    return { ...answered, kind, heatMaps, members };
  };
}
