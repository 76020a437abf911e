import { toVoxhandError, VoxhandError } from '../errors/voxhand-error.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import type { DecodedJoints, HeatMaps } from '../heatmaps/heat-maps.js';
import type { Answered, GridContext, Inference, InferenceResult, InferenceStatus, ModelFacts } from './inference.js';
import { checkGrid, moveBytes } from './inference.js';

const DEFAULTS: ModelFacts = {
  name: 'stub',
  version: '0',
  sha256: '',
  gridSize: 88,
  cubeEdge: 0.25,
  roll: 'none',
  handedness: 'any',
  kind: 'gaussian',
  joints: JOINT_COUNT,
  heatMapSize: 44,
  sigma: 1.7,
  members: 1,
};

/** What a stand-in answers: heat maps, those of several members, or joints. */
export type StubAnswer = HeatMaps | readonly HeatMaps[] | DecodedJoints;

/**
 * An {@link Inference} without a network: heat maps, or joints, by a function on this thread. For tests, and for ideal heat maps
 * drawn from ground truth. The grid is moved as by the real one, so that code that keeps it fails here too.
 *
 * @param answer heat maps where `facts.kind` is `gaussian`, as by default, joints where it is `joints`
 * @param facts what the stand-in says about itself; by default the paper's grid of 88^3 and heat maps of 44^3
 *
 * @example
 * ```ts
 * const empty = { joints: 21, size: 44, data: new Float32Array(21 * 44 ** 3) };
 * const inference = stubInference(() => empty);
 * ```
 */
export function stubInference(
  answer: (grid: Uint8Array, context: GridContext | undefined) => StubAnswer,
  facts: Partial<ModelFacts> = {},
): Inference {
  const model = { ...DEFAULTS, ...facts };
  let state: InferenceStatus['state'] = 'ready';
  let inferences = 0;
  return {
    model,
    async infer(given, context) {
      if (state === 'closed') throw new VoxhandError('INFERENCE_FAILED', 'the inference is closed');
      checkGrid(given, model.gridSize);
      const grid = moveBytes(given);
      const timing = { runSeconds: 0, roundTripSeconds: 0 };
      let result: InferenceResult;
      try {
        result = resultOf(answer(grid, context), model.kind, { grid, timing, release() {} });
      } catch (error) {
        throw toVoxhandError(error, 'INFERENCE_FAILED');
      }
      inferences++;
      return result;
    },
    status: () => ({
      state,
      model: { name: model.name, version: model.version, sha256: model.sha256 },
      providerRequested: 'stub',
      providerActual: 'stub',
      inferences,
      restarts: 0,
      lost: 0,
    }),
    async close() {
      state = 'closed';
    },
  };
}

function resultOf(answer: StubAnswer, kind: ModelFacts['kind'], answered: Answered): InferenceResult {
  const joints = 'confidences' in answer;
  if (joints !== (kind === 'joints')) {
    throw new VoxhandError('INFERENCE_FAILED', 'the stand-in answers another kind than it declares', {
      expected: kind,
      found: joints ? 'joints' : 'heat maps',
    });
  }
  if (joints) return { ...answered, kind: 'joints', decoded: answer, members: [] };
  const maps = [answer].flat();
  return { ...answered, kind: 'gaussian', heatMaps: meanOf(maps), members: maps.length > 1 ? maps : [] };
}

function meanOf(maps: readonly HeatMaps[]): HeatMaps {
  const [first, ...rest] = maps;
  if (maps.length === 0) throw new VoxhandError('INFERENCE_FAILED', 'the stand-in gave no heat maps');
  if (rest.length === 0) return first;
  const data = first.data.map((value, i) => rest.reduce((sum, more) => sum + more.data[i], value) / maps.length);
  return { ...first, data };
}
