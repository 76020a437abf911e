import { type HandJoints, JOINT_COUNT } from '../hand/index.js';
import { renderHeatMaps } from '../heatmaps/index.js';
import { cameraToCube } from '../voxels/index.js';
import type { Inference, ModelFacts } from './inference.js';
import { stubInference } from './stub-inference.js';

/** Ground truth by the stamp of a frame; undefined, or a hand that is not tracked, where there is none. */
export type TruthAt = (stamp: bigint) => HandJoints | undefined | Promise<HandJoints | undefined>;

/**
 * An {@link Inference} that is never wrong: instead of running a network it draws the heat maps that a perfect one would
 * give, from ground truth. What error is left then is made by everything around the network.
 *
 * Where the truth has no hand its heat maps are empty. The truth must lie in the camera's frame, like the cubes.
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
  const { heatMapSize: size, sigma } = model;
  let truth: HandJoints | undefined;
  const stub = stubInference(
    (_, context) => {
      if (context === undefined || truth?.tracked !== true) {
        return { joints: JOINT_COUNT, size, data: new Float32Array(JOINT_COUNT * size ** 3) };
      }
      return renderHeatMaps(cameraToCube(context.cube, truth.positions), size, sigma);
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
