export type { ReferencedFrame } from './find-reference.js';
export { findReference } from './find-reference.js';
export type { InteractionZone, ReferenceConfig } from './reference-config.js';
export { defaultReferenceConfig, referenceConfig } from './reference-config.js';
export type { LostReason, ReferencePoint, ReferenceResult, Vec3 } from './reference-point.js';
export type { ReferenceKind, ReferenceRefiner, RefinedPoint } from './reference-refiner.js';
export { identityRefiner } from './reference-refiner.js';
export type { ReferenceTracker } from './reference-tracker.js';
export { createReferenceTracker } from './reference-tracker.js';
