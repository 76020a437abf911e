export { checkSelfTest, peaksOf } from './answers/heat-map-peaks.js';
export type { DetectorFacts, DetectorInference, DetectorPicture, DetectorResult } from './detector-inference.js';
export { type AnyManifest, type DetectorManifest, isDetectorManifest } from './detector-manifest.js';
export { idealInference, type TruthAt } from './ideal-inference.js';
export { type InferenceOutcome, inferHeatMaps } from './infer-heat-maps.js';
export type {
  Answered,
  DecodedResult,
  GridContext,
  HeatMapResult,
  Inference,
  InferenceResult,
  InferenceStatus,
  ModelFacts,
  NetworkFacts,
} from './inference.js';
export {
  fileSchema,
  type ModelFile,
  type ModelManifest,
  manifestHead,
  measuredSchema,
  modelManifestSchema,
  type SelfTest,
  type SelfTestAnswer,
  trainingSchema,
} from './model-manifest.js';
export {
  type GaussianOutput,
  type JointsOutput,
  type ModelOutput,
  modelOutputSchema,
  type PointOutput,
  tensorShape,
} from './model-output.js';
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
export { parseAnyManifest, parseManifest } from './parse-manifest.js';
export type { PointFacts, PointInference, PointResult } from './point-inference.js';
export { PROVIDERS, type Provider } from './provider.js';
export { selfTestOf } from './self-test.js';
export { selfTestGrid } from './self-test-grid.js';
export { type StubAnswer, stubInference } from './stub-inference.js';
export type { VerdictFacts, VerdictInference, VerdictResult } from './verdict-inference.js';
