import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { VoxhandError } from '../../hand/errors.js';
import type { Provider } from '../inference.js';
import { RunGate, unwatchGate, watchGate } from './run-gate.js';
import type {
  AnswerFloats,
  GridBytes,
  NetworkSetup,
  ResultReply,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './worker-protocol.js';

/** Starts a worker thread; tests put their own in to get hold of the thread. */
export type SpawnWorker = (setup: WorkerSetup) => Worker;

interface InFlight {
  resolve(reply: ResultReply): void;
  reject(error: VoxhandError): void;
}

/**
 * One life of one inference worker, seen from the main thread. It keeps the process alive only while it starts, runs
 * or closes.
 */
export class WorkerHandle {
  readonly provider: Provider;
  readonly fallbackReason: string | undefined;
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
  run(grid: GridBytes, spare: readonly AnswerFloats[]): Promise<ResultReply> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const reply = new Promise<ResultReply>((resolve, reject) => {
      this.#inFlight = { resolve, reject };
    });
    this.#worker.ref();
    this.#send({ type: 'infer', grid, spare }, [grid.buffer, ...spare.map((answer) => answer.buffer)]);
    return reply;
  }

  /** Let the worker free its sessions and end, after the run that may be in progress. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#worker.ref();
    this.#send({ type: 'close' }, []);
    await this.#exited;
  }

  #send(request: WorkerRequest, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer);
  }

  #receive(reply: WorkerReply): void {
    if (!this.#closing) this.#worker.unref();
    if (reply.type === 'result') this.#settle((frame) => frame.resolve(reply));
    else if (reply.type === 'failed') this.#settle((frame) => frame.reject(VoxhandError.fromJSON(reply.error)));
  }

  #settle(how: (frame: InFlight) => void): void {
    const frame = this.#inFlight;
    this.#inFlight = undefined;
    if (frame !== undefined) how(frame);
  }
}

function spawnWorker(setup: WorkerSetup): Worker {
  return new Worker(workerScript(import.meta.url), { workerData: setup, name: 'voxhand inference', execArgv: [] });
}

/** Beside this module; from the TypeScript source (in tests) the built one, for Node 20 runs no TypeScript. */
function workerScript(module: string): URL {
  const fromSource = module.endsWith('.ts');
  const script = new URL(fromSource ? '../../../dist/inference/node/worker.js' : './worker.js', module);
  if (existsSync(script)) return script;
  throw new VoxhandError('INTERNAL', 'the inference worker is not built', {
    expected: fromSource ? 'npm run build before the tests' : 'a complete package',
    found: 'no such file',
    where: fileURLToPath(script),
  });
}
