export * from './config.js';
export * from './config-file.js';
export * from './counters.js';
export * from './frame-policy.js';
export * from './frame-stream.js';
export {
  type FrameDetail,
  HandTracker,
  type TrackerParts,
  type TrackResult,
} from './hand-tracker.js';
export * from './joint-reader.js';
export * from './network-refiner.js';
export { smoothingSettings } from './room-settings.js';
export * from './stage-times.js';
export * from './track-frames.js';
