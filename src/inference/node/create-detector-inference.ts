import { VoxhandError } from '../../errors/voxhand-error.js';
import type { DetectorFacts, DetectorInference } from '../detector-inference.js';
import type { DetectorOptions } from './inference-options.js';
import { loadDetector } from './load-model.js';
import { detectorFacts } from './model-facts.js';
import { WorkerInference } from './worker-inference.js';
import { workerOptions } from './worker-options.js';

/**
 * Open a detector in a worker thread, as `createInference` opens a model that sees joints.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model that looks at voxels),
 * `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const detector = await createDetectorInference({ model: './models/my-detector' });
 * const { hands } = await detector.infer({ width: 160, height: 128, depth: new Float32Array(160 * 128) });
 * console.log(hands.length); // 11 * 40 * 32
 * await detector.close();
 * ```
 */
export async function createDetectorInference(options: DetectorOptions): Promise<DetectorInference> {
  const model = typeof options.model === 'string' ? await loadDetector(options.model) : options.model;
  const facts = detectorFacts(model);
  const worker = await WorkerInference.start(
    facts,
    ([hands], { grid, timing }) => ({
      hands,
      depth: new Float32Array(grid.buffer, grid.byteOffset, grid.byteLength / 4),
      timing,
    }),
    workerOptions(model, options),
  );
  return {
    model: facts,
    async infer({ width, height, depth }) {
      checkPicture(facts, width, height, depth.length);
      return worker.inferPicture(new Uint8Array(depth.buffer, depth.byteOffset, depth.byteLength), { width, height });
    },
    status: () => worker.status(),
    close: () => worker.close(),
  };
}

function checkPicture({ multiple, maxSize }: DetectorFacts, width: number, height: number, length: number): void {
  const fits = [width, height].every((side) => side >= multiple && side <= maxSize && side % multiple === 0);
  if (fits && length === width * height) return;
  throw new VoxhandError('DEPTH_SIZE', 'the picture does not fit the detector', {
    expected: `sides that are multiples of ${multiple} up to ${maxSize}, a number for each pixel`,
    found: `${width} x ${height} with ${length} numbers`,
    where: 'DetectorInference.infer',
  });
}
