import { join } from 'node:path';
import type { InferenceOptions } from './inference-options.js';
import type { LoadedModel } from './load-model.js';
import type { WorkerInferenceOptions } from './worker-inference.js';

/** What the user left open, settled: every default of {@link InferenceOptions}. */
export function workerOptions(model: LoadedModel, options: InferenceOptions): WorkerInferenceOptions {
  const { provider = 'cpu', policy = 'strict', threads = 1, warmUp = 1, members = false } = options;
  const { maxRestarts = 5, backoffMs = 100, maxBackoffMs = 10_000 } = options.restart ?? {};
  const {
    logger = { warn: (message: string) => process.emitWarning(message, 'VoxhandWarning') },
    timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) },
    clock = () => performance.now() / 1000,
  } = options;
  const paths = model.manifest.files.map((file) => join(model.directory, file.path));
  return {
    setup: { manifest: model.manifest, paths, provider, policy, threads, warmUp, members },
    restart: { maxRestarts, backoffMs, maxBackoffMs },
    logger,
    timers,
    clock,
    spawn: options.spawn,
  };
}
