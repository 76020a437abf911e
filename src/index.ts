/**
 * voxhand: depth frames in, 3D hand joints out.
 *
 * The rooms of the pipeline, each with its pure functions and its operators, and `trackHands`, which wires them up.
 */
export * from './assets/index.js';
export * from './bless-recording.js';
export { type DepthFramesOptions, depthFrames } from './bus/depth-frames.js';
export { HandPublisher, handFrameId, publishHands } from './bus/hand-publisher.js';
export { nodeInflate } from './bus/node-inflate.js';
export type * from './bus/port/bus.js';
export { inStep, observe } from './bus/port/in-step.js';
export { type TransformFeed, type TransformsOptions, transformsFrom } from './bus/transforms-from.js';
export { type WithTransformsOptions, withTransforms } from './bus/with-transforms.js';
export * from './compare-recordings.js';
export * from './datasets/index.js';
export * from './detection/index.js';
export * from './distribution/index.js';
export * from './evaluate-predictions.js';
export * from './evaluate-recording.js';
export * from './evaluation/index.js';
export * from './frames/index.js';
export * from './hand/index.js';
export * from './heatmaps/index.js';
export * from './inference/index.js';
export * from './load-config.js';
export * from './load-tolerances.js';
export * from './load-truth.js';
export * from './messages/index.js';
export * from './pipeline/index.js';
export * from './reference/index.js';
export * from './smoothing/index.js';
export * from './track-hands.js';
export * from './tracker-node/index.js';
export { VERSION } from './version.js';
export * from './voxels/index.js';
