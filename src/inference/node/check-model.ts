import type { RunOptions } from './inference-options.js';
import { type LoadedDetector, type LoadedModel, loadAnyModel } from './load-model.js';
import { WorkerHandle } from './worker-handle.js';
import { workerOptions } from './worker-options.js';

/** What {@link checkModel} takes. */
export interface CheckModelOptions extends Pick<RunOptions, 'provider' | 'threads'> {
  readonly model: string | LoadedModel | LoadedDetector;
}

/**
 * Prove that a model of any kind works here: open it in a worker, which verifies the sha256 of its files and its tensors
 * and runs its self-test, and close it again.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH`, `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * await checkModel({ model: './models/my-model' });
 * ```
 */
export async function checkModel(options: CheckModelOptions): Promise<void> {
  const model = typeof options.model === 'string' ? await loadAnyModel(options.model) : options.model;
  const { setup } = workerOptions(model, { ...options, warmUp: 0 });
  const worker = await WorkerHandle.start(setup);
  await worker.close();
}
