import { join } from 'node:path';
import type { Inference } from '../inference.js';
import type { InferenceOptions } from './inference-options.js';
import { loadModel } from './load-model.js';
import { WorkerInference } from './worker-inference.js';

/**
 * Open a model in a worker thread: verify its files, run its self-test, warm up.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH`, `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const inference = await createInference({ model: './models/my-model' });
 * const { heatMaps } = await inference.infer(new Uint8Array(inference.model.gridSize ** 3));
 * console.log(heatMaps.size, inference.status().providerActual);
 * await inference.close();
 * ```
 */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const { provider = 'cpu', policy = 'strict', threads = 1, warmUp = 1, members = false } = options;
  const { maxRestarts = 5, backoffMs = 100, maxBackoffMs = 10_000 } = options.restart ?? {};
  const {
    logger = { warn: (message: string) => process.emitWarning(message, 'VoxhandWarning') },
    timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) },
    clock = () => performance.now() / 1000,
  } = options;
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  const paths = model.manifest.files.map((file) => join(model.directory, file.path));
  return WorkerInference.start(model, {
    setup: { manifest: model.manifest, paths, provider, policy, threads, warmUp, members },
    restart: { maxRestarts, backoffMs, maxBackoffMs },
    logger,
    timers,
    clock,
    spawn: options.spawn,
  });
}
