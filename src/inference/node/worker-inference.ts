import { toVoxhandError, VoxhandError } from '../../errors/voxhand-error.js';
import { backOff } from '../../timing/back-off.js';
import { type Answered, checkGrid, type InferenceStatus, moveBytes, type NetworkFacts } from '../inference.js';
import type { InferenceOptions, RestartPolicy } from './inference-options.js';
import { type SpawnWorker, WorkerHandle } from './worker-handle.js';
import type { AnswerFloats, GridBytes, NetworkSetup, PictureSize } from './worker-protocol.js';

/** Everything that is settled before a worker starts. */
export interface WorkerInferenceOptions extends Required<Pick<InferenceOptions, 'logger' | 'timers' | 'clock'>> {
  readonly setup: NetworkSetup;
  readonly restart: RestartPolicy;
  readonly spawn: SpawnWorker | undefined;
}

/**
 * What is made of a worker's numbers.
 *
 * @param answers the mean, then each member where there are several and they were asked for
 */
export type ReadAnswers<Result> = (answers: readonly AnswerFloats[], answered: Answered) => Result;

interface Waiting<Result> {
  /** One, or several that go through the network together. */
  readonly grids: readonly GridBytes[];
  /** Of a picture. */
  readonly size: PictureSize | undefined;
  /** Of each grid its answer, or why it cannot be read. */
  resolve(results: readonly (Result | VoxhandError)[]): void;
  reject(error: VoxhandError): void;
}

/** What is known of any network; `gridSize` where it looks at voxels. */
export type WorkerFacts = Pick<NetworkFacts, 'name' | 'version' | 'sha256' | 'members'> &
  Partial<Pick<NetworkFacts, 'gridSize'>>;

/**
 * A network in a worker that is started again when it dies: an `Inference`, a `PointInference`, a `VerdictInference` or what is
 * behind a `DetectorInference`, by what is made of its numbers.
 *
 * ```text
 * ready ──worker dies──▶ restarting ──back-off, start──▶ ready
 *                           │ too often in a row, or the model is refused
 *                           ▼
 *                         failed
 * ```
 */
export class WorkerInference<Facts extends WorkerFacts, Result> {
  readonly model: Facts;
  /** As in `Inference`. */
  readonly inferBatch?: (grids: readonly Uint8Array[]) => Promise<readonly (Result | VoxhandError)[]>;
  readonly #read: ReadAnswers<Result>;
  readonly #options: WorkerInferenceOptions;
  #state: InferenceStatus['state'] = 'ready';
  #worker: WorkerHandle;
  #failure: VoxhandError | undefined;
  /** The one in flight and the one behind it; the first stays here until it is answered. */
  #frames: Waiting<Result>[] = [];
  #running = false;
  /** Result buffers that were released. */
  #spare: AnswerFloats[] = [];
  #timer: unknown;
  #starting: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #warned = false;
  #inferences = 0;
  #restarts = 0;
  #restartsInARow = 0;
  #lost = 0;

  private constructor(model: Facts, read: ReadAnswers<Result>, worker: WorkerHandle, options: WorkerInferenceOptions) {
    this.model = model;
    this.#read = read;
    this.#options = options;
    this.#worker = worker;
    if (worker.batches) this.inferBatch = (grids) => this.#wait(grids);
    this.#adopt(worker);
  }

  static async start<Facts extends WorkerFacts, Result>(
    model: Facts,
    read: ReadAnswers<Result>,
    options: WorkerInferenceOptions,
  ): Promise<WorkerInference<Facts, Result>> {
    return new WorkerInference(model, read, await WorkerHandle.start(options.setup, options.spawn), options);
  }

  async infer(grid: Uint8Array): Promise<Result> {
    return this.#one(grid);
  }

  /** @param bytes of the picture's float32 numbers: as many as `size` says, to which the caller sees */
  async inferPicture(bytes: Uint8Array, size: PictureSize): Promise<Result> {
    return this.#one(bytes, size);
  }

  async #one(input: Uint8Array, size?: PictureSize): Promise<Result> {
    const [result] = await this.#wait([input], size);
    if (result instanceof VoxhandError) throw result;
    return result;
  }

  /** Put grids into the line; they are checked before any of them is moved. */
  async #wait(grids: readonly Uint8Array[], size?: PictureSize): Promise<readonly (Result | VoxhandError)[]> {
    if (this.#state === 'closed') throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
    const { gridSize } = this.model;
    if (gridSize !== undefined) for (const grid of grids) checkGrid(grid, gridSize);
    if (this.#frames.length >= 2) {
      throw new VoxhandError('INFERENCE_FAILED', 'too many inferences at once', {
        expected: 'one in flight and one waiting',
        found: 'a third call',
        where: 'Inference.infer',
      });
    }
    if (grids.length === 0) return [];
    const moved = grids.map(moveBytes);
    return new Promise((resolve, reject) => {
      this.#frames.push({ grids: moved, size, resolve, reject });
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
      const { grids, answers, runSeconds } = await this.#run(frame);
      this.#inferences += grids.length;
      this.#restartsInARow = 0;
      const timing = { runSeconds, roundTripSeconds: clock() - began };
      frame.resolve(
        answers.map((each, k) =>
          'code' in each
            ? VoxhandError.fromJSON(each)
            : this.#read(each, { grid: grids[k], timing, release: this.#release(each) }),
        ),
      );
    } catch (error) {
      const reason = toVoxhandError(error, 'INFERENCE_FAILED');
      if (reason.code === 'WORKER_LOST') this.#lost += frame.grids.length;
      frame.reject(reason);
    }
    this.#running = false;
    if (this.#frames[0] === frame) this.#frames.shift();
    void this.#next();
  }

  async #run({ grids, size }: Waiting<Result>) {
    if (grids.length > 1) return this.#worker.runBatch(grids);
    const count = this.#options.setup.members ? 1 + this.model.members : 1;
    const { grid, answers, runSeconds } = await this.#worker.run(grids[0], this.#spare.splice(0, count), size);
    return { grids: [grid], answers: [answers], runSeconds };
  }

  /** Once: take the answers' buffers back, unless there are enough. */
  #release(answers: readonly AnswerFloats[]): () => void {
    let kept: readonly AnswerFloats[] = answers;
    return () => {
      // At most two sets are ever of use: one in the worker's hands, one in the caller's.
      if (this.#state !== 'closed' && this.#spare.length <= answers.length) this.#spare.push(...kept.map(moveFloats));
      kept = [];
    };
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
    const wait = backOff(this.#restartsInARow + 1, { first: restart.backoffMs, longest: restart.maxBackoffMs });
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
function moveFloats(floats: AnswerFloats): AnswerFloats {
  return structuredClone(floats, { transfer: [floats.buffer] });
}

function closedError(): VoxhandError {
  return new VoxhandError('INFERENCE_FAILED', 'the inference is closed');
}
