// For: models: manifests, self-tests, answers of networks, onnxruntime in worker threads.
// In and out: voxel grids or depth pictures in (moved, and given back); heat maps, joints, points, verdicts out.
// Must not know: the pipeline around it, topics, smoothing.

export { checkSelfTest, peaksOf } from './answers/heat-map-answer.js';
export type { AnyManifest, DetectorManifest } from './detector-manifest.js';
export { idealInference, type TruthAt } from './ideal-inference.js';
export type {
  Answered,
  DecodedResult,
  DetectorFacts,
  DetectorInference,
  DetectorPicture,
  DetectorResult,
  GridContext,
  HeatMapResult,
  Inference,
  InferenceResult,
  InferenceStatus,
  ModelFacts,
  NetworkFacts,
  PointFacts,
  PointInference,
  PointResult,
  VerdictFacts,
  VerdictInference,
  VerdictResult,
} from './inference.js';
export { inferenceSettings } from './inference-settings.js';
export {
  fileSchema,
  type GaussianOutput,
  type JointsOutput,
  type ModelFile,
  type ModelManifest,
  type ModelOutput,
  manifestHead,
  measuredSchema,
  modelManifestSchema,
  modelOutputSchema,
  type PointOutput,
  type SelfTest,
  type SelfTestAnswer,
  tensorShape,
  trainingSchema,
} from './model-manifest.js';
export {
  type CheckModelOptions,
  checkModel,
  createDetectorInference,
  createInference,
  createPointInference,
  createVerdictInference,
} from './node/create-inference.js';
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
export type { ProviderPolicy } from './node/worker-protocol.js';
export { workerScript } from './node/worker-script.js';
export { parseAnyManifest, parseManifest } from './parse-manifest.js';
export { PROVIDER_NEEDS, PROVIDERS, type Provider } from './provider.js';
export { selfTestGrid, selfTestOf } from './self-test.js';
export { type StubAnswer, stubInference } from './stub-inference.js';
