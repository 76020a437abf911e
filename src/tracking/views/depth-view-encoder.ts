import { Worker } from 'node:worker_threads';
import type { CameraModel, DepthFrame } from '../../depth/index.js';
import { VoxhandError } from '../../errors/index.js';
import { workerScript } from '../../inference/index.js';
import { type DepthViews, type DepthViewsWanted, depthViews } from './depth-views.js';

/** Makes depth views, on this thread or another one. The frame is only read. */
export interface DepthViewEncoder {
  /** @throws VoxhandError `GRID_INVALID` and the like; `WORKER_LOST` where the other thread has died. */
  encode(frame: DepthFrame, wanted: DepthViewsWanted): Promise<DepthViews>;
  close(): Promise<void>;
}

export interface ViewRequest {
  readonly id: number;
  readonly frame: Omit<DepthFrame, 'camera'>;
  readonly wanted: DepthViewsWanted;
  /** Left out while it is the one before: it may hold a ray for every pixel. */
  readonly camera?: CameraModel;
}

export type ViewReply =
  | { readonly id: number; readonly views: DepthViews }
  | { readonly id: number; readonly error: ReturnType<VoxhandError['toJSON']> };

/** On this thread. */
export function inlineEncoder(): DepthViewEncoder {
  return { encode: async (frame, wanted) => depthViews(frame, wanted), close: async () => undefined };
}

interface Waiting {
  readonly slot: Float32Array;
  resolve(views: DepthViews): void;
  reject(error: VoxhandError): void;
}

/**
 * On a thread of its own, which starts with the first view that is wanted: this one only copies the depth image into memory that
 * both share and that is used again, a fraction of a millisecond. A thread that dies is replaced with the next view.
 */
export function workerEncoder(): DepthViewEncoder {
  return new WorkerEncoder();
}

class WorkerEncoder implements DepthViewEncoder {
  readonly #waiting = new Map<number, Waiting>();
  /** Shared with the other thread, and not in use: as many as ever were at once, all of one size. */
  #free: Float32Array[] = [];
  #worker: Worker | undefined;
  #camera: CameraModel | undefined;
  #next = 0;

  encode({ camera, ...frame }: DepthFrame, wanted: DepthViewsWanted): Promise<DepthViews> {
    this.#worker ??= this.#start();
    const id = this.#next++;
    const depth = this.#slot(frame.depth.length);
    depth.set(frame.depth);
    const request: ViewRequest = {
      id,
      frame: { ...frame, depth },
      wanted,
      ...(camera !== this.#camera && { camera }),
    };
    this.#camera = camera;
    this.#worker.postMessage(request);
    this.#worker.ref(); // what is asked for is answered before the process ends
    return new Promise((resolve, reject) => this.#waiting.set(id, { slot: depth, resolve, reject }));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#lose('closed');
    this.#free = [];
  }

  /** Memory for so many values that nobody else uses now. */
  #slot(length: number): Float32Array {
    this.#free = this.#free.filter((slot) => slot.length === length);
    return this.#free.pop() ?? new Float32Array(new SharedArrayBuffer(4 * length));
  }

  #start(): Worker {
    const worker = new Worker(workerScript(import.meta.url, './depth-view-worker.js'), {
      name: 'voxhand depth views',
      execArgv: [],
    });
    this.#camera = undefined;
    worker.on('message', (reply: ViewReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (waiting !== undefined) this.#free.push(waiting.slot);
      if (this.#waiting.size === 0) worker.unref();
      if ('views' in reply) waiting?.resolve(reply.views);
      else waiting?.reject(VoxhandError.fromJSON(reply.error));
    });
    const died = (found: string) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#lose(found);
    };
    worker.on('error', (error) => died(String(error)));
    worker.on('exit', (code) => died(`exit code ${code}`));
    return worker;
  }

  #lose(found: string): void {
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost)
      reject(new VoxhandError('WORKER_LOST', 'the worker of the depth views died', { found }));
  }
}
