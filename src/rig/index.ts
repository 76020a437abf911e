// For: several cameras as one: transforms between frames over time, the frames of one moment.
// In and out: stamped transforms, depth frames and hands of each camera in; the transform between two frames at a stamp, frame sets and
// fused hands out.
// Must not know: networks, messages.

export {
  type AlignResult,
  alignmentVerdict,
  alignTracks,
  disagreementUnder,
  type JointTrack,
  placeDifference,
} from './align-tracks.js';
export { type Disagreement, DisagreementMeter, disagreementText } from './disagreement.js';
export { type CameraView, type FrameSet, onlyFrame, toFrameSet } from './frame-set.js';
export { type CameraSyncFacts, FrameSync, type FrameSyncOptions, type SyncedSet } from './frame-sync.js';
export { associateHands, fuseJoints, fuseSides, movedBy, palmDistance, type ViewedHand } from './fuse-hands.js';
export { median } from './median.js';
export { PlaceDrift } from './place-drift.js';
export { refineBySurface, SAME_MOMENT, type SurfacePatch, surfacePatch } from './refine-surface.js';
export { formatRigFile, parseRigFile, placeOf, type RigFile, type RigQuality } from './rig-file.js';
export { camerasSettings, rigSettings } from './rig-settings.js';
export type { SeenSurface } from './surface-offset.js';
export { TransformBuffer } from './transform-buffer.js';
