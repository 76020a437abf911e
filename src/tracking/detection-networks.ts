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
  type Picture,
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
  const whole = new PictureSampler(model);
  const fine = new PictureSampler({ ...model, focal: focal * finer, maxSize: model.maxSize * finer });
  const inWhole = pictureReader(inference);
  const inPart = pictureReader(inference);
  return {
    async detect(frame: DepthFrame, scale = 1, tried?: TriedPlaces): Promise<Detection> {
      // where the unit of depth is in doubt, nothing says what is far
      const twice = finer > 1 && scale === 1;
      const least = twice ? Math.min(minScore, FAINT) : minScore;
      const first = await inWhole((spare) => whole.sample(frame, scale, spare), least);
      if (first === undefined) return { hands: [], depth: false };
      if (!twice) return { hands: first, depth: true };
      const second: { look: SecondLook; hands: HandCandidate[] }[] = [];
      const inWindow = windowsOf(fine, frame);
      tried?.pass(frame.stamp);
      const looks = secondLooks(first, fine.layout(frame), model.multiple);
      for (const look of tried?.worthwhile(looks, inWindow) ?? looks) {
        const seen = await inPart((spare) => nearer(inWindow(look.window), finer, spare), VAIN * minScore);
        const hands = (seen ?? []).map((hand) => stretched(hand, finer));
        second.push({ look, hands });
        tried?.looked(look, inWindow, !hands.some((hand) => isAnswer(look, hand)));
      }
      return { hands: bothLooks(first, second, SPACING).filter(({ score }) => score >= minScore), depth: true };
    },
  };
}

/** What a frame shows in windows of a sampler's picture; each is sampled once. */
function windowsOf(sampler: PictureSampler, frame: DepthFrame): (window: Window) => Picture {
  const sampled = new Map<string, Picture>();
  return (window) => {
    const key = Object.values(window).join();
    const known = sampled.get(key) ?? sampler.sample(frame, 1, undefined, window);
    sampled.set(key, known);
    return known;
  };
}

/** A part of a finer picture as the detector is shown it: of its own focal length, with depth divided by `finer`. */
function nearer({ depth, focal, ...part }: Picture, finer: number, spare?: Float32Array): Picture {
  const into = spare?.length === depth.length ? spare : new Float32Array(depth.length);
  for (let i = 0; i < depth.length; i++) into[i] = depth[i] / finer;
  return { ...part, focal: focal / finer, depth: into };
}

/** What the network finds in pictures, the scores at least so high; undefined where a picture has no depth. One call at a time. */
function pictureReader(inference: DetectorInference) {
  let spare: Float32Array | undefined;
  return async (
    sample: (spare: Float32Array | undefined) => Picture,
    minScore: number,
  ): Promise<HandCandidate[] | undefined> => {
    const picture = sample(spare);
    spare = picture.depth;
    if (!picture.depth.some((z) => z > 0)) return undefined;
    spare = undefined; // moved into the network; it comes back with the answer
    const { hands, depth } = await inference.infer(picture);
    spare = depth;
    return findHands(hands, { ...picture, depth }, { minScore, spacing: SPACING });
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
