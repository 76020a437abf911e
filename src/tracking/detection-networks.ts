import type { DepthFrame } from '../depth/index.js';
import {
  type Detection,
  type DetectionStages,
  type Detector,
  findHands,
  PictureSampler,
  readVerdict,
  TRUST_THE_DETECTOR,
  type Verifier,
} from '../detection/index.js';
import type { DetectorInference, VerdictInference } from '../inference/inference.js';
import { cubeFor, voxelise } from '../voxels/index.js';

/** Of two hands whose middle roots are nearer to each other than this only the surer one is taken, metres. */
const SPACING = 0.06;

/** Both stages of detection and the networks behind them. */
export interface NetworkStages extends DetectionStages {
  /** Without a second stage the detector's word is taken. */
  readonly networks: { readonly detector: DetectorInference; readonly verifier?: VerdictInference };
}

/**
 * Both stages of detection by networks, which stay open: closing them is the caller's.
 *
 * @param minScore peaks of the detector with a lower score are none, 0 to 1
 */
export function networkStages(networks: NetworkStages['networks'], minScore: number): NetworkStages {
  return {
    detector: networkDetector(networks.detector, minScore),
    verifier: networks.verifier === undefined ? TRUST_THE_DETECTOR : networkVerifier(networks.verifier),
    networks,
  };
}

function networkDetector(inference: DetectorInference, minScore: number): Detector {
  const sampler = new PictureSampler(inference.model);
  let spare: Float32Array | undefined;
  return {
    async detect(frame: DepthFrame, scale = 1): Promise<Detection> {
      const picture = sampler.sample(frame, scale, spare);
      spare = picture.depth;
      if (!picture.depth.some((z) => z > 0)) return { hands: [], depth: false };
      spare = undefined; // moved into the network; it comes back with the answer
      const { hands, depth } = await inference.infer(picture);
      spare = depth;
      return { hands: findHands(hands, { ...picture, depth }, { minScore, spacing: SPACING }), depth: true };
    },
  };
}

function networkVerifier(inference: VerdictInference): Verifier {
  const { gridSize, cubeEdge, roll } = inference.model;
  let spare: Uint8Array | undefined;
  return {
    async verify(frame, { root, direction }) {
      const place = { position: root, arm: direction && ([-direction[0], -direction[1]] as const) };
      // which hand it is shall be seen: nothing is mirrored
      const cube = cubeFor(place, { edge: cubeEdge, roll, handedness: 'unknown', modelHandedness: 'unknown' });
      const { data } = voxelise(frame, cube, gridSize, spare);
      spare = undefined;
      const { verdict, grid } = await inference.infer(data);
      spare = grid;
      return readVerdict(verdict, cube);
    },
  };
}
