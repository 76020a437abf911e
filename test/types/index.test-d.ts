/** The types of `voxhand`, as a program uses them. Checked by `npm run typecheck`; nothing here runs. */
import type { Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';
import {
  BONES,
  type Bus,
  type BusSink,
  type BusSource,
  type CameraModel,
  Counters,
  type CountsSnapshot,
  cameraFromInfo,
  createInference,
  type DecodedFrame,
  type DecodedJoints,
  type DepthFrame,
  decodeHeatMaps,
  decodeJoints,
  depthFrames,
  type ERROR_CODES,
  type ErrorCode,
  findReference,
  formatConfig,
  type Handedness,
  type HandJoints,
  HandPublisher,
  type HandStage,
  HandTracker,
  type HeatMaps,
  type Inference,
  inferHeatMaps,
  JOINT_COUNT,
  JOINT_NAMES,
  type JointDecoder,
  type JointName,
  jointIndex,
  type LoadedParts,
  type LostHand,
  listModels,
  loadConfig,
  loadModel,
  loadParts,
  loadPrior,
  type PosePrior,
  project,
  type ReferencedFrame,
  smoothHands,
  type TrackedHand,
  type TrackerConfig,
  type TrackerSettings,
  type TrackResult,
  trackerConfig,
  trackHands,
  unproject,
  VERSION,
  type VoxelisedFrame,
  VoxhandError,
  voxeliseFrames,
} from '../../src/index.js';

declare const bus: Bus;
declare const source: BusSource;
declare const sink: BusSink;
declare const frames: Observable<DepthFrame>;

// settings
const config = await loadConfig();
expectTypeOf(config).toEqualTypeOf<TrackerConfig>();
expectTypeOf(loadConfig).parameters.toEqualTypeOf<[path?: string, overrides?: readonly string[]]>();
expectTypeOf(trackerConfig({ policy: 'every', heatMaps: { decoder: 'smax' } })).toEqualTypeOf<TrackerConfig>();
expectTypeOf<{ policy: 'sometimes' }>().not.toExtend<TrackerSettings>();
expectTypeOf<TrackerConfig>().toExtend<TrackerSettings>();
expectTypeOf(formatConfig).returns.toBeString();

// the tracker
const parts = await loadParts(config);
expectTypeOf(parts).toEqualTypeOf<LoadedParts>();
const tracker = new HandTracker(config, { ...parts, counters: new Counters() });
expectTypeOf(tracker.track).toBeCallableWith({} as DepthFrame);
expectTypeOf(tracker.track).returns.resolves.toEqualTypeOf<TrackResult[]>();
expectTypeOf(tracker.flush()).toEqualTypeOf<TrackResult[]>();
expectTypeOf(tracker.counters.snapshot()).toEqualTypeOf<CountsSnapshot>();
expectTypeOf(depthFrames(bus, config)).toExtend<Observable<DepthFrame>>();
expectTypeOf(depthFrames(source, config)).toExtend<AsyncIterable<DepthFrame>>();
expectTypeOf(frames.pipe(trackHands(config))).toEqualTypeOf<Observable<TrackResult>>();
expectTypeOf(frames.pipe(trackHands(config, { inference: parts.inference }))).toEqualTypeOf<Observable<TrackResult>>();
expectTypeOf(new HandPublisher(sink, config).publish).parameters.toEqualTypeOf<[result: TrackResult]>();

// results
declare const result: TrackResult;
expectTypeOf(result.hands).toEqualTypeOf<readonly TrackedHand[]>();
expectTypeOf(result.lost).toEqualTypeOf<readonly LostHand[]>();
expectTypeOf(result.stamp).toBeBigInt();
expectTypeOf<TrackedHand['handedness']>().toEqualTypeOf<Handedness>();
expectTypeOf<TrackedHand['positions']>().toEqualTypeOf<Float64Array>();

// the operators chain, and take the parts of a configuration as they are
const inference = await createInference({ model: 'compact' });
expectTypeOf(inference).toEqualTypeOf<Inference>();
const referenced = frames.pipe(findReference(config.reference));
expectTypeOf(referenced).toEqualTypeOf<Observable<ReferencedFrame>>();
const voxelised = referenced.pipe(voxeliseFrames(inference.model, config.handedness));
expectTypeOf(voxelised).toEqualTypeOf<Observable<VoxelisedFrame>>();
const decoded = voxelised.pipe(inferHeatMaps(inference), decodeJoints(config.heatMaps));
expectTypeOf(decoded).toEqualTypeOf<Observable<DecodedFrame>>();
expectTypeOf(decoded.pipe(smoothHands(config.smoothing))).toEqualTypeOf<Observable<DecodedFrame>>();
const all = frames.pipe(
  findReference(),
  voxeliseFrames(inference.model),
  inferHeatMaps(inference),
  decodeJoints((maps) => decodeHeatMaps(maps)),
  smoothHands(config.smoothing, await loadPrior('hand')),
);
expectTypeOf(all).toEqualTypeOf<Observable<DecodedFrame>>();
expectTypeOf<DecodedFrame['frame']>().toEqualTypeOf<DepthFrame>();
expectTypeOf<DecodedFrame['joints']>().toEqualTypeOf<HandJoints>();
expectTypeOf<JointDecoder>().toEqualTypeOf<(heatMaps: HeatMaps) => DecodedJoints>();
expectTypeOf(smoothHands<DecodedFrame>).toBeCallableWith(
  (): HandStage => ({ push: (hand) => [hand], flush: () => [] }),
);
// @ts-expect-error joints come after the network
frames.pipe(decodeJoints());
// @ts-expect-error no such setting
findReference({ zones: {} });

// networks
expectTypeOf(listModels).returns.resolves.toEqualTypeOf<string[]>();
expectTypeOf(loadModel('compact')).resolves.toHaveProperty('manifest');
expectTypeOf(createInference).toBeCallableWith({ model: await loadModel('compact'), provider: 'cpu', threads: 2 });
expectTypeOf(loadPrior).returns.resolves.toEqualTypeOf<PosePrior>();

// cameras
const camera = cameraFromInfo({
  width: 1,
  height: 1,
  k: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  p: [],
  d: [],
  distortion_model: '',
} as never);
expectTypeOf(camera).toEqualTypeOf<CameraModel>();
expectTypeOf(project).parameter(0).toEqualTypeOf<CameraModel>();
expectTypeOf(unproject).parameter(0).toEqualTypeOf<CameraModel>();

// the skeleton, errors, version
expectTypeOf(jointIndex).parameters.toEqualTypeOf<[name: JointName]>();
expectTypeOf<'index_tip'>().toExtend<JointName>();
expectTypeOf(JOINT_NAMES[0]).toEqualTypeOf<'wrist'>();
expectTypeOf(JOINT_COUNT).toEqualTypeOf<21>();
expectTypeOf(BONES[0]).toEqualTypeOf<readonly [number, number]>();
expectTypeOf(
  new VoxhandError('USAGE', 'text', { expected: 'a', found: 'b', where: 'c' }).code,
).toEqualTypeOf<ErrorCode>();
expectTypeOf<(typeof ERROR_CODES)[number]>().toEqualTypeOf<ErrorCode>();
expectTypeOf(VERSION).toBeString();
