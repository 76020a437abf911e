import { type Cube, cameraToCube, invertTransform, type Transform, transformPoints } from '../geometry/index.js';
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
 * Of a hand whose cube shows it as the other side than the network knows, the confidences are lower by a fifth: so the side is told.
 *
 * Where the truth has no hand its heat maps are empty and its joints have confidence 0, like joints outside the cube.
 * The truth must lie in the camera's frame, like the cubes, or where `truthIn` says so in that of its rig.
 *
 * @param model the geometry of the network that it stands in for: grid, cube, heat maps and their sigma
 *
 * @example
 * ```ts
 * const model = modelFacts(await loadModel('compact'));
 * const inference = idealInference((stamp) => truth.get(stamp), model);
 * ```
 */
export function idealInference(truthAt: TruthAt, model: ModelFacts, truthIn: 'camera' | 'rig' = 'camera'): Inference {
  const { kind, heatMapSize: size, sigma, handedness } = model;
  let truth: Truth;
  const stub = stubInference(
    (_, context) => {
      const nearest =
        context && nearestHand([truth ?? []].flat(), context.cube, truthIn === 'rig' ? context.place : undefined);
      const shown = context?.cube.mirror === true ? OTHER_SIDE[nearest?.side ?? 'unknown'] : nearest?.side;
      const wrong = handedness !== 'any' && shown === OTHER_SIDE[handedness];
      if (kind === 'joints') return trueJoints(nearest?.positions, wrong ? DOUBT : 1);
      if (nearest !== undefined) {
        const maps = renderHeatMaps(nearest.positions, size, sigma);
        return wrong ? { ...maps, data: maps.data.map((value) => DOUBT * value) } : maps;
      }
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

/** What is left of the confidence of a hand that is shown as the other side. */
const DOUBT = 0.8;
const OTHER_SIDE = { left: 'right', right: 'left', unknown: 'unknown' } as const;

/** In the cube's coordinates, and its true side; undefined where no hand is tracked. */
function nearestHand(hands: readonly HandJoints[], cube: Cube, place: Transform | undefined) {
  const toCamera = place && invertTransform(place);
  const [nearest] = hands
    .filter(({ tracked }) => tracked)
    .map(({ positions, handedness: side }) => {
      const seen = toCamera === undefined ? positions : transformPoints(toCamera, positions);
      return { positions: cameraToCube(cube, seen), side };
    })
    .map((hand) => ({ ...hand, away: hand.positions.reduce((sum, c) => sum + (c - 0.5) ** 2, 0) }))
    .sort((a, b) => a.away - b.away);
  return nearest;
}

/** Clipped to the cube, as decoders do; what lies outside, or is not there at all (then at the centre), has confidence 0. */
function trueJoints(truth: Float64Array | undefined, confidence: number): DecodedJoints {
  const positions = new Float64Array(3 * JOINT_COUNT).fill(0.5);
  const confidences = new Float32Array(JOINT_COUNT);
  if (truth !== undefined) {
    positions.set(truth.map((c) => Math.min(Math.max(c, 0), 1)));
    for (let j = 0; j < JOINT_COUNT; j++) {
      confidences[j] = truth.subarray(3 * j, 3 * j + 3).every((c) => c >= 0 && c < 1) ? confidence : 0;
    }
  }
  return { positions, confidences };
}
