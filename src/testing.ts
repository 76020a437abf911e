/**
 * `voxhand/testing`: a synthetic hand, a depth camera that renders it with ground truth, and streams of both; matchers for
 * recordings; operators under which streams suffer as they do in a cell.
 *
 * @module
 */
export * from './faults/index.js';
export * from './synthetic/index.js';
export { type MatcherResult, type ReproduceOptions, voxhandMatchers } from './testing/matchers.js';
