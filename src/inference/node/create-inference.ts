import { join } from 'node:path';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { decodedJoints, decodedSide } from '../answers/reader-for.js';
import type { AnyManifest } from '../detector-manifest.js';
import type {
  Answered,
  DecodedResult,
  DetectorFacts,
  DetectorInference,
  HeatMapResult,
  Inference,
  InferenceResult,
  ModelFacts,
  NetworkFacts,
  PointInference,
  VerdictInference,
} from '../inference.js';
import type { DetectorOptions, InferenceOptions, RunOptions } from './inference-options.js';
import { inferencePool } from './inference-pool.js';
import type { Loaded, LoadedDetector, LoadedModel } from './load-model.js';
import { loadAnyModel, loadDetector, loadModel } from './load-model.js';
import { detectorFacts, modelFacts, pointFacts, verdictFacts } from './model-facts.js';
import { WorkerHandle } from './worker-handle.js';
import { type ReadAnswers, WorkerInference, type WorkerInferenceOptions } from './worker-inference.js';

/**
 * Open a model that sees joints in a worker thread: verify its files, run its self-test, warm up.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model that refines the reference
 * point), `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const inference = await createInference({ model: './models/my-model' });
 * const { heatMaps, decoded } = await inference.infer(new Uint8Array(inference.model.gridSize ** 3));
 * console.log(heatMaps?.size ?? decoded?.positions, inference.status().providerActual);
 * await inference.close();
 * ```
 */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  const facts = modelFacts(model);
  const start = () => WorkerInference.start(facts, resultReader(facts), workerOptions(model, options));
  const first = await start();
  const { workers = 1 } = options;
  if (workers === 1 || first.inferBatch !== undefined) return first;
  const more = await Promise.allSettled(Array.from({ length: workers - 1 }, start));
  const pool = inferencePool([first, ...more.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))]);
  const failed = more.find((one) => one.status === 'rejected');
  if (failed === undefined) return pool;
  await pool.close();
  throw failed.reason;
}

function resultReader({ kind, joints, heatMapSize: size }: ModelFacts): ReadAnswers<InferenceResult> {
  if (kind === 'joints') {
    return (answers, answered): DecodedResult => {
      const [decoded, ...members] = answers.map((answer) => decodedJoints(answer));
      const side = decodedSide(answers[0]);
      return { ...answered, kind, decoded, members, ...(side !== undefined && { side }) };
    };
  }
  return (answers, answered): HeatMapResult => {
    const length = joints * size ** 3;
    const [heatMaps, ...members] = answers.map((data) => ({ joints, size, data: data.subarray(0, length) }));
    const side = answers[0].length > length ? { side: highest(answers[0].subarray(length)) } : {};
    return { ...answered, kind, heatMaps, members, ...side };
  };
}

/** The largest value of a heat map, within 0 and 1. */
function highest(map: Float32Array): number {
  let most = 0;
  for (let i = 0; i < map.length; i++) if (map[i] > most) most = map[i];
  return Math.min(most, 1);
}

/**
 * Open a model that refines the reference point in a worker thread, as `createInference` opens one that sees joints.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model that sees joints),
 * `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * const refiner = await createPointInference({ model: './models/my-refiner' });
 * const { point } = await refiner.infer(new Uint8Array(refiner.model.gridSize ** 3).fill(1));
 * console.log(refiner.model.target, point); // cube coordinates
 * await refiner.close();
 * ```
 */
export async function createPointInference(
  options: Omit<InferenceOptions, 'members' | 'workers'>,
): Promise<PointInference> {
  return openNumbers(options, pointFacts, ([x, y, z]) => ({ point: [x, y, z] as const }));
}

/**
 * Open the second stage of detection in a worker thread, as `createInference` opens a model that sees joints.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH` (also for a model of another kind),
 * `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 */
export async function createVerdictInference(
  options: Omit<InferenceOptions, 'members' | 'workers'>,
): Promise<VerdictInference> {
  return openNumbers(options, verdictFacts, (numbers) => ({ verdict: numbers.slice() }));
}

/** @param read what is made of a network's few numbers, whose buffer goes back to the worker afterwards */
async function openNumbers<Facts extends NetworkFacts, Answer>(
  options: InferenceOptions,
  factsOf: (model: LoadedModel) => Facts,
  read: (numbers: Float32Array) => Answer,
): Promise<WorkerInference<Facts, Answer & Pick<Answered, 'grid' | 'timing'>>> {
  const model = typeof options.model === 'string' ? await loadModel(options.model) : options.model;
  return WorkerInference.start(
    factsOf(model),
    ([numbers], { grid, timing, release }) => {
      const answer = read(numbers);
      release();
      return { ...answer, grid, timing };
    },
    workerOptions(model, options),
  );
}

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

/** What {@link checkModel} takes. */
export interface CheckModelOptions extends Pick<RunOptions, 'provider' | 'threads'> {
  readonly model: string | LoadedModel | LoadedDetector;
}

/**
 * Prove that a model of any kind works here: open it in a worker, which verifies the sha256 of its files and its tensors
 * and runs its self-test, and close it again.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`, `MODEL_MISMATCH`, `PROVIDER_UNAVAILABLE`, `WORKER_LOST`
 *
 * @example
 * ```ts
 * await checkModel({ model: './models/my-model' });
 * ```
 */
export async function checkModel(options: CheckModelOptions): Promise<void> {
  const model = typeof options.model === 'string' ? await loadAnyModel(options.model) : options.model;
  const { setup } = workerOptions(model, { ...options, warmUp: 0 });
  const worker = await WorkerHandle.start(setup);
  await worker.close();
}

/** What the user left open, settled: every default of {@link RunOptions}. */
function workerOptions(model: Loaded<AnyManifest>, options: RunOptions): WorkerInferenceOptions {
  const { provider = 'cpu', policy = 'strict', threads = 1, warmUp = 1, members = false } = options;
  const { maxRestarts = 5, backoffMs = 100, maxBackoffMs = 10_000 } = options.restart ?? {};
  const {
    logger = { warn: (message: string) => process.emitWarning(message, 'VoxhandWarning') },
    timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) },
    clock = () => performance.now() / 1000,
  } = options;
  const paths = model.manifest.files.map((file) => join(model.directory, file.path));
  return {
    setup: { manifest: model.manifest, paths, provider, policy, threads, warmUp, members },
    restart: { maxRestarts, backoffMs, maxBackoffMs },
    logger,
    timers,
    clock,
    spawn: options.spawn,
  };
}
