import { expect, it } from 'vitest';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { DetectionStages } from '../detection/ports.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { renderHeatMaps } from '../heatmaps/index.js';
import type { Inference } from '../inference/inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { toFrameSet } from '../rig/index.js';
import { CameraHalf } from './camera-half.js';
import { trackerConfig } from './config.js';
import { HandTracker } from './hand-tracker.js';
import { type HandAnswer, InferenceHalf } from './inference-half.js';
import type { SeenHand } from './seen-frame.js';

const PERIOD = 33_333_333n;
const CAMERA = { width: 8, height: 8, fx: 8, fy: 8, cx: 3.5, cy: 3.5 };
const EDGE = 0.3;
const ROOT = [0, 0, 0.6] as const;

/** An open left hand that points up: its middle root there, joints 2 cm apart. */
function leftHand(stamp: bigint): HandJoints {
  const positions = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let k = 0; k < 4; k++) positions.set([0.02 * (finger - 2), -0.02 * k, ROOT[2]], 3 * (1 + 4 * finger + k));
  }
  positions.set([0, 0.09, ROOT[2]], 0);
  const rest = { frameId: 'camera', handId: 0, tracked: true, confidences: new Float32Array(21).fill(1), lagFrames: 0 };
  return { stamp, handedness: 'left', positions, ...rest };
}

const frameAt = (stamp: bigint): DepthFrame => ({
  ...{ stamp, frameId: 'camera', width: 8, height: 8 },
  ...{ depth: new Float32Array(64).fill(0.6), camera: CAMERA },
});

/** Stages that find the hand and do not know its side. */
function sidelessStages(): DetectionStages {
  const { detector, verifier } = idealStages((stamp) => [leftHand(stamp)]);
  return {
    detector: {
      async detect(frame, scale) {
        const { hands, depth } = await detector.detect(frame, scale);
        return { hands: hands.map((hand) => ({ ...hand, left: 0 })), depth };
      },
    },
    verifier: { verify: async (frame, place) => ({ ...(await verifier.verify(frame, place)), left: 0 }) },
  };
}

/** A network that sees the joints in either cube alike, and tells which cube shows a right hand. */
function tellingNetwork(): Inference {
  const stub = stubInference(
    (_, context) => {
      const mirror = context?.cube.mirror === true ? -1 : 1;
      const inCube = leftHand(0n).positions.map(
        (c, i) => ((c - ROOT[i % 3]) * (i % 3 === 0 ? mirror : 1)) / EDGE + 0.5,
      );
      return renderHeatMaps(inCube, 12, 1.5);
    },
    { gridSize: 8, cubeEdge: EDGE, heatMapSize: 12, sigma: 1.5, roll: 'hand-down', handedness: 'right' },
  );
  return {
    ...stub,
    async infer(grid, context) {
      const result = await stub.infer(grid, context);
      if (result.kind !== 'gaussian') throw new Error('heat maps');
      return { ...result, side: context?.cube.mirror === true ? 0.8 : 0.2 };
    },
  };
}

const config = trackerConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: false } });

it('a side that only the network tells is published at once', async () => {
  const tracker = new HandTracker(config, { inference: tellingNetwork(), detection: sidelessStages() });
  const results = await tracker.track(frameAt(0n));
  expect(results[0].hands).toMatchObject([{ handedness: 'left' }]);
});

it('a pipeline that is cut, where one cube of each hand is shown, hears of it and puts the side right within half a second', async () => {
  const inference = tellingNetwork();
  const camera = new CameraHalf(config, { model: inference.model, detection: sidelessStages() });
  const half = new InferenceHalf(config, { model: inference.model });
  const sides: string[] = [];
  for (let k = 0; k < 20; k++) {
    const seen = await camera.see(toFrameSet(frameAt(BigInt(k) * PERIOD)));
    // what is sent says nothing of the other side's cube
    const hands = seen.hands.map((hand): SeenHand => {
      if (hand.state === 'lost') return hand;
      const { otherSide: _, ...sent } = hand;
      return sent;
    });
    const answers = new Map<number, HandAnswer>();
    for (const hand of hands) {
      if (hand.state !== 'found') continue;
      answers.set(hand.id, { answer: await inference.infer(hand.grid.data, { cube: hand.grid.cube }) });
    }
    const { results, raw } = half.read({ ...seen, hands }, answers);
    camera.feedback(raw);
    sides.push(results[0].hands[0].handedness);
  }
  expect(sides[0]).toBe('right');
  expect(new Set(sides.slice(15))).toEqual(new Set(['left']));
  expect(sides.filter((side, k) => side !== (sides[k - 1] ?? side))).toHaveLength(1);
});
