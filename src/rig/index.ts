// For: several cameras as one: transforms between frames over time, the frames of one moment.
// In and out: stamped transforms, depth frames and hands of each camera in; the transform between two frames at a stamp, frame sets and
// fused hands out.
// Must not know: networks, messages.

export {
  type Alignment,
  type AlignOptions,
  type AlignResult,
  alignmentVerdict,
  alignTracks,
  type Coverage,
  disagreementUnder,
  type JointTrack,
  placeDifference,
} from './align-tracks.js';
export { type Disagreement, DisagreementMeter, disagreementText } from './disagreement.js';
export { type CameraView, type FrameSet, onlyFrame, type Rig, type RigCamera, toFrameSet } from './frame-set.js';
export {
  type CameraSyncFacts,
  FrameSync,
  type FrameSyncOptions,
  type SyncedFrame,
  type SyncedSet,
  type SyncLoss,
} from './frame-sync.js';
export {
  associateHands,
  expectedError,
  type FusedJoints,
  fuseJoints,
  fuseSides,
  movedBy,
  palmDistance,
  type ViewedHand,
} from './fuse-hands.js';
export { median } from './median.js';
export { PlaceDrift } from './place-drift.js';
export {
  formatRigFile,
  parseRigFile,
  placeOf,
  type RigFile,
  type RigFileCamera,
  type RigQuality,
} from './rig-file.js';
export { type CamerasSettings, camerasSettings, FUSIONS, type RigSettings, rigSettings } from './rig-settings.js';
export {
  type StampedTransform,
  TRANSFORM_FAULTS,
  TransformBuffer,
  type TransformBufferOptions,
  type TransformCounts,
  type TransformFault,
  type TransformLookup,
} from './transform-buffer.js';
