// For: configuration, the tracker, its session, and what it publishes.
// In and out: depth messages in; one result per frame with all its hands out, and counts of what was dropped.
// Must not know: files, command lines, one transport alone.

export { CameraHalf, type CameraHalfParts, type CubeModel, DEPTH_UNIT } from './camera-half.js';
export {
  DURABILITIES,
  namespacePrefix,
  QOS_PROFILES,
  ROLES,
  type TrackerConfig,
  type TrackerSettings,
  trackerConfig,
  trackerConfigSchema,
} from './config.js';
export { formatConfig, parseConfig } from './config-file.js';
export { Counters, type CountsSnapshot, type DropCause } from './counters.js';
export { CAMERA_MISMATCH } from './depth-frames.js';
export { type NetworkStages, networkStages } from './detection-networks.js';
export { type FramePolicy, type FramePolicyOptions, withPolicy } from './frame-policy.js';
export { FrameStream, pullSide } from './frame-stream.js';
export { firstSide, SINGLE_HAND } from './hand-locator.js';
export { HandTracker, type TrackerParts } from './hand-tracker.js';
export { type HandAnswer, InferenceHalf, type InferenceHalfParts, type VariantAnswer } from './inference-half.js';
export { type InputProblem, InputProblems, remedyOf } from './input-problems.js';
export {
  type FirstSight,
  findInputTopics,
  type ImageKind,
  imageKind,
  sightOf,
  withInputTopics,
} from './input-topics.js';
export { type JointDecoder, type JointReader, jointReader } from './joint-reader.js';
export { loadPrior, loadPriors, PACKAGED_PRIORS } from './load-prior.js';
export { type NetworkRefiner, type NetworkRefinerOptions, networkRefiner } from './network-refiner.js';
export {
  type DecodedFrame,
  decodeJoints,
  findReference,
  type InferredFrame,
  inferHeatMaps,
  type ReferencedFrame,
  smoothHands,
  type VoxelisedFrame,
  voxeliseFrames,
} from './operators.js';
export {
  changedParameters,
  changeParameters,
  parameterValue,
  type SettingType,
  type SettingValue,
  type TrackerParameter,
  trackerParameters,
} from './parameters.js';
export {
  type Arrival,
  type OutputFacts,
  ResultOutput,
  type ResultOutputOptions,
  type WithheldCause,
} from './result-output.js';
export {
  type ConfiguredCamera,
  configuredCameras,
  inputTopics,
  isCameraParameter,
  ownCamera,
  withCameraParameters,
  withRig,
} from './rig-config.js';
export { type RigCameraFacts, RigFrames, syncOptions } from './rig-frames.js';
export { RigPlaces } from './rig-places.js';
export {
  type CameraTracker,
  type CameraTrackFacts,
  type FusionFacts,
  RigTracker,
  type RigTrackerParts,
  trackerFor,
} from './rig-tracker.js';
export type { MissingHand, RawAnswer, SeenFrame, SeenHand, VoxelisedHand } from './seen-frame.js';
export { STAGES, type Stage, StageClock, type StageSummary, StageTimes, type Stopwatch } from './stage-times.js';
export { StaleWatch } from './stale-watch.js';
export { StampGuard, type StampVerdict } from './stamp-guard.js';
export { NO_TRANSFORM, TargetFrame } from './target-frame.js';
export { trackFrames, trackHands } from './track-hands.js';
export type { HandDetail, TrackResult } from './track-result.js';
export { type TrackToOptions, trackTo } from './track-to.js';
export {
  type FrameTracker,
  type TrackingFacts,
  TrackingSession,
  type TrackingSessionOptions,
  type TrackingSummary,
} from './tracking-session.js';
export { ViewerPublisher } from './views/viewer-publisher.js';
