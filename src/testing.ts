/**
 * `voxhand/testing`: a synthetic hand, a depth camera that renders it with ground truth, and streams of both.
 *
 * @module
 */
export * from './synthetic/index.js';
