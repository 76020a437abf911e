import { type DepthFrame, samplesOf } from '../depth/index.js';
import {
  type DetectionStages,
  placeOfJoints,
  type ReferencePoint,
  type ReferenceRefiner,
  type Side,
} from '../detection/index.js';
import { VoxhandError } from '../errors/index.js';
import type { Cube } from '../geometry/index.js';
import { ROOT_OF_MIDDLE } from '../hand/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import { type FrameSet, onlyFrame, toFrameSet } from '../rig/index.js';
import {
  addFrame,
  beginGrid,
  finishGrid,
  type GridBuilder,
  mirroredGrid,
  reachesInto,
  type SeenPoints,
  seenPoints,
  type VoxelGrid,
  withoutOtherHands,
} from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { DepthUnitWatch } from './depth-unit-watch.js';
import { GeometricLocator } from './geometric-locator.js';
import type { HandLocator, LocatedHand, NoHand } from './hand-locator.js';
import { LearnedLocator } from './learned-locator.js';
import { networkCube, variantCubes } from './network-cube.js';
import { PresenceGate } from './presence-gate.js';
import type { RawAnswer, SeenFrame, SeenHand, VoxelisedHand } from './seen-frame.js';
import { StageClock, StageTimes, type Stopwatch } from './stage-times.js';

/** A frame without a hand whose depth seems to be read in a wrong unit is counted under this: see `input.depth_unit`. */
export const DEPTH_UNIT = 'depth-unit';

/** Points that a skeleton is fitted to: they travel with the voxels where a pipeline is cut. */
const MOST_POINTS = 240;

/** What is known of the network that will see the cells. */
export type CubeModel = Pick<NetworkFacts, 'name' | 'gridSize' | 'cubeEdge' | 'roll' | 'handedness'>;

/** What the camera half needs beside its configuration. */
export interface CameraHalfParts {
  /** The network that will see the cells: how its cube is cut, and its name, by which its presence score is known. */
  readonly model: CubeModel;
  /** Needed where `detection.method` is `learned`. */
  readonly detection?: DetectionStages;
  /** Needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  readonly stopwatch?: Stopwatch;
  /** Adds what other cameras of a rig see of a cube to its grid, whose cube is in this camera's optical frame. */
  readonly others?: ((grid: GridBuilder) => void) | undefined;
  /** Counts what became of refined points. */
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** What is kept of one hand between two frames. */
interface HandState {
  readonly gate: PresenceGate;
  /** As it was found in the last frame; undefined where it was not. */
  last: VoxelisedHand | undefined;
  /** The joints that were believed in the last frame, moved to where they are expected in this one; undefined where none were. */
  joints: Float64Array | undefined;
}

/**
 * The pipeline up to its cut: where the hands are, cubes, occupied voxels. Its only state is where each hand was, which it learns from its
 * own frames and from what the other half answers.
 */
export class CameraHalf {
  readonly #config: TrackerConfig;
  readonly #model: CameraHalfParts['model'];
  readonly #clock: StageClock;
  readonly #locator: HandLocator;
  readonly #unit: DepthUnitWatch;
  readonly #counters: Counters | undefined;
  readonly #others: CameraHalfParts['others'];
  /** By the id of the hand. */
  readonly #hands = new Map<number, HandState>();
  #stamp = 0n;
  /** Memory for grids, of as many hands as there were at once. */
  #spares: Uint8Array[] = [];

  /**
   * @throws VoxhandError `CONFIG_INVALID` without the refiner or the stages of detection that are configured, `MODEL_MISMATCH` with a
   * refiner of another kind
   */
  constructor(config: TrackerConfig, parts: CameraHalfParts) {
    this.#config = config;
    this.#model = parts.model;
    this.#clock = new StageClock(parts.times ?? new StageTimes(), parts.stopwatch);
    this.#locator = locatorFor(config, parts, this.#clock);
    this.#unit = new DepthUnitWatch(this.#locator);
    this.#counters = parts.counters;
    this.#others = parts.others;
  }

  /**
   * Not to be called again before the call before has resolved. The grids' memory belongs to the result; give it back by
   * {@link recycle} where it is not needed any more.
   *
   * @throws VoxhandError for a frame that contradicts itself, or what a network throws; the next frame may be given. `USAGE` for frames
   * of several cameras, which `RigTracker` takes
   */
  async see(frames: DepthFrame | FrameSet): Promise<SeenFrame> {
    const set = toFrameSet(frames);
    const { stamp, frameId } = set;
    const frame = onlyFrame(set);
    this.#stamp = stamp;
    for (const state of this.#hands.values()) state.last = undefined;
    const located = await this.#locator.locate(frame);
    for (const id of this.#hands.keys()) if (!located.some((hand) => hand.id === id)) this.#hands.delete(id);
    const none = located.every(({ state }) => state === 'lost');
    if (!none) this.#unit.reset();
    const scale = none ? await this.#unit.wrong(frame) : undefined;
    if (scale !== undefined) this.#counters?.suspectUnit(scale * samplesOf(frame).unit);
    for (const hand of located) this.#expect(hand);
    const lostReason = scale === undefined ? {} : { lostReason: DEPTH_UNIT };
    const hands = located.map((hand): SeenHand => {
      const { id, side: handedness, sideScore: handednessScore } = hand;
      const state = this.#stateOf(id);
      if (hand.state === 'lost') {
        state.gate.lost();
        const { reason } = hand;
        return { id, handedness, handednessScore, state: 'lost', reference: { state: 'lost', reason }, ...lostReason };
      }
      state.last = this.#voxelised(frame, hand);
      return state.last;
    });
    return { stamp, frameId, hands, camera: frame.camera };
  }

  #stateOf(id: number): HandState {
    let state = this.#hands.get(id);
    if (state === undefined) {
      state = { gate: new PresenceGate(this.#config, this.#model), last: undefined, joints: undefined };
      this.#hands.set(id, state);
    }
    return state;
  }

  /** Move a hand's last joints to where it is in this frame. */
  #expect(hand: LocatedHand | NoHand): void {
    const state = this.#stateOf(hand.id);
    const { joints } = state;
    if (hand.state === 'lost') state.joints = undefined;
    if (joints === undefined || hand.state === 'lost' || this.#model.roll !== 'hand-down') return;
    const { position } = hand.point;
    state.joints = joints.map((c, i) => c + position[i % 3] - joints[3 * ROOT_OF_MIDDLE + (i % 3)]);
  }

  /** A hand's cube without what it shows of other hands, as far as the joints of all of them are known. */
  #alone(id: number, grid: VoxelGrid, own = this.#stateOf(id).joints): VoxelGrid {
    const others = [...this.#hands].flatMap(([other, { joints }]) =>
      other !== id && joints !== undefined && reachesInto(grid, joints) ? [joints] : [],
    );
    return own === undefined || others.length === 0 ? grid : withoutOtherHands(grid, own, others);
  }

  #voxelised(frame: DepthFrame, hand: LocatedHand): VoxelisedHand {
    const { id, point, side: handedness, sideScore: handednessScore, unsure = false, rough = false } = hand;
    const cube = networkCube(point, this.#model, handedness);
    const spare = this.#spares.pop();
    const [grid, ...variants] = this.#clock.run('voxels', () => [
      this.#alone(id, this.#voxelise(frame, cube, spare)),
      ...variantCubes(cube, this.#config.inference.variants).map((variant) =>
        this.#alone(id, this.#voxelise(frame, variant)),
      ),
    ]);
    const both = unsure && this.#model.handedness !== 'any';
    return {
      id,
      handedness,
      handednessScore,
      state: 'found',
      reference: { state: 'found', point },
      grid,
      ...this.#surfaceOf(frame, grid),
      ...(variants.length > 0 && { variants }),
      ...(both && { otherSide: mirroredGrid(grid) }),
      ...(rough !== false && this.#model.roll === 'hand-down' && { rough }),
    };
  }

  /** What the skeleton is fitted to, where one is; where other cameras see the cube too, its voxels are. */
  #surfaceOf(frame: DepthFrame, grid: VoxelGrid): { readonly surface?: SeenPoints } {
    const { kinematics, rig } = this.#config;
    const isShared = this.#others !== undefined && rig.fusion === 'voxels';
    if (!kinematics.enabled || !kinematics.surface || isShared) return {};
    return { surface: seenPoints(grid, frame, MOST_POINTS) };
  }

  /** What all cameras see of a cube; at least this one. */
  #voxelise(frame: DepthFrame, cube: Cube, into?: Uint8Array): VoxelGrid {
    const grid = beginGrid(cube, this.#model.gridSize, into);
    addFrame(grid, frame);
    this.#others?.(grid);
    return finishGrid(grid);
  }

  /**
   * A hand of a frame in a cube that is cut by its joints, as the network read them in a rougher one. Of a model whose cube is turned by
   * the hand and has the middle root in its centre.
   *
   * @param positions 63 numbers, metres
   */
  recut(frames: FrameSet, found: VoxelisedHand, positions: Float64Array): VoxelisedHand {
    const { point } = found.reference;
    const { root: position, direction } = placeOfJoints(positions, undefined);
    const closer = { ...point, position, arm: direction ? ([-direction[0], -direction[1]] as const) : point.arm };
    return this.#cutAt(frames, found, closer, positions);
  }

  /**
   * A hand of a frame in a cube that is turned further: where its palm is seen end on, nobody knows its direction.
   *
   * @param angle radians about the optical axis
   */
  turned(frames: FrameSet, found: VoxelisedHand, angle: number): VoxelisedHand {
    const { point } = found.reference;
    const { arm: [x, y] = [0, 1] } = point;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const arm = [x * cos - y * sin, x * sin + y * cos] as const;
    return this.#cutAt(frames, found, { ...point, arm }, this.expectedJoints(found));
  }

  /** By how much a hand's cube has to be turned to lie as its last joints do, radians about the optical axis; undefined where that is not known. */
  turnToLast(found: VoxelisedHand): number | undefined {
    const last = this.expectedJoints(found);
    const direction = last && placeOfJoints(last, undefined).direction;
    const { arm } = found.reference.point;
    if (direction === undefined || arm === undefined) return undefined;
    const [x, y] = [-direction[0], -direction[1]];
    return Math.atan2(arm[0] * y - arm[1] * x, arm[0] * x + arm[1] * y);
  }

  /** The joints that were believed in the last frame, moved to where the hand is expected in this one: 63 numbers, metres; only to be read. */
  expectedJoints({ id }: Pick<VoxelisedHand, 'id'>): Float64Array | undefined {
    return this.#stateOf(id).joints;
  }

  /** @param joints of the hand, where they are known: what the cube shows of other hands is told by them */
  #cutAt(frames: FrameSet, found: VoxelisedHand, point: ReferencePoint, joints?: Float64Array): VoxelisedHand {
    const frame = onlyFrame(frames);
    const cut = this.#voxelise(frame, networkCube(point, this.#model, found.handedness));
    const grid = this.#alone(found.id, cut, joints);
    return { ...found, reference: { state: 'found', point }, grid, ...this.#surfaceOf(frame, grid) };
  }

  /**
   * How likely a hand of the last frame is a left one, log-odds, by what the network made of both sides.
   *
   * @returns the side that it is believed to be
   */
  judge({ id, handedness }: VoxelisedHand, left: number): Side {
    return this.#locator.judge?.(id, left) ?? handedness;
  }

  /**
   * What came out of the last frame that was seen, by the ids of its hands. Without it, a hand is looked for in the next frame by its last
   * point alone.
   */
  feedback(answers: ReadonlyMap<number, RawAnswer>): void {
    for (const [id, answer] of answers) {
      const state = this.#stateOf(id);
      const { gate, last } = state;
      const doubtful = last !== undefined && gate.doubts(this.#stamp, last.reference.point, answer);
      gate.settle(answer.tracked);
      state.joints = answer.tracked ? answer.positions : undefined;
      this.#locator.feedback(id, answer, doubtful);
    }
  }

  /** Follow so many hands at most from the next frame on. */
  allow(hands: number): void {
    this.#locator.allow?.(hands);
  }

  /** Use this memory for a next grid. It is overwritten. */
  recycle(grid: Uint8Array): void {
    if (grid.length === this.#model.gridSize ** 3 && this.#spares.length < this.#config.detection.maxHands)
      this.#spares.push(grid);
  }

  /** Forget where the hands were. */
  reset(): void {
    this.#locator.reset();
    this.#unit.reset();
    this.#hands.clear();
  }
}

function locatorFor(config: TrackerConfig, parts: CameraHalfParts, clock: StageClock): HandLocator {
  if (config.detection.method === 'geometric') {
    checkRefiner(config, parts.refiner);
    return new GeometricLocator(config, parts, parts.counters ?? new Counters(), clock);
  }
  if (parts.detection !== undefined) return new LearnedLocator(config, parts.model, parts.detection, clock);
  throw new VoxhandError('CONFIG_INVALID', 'the hand cannot be detected as configured', {
    expected: 'a detector and its second stage',
    found: 'none given',
    where: 'detection.method',
  });
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
