import { describe, expect, it } from 'vitest';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { stubInference } from '../inference/stub-inference.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { trackerConfig } from './config.js';
import { DepthUnitWatch } from './depth-unit-watch.js';
import { HandTracker } from './hand-tracker.js';

const SECOND = 1_000_000_000n;
const stream = [...syntheticStream({ preset: 'demo', frames: 2, camera: CAMERAS.small, seed: 5 })];
const [{ frame, truth }] = stream;

function scaled(factor: number, stamp: bigint): DepthFrame {
  return { ...frame, stamp, depth: frame.depth.map((z) => factor * z) };
}

/** What comes of three seconds of the same picture, ten frames a second. */
async function lostReasons(factor: number, method: 'geometric' | 'learned') {
  // a detector that knows a hand only at its true scale
  const hands = (seen: DepthFrame, scale = 1) =>
    Math.abs(factor * scale - 1) < 1e-6 ? [{ ...truth, stamp: seen.stamp }] : [];
  const stages = (seen: DepthFrame, scale?: number) => idealStages(() => hands(seen, scale) as HandJoints[]);
  const detection = {
    detector: { detect: (seen: DepthFrame, scale?: number) => stages(seen, scale).detector.detect(seen) },
    verifier: {
      verify: (seen: DepthFrame, place: Parameters<ReturnType<typeof stages>['verifier']['verify']>[1]) =>
        idealStages(() => [truth]).verifier.verify(seen, place),
    },
  };
  const empty = { joints: 21, size: 44, data: new Float32Array(21 * 44 ** 3) };
  const config = trackerConfig({ detection: { method }, smoothing: { stages: [] } });
  const tracker = new HandTracker(config, { inference: stubInference(() => empty), detection });
  for (let k = 0; k < 30; k++) await tracker.track(scaled(factor, (BigInt(k) * SECOND) / 10n));
  return tracker.counters.snapshot();
}

describe('depth in a wrong unit', () => {
  it.each([
    ['a hand of two metres', 10, 'learned'],
    ['a hand of two centimetres', 0.1, 'learned'],
    ['a hand of two metres', 10, 'geometric'],
    ['a hand of two centimetres', 0.1, 'geometric'],
    ['millimetres taken for metres', 1000, 'learned'],
    ['millimetres taken for metres', 1000, 'geometric'],
    ['metres taken for millimetres', 0.001, 'geometric'],
  ] as const)('is suspected in the first frames, with its unit: %s (times %d, %s)', async (_, factor, method) => {
    const { lost, suspectedUnit } = await lostReasons(factor, method);
    // the first second has 10 frames
    expect(lost['depth-unit']).toBeGreaterThan(27);
    expect(suspectedUnit).toBeCloseTo(1 / factor, 9);
    expect(Object.values(lost).reduce((a, b) => a + b, 0)).toBe(30);
  });

  it('is not suspected in a picture whose scale is right, nor where the hand is merely not believed', async () => {
    const { lost, suspectedUnit } = await lostReasons(1, 'learned');
    // a place whose joints are never believed is tried ever more rarely
    expect(lost).toEqual({ 'low-confidence': 8, 'no-candidate': 22 });
    expect(suspectedUnit).toBeUndefined();
  });

  it('is not looked for as long as hands come now and then, and needs two looks by a detector', async () => {
    let looks = 0;
    const watch = new DepthUnitWatch({
      misscaled: async () => {
        looks++;
        return 10;
      },
    });
    watch.reset(); // a hand was seen
    const at = (tenths: number) => scaled(1, (BigInt(tenths) * SECOND) / 10n);
    for (let k = 0; k < 30; k++) {
      if (k % 8 === 7) watch.reset();
      expect(await watch.wrong(at(k))).toBeUndefined();
    }
    expect(looks).toBe(0);
    watch.reset();
    const said: (number | undefined)[] = [];
    for (let k = 30; k < 55; k++) said.push(await watch.wrong(at(k)));
    expect(said.indexOf(10)).toBe(20);
    expect(looks).toBe(2);
  });

  it('is looked for ever more rarely in a scene that stays empty, up to every 16 seconds, and soon again after a hand', async () => {
    const looks: number[] = [];
    let second = 0;
    const watch = new DepthUnitWatch({
      misscaled: async () => {
        looks.push(second);
        return undefined;
      },
    });
    watch.reset(); // a hand was seen
    for (; second <= 50; second++) await watch.wrong(scaled(1, BigInt(second) * SECOND));
    watch.reset();
    for (; second <= 55; second++) await watch.wrong(scaled(1, BigInt(second) * SECOND));
    expect(looks).toEqual([1, 3, 7, 15, 31, 47, 52, 54]);
  });

  it('is not a reason to fail where the detector does', async () => {
    const watch = new DepthUnitWatch({ misscaled: () => Promise.reject(new Error('worker lost')) });
    for (let k = 0n; k < 5n; k++) expect(await watch.wrong(scaled(1, k * SECOND))).toBeUndefined();
  });
});
