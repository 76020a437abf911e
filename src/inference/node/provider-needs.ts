import type { Provider } from '../inference.js';

/** What each provider needs beside the npm package onnxruntime-node. */
export const PROVIDER_NEEDS: Record<Exclude<Provider, 'cpu'>, string> = {
  cuda:
    'libonnxruntime_providers_cuda.so (fetched when onnxruntime-node is installed without ' +
    'onnxruntime-node-install=skip), CUDA 12 and cuDNN 9',
  tensorrt:
    'libonnxruntime_providers_tensorrt.so (fetched when onnxruntime-node is installed without ' +
    'onnxruntime-node-install=skip), CUDA 12 and TensorRT 10',
  webgpu: 'a graphics driver and, on Linux, libvulkan1',
};
