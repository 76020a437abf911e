// For: several cameras as one: transforms between frames over time, the frames of one moment.
// In and out: stamped transforms in; the transform between two frames at a stamp out.
// Must not know: images, hands, messages.

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
