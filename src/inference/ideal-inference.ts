import { type Cube, cameraToCube } from '../geometry/index.js';
import { type HandJoints, JOINT_COUNT } from '../hand/index.js';
import { type DecodedJoints, renderHeatMaps } from '../heatmaps/index.js';
import type { Inference, ModelFacts } from './inference.js';
import { stubInference } from './stub-inference.js';

type Truth = HandJoints | readonly HandJoints[] | undefined;

/**
 * Ground truth by the stamp of a frame; undefined, or hands that are not tracked, where there is none. Of several hands, the one whose
 * joints are nearest to the middle of the cube in the mean is the one that a network would see.
 */
export type TruthAt = (stamp: bigint) => Truth | Promise<Truth>;

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
  let truth: Truth;
  const stub = stubInference(
    (_, context) => {
      const positions = context && nearestHand([truth ?? []].flat(), context.cube);
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

/** In the cube's coordinates; undefined where no hand is tracked. */
function nearestHand(hands: readonly HandJoints[], cube: Cube): Float64Array | undefined {
  const [nearest] = hands
    .filter(({ tracked }) => tracked)
    .map(({ positions }) => cameraToCube(cube, positions))
    .map((positions) => ({ positions, away: positions.reduce((sum, c) => sum + (c - 0.5) ** 2, 0) }))
    .sort((a, b) => a.away - b.away);
  return nearest?.positions;
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
