import { Worker } from 'node:worker_threads';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { Provider } from '../provider.js';
import { RunGate, unwatchGate, watchGate } from './run-gate.js';
import type {
  AnswerFloats,
  BatchReply,
  GridBytes,
  NetworkSetup,
  PictureSize,
  ResultReply,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './worker-protocol.js';
import { workerScript } from './worker-script.js';

/** Starts a worker thread; tests put their own in to get hold of the thread. */
export type SpawnWorker = (setup: WorkerSetup) => Worker;

interface InFlight {
  resolve(reply: ResultReply | BatchReply): void;
  reject(error: VoxhandError): void;
}

/**
 * One life of one inference worker, seen from the main thread. It keeps the process alive only while it starts, runs
 * or closes.
 */
export class WorkerHandle {
  readonly provider: Provider;
  readonly fallbackReason: string | undefined;
  /** Whether {@link runBatch} may be called. */
  readonly batches: boolean;
  /** Resolves, never rejects, when the worker has died without being closed. */
  readonly lost: Promise<VoxhandError>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #inFlight: InFlight | undefined;
  #closing = false;
  #dead: VoxhandError | undefined;

  private constructor(worker: Worker, ready: Extract<WorkerReply, { type: 'ready' }>, died: Promise<VoxhandError>) {
    this.#worker = worker;
    this.provider = ready.provider;
    this.fallbackReason = ready.fallbackReason;
    this.batches = ready.batches;
    // The loss is heard before the frame in flight is rejected, so that nobody hands the next frame to a dead worker.
    // After close() it stays unheard.
    this.lost = new Promise((resolve) => void died.then((error) => this.#closing || resolve(error)));
    this.#exited = died.then((error) => {
      this.#dead = error;
      this.#settle((frame) => frame.reject(error));
    });
    worker.on('message', (reply: WorkerReply) => this.#receive(reply));
    worker.unref();
  }

  /** @throws VoxhandError what the worker refused the model for, or `WORKER_LOST` where it died on the way */
  static async start(setup: NetworkSetup, spawn: SpawnWorker = spawnWorker): Promise<WorkerHandle> {
    const gate = new RunGate();
    const worker = spawn({ ...setup, gate: gate.memory });
    watchGate(gate);
    const died = new Promise<VoxhandError>((resolve) => {
      const lost = (found: string, cause?: unknown): void =>
        resolve(new VoxhandError('WORKER_LOST', 'the inference worker died', { found, cause }));
      worker.once('error', (cause) => lost(String(cause), cause));
      worker.once('exit', (code) => {
        unwatchGate(gate);
        lost(`exit code ${code}`);
      });
    });
    const first = new Promise<WorkerReply>((resolve) => worker.once('message', resolve));
    const reply = await Promise.race([first, died]);
    if (reply instanceof VoxhandError) throw reply;
    if (reply.type === 'ready') return new WorkerHandle(worker, reply, died);
    await died; // a worker that refuses its model ends by itself
    throw reply.type === 'refused'
      ? VoxhandError.fromJSON(reply.error)
      : new VoxhandError('INTERNAL', 'the inference worker broke its protocol', { found: reply.type });
  }

  /** One at a time. @throws VoxhandError `WORKER_LOST`, or `INFERENCE_FAILED` where the network threw */
  run(grid: GridBytes, spare: readonly AnswerFloats[], size?: PictureSize): Promise<ResultReply> {
    const buffers = [grid, ...spare].map(({ buffer }) => buffer);
    return this.#request({ type: 'infer', grid, spare, ...(size && { size }) }, buffers) as Promise<ResultReply>;
  }

  /** As {@link run}, for several grids at once. */
  runBatch(grids: readonly GridBytes[]): Promise<BatchReply> {
    const buffers = grids.map(({ buffer }) => buffer);
    return this.#request({ type: 'infer-batch', grids }, buffers) as Promise<BatchReply>;
  }

  /** Let the worker free its sessions and end, after the run that may be in progress. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#worker.ref();
    this.#send({ type: 'close' }, []);
    await this.#exited;
  }

  #request(request: WorkerRequest, transfer: ArrayBuffer[]): Promise<ResultReply | BatchReply> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const reply = new Promise<ResultReply | BatchReply>((resolve, reject) => {
      this.#inFlight = { resolve, reject };
    });
    this.#worker.ref();
    this.#send(request, transfer);
    return reply;
  }

  #send(request: WorkerRequest, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer);
  }

  #receive(reply: WorkerReply): void {
    if (!this.#closing) this.#worker.unref();
    if (reply.type === 'result' || reply.type === 'batch') this.#settle((frame) => frame.resolve(reply));
    else if (reply.type === 'failed') this.#settle((frame) => frame.reject(VoxhandError.fromJSON(reply.error)));
  }

  #settle(how: (frame: InFlight) => void): void {
    const frame = this.#inFlight;
    this.#inFlight = undefined;
    if (frame !== undefined) how(frame);
  }
}

function spawnWorker(setup: WorkerSetup): Worker {
  return new Worker(workerScript(import.meta.url, './worker.js'), {
    workerData: setup,
    name: 'voxhand inference',
    execArgv: [],
  });
}
