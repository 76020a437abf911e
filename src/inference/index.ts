// For: models: manifests, self-tests, answers of networks, onnxruntime in worker threads.
// In and out: voxel grids or depth pictures in (moved, and given back); heat maps, joints, points, verdicts out.
// Must not know: the pipeline around it, topics, smoothing.

export { idealInference, type TruthAt } from './ideal-inference.js';
export type { Inference, InferenceStatus, ModelFacts } from './inference.js';
export type { ModelOutput } from './model-manifest.js';
export {
  checkModel,
  createDetectorInference,
  createInference,
  createPointInference,
  createVerdictInference,
} from './node/create-inference.js';
export type { InferenceOptions } from './node/inference-options.js';
export {
  isLoadedDetector,
  type LoadedDetector,
  type LoadedModel,
  listModels,
  loadAnyModel,
  loadModel,
} from './node/load-model.js';
export { modelFacts, pointFacts } from './node/model-facts.js';
export { probeProvider } from './node/probe-provider.js';
export { workerScript } from './node/worker-script.js';
export { PROVIDER_NEEDS, PROVIDERS, type Provider } from './provider.js';
export { type StubAnswer, stubInference } from './stub-inference.js';
