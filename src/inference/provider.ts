// Apart from the manifest's schema, which the help of commands need not load, and from what opens models, which loads onnxruntime.

/** Where a network can run. */
export const PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'webgpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Its install script is off where install scripts are, as in this repository. */
const FETCHED = "fetched by onnxruntime-node's own install script: npm rebuild onnxruntime-node --ignore-scripts=false";

/** What each provider needs beside the npm package onnxruntime-node. */
export const PROVIDER_NEEDS: Record<Exclude<Provider, 'cpu'>, string> = {
  cuda: `libonnxruntime_providers_cuda.so (${FETCHED}), CUDA 12 and cuDNN 9`,
  tensorrt: `libonnxruntime_providers_tensorrt.so (${FETCHED}), CUDA 12 and TensorRT 10`,
  webgpu: 'a graphics driver and, on Linux, libvulkan1',
};
