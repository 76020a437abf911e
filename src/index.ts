/**
 * `voxhand`: depth frames in, 3D hand joints out.
 *
 * What a program needs that tracks hands: settings, the tracker, the pipeline's steps as operators, results, errors. Recordings, ROS 2,
 * viewers, messages, evaluation and synthetic hands have entries of their own: `voxhand/mcap`, `/ros2`, `/foxglove`, `/messages`,
 * `/evaluation`, `/testing`.
 *
 * @module
 */
export {
  type CameraInfo,
  type CameraModel,
  cameraFromInfo,
  type DepthFrame,
} from './depth/index.js';
export type { ReferenceResult } from './detection/index.js';
export { ERROR_CODES, type ErrorCode, VoxhandError } from './errors/index.js';
export type { Cube } from './geometry/index.js';
export {
  BONES,
  boneOrientations,
  type DescribedHand,
  describeHand,
  HandDescriber,
  type Handedness,
  type HandJoints,
  JOINT_COUNT,
  JOINT_NAMES,
  type JointName,
  jointIndex,
  type LostHand,
  type TrackedHand,
} from './hand/index.js';
export { type DecodedJoints, decodeHeatMaps, type HeatMaps } from './heatmaps/index.js';
export {
  createInference,
  type Inference,
  type InferenceOptions,
  listModels,
  loadModel,
} from './inference/index.js';
export type { FrameSet } from './rig/index.js';
export { type HandStage, smoothingConfig, smoothingStage } from './smoothing/index.js';
export { depthFrames } from './tracking/depth-frames.js';
export {
  Counters,
  type DecodedFrame,
  decodeJoints,
  findReference,
  type HandDetail,
  HandTracker,
  type InferredFrame,
  inferHeatMaps,
  type JointDecoder,
  loadPrior,
  type ReferencedFrame,
  smoothHands,
  type TrackerConfig,
  type TrackerParts,
  type TrackerSettings,
  TrackingSession,
  type TrackingSessionOptions,
  type TrackingSummary,
  type TrackResult,
  type TrackToOptions,
  trackerConfig,
  trackTo,
  type VoxelisedFrame,
  voxeliseFrames,
} from './tracking/index.js';
export { loadConfig } from './tracking/load-config.js';
export { loadParts } from './tracking/load-parts.js';
export { trackHands } from './tracking/track-hands.js';
export type { Bus, BusMessage, BusSink, BusSource, LiveBus, Publisher } from './transport/port/index.js';
export { VERSION } from './version.js';
export type { VoxelGrid } from './voxels/index.js';
