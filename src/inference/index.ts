export type * from './detector-inference.js';
export { type AnyManifest, type DetectorManifest, isDetectorManifest } from './detector-manifest.js';
export * from './ideal-inference.js';
export * from './infer-heat-maps.js';
export * from './inference.js';
export * from './model-manifest.js';
export * from './model-output.js';
export { type CheckModelOptions, checkModel } from './node/check-model.js';
export { createDetectorInference } from './node/create-detector-inference.js';
export { createInference } from './node/create-inference.js';
export { createPointInference } from './node/create-point-inference.js';
export { createVerdictInference } from './node/create-verdict-inference.js';
export type { DetectorOptions, InferenceOptions, RestartPolicy, RunOptions, Timers } from './node/inference-options.js';
export {
  isLoadedDetector,
  type Loaded,
  type LoadedDetector,
  type LoadedModel,
  listModels,
  loadAnyModel,
  loadDetector,
  loadModel,
  PACKAGED_MODELS,
} from './node/load-model.js';
export { detectorFacts, modelFacts, pointFacts, verdictFacts } from './node/model-facts.js';
export { type ProviderProbe, probeProvider } from './node/probe-provider.js';
export { PROVIDER_NEEDS } from './node/provider-needs.js';
export type { ProviderPolicy } from './node/worker-protocol.js';
export * from './parse-manifest.js';
export * from './point-inference.js';
export { checkSelfTest, peaksOf, selfTestGrid, selfTestOf } from './self-test.js';
export * from './stub-inference.js';
export type * from './verdict-inference.js';
