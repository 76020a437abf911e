/** The types of `voxhand`, as a program uses them. Checked by `npm run typecheck`; nothing here runs. */
import type { Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';
import {
  BONES,
  type Bus,
  type BusSink,
  type BusSource,
  boneOrientations,
  type CameraModel,
  Counters,
  cameraFromInfo,
  createInference,
  type DecodedFrame,
  type DecodedJoints,
  type DepthFrame,
  type DescribedHand,
  decodeHeatMaps,
  decodeJoints,
  depthFrames,
  describeHand,
  type ERROR_CODES,
  type ErrorCode,
  type FrameSet,
  findReference,
  HandDescriber,
  type Handedness,
  type HandJoints,
  type HandStage,
  HandTracker,
  type HeatMaps,
  type Inference,
  inferHeatMaps,
  type JOINT_COUNT,
  JOINT_NAMES,
  type JointDecoder,
  type JointName,
  jointIndex,
  type LostHand,
  listModels,
  loadConfig,
  loadModel,
  loadParts,
  loadPrior,
  type ReferencedFrame,
  smoothHands,
  smoothingConfig,
  smoothingStage,
  type TrackedHand,
  type TrackerConfig,
  type TrackerParts,
  type TrackerSettings,
  TrackingSession,
  type TrackingSummary,
  type TrackResult,
  trackerConfig,
  trackHands,
  trackTo,
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
expectTypeOf(loadConfig).toBeCallableWith('cell.params.yaml', ['inference.threads=2']);
expectTypeOf(trackerConfig({ policy: 'every', heatMaps: { decoder: 'smax' } })).toEqualTypeOf<TrackerConfig>();
expectTypeOf<{ policy: 'sometimes' }>().not.toExtend<TrackerSettings>();
expectTypeOf<TrackerConfig>().toExtend<TrackerSettings>();

// the tracker
const parts = await loadParts(config);
expectTypeOf(parts).toExtend<TrackerParts>();
expectTypeOf(parts.close()).resolves.toBeVoid();
const tracker = new HandTracker(config, { ...parts, counters: new Counters() });
expectTypeOf(tracker.track).toBeCallableWith({} as DepthFrame);
expectTypeOf(trackHands(config)).toBeCallableWith({} as Observable<DepthFrame | FrameSet>);
expectTypeOf(tracker.track).returns.resolves.toEqualTypeOf<TrackResult[]>();
expectTypeOf(tracker.flush()).toEqualTypeOf<TrackResult[]>();
expectTypeOf(tracker.counters.snapshot().in).toBeNumber();
expectTypeOf(depthFrames(bus, config)).toExtend<Observable<DepthFrame>>();
expectTypeOf(depthFrames(source, config)).toExtend<AsyncIterable<DepthFrame>>();
expectTypeOf(frames.pipe(trackHands(config))).toEqualTypeOf<Observable<TrackResult>>();
expectTypeOf(frames.pipe(trackHands(config, { inference: parts.inference }))).toEqualTypeOf<Observable<TrackResult>>();

const ownStage = (): HandStage => ({ push: (hand) => [hand], flush: () => [] });
const own = frames.pipe(trackHands(config, { decoder: (maps) => decodeHeatMaps(maps), smoothing: ownStage }));
expectTypeOf(own).toEqualTypeOf<Observable<TrackResult>>();
expectTypeOf(smoothingStage(smoothingConfig(config.smoothing, await loadPrior('hand')))).toEqualTypeOf<HandStage>();

// one session, and the short way to it
expectTypeOf(trackTo(bus, config, { onResult: ({ hands }) => hands })).resolves.toEqualTypeOf<TrackingSummary>();
// @ts-expect-error a source alone takes no results
trackTo(source, config);
const counters = new Counters();
const session = new TrackingSession({ source, sink, config, tracker, inference: parts.inference, counters });
expectTypeOf(session.run()).resolves.toBeBoolean();
expectTypeOf(session.summary()).toEqualTypeOf<TrackingSummary>();

// results
declare const result: TrackResult;
expectTypeOf(result.hands).toEqualTypeOf<readonly TrackedHand[]>();
expectTypeOf(result.lost).toEqualTypeOf<readonly LostHand[]>();
expectTypeOf(result.stamp).toBeBigInt();
expectTypeOf<TrackedHand['handedness']>().toEqualTypeOf<Handedness>();
expectTypeOf<TrackedHand['positions']>().toEqualTypeOf<Float64Array>();
expectTypeOf(new HandDescriber().describe(result)).toEqualTypeOf<ReadonlyMap<number, DescribedHand>>();
expectTypeOf(describeHand(result.hands[0], result.stamp)).toEqualTypeOf<DescribedHand>();
expectTypeOf(boneOrientations(result.hands[0])).toEqualTypeOf<Float64Array>();

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
expectTypeOf(smoothHands<DecodedFrame>).toBeCallableWith(ownStage);
// @ts-expect-error joints come after the network
frames.pipe(decodeJoints());
// @ts-expect-error no such setting
findReference({ zones: {} });

// networks
expectTypeOf(listModels).returns.resolves.toEqualTypeOf<string[]>();
expectTypeOf(loadModel('compact')).resolves.toHaveProperty('manifest');
expectTypeOf(createInference).toBeCallableWith({ model: await loadModel('compact'), provider: 'cpu', threads: 2 });

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

// the skeleton, errors, version
expectTypeOf(jointIndex).parameters.toEqualTypeOf<[name: JointName]>();
expectTypeOf<'index_tip'>().toExtend<JointName>();
expectTypeOf(JOINT_NAMES[0]).toEqualTypeOf<'wrist'>();
expectTypeOf<typeof JOINT_COUNT>().toEqualTypeOf<21>();
expectTypeOf(BONES[0]).toEqualTypeOf<readonly [number, number]>();
expectTypeOf(
  new VoxhandError('USAGE', 'text', { expected: 'a', found: 'b', where: 'c' }).code,
).toEqualTypeOf<ErrorCode>();
expectTypeOf<(typeof ERROR_CODES)[number]>().toEqualTypeOf<ErrorCode>();
expectTypeOf(VERSION).toBeString();
