import type { DepthFrame } from '../depth/index.js';
import {
  bothLooks,
  type Detection,
  type DetectionStages,
  type Detector,
  FAINT,
  findHands,
  type HandCandidate,
  isAnswer,
  PictureSampler,
  readVerdict,
  type SecondLook,
  secondLooks,
  stretched,
  TRUST_THE_DETECTOR,
  type TriedPlaces,
  type Verifier,
  type Window,
} from '../detection/index.js';
import type { DetectorInference, VerdictInference } from '../inference/inference.js';
import { cubeFor, voxelise } from '../voxels/index.js';

/** Of two hands whose middle roots are nearer to each other than this only the surer one is taken, metres. */
const SPACING = 0.06;

/** A place where a second look finds nothing with this share of the score that a peak needs was looked at in vain. */
const VAIN = 0.5;

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
  const { model } = inference;
  const { focal, finer = 1 } = model;
  const whole = pictureReader(inference, new PictureSampler(model));
  const fine = new PictureSampler({ ...model, focal: focal * finer, maxSize: model.maxSize * finer });
  const part = pictureReader(inference, fine);
  return {
    async detect(frame: DepthFrame, scale = 1, tried?: TriedPlaces): Promise<Detection> {
      // where the unit of depth is in doubt, nothing says what is far
      const twice = finer > 1 && scale === 1;
      const first = await whole(frame, { minScore: twice ? Math.min(minScore, FAINT) : minScore, scale });
      if (first === undefined) return { hands: [], depth: false };
      if (!twice) return { hands: first, depth: true };
      const second: { look: SecondLook; hands: HandCandidate[] }[] = [];
      const inWindow = (window: Window) => fine.sample(frame, 1, undefined, window);
      tried?.pass(frame.stamp);
      const looks = secondLooks(first, fine.layout(frame), model.multiple);
      for (const look of tried?.worthwhile(looks, inWindow) ?? looks) {
        const { window } = look;
        const seen = await part(frame, { minScore: VAIN * minScore, scale: 1 / finer, window, focal });
        const hands = (seen ?? []).map((hand) => stretched(hand, finer));
        second.push({ look, hands });
        tried?.looked(look, inWindow, !hands.some((hand) => isAnswer(look, hand)));
      }
      return { hands: bothLooks(first, second, SPACING).filter(({ score }) => score >= minScore), depth: true };
    },
  };
}

interface Look {
  readonly minScore: number;
  /** What depth is multiplied by. */
  readonly scale: number;
  readonly window?: Window;
  /** Focal length that the network shall believe, where it is not the picture's, pixels. */
  readonly focal?: number;
}

/** What the network finds in pictures of one sampler; undefined where a picture has no depth. One call at a time. */
function pictureReader(inference: DetectorInference, sampler: PictureSampler) {
  let spare: Float32Array | undefined;
  return async (frame: DepthFrame, { minScore, scale, window, focal }: Look): Promise<HandCandidate[] | undefined> => {
    const sampled = sampler.sample(frame, scale, spare, window);
    spare = sampled.depth;
    if (!sampled.depth.some((z) => z > 0)) return undefined;
    spare = undefined; // moved into the network; it comes back with the answer
    const { hands, depth } = await inference.infer(sampled);
    spare = depth;
    return findHands(hands, { ...sampled, depth, focal: focal ?? sampled.focal }, { minScore, spacing: SPACING });
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
