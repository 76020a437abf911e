import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { Inference, InferenceResult } from '../inference/inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { sharedParts } from './shared-parts.js';

const FRAME = {
  stamp: 1n,
  frameId: 'camera',
  width: 1,
  height: 1,
  depth: new Float32Array(1),
} as unknown as DepthFrame;

/** Calls that end when they are told to, and how many are under way. */
function calls<Result>(result: Result) {
  const open: ((result: Result) => void)[] = [];
  let most = 0;
  return {
    call: () => {
      const answer = new Promise<Result>((resolve) => open.push(resolve));
      most = Math.max(most, open.length);
      return answer;
    },
    end: () => open.shift()?.(result),
    open: () => open.length,
    most: () => most,
  };
}

const turn = () => new Promise(setImmediate);

describe('networks that several trackers share', () => {
  it('take as many grids at once as they can, and the others in the order in which they came', async () => {
    const stub = stubInference(() => []);
    const network = calls({} as InferenceResult);
    const inference: Inference = { ...stub, capacity: 4, infer: network.call };
    const shared = sharedParts({ inference }).inference;
    const done: number[] = [];
    for (let i = 0; i < 6; i++) void shared.infer(new Uint8Array(1)).then(() => done.push(i));
    await turn();
    expect(network.open()).toBe(4);
    for (let i = 0; i < 6; i++) {
      network.end();
      await turn();
    }
    expect(network.most()).toBe(4);
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shared).toMatchObject({ model: inference.model, capacity: 4 });
    expect(shared.inferBatch).toBeUndefined();
  });

  it('find hands in one frame at a time, and go on after a frame that failed', async () => {
    const detector = calls({ hands: [], depth: true });
    let failed = false;
    const detection = {
      detector: {
        detect: (_frame: DepthFrame) => {
          if (failed) return detector.call();
          failed = true;
          return Promise.reject(new Error('lost'));
        },
      },
      verifier: { verify: async () => ({ hand: 1, left: 0, root: [0, 0, 0] as const, direction: undefined }) },
    };
    const shared = sharedParts({ inference: stubInference(() => []), detection }).detection ?? expect.fail('none');
    await expect(shared.detector.detect(FRAME)).rejects.toThrow('lost');
    const looks = Promise.all([1, 2, 3].map(() => shared.detector.detect(FRAME)));
    for (let i = 0; i < 3; i++) {
      await turn();
      expect(detector.open()).toBe(1);
      detector.end();
    }
    await looks;
    expect(detector.most()).toBe(1);
  });
});
