// For: outlier gate, pose prior, temporal window, One-Euro filter.
// In and out: one hand per frame in; the same hand out, once per frame, perhaps later.
// Must not know: where joints come from; clocks.

export { fitPosePrior } from './fit-pose-prior.js';
export { type HandStage, UNSMOOTHED } from './hand-stage.js';
export type { PosePrior } from './pose-prior.js';
export { posePriorsFromJson, posePriorsToJson } from './pose-prior-json.js';
export {
  SMOOTHING_PRESETS,
  SMOOTHING_STAGES,
  type SmoothingConfig,
  type SmoothingStage,
  smoothingConfig,
  smoothingSettings,
  smoothingStage,
} from './smoothing-stage.js';
