import type { Provider } from '../provider.js';
import type { LoadedDetector, LoadedModel } from './load-model.js';
import type { SpawnWorker } from './worker-handle.js';
import type { ProviderPolicy } from './worker-protocol.js';

/** How a model is run. */
export interface RunOptions {
  /** Default `cpu`. */
  readonly provider?: Provider;
  /** `strict` (default): without the provider, stop. `fallback`: run on the CPU, warn once and say so in the status. */
  readonly policy?: ProviderPolicy;
  /** Threads of the network on the CPU, default 1; fixed, so that results do not depend on the machine's load. */
  readonly threads?: number;
  /** Inferences before the first real one, default 1, beside the self-test. */
  readonly warmUp?: number;
  /** Answer an ensemble's members beside their mean, default false. */
  readonly members?: boolean;
  readonly restart?: Partial<RestartPolicy>;
  readonly logger?: { warn(message: string): void };
  readonly timers?: Timers;
  /** Monotonic seconds, for `timing`. */
  readonly clock?: () => number;
  /** @internal */
  readonly spawn?: SpawnWorker;
}

/** How a model that looks at voxels is run. */
export interface InferenceOptions extends RunOptions {
  /** A packaged model's name, a path, or a model that is loaded already. */
  readonly model: string | LoadedModel;
  /** Of a model that sees joints: worker threads, each with the network, default 1; always 1 where the graph takes several grids in one run. */
  readonly workers?: number;
}

/** How a detector is run. */
export interface DetectorOptions extends Omit<RunOptions, 'members'> {
  /** A packaged detector's name, a path, or one that is loaded already. */
  readonly model: string | LoadedDetector;
}

/** What to do when a worker dies. */
export interface RestartPolicy {
  /** So many restarts without a completed inference between them, then give up. Default 5. */
  readonly maxRestarts: number;
  /** Wait before the first restart, doubled for each further one. Default 100. */
  readonly backoffMs: number;
  /** Longest wait. Default 10,000. */
  readonly maxBackoffMs: number;
}

export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}
