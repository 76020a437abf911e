// For: two recordings of results against each other: tolerances, blessed results, reports, matchers for tests.
// In and out: two recordings in; a comparison with its verdict out.
// Must not know: the live node.

export {
  type Comparison,
  type Criterion,
  comparedWithLoss,
  type DrawnComparison,
  type Verdict,
} from './compare/comparison.js';
export { comparisonPage } from './compare/comparison-page.js';
export { comparisonSummary, formatComparison } from './compare/comparison-text.js';
export type { DepthPicture } from './compare/difference-tile.js';
export { junitReport } from './compare/junit-report.js';
export { type ToleranceSettings, type Tolerances, tolerances } from './compare/tolerances.js';
