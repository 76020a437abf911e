import { join } from 'node:path';
import type { AnyManifest } from '../detector-manifest.js';
import type { RunOptions } from './inference-options.js';
import type { Loaded } from './load-model.js';
import type { WorkerInferenceOptions } from './worker-inference.js';

/** What the user left open, settled: every default of {@link RunOptions}. */
export function workerOptions(model: Loaded<AnyManifest>, options: RunOptions): WorkerInferenceOptions {
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
