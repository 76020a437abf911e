export { type ApplyPosePriorOptions, applyPosePrior, type PoseEvidence } from './apply-pose-prior.js';
export { type FitPosePriorOptions, fitPosePrior } from './fit-pose-prior.js';
export { type HandStage, stageOperator } from './hand-stage.js';
export { type OneEuroOptions, oneEuro, oneEuroStage } from './one-euro.js';
export { gateStage, type OutlierGateOptions, outlierGate } from './outlier-gate.js';
export { type PosePrior, PRIOR_FRAMES, PRIOR_ROOTS, type PriorFrame, type PriorRoot } from './pose-prior.js';
export { posePriorsFromJson, posePriorsToJson } from './pose-prior-json.js';
export { posePrior, priorStage } from './prior-stage.js';
export {
  SMOOTHING_STAGES,
  type SmoothingConfig,
  type SmoothingStage,
  smoothHands,
  smoothingStage,
} from './smooth-hands.js';
export { type TemporalWindowOptions, temporalWindow, windowStage } from './temporal-window.js';
