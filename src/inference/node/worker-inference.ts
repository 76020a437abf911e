import { toVoxhandError, VoxhandError } from '../../hand/errors.js';
import type { HeatMaps } from '../../heatmaps/heat-maps.js';
import { checkGrid, moveBytes } from '../grid-bytes.js';
import type { Inference, InferenceResult, InferenceStatus, ModelFacts } from '../inference.js';
import type { InferenceOptions, RestartPolicy } from './inference-options.js';
import { type LoadedModel, modelFacts } from './load-model.js';
import { type SpawnWorker, WorkerHandle } from './worker-handle.js';
import type { GridBytes, MapFloats, NetworkSetup } from './worker-protocol.js';

/** Everything that `createInference` has settled. */
export interface WorkerInferenceOptions extends Required<Pick<InferenceOptions, 'logger' | 'timers' | 'clock'>> {
  readonly setup: NetworkSetup;
  readonly restart: RestartPolicy;
  readonly spawn: SpawnWorker | undefined;
}

interface Waiting {
  readonly grid: GridBytes;
  resolve(result: InferenceResult): void;
  reject(error: VoxhandError): void;
}

/**
 * An {@link Inference} in a worker that is started again when it dies.
 *
 * ```text
 * ready ──worker dies──▶ restarting ──back-off, start──▶ ready
 *                           │ too often in a row, or the model is refused
 *                           ▼
 *                         failed
 * ```
 */
export class WorkerInference implements Inference {
  readonly model: ModelFacts;
  readonly #options: WorkerInferenceOptions;
  #state: InferenceStatus['state'] = 'ready';
  #worker: WorkerHandle;
  #failure: VoxhandError | undefined;
  /** The one in flight and the one behind it; the first stays here until it is answered. */
  #frames: Waiting[] = [];
  #running = false;
  /** Result buffers that were released. */
  #spare: MapFloats[] = [];
  #timer: unknown;
  #starting: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #warned = false;
  #inferences = 0;
  #restarts = 0;
  #restartsInARow = 0;
  #lost = 0;

  private constructor(model: ModelFacts, worker: WorkerHandle, options: WorkerInferenceOptions) {
    this.model = model;
    this.#options = options;
    this.#worker = worker;
    this.#adopt(worker);
  }

  static async start(model: LoadedModel, options: WorkerInferenceOptions): Promise<WorkerInference> {
    return new WorkerInference(modelFacts(model), await WorkerHandle.start(options.setup, options.spawn), options);
  }

  async infer(grid: Uint8Array): Promise<InferenceResult> {
    if (this.#state === 'closed') throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
    checkGrid(grid, this.model.gridSize);
    if (this.#frames.length >= 2) {
      throw new VoxhandError('INFERENCE_FAILED', 'too many inferences at once', {
        expected: 'one in flight and one waiting',
        found: 'a third call',
        where: 'Inference.infer',
      });
    }
    const moved = moveBytes(grid);
    return new Promise((resolve, reject) => {
      this.#frames.push({ grid: moved, resolve, reject });
      void this.#next();
    });
  }

  status(): InferenceStatus {
    const { name, version, sha256 } = this.model;
    const { provider, fallbackReason } = this.#worker;
    const failure = this.#failure;
    return {
      state: this.#state,
      model: { name, version, sha256 },
      providerRequested: this.#options.setup.provider,
      providerActual: provider,
      ...(fallbackReason === undefined ? {} : { fallbackReason }),
      inferences: this.#inferences,
      restarts: this.#restarts,
      lost: this.#lost,
      ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const hadWorker = this.#state === 'ready';
    this.#state = 'closed';
    this.#options.timers.clearTimeout(this.#timer);
    this.#reject(0, closedError());
    this.#spare = [];
    await this.#starting;
    if (hadWorker) await this.#worker.close();
  }

  /** Run the frame at the head of the line, if the worker is there and idle. */
  async #next(): Promise<void> {
    const frame = this.#frames.at(0);
    if (frame === undefined || this.#running || this.#state !== 'ready') return;
    this.#running = true;
    const { clock } = this.#options;
    const began = clock();
    try {
      const count = this.#options.setup.members ? 1 + this.model.members : 1;
      const { grid, maps, runSeconds } = await this.#worker.run(frame.grid, this.#spare.splice(0, count));
      this.#inferences++;
      this.#restartsInARow = 0;
      frame.resolve(this.#result(grid, maps, { runSeconds, roundTripSeconds: clock() - began }));
    } catch (error) {
      const reason = toVoxhandError(error, 'INFERENCE_FAILED');
      if (reason.code === 'WORKER_LOST') this.#lost++;
      frame.reject(reason);
    }
    this.#running = false;
    if (this.#frames[0] === frame) this.#frames.shift();
    void this.#next();
  }

  #result(grid: Uint8Array, maps: readonly MapFloats[], timing: InferenceResult['timing']): InferenceResult {
    const { joints, heatMapSize: size } = this.model;
    const [heatMaps, ...members] = maps.map((data): HeatMaps => ({ joints, size, data }));
    let kept: readonly MapFloats[] = maps;
    const release = (): void => {
      // At most two sets are ever of use: one in the worker's hands, one in the caller's.
      if (this.#state !== 'closed' && this.#spare.length <= maps.length) this.#spare.push(...kept.map(moveFloats));
      kept = [];
    };
    return { heatMaps, members, grid, timing, release };
  }

  /** Take a new worker, and see to it when it dies. */
  #adopt(worker: WorkerHandle): void {
    this.#worker = worker;
    if (worker.fallbackReason !== undefined && !this.#warned) {
      this.#warned = true;
      this.#options.logger.warn(`running on ${worker.provider} instead: ${worker.fallbackReason}`);
    }
    void worker.lost.then((error) => this.#recover(error));
  }

  #recover(reason: VoxhandError): void {
    if (this.#state === 'closed') return;
    const { restart, timers } = this.#options;
    if (this.#restartsInARow >= restart.maxRestarts) {
      this.#fail(reason);
      return;
    }
    this.#state = 'restarting';
    const wait = Math.min(restart.backoffMs * 2 ** this.#restartsInARow, restart.maxBackoffMs);
    this.#timer = timers.setTimeout(() => {
      this.#starting = this.#restart();
    }, wait);
  }

  async #restart(): Promise<void> {
    this.#restarts++;
    this.#restartsInARow++;
    try {
      const worker = await WorkerHandle.start(this.#options.setup, this.#options.spawn);
      if (this.#state === 'closed') return await worker.close();
      this.#adopt(worker);
      this.#state = 'ready';
      void this.#next();
    } catch (error) {
      const reason = toVoxhandError(error);
      if (reason.code === 'WORKER_LOST') this.#recover(reason);
      else if (this.#state !== 'closed') this.#fail(reason);
    }
  }

  #fail(cause: VoxhandError): void {
    this.#state = 'failed';
    this.#failure = new VoxhandError('INFERENCE_FAILED', `given up after ${this.#restarts} restarts of the worker`, {
      found: cause.message,
      cause,
    });
    this.#reject(this.#running ? 1 : 0, this.#failure); // the one that runs is lost with its worker
  }

  #reject(from: number, error: VoxhandError): void {
    for (const frame of this.#frames.splice(from)) frame.reject(error);
  }
}

/** Take the floats away from whoever still holds them, so that a late reader finds nothing rather than another frame. */
function moveFloats(floats: MapFloats): MapFloats {
  return structuredClone(floats, { transfer: [floats.buffer] });
}

function closedError(): VoxhandError {
  return new VoxhandError('INFERENCE_FAILED', 'the inference is closed');
}
