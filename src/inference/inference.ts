import { type ErrorCode, VoxhandError } from '../errors/voxhand-error.js';
import type { Cube, Transform } from '../geometry/index.js';
import type { DecodedJoints, HeatMaps } from '../heatmaps/heat-maps.js';
import type { AnyManifest, DetectorManifest } from './detector-manifest.js';
import type { JointsOutput, ModelManifest, PointOutput } from './model-manifest.js';
import type { Provider } from './provider.js';

/** What the rest of the pipeline must know of any network: who it is, and how to cut its cube. */
export interface NetworkFacts {
  readonly name: string;
  readonly version: string;
  /** sha256 of the manifest, which in turn names the sha256 of each file; empty where there is no model. */
  readonly sha256: string;
  /** Voxels along an edge of the grid that goes in. */
  readonly gridSize: number;
  /** Metres. */
  readonly cubeEdge: number;
  readonly roll: ModelManifest['input']['roll'];
  readonly handedness: ModelManifest['input']['handedness'];
  /** Number of networks whose answers are averaged. */
  readonly members: number;
}

/** A network that sees joints, and in which form it answers them. */
export interface ModelFacts extends NetworkFacts {
  /** `gaussian`: heat maps. `joints`: the graph reads the joints off its own heat maps. */
  readonly kind: 'gaussian' | 'joints';
  readonly joints: number;
  /** Voxels along an edge of a heat map; 0 of a graph that answers joints. */
  readonly heatMapSize: number;
  /** Standard deviation of a heat map's peak, voxels; 0 of a graph that answers joints. */
  readonly sigma: number;
  /** How a graph that answers joints reads them off. */
  readonly decoder?: JointsOutput['decoder'];
}

/** What a grid is about, for a stand-in that answers from the truth; a network does not look at it. */
export interface GridContext {
  readonly cube: Cube;
  /** Of the frame, nanoseconds. */
  readonly stamp?: bigint;
  /** From the frame of the cube into that of the rig, of which the camera is one; undefined where they are the same. */
  readonly place?: Transform;
}

/** What comes with every answer. */
export interface Answered {
  /** The grid that was given in, readable again. */
  readonly grid: Uint8Array;
  readonly timing: {
    /** Inside the networks. */
    readonly runSeconds: number;
    /** From the call of `infer`, or the end of its wait for the frame before, to the answer. */
    readonly roundTripSeconds: number;
  };
  /**
   * Give the answer's buffers back for a later inference. Optional; afterwards heat maps must not be read (they become
   * empty). Without it each inference allocates new buffers.
   */
  release(): void;
}

/** The answer of a network of the kind `gaussian`. */
export interface HeatMapResult extends Answered {
  readonly kind: 'gaussian';
  /** The heat maps; of an ensemble their mean. */
  readonly heatMaps: HeatMaps;
  /** Each member's own heat maps, where they were asked for and there are several; else empty. */
  readonly members: readonly HeatMaps[];
  /**
   * Probability, 0 to 1, that the grid shows a hand of the side that the network was trained on, and not one of the other side that is not mirrored; of an
   * ensemble the mean. Undefined of a network that does not tell.
   */
  readonly side?: number;
  readonly decoded?: never;
}

/** The answer of a network of the kind `joints`. */
export interface DecodedResult extends Answered {
  readonly kind: 'joints';
  /** Joints in cube coordinates; of an ensemble their mean, weighted by the members' confidences. */
  readonly decoded: DecodedJoints;
  /** Each member's own joints, where they were asked for and there are several; else empty. */
  readonly members: readonly DecodedJoints[];
  /** As {@link HeatMapResult.side}. */
  readonly side?: number;
  readonly heatMaps?: never;
}

/** What {@link Inference.infer} answers: heat maps or joints, by the model's kind. */
export type InferenceResult = HeatMapResult | DecodedResult;

export interface InferenceStatus {
  readonly state: 'ready' | 'restarting' | 'failed' | 'closed';
  readonly model: Pick<NetworkFacts, 'name' | 'version' | 'sha256'>;
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
 * A network that turns an occupancy grid into heat maps or joints, wherever it runs.
 *
 * One inference is in flight and one may wait behind it; a third call is refused at once (of several workers, one call more than
 * `capacity`). How frames are dropped or
 * held back is decided by the frame policy, not here.
 */
export interface Inference {
  readonly model: ModelFacts;
  /** Calls that may be made at once, of which half are in flight; 2 where it is not given. */
  readonly capacity?: number;
  /**
   * @param grid `gridSize^3` bytes [z][y][x], 0 or 1. It is moved, not copied: the array becomes empty and comes back
   * as `grid` of the result; after a rejection it is lost. A view of a part of a larger buffer is copied instead.
   *
   * Rejects with a VoxhandError: `GRID_INVALID` (wrong length; this grid stays as it is), `WORKER_LOST` (this
   * inference is lost, later ones may succeed), `INFERENCE_FAILED` (the network threw or answered joints that are no
   * numbers, too many calls at once, closed, or given up after too many restarts: see `status().state`).
   */
  infer(grid: Uint8Array, context?: GridContext): Promise<InferenceResult>;
  /**
   * Several grids in one run of the network: for each, in order, its answer, or `INFERENCE_FAILED` where that alone cannot be read.
   * Only there where the graph leaves the number of grids open. Takes one place in the line, as {@link infer} does, and rejects as
   * it does: then all of the grids are lost.
   *
   * Answers may differ in their last bits from those to the same grids one by one: the provider adds in another order.
   */
  inferBatch?(
    grids: readonly Uint8Array[],
    contexts?: readonly GridContext[],
  ): Promise<readonly (InferenceResult | VoxhandError)[]>;
  status(): InferenceStatus;
  /** Reject what is in flight and free everything. May be called twice. */
  close(): Promise<void>;
}

/**
 * A network with another input or output than {@link Inference}, wherever it runs. The rules of {@link Inference} hold: what is given
 * in is moved and comes back, one call is in flight and one may wait, and the same errors are rejected with.
 */
export interface SideInference<Facts, Input, Result> {
  readonly model: Facts;
  infer(input: Input): Promise<Result>;
  status(): InferenceStatus;
  close(): Promise<void>;
}

/** A network that sees one point of the hand. */
export interface PointFacts extends NetworkFacts {
  readonly kind: 'point';
  readonly target: PointOutput['target'];
}

/** What {@link PointInference.infer} answers. */
export interface PointResult extends Pick<Answered, 'grid' | 'timing'> {
  /** Cube coordinates x, y, z; finite, and perhaps outside [0, 1). Of an ensemble the mean. */
  readonly point: readonly [number, number, number];
}

/** A network that turns an occupancy grid into one point. */
export interface PointInference extends SideInference<PointFacts, Uint8Array, PointResult> {}

/** A network that says whether a cube holds a hand: the second stage of detection. */
export interface VerdictFacts extends NetworkFacts {
  readonly kind: 'verdict';
}

/** What {@link VerdictInference.infer} answers. */
export interface VerdictResult extends Pick<Answered, 'grid' | 'timing'> {
  /** Seven numbers, see `readVerdict`; finite. Of an ensemble the mean. */
  readonly verdict: Float32Array;
}

/** A network that turns an occupancy grid into a verdict. */
export interface VerdictInference extends SideInference<VerdictFacts, Uint8Array, VerdictResult> {}

/** A network that finds hands in depth pictures. */
export interface DetectorFacts extends Pick<NetworkFacts, 'name' | 'version' | 'sha256' | 'members'> {
  readonly kind: 'hands';
  /** Focal length of the pictures that it wants, pixels. */
  readonly focal: number;
  /** Width and height are multiples of this, and at most so large; pixels. */
  readonly multiple: number;
  readonly maxSize: number;
  /** Second looks are at pictures that are so much finer; undefined where it was not trained for them. */
  readonly finer: number | undefined;
}

/** Metres, row by row, 0 is missing. */
export interface DetectorPicture {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
}

/** What {@link DetectorInference.infer} answers. */
export interface DetectorResult extends Pick<Answered, 'timing'> {
  /** The depth that was given in, readable again. */
  readonly depth: Float32Array;
  /** `11 * (height / 4) * (width / 4)` numbers: see `findHands`. */
  readonly hands: Float32Array;
}

/**
 * A network that finds hands in a depth picture. `infer` also rejects with `DEPTH_SIZE` for a picture of a size that it does not take,
 * which stays as it is.
 */
export interface DetectorInference extends SideInference<DetectorFacts, DetectorPicture, DetectorResult> {}

/** @throws VoxhandError `GRID_INVALID` unless the grid has `size^3` bytes. */
export function checkGrid(grid: Uint8Array, size: number): void {
  if (grid.length === size ** 3) return;
  throw new VoxhandError('GRID_INVALID', 'the grid does not fit the network', {
    expected: `${size}^3 = ${size ** 3} bytes`,
    found: grid.length === 0 ? '0 bytes (an array that was moved to an inference before?)' : `${grid.length} bytes`,
    where: 'Inference.infer',
  });
}

/** Move a grid out of its array, which becomes empty; one that does not own its whole buffer is copied instead. */
export function moveBytes(grid: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = grid;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== grid.byteLength) return Uint8Array.from(grid);
  return new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
}

/** Here, and not beside its schema: who runs a network must not load zod. */
export function isDetectorManifest(manifest: AnyManifest): manifest is DetectorManifest {
  return manifest.output.kind === 'hands';
}
