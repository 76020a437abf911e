// For: configuration, the tracker, its session, and what it publishes.
// In and out: depth messages in; one result per frame with all its hands out, and counts of what was dropped.
// Must not know: files, command lines, one transport alone.

export { CameraHalf, type CameraHalfParts, DEPTH_UNIT } from './camera-half.js';
export { namespacePrefix, ROLES, type TrackerConfig, type TrackerSettings, trackerConfig } from './config.js';
export { formatConfig, parseConfig } from './config-file.js';
export { Counters, type CountsSnapshot } from './counters.js';
export { CAMERA_MISMATCH } from './depth-frames.js';
export { firstSide } from './hand-locator.js';
export { HandTracker, type TrackerParts } from './hand-tracker.js';
export { InferenceHalf, type InferenceHalfParts } from './inference-half.js';
export { type InputProblem, InputProblems } from './input-problems.js';
export { type FirstSight, findInputTopics, imageKind, sightOf, withInputTopics } from './input-topics.js';
export { type JointDecoder, jointReader } from './joint-reader.js';
export { loadPrior } from './load-prior.js';
export { networkRefiner } from './network-refiner.js';
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
export { configuredCameras, inputTopics, isCameraParameter, ownCamera, withCameraParameters } from './rig-config.js';
export { type RigCameraFacts, syncOptions } from './rig-frames.js';
export { RigPlaces } from './rig-places.js';
export { type FusionFacts, RigTracker, trackerFor } from './rig-tracker.js';
export type { SeenFrame, SeenHand, VoxelisedHand } from './seen-frame.js';
export { STAGES, type Stage, StageClock, StageTimes, type Stopwatch } from './stage-times.js';
export { StampGuard, type StampVerdict } from './stamp-guard.js';
export { NO_TRANSFORM } from './target-frame.js';
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
