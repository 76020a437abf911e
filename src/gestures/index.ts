// For: gestures of hands: poses, movements, surfaces that are operated without touch, and enabling while a gesture is held.
// In and out: the hands of a moment in; events with phase and reason out.
// Must not know: where hands come from; clocks; where events go.

export { POSE_GESTURES } from '../hand/index.js';
export { type FrameLookup, GestureEngine, type GestureEngineOptions } from './gesture-engine.js';
export {
  type EnablingMessage,
  type GestureEvent,
  type GestureOutput,
  type GesturePhase,
  INTERACTIONS,
  type Interaction,
  type PointerEvent,
  type PointerPhase,
} from './gesture-events.js';
export {
  type GestureProfile,
  type GestureProfileInput,
  gestureProfileSchema,
  MOTION_GESTURES,
  parseGestureProfile,
} from './gesture-profile.js';
export type { SurfaceTarget } from './snap.js';
export { type TaughtPose, taughtPoseSchema, teachPose } from './taught-pose.js';
export type { BoxZone, TouchSurface } from './touch-surface.js';
