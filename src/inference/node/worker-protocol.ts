import type { VoxhandError } from '../../errors/voxhand-error.js';
import type { AnyManifest } from '../detector-manifest.js';
import type { Provider } from '../provider.js';

/**
 * All that passes between the main thread and the inference worker.
 *
 * ```text
 * main                         worker
 *   ── workerData: WorkerSetup ──▶  open, verify, self-test, warm up
 *   ◀── ready | refused ──
 *   ── infer (grid, spare) ──▶      one at a time
 *   ◀── result (grid, answers) | failed (grid) ──
 *   ── infer-batch (grids) ──▶      only where `ready` allows it
 *   ◀── batch (grids, answers) | failed ──
 *   ── close ──▶                    release the sessions, exit 0
 * ```
 *
 * Every array's buffer is in the transfer list of its message: it changes hands and is never copied.
 */
export interface WorkerSetup extends NetworkSetup {
  /** Of the worker's RunGate. */
  readonly gate: SharedArrayBuffer;
}

/** What is to be run and how. */
export interface NetworkSetup {
  readonly manifest: AnyManifest;
  /** Absolute paths, one for each of the manifest's files. */
  readonly paths: readonly string[];
  readonly provider: Provider;
  readonly policy: ProviderPolicy;
  readonly threads: number;
  /** Inferences to run before `ready`, beside the self-test. */
  readonly warmUp: number;
  /** Whether an ensemble's members are answered beside their mean. */
  readonly members: boolean;
}

/** When the wanted provider is not to be had: stop, or run on the CPU and say so. */
export type ProviderPolicy = 'strict' | 'fallback';

export type ErrorJson = ReturnType<VoxhandError['toJSON']>;
/** A network's input: a grid, or the bytes of a picture's float32 numbers. */
export type GridBytes = Uint8Array<ArrayBuffer>;
/** Numbers of one answer: see `AnswerReader`. */
export type AnswerFloats = Float32Array<ArrayBuffer>;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export type WorkerRequest =
  /** `spare`: buffers of earlier results to be used again, as many as there are. */
  | {
      readonly type: 'infer';
      readonly grid: GridBytes;
      readonly spare: readonly AnswerFloats[];
      /** Width and height of a picture; absent with a grid. */
      readonly size?: PictureSize;
    }
  | { readonly type: 'infer-batch'; readonly grids: readonly GridBytes[] }
  | { readonly type: 'close' };

export type WorkerReply =
  | {
      readonly type: 'ready';
      readonly provider: Provider;
      readonly fallbackReason: string | undefined;
      /** The graphs take any number of grids in one run. */
      readonly batches: boolean;
    }
  | { readonly type: 'refused'; readonly error: ErrorJson }
  | ResultReply
  | BatchReply
  | { readonly type: 'failed'; readonly error: ErrorJson; readonly grid?: GridBytes };

export interface ResultReply {
  readonly type: 'result';
  readonly grid: GridBytes;
  /** The mean, then each member where there are several and they are asked for. */
  readonly answers: readonly AnswerFloats[];
  readonly runSeconds: number;
}

export interface BatchReply {
  readonly type: 'batch';
  readonly grids: readonly GridBytes[];
  /** Of each grid: as in {@link ResultReply}, or why its answer cannot be read. */
  readonly answers: readonly (readonly AnswerFloats[] | ErrorJson)[];
  readonly runSeconds: number;
}
