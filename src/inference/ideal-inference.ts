import { cameraToCube } from '../geometry/index.js';
import { type HandJoints, JOINT_COUNT } from '../hand/index.js';
import { type DecodedJoints, renderHeatMaps } from '../heatmaps/index.js';
import type { Inference, ModelFacts } from './inference.js';
import { stubInference } from './stub-inference.js';

/** Ground truth by the stamp of a frame; undefined, or a hand that is not tracked, where there is none. */
export type TruthAt = (stamp: bigint) => HandJoints | undefined | Promise<HandJoints | undefined>;

/**
 * An {@link Inference} that is never wrong: instead of running a network it draws the heat maps that a perfect one would
 * give, from ground truth, or answers the true joints where it stands in for a graph that answers joints. What error is
 * left then is made by everything around the network.
 *
 * Where the truth has no hand its heat maps are empty and its joints have confidence 0, like joints outside the cube. The truth must lie in the camera's frame, like the cubes.
 *
 * @param model the geometry of the network that it stands in for: grid, cube, heat maps and their sigma
 *
 * @example
 * ```ts
 * const model = modelFacts(await loadModel('compact'));
 * const inference = idealInference((stamp) => truth.get(stamp), model);
 * ```
 */
export function idealInference(truthAt: TruthAt, model: ModelFacts): Inference {
  const { kind, heatMapSize: size, sigma } = model;
  let truth: HandJoints | undefined;
  const stub = stubInference(
    (_, context) => {
      const positions =
        context === undefined || truth?.tracked !== true ? undefined : cameraToCube(context.cube, truth.positions);
      if (kind === 'joints') return trueJoints(positions);
      if (positions !== undefined) return renderHeatMaps(positions, size, sigma);
      return { joints: JOINT_COUNT, size, data: new Float32Array(JOINT_COUNT * size ** 3) };
    },
    { ...model, name: `ideal heat maps (${model.name})`, members: 1, sha256: '' },
  );
  return {
    ...stub,
    async infer(grid, context) {
      const found = context?.stamp === undefined ? undefined : await truthAt(context.stamp);
      truth = found; // the stand-in answers before anybody else has a turn
      return stub.infer(grid, context);
    },
  };
}

/** Clipped to the cube, as decoders do; what lies outside, or is not there at all (then at the centre), has confidence 0. */
function trueJoints(truth: Float64Array | undefined): DecodedJoints {
  const positions = new Float64Array(3 * JOINT_COUNT).fill(0.5);
  const confidences = new Float32Array(JOINT_COUNT);
  if (truth !== undefined) {
    positions.set(truth.map((c) => Math.min(Math.max(c, 0), 1)));
    for (let j = 0; j < JOINT_COUNT; j++) {
      confidences[j] = truth.subarray(3 * j, 3 * j + 3).every((c) => c >= 0 && c < 1) ? 1 : 0;
    }
  }
  return { positions, confidences };
}
