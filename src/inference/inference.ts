import type { ErrorCode } from '../hand/errors.js';
import type { HeatMaps } from '../heatmaps/heat-maps.js';
import type { Cube } from '../voxels/voxel-grid.js';
import type { ModelManifest } from './model-manifest.js';

/** Where a network can run. */
export const PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'webgpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What the rest of the pipeline must know of a model: how to cut the cube, and what comes back. */
export interface ModelFacts {
  readonly name: string;
  readonly version: string;
  /** sha256 of the manifest, which in turn names the sha256 of each file; empty where there is no model. */
  readonly sha256: string;
  /** Cells along an edge of the grid that goes in. */
  readonly gridSize: number;
  /** Metres. */
  readonly cubeEdge: number;
  readonly roll: ModelManifest['input']['roll'];
  readonly handedness: ModelManifest['input']['handedness'];
  readonly joints: number;
  /** Cells along an edge of a heat map. */
  readonly heatMapSize: number;
  /** Standard deviation of a heat map's peak, cells. */
  readonly sigma: number;
  /** Number of networks whose heat maps are averaged. */
  readonly members: number;
}

/** What a grid is about, for a stand-in that answers from the truth; a network does not look at it. */
export interface GridContext {
  readonly cube: Cube;
  /** Of the frame, nanoseconds. */
  readonly stamp?: bigint;
}

/** What {@link Inference.infer} answers. */
export interface InferenceResult {
  /** The heat maps; of an ensemble their mean. */
  readonly heatMaps: HeatMaps;
  /** Each member's own heat maps, where they were asked for; else empty. */
  readonly members: readonly HeatMaps[];
  /** The grid that was given in, readable again. */
  readonly grid: Uint8Array;
  readonly timing: {
    /** Inside the networks. */
    readonly runSeconds: number;
    /** From the call of `infer`, or the end of its wait for the frame before, to the answer. */
    readonly roundTripSeconds: number;
  };
  /**
   * Give the heat maps' buffers back for a later inference. Optional; afterwards they must not be read (they become
   * empty). Without it each inference allocates anew.
   */
  release(): void;
}

export interface InferenceStatus {
  readonly state: 'ready' | 'restarting' | 'failed' | 'closed';
  readonly model: Pick<ModelFacts, 'name' | 'version' | 'sha256'>;
  readonly providerRequested: Provider | 'stub';
  /** What really runs the whole network. */
  readonly providerActual: Provider | 'stub';
  /** Why `providerActual` is not `providerRequested`. */
  readonly fallbackReason?: string;
  /** Completed inferences. */
  readonly inferences: number;
  /** How often the worker was started again. */
  readonly restarts: number;
  /** Inferences that were lost with a worker. */
  readonly lost: number;
  /** Why the state is `failed`. */
  readonly failure?: { readonly code: ErrorCode; readonly message: string };
}

/**
 * A network that turns an occupancy grid into heat maps, wherever it runs.
 *
 * One inference is in flight and one may wait behind it; a third call is refused at once. How frames are dropped or
 * held back is the frame policy's business, not this room's.
 */
export interface Inference {
  readonly model: ModelFacts;
  /**
   * @param grid `gridSize^3` bytes [z][y][x], 0 or 1. It is moved, not copied: the array becomes empty and comes back
   * as `grid` of the result; after a rejection it is gone. A view of a part of a larger buffer is copied instead.
   *
   * Rejects with a VoxhandError: `GRID_INVALID` (wrong length; this grid stays as it is), `WORKER_LOST` (this
   * inference is lost, later ones may succeed), `INFERENCE_FAILED` (the network threw, too many calls at once, closed,
   * or given up after too many restarts: see `status().state`).
   */
  infer(grid: Uint8Array, context?: GridContext): Promise<InferenceResult>;
  status(): InferenceStatus;
  /** Reject what is in flight and free everything. May be called twice. */
  close(): Promise<void>;
}
