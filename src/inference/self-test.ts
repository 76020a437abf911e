import { readerFor } from './answers/reader-for.js';
import type { SelfTestAnswer } from './model-manifest.js';
import type { ModelOutput } from './model-output.js';

export { checkSelfTest, peaksOf } from './answers/heat-map-peaks.js';
export { occupiedCells, selfTestGrid } from './self-test-grid.js';

/**
 * What a manifest's `selfTest.expected` holds for a network that answers `raw`: for whoever writes manifests.
 *
 * @param raw the numbers of the output tensor, in its own order
 * @throws VoxhandError `INFERENCE_FAILED` for joints or a point that are no numbers
 */
export function selfTestOf(output: ModelOutput, raw: Float32Array): SelfTestAnswer {
  const reader = readerFor(output);
  const answer = new Float32Array(reader.length);
  reader.read(raw, answer);
  return reader.expectation(answer);
}
