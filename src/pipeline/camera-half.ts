import type { DepthFrame } from '../frames/index.js';
import { meanConfidence, VoxhandError } from '../hand/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import {
  createReferenceTracker,
  type ReferencePoint,
  type ReferenceRefiner,
  type ReferenceResult,
  type ReferenceTracker,
} from '../reference/index.js';
import { type VoxelGrid, voxelise } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { networkCube } from './network-cube.js';
import { armOf, palmCentre } from './palm.js';
import { referenceSettings } from './room-settings.js';
import { StageClock } from './stage-clock.js';
import { StageTimes, type Stopwatch } from './stage-times.js';

/** What both kinds of {@link SeenFrame} say. */
interface Seen {
  /** Of the depth frame, nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  /** The hand that was looked for. */
  readonly handedness: TrackerConfig['handedness'];
}

/** A frame without a hand. */
export interface LostFrame extends Seen {
  readonly state: 'lost';
  readonly reference: Extract<ReferenceResult, { state: 'lost' }>;
  /** Counted under this in place of the reference room's reason. */
  readonly lostReason?: string;
}

/** A frame with the occupied cells of the cube around its hand. */
export interface FoundFrame extends Seen {
  readonly state: 'found';
  readonly reference: Extract<ReferenceResult, { state: 'found' }>;
  readonly grid: VoxelGrid;
}

/** What the camera half hands on about a frame: all that the inference half needs to know of it. */
export type SeenFrame = LostFrame | FoundFrame;

/** What the network saw in a frame's cells: the camera half looks for the next hand by it. */
export interface RawAnswer {
  /** 63 numbers, metres in the camera's optical frame, before smoothing. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: Float32Array;
  /** Whether they were believed. */
  readonly tracked: boolean;
}

/** What the camera half needs beside its configuration. */
export interface CameraHalfParts {
  /** The network that will see the cells: how its cube is cut. */
  readonly model: Pick<NetworkFacts, 'gridSize' | 'cubeEdge' | 'roll' | 'handedness'>;
  /** Needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  readonly stopwatch?: Stopwatch;
  /** Counts what became of refined points. */
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/**
 * The pipeline up to its cut: reference point, refinement, cube, occupied cells. Its only state is where the hand was, which
 * it learns from its own frames and from what the other half answers.
 */
export class CameraHalf {
  readonly #config: TrackerConfig;
  readonly #model: CameraHalfParts['model'];
  readonly #refiner: ReferenceRefiner | undefined;
  readonly #counters: Counters;
  readonly #clock: StageClock;
  readonly #reference: ReferenceTracker;
  #spare: Uint8Array | undefined;
  #lastArm: readonly [number, number] | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` without the refiner that is configured, `MODEL_MISMATCH` with one of another kind */
  constructor(config: TrackerConfig, parts: CameraHalfParts) {
    checkRefiner(config, parts.refiner);
    this.#config = config;
    this.#model = parts.model;
    this.#refiner = parts.refiner;
    this.#counters = parts.counters ?? new Counters();
    this.#clock = new StageClock(parts.times ?? new StageTimes(), parts.stopwatch);
    this.#reference = createReferenceTracker(referenceSettings(config));
  }

  /**
   * Not to be called again before the call before has resolved. The grid's memory belongs to the result; give it back by
   * {@link recycle} where it is not needed any more.
   *
   * @throws VoxhandError for a frame that contradicts itself, or what the refiner throws; the next frame may be given
   */
  async see(frame: DepthFrame): Promise<SeenFrame> {
    const { stamp, frameId } = frame;
    const { handedness } = this.#config;
    const reference = this.#clock.run('reference', () => this.#reference.track(frame));
    if (reference.state === 'lost') {
      this.#lastArm = undefined;
      return { state: 'lost', stamp, frameId, handedness, reference };
    }
    const point = await this.#refine(frame, this.#withArm(reference.point));
    const cube = networkCube(point, this.#model, handedness);
    const spare = this.#spare;
    this.#spare = undefined;
    const grid = this.#clock.run('voxels', () => voxelise(frame, cube, this.#model.gridSize, spare));
    const found = this.#refiner === undefined ? reference : { state: 'found' as const, point };
    return { state: 'found', stamp, frameId, handedness, reference: found, grid };
  }

  /** What came out of the last frame that was seen. Without it, the next frame is looked for by the last point alone. */
  feedback({ positions, confidences, tracked }: RawAnswer): void {
    this.#reference.feedback(palmCentre(positions), meanConfidence({ confidences }));
    this.#lastArm = tracked ? (armOf(positions) ?? this.#lastArm) : undefined;
  }

  /** Use this memory for the next grid. It is overwritten. */
  recycle(grid: Uint8Array): void {
    this.#spare = grid.length === this.#model.gridSize ** 3 ? grid : undefined;
  }

  /** Forget where the hand was. */
  reset(): void {
    this.#reference.reset();
    this.#lastArm = undefined;
  }

  /** Where no forearm is in sight, it still points to where the last joints said. */
  #withArm(point: ReferencePoint): ReferencePoint {
    return point.arm === undefined && this.#lastArm !== undefined ? { ...point, arm: this.#lastArm } : point;
  }

  async #refine(frame: DepthFrame, point: ReferencePoint): Promise<ReferencePoint> {
    const refiner = this.#refiner;
    if (refiner === undefined) return point;
    const refined = await this.#clock.wait('refine', async () => refiner.refine(frame, point));
    if (refined.refinement !== undefined) this.#counters.refined(refined.refinement);
    return refined;
  }
}

function checkRefiner({ reference: { refine } }: TrackerConfig, refiner: ReferenceRefiner | undefined): void {
  if (refine === 'none' || refiner?.kind === refine) return;
  throw new VoxhandError(
    refiner === undefined ? 'CONFIG_INVALID' : 'MODEL_MISMATCH',
    'the reference point cannot be refined as configured',
    {
      expected: `a refiner of the kind ${refine}`,
      found: refiner?.kind ?? 'none given',
      where: 'reference.refine',
    },
  );
}
