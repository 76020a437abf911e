// For: outlier gate, pose prior, temporal window, One-Euro filter.
// In and out: one hand per frame in; the same hand out, once per frame, perhaps later.
// Must not know: where joints come from; clocks.

export { type ApplyPosePriorOptions, applyPosePrior, type PoseEvidence } from './apply-pose-prior.js';
export { type FitPosePriorOptions, fitPosePrior } from './fit-pose-prior.js';
export type { HandStage } from './hand-stage.js';
export { type OneEuroOptions, oneEuroStage } from './one-euro.js';
export { gateStage, type OutlierGateOptions } from './outlier-gate.js';
export { type PosePrior, PRIOR_FRAMES, PRIOR_ROOTS, type PriorFrame, type PriorRoot } from './pose-prior.js';
export { posePriorsFromJson, posePriorsToJson } from './pose-prior-json.js';
export { priorStage } from './prior-stage.js';
export {
  SMOOTHING_PRESETS,
  SMOOTHING_STAGES,
  type SmoothingConfig,
  type SmoothingSettings,
  type SmoothingStage,
  smoothingConfig,
  smoothingSettings,
  smoothingStage,
} from './smoothing-stage.js';
export { type TemporalWindowOptions, windowStage } from './temporal-window.js';
