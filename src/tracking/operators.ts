import { concat, concatMap, defer, from, type MonoTypeOperatorFunction, map, type OperatorFunction, of } from 'rxjs';
import type { DepthFrame } from '../depth/index.js';
import { createReferenceTracker, type ReferenceRefiner, type ReferenceResult, type Side } from '../detection/index.js';
import { toVoxhandError, type VoxhandError } from '../errors/index.js';
import { cubeToCamera } from '../geometry/index.js';
import { type HandJoints, lostHand, meanConfidence } from '../hand/index.js';
import type { DecodedJoints } from '../heatmaps/index.js';
import type { Inference, InferenceResult, ModelFacts } from '../inference/inference.js';
import { type HandStage, type PosePrior, smoothingConfig, smoothingStage } from '../smoothing/index.js';
import { type VoxelGrid, voxelise } from '../voxels/index.js';
import { type TrackerSettings, trackerConfig } from './config.js';
import { type JointDecoder, jointReader } from './joint-reader.js';
import { networkCube } from './network-cube.js';

/**
 * The steps of the pipeline as operators, for programs that change or replace one of them. They chain in this order, and each adds what it
 * knows to what the one before it gave, so that the last one still has the frame, the reference point, and the cube:
 *
 * ```text
 * DepthFrame -> findReference -> voxeliseFrames -> inferHeatMaps -> decodeJoints -> smoothHands -> DecodedFrame
 * ```
 *
 * One result comes out for each frame that goes in, in order. Each subscription has a state of its own. Nothing is dropped here: an
 * operator that is slower than its source holds frames back, so put a frame policy in front of a live camera. `trackHands` does more than
 * this chain: learned detection, the presence score, feedback of the joints to the finder.
 */

/** A depth frame, and where the hand is in it. */
export interface ReferencedFrame {
  readonly frame: DepthFrame;
  readonly reference: ReferenceResult;
}

/** And the occupied voxels of the cube around that point. */
export interface VoxelisedFrame extends ReferencedFrame {
  /** The side that the cube was cut for. */
  readonly handedness: Side;
  /** With its cube; undefined where no hand was found. */
  readonly grid: VoxelGrid | undefined;
}

/** And what the network answered. */
export interface InferredFrame extends VoxelisedFrame {
  readonly model: ModelFacts;
  /** Undefined where no hand was found, or the answer was lost. */
  readonly answer: InferenceResult | undefined;
  /** `WORKER_LOST`: the network's worker died with this frame. The grid then has its cube, and no data any more. */
  readonly error?: VoxhandError;
}

/** And the joints, in the camera's optical frame. */
export interface DecodedFrame extends InferredFrame {
  readonly joints: HandJoints;
}

/**
 * Find the hand in each depth frame, by the geometric finder.
 *
 * @param settings as under `reference` in a configuration
 * @param refiner moves the point that was found; one that answers later delays its frame and those behind it, and one that fails ends the
 *   stream
 * @throws VoxhandError `CONFIG_INVALID`, when the operator is made
 *
 * @example
 * ```ts
 * depthFrames(bus, config).pipe(findReference(config.reference)).subscribe(({ reference }) => console.log(reference.state));
 * ```
 */
export function findReference(
  settings: TrackerSettings['reference'] = {},
  refiner?: ReferenceRefiner,
): OperatorFunction<DepthFrame, ReferencedFrame> {
  const config = trackerConfig({ reference: settings }).reference;
  return (frames) =>
    defer(() => {
      const tracker = createReferenceTracker(config);
      const found = frames.pipe(map((frame): ReferencedFrame => ({ frame, reference: tracker.track(frame) })));
      if (refiner === undefined) return found;
      return found.pipe(
        concatMap(({ frame, reference }) => {
          if (reference.state === 'lost') return of({ frame, reference });
          return from(Promise.resolve(refiner.refine(frame, reference.point))).pipe(
            map((point): ReferencedFrame => ({ frame, reference: { state: 'found', point } })),
          );
        }),
      );
    });
}

/**
 * The voxels of the cube around each frame's point, cut as the network wants to see it. Every grid has memory of its own.
 *
 * @param model of the network that sees the grids: `inference.model`
 * @param handedness of the hand that is looked at, as in a configuration; `auto` is `right`, because the geometric finder cannot tell
 */
export function voxeliseFrames(
  model: Pick<ModelFacts, 'gridSize' | 'cubeEdge' | 'roll' | 'handedness'>,
  handedness: Side | 'auto' = 'auto',
): OperatorFunction<ReferencedFrame, VoxelisedFrame> {
  const side = handedness === 'auto' ? 'right' : handedness;
  return map(({ frame, reference }) => ({
    frame,
    reference,
    handedness: side,
    grid:
      reference.state === 'lost'
        ? undefined
        : voxelise(frame, networkCube(reference.point, model, side), model.gridSize),
  }));
}

/**
 * Each grid through the network, one at a time. The grid's bytes are moved to the network and come back in the result's own `grid`; the
 * grid that was given in is empty afterwards. Frames without a hand pass.
 *
 * A frame that is lost with the worker (`WORKER_LOST`) comes out without an answer; any other failure ends the stream.
 */
export function inferHeatMaps(inference: Inference): OperatorFunction<VoxelisedFrame, InferredFrame> {
  const { model } = inference;
  return concatMap(async (seen): Promise<InferredFrame> => {
    if (seen.grid === undefined) return { ...seen, model, answer: undefined };
    const { grid, frame } = seen;
    try {
      const answer = await inference.infer(grid.data, { cube: grid.cube, stamp: frame.stamp });
      return { ...seen, grid: { ...grid, data: answer.grid }, model, answer };
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'INFERENCE_FAILED');
      if (error.code !== 'WORKER_LOST') throw error;
      return { ...seen, model, answer: undefined, error };
    }
  });
}

/**
 * The joints of each answer: by one of our decoders, or by one of your own. A hand whose joints' mean confidence is below
 * `minConfidence` is lost; with a decoder of your own that is for it, or for you, to say.
 *
 * The stream ends with `HEATMAP_INVALID` for heat maps of a wrong shape, and with `CONFIG_INVALID` where the model answers joints in place
 * of the heat maps that a decoder needs.
 *
 * @param decoder as under `heatMaps` in a configuration, or a function
 *
 * @example
 * ```ts
 * const surest: JointDecoder = (maps) => decodeHeatMaps(maps, { decoder: 'max' });
 * frames.pipe(findReference(), voxeliseFrames(inference.model), inferHeatMaps(inference), decodeJoints(surest));
 * ```
 */
export function decodeJoints(
  decoder: TrackerSettings['heatMaps'] | JointDecoder = {},
): OperatorFunction<InferredFrame, DecodedFrame> {
  const own = typeof decoder === 'function';
  const config = trackerConfig(own ? {} : { heatMaps: decoder });
  const decode = (answer: InferenceResult, model: ModelFacts): DecodedJoints => {
    const reader = jointReader(config, model, own ? decoder : undefined);
    return reader.read(answer, reader.decoders[0]);
  };
  return map((seen) => {
    const { frame, grid, answer, model, handedness } = seen;
    const { stamp, frameId } = frame;
    const lost = { ...seen, joints: lostHand(stamp, frameId, handedness) };
    if (grid === undefined || answer === undefined) return lost;
    const { positions, confidences } = decode(answer, model);
    if (!own && meanConfidence({ confidences }) < config.heatMaps.minConfidence) return lost;
    const inCamera = cubeToCamera(grid.cube, positions);
    return { ...lost, joints: { ...lost.joints, tracked: true, positions: inCamera, confidences } };
  });
}

/**
 * Smooth the joints. Results that a centred window holds back come with the frames behind them, or at the end; an error drops them.
 *
 * @param smoothing as under `smoothing` in a configuration, or a function that makes a stage of your own (see {@link HandStage})
 * @param prior for the stage `prior`, which is left out without it: see `loadPrior`
 * @throws VoxhandError `CONFIG_INVALID`, when the operator is made
 */
export function smoothHands<T extends { readonly joints: HandJoints }>(
  smoothing: TrackerSettings['smoothing'] | (() => HandStage) = {},
  prior?: PosePrior,
): MonoTypeOperatorFunction<T> {
  const settings =
    typeof smoothing === 'function' ? undefined : smoothingConfig(trackerConfig({ smoothing }).smoothing, prior);
  const create = () => (typeof smoothing === 'function' ? smoothing() : smoothingStage(settings ?? {}));
  create(); // refuses here what it cannot do
  return (frames) =>
    defer(() => {
      const stage = create();
      // a stage gives one result for each that it took, in order, so what belongs to them only has to wait in line
      const held: T[] = [];
      const join = (smoothed: readonly HandJoints[]) => smoothed.map((joints) => ({ ...(held.shift() as T), joints }));
      return concat(
        frames.pipe(
          concatMap((frame) => {
            held.push(frame);
            return join(stage.push(frame.joints));
          }),
        ),
        defer(() => join(stage.flush())),
      );
    });
}
