import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DepthFrame } from '../depth/index.js';
import { DETECTOR_CHANNELS, DETECTOR_STRIDE } from '../detection/find-hands.js';
import { PictureSampler, TriedPlaces } from '../detection/index.js';
import type { DetectorInference, DetectorPicture } from '../inference/inference.js';
import { networkStages } from './detection-networks.js';

const [WIDTH, HEIGHT, F] = [640, 480, 480];
/** Where the patch is that the network takes for a hand. */
const [X, Y, Z] = [0.12, -0.1, 1.2];

/** A wall at 2 m with a patch of 6 cm before it. */
function frame(z: number): DepthFrame {
  const camera = { width: WIDTH, height: HEIGHT, fx: F, fy: F, cx: 319.5, cy: 239.5 };
  const depth = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const x = (((i % WIDTH) - camera.cx) / F) * z;
    const y = ((Math.floor(i / WIDTH) - camera.cy) / F) * z;
    return Math.hypot(x - X, y - Y) < 0.03 ? z : 2;
  });
  return { stamp: 1n, frameId: 'camera', width: WIDTH, height: HEIGHT, depth, camera };
}

/** Takes the middle of what is nearest for a hand's root, on the surface; as sure of it as it has pixels. */
function nearestIsAHand(pictures: DetectorPicture[], finer?: number): DetectorInference {
  const infer = async (picture: DetectorPicture) => {
    pictures.push({ ...picture, depth: picture.depth.slice() });
    const { width, height, depth } = picture;
    const [cols, rows] = [width / DETECTOR_STRIDE, height / DETECTOR_STRIDE];
    const least = Math.min(...depth.filter((z) => z > 0));
    const pixels = Array.from(depth.keys()).filter((i) => depth[i] > 0 && depth[i] < least + 0.01);
    const mean = (of: (i: number) => number) => pixels.reduce((sum, i) => sum + of(i), 0) / pixels.length;
    const [u, v] = [mean((i) => i % width), mean((i) => Math.floor(i / width))];
    const [a, b] = [u, v].map((c) => Math.floor(c / DETECTOR_STRIDE));
    const hands = new Float32Array(DETECTOR_CHANNELS * cols * rows).fill(-9, 0, cols * rows);
    const set = (k: number, value: number) => {
      hands[(k * rows + b) * cols + a] = value;
    };
    set(0, Math.log(pixels.length / 40));
    set(1, (u - 1.5) / DETECTOR_STRIDE - a);
    set(2, (v - 1.5) / DETECTOR_STRIDE - b);
    set(5, -1);
    return { depth, hands };
  };
  return {
    model: { kind: 'hands', focal: 120, multiple: 16, maxSize: 320, finer },
    infer,
  } as unknown as DetectorInference;
}

afterEach(() => void vi.restoreAllMocks());

describe('the detector', () => {
  it('looks a second time at what may be a far hand, in a finer picture of half the depth', async () => {
    const pictures: DetectorPicture[] = [];
    const { detector } = networkStages({ detector: nearestIsAHand(pictures, 2) }, 0.3);
    const { hands } = await detector.detect(frame(Z));
    expect(pictures.map(({ width, height }) => [width, height])).toEqual([
      [160, 128],
      [96, 96],
    ]);
    expect(Math.min(...pictures[1].depth.filter((z) => z > 0))).toBeCloseTo(Z / 2, 5);
    expect(hands).toHaveLength(1);
    // the first look has 28 pixels of the patch and a score of 0.41, the second 113 and 0.74
    expect(hands[0].score).toBeGreaterThan(0.7);
    for (const [axis, value] of [X, Y, Z].entries()) expect(hands[0].root[axis]).toBeCloseTo(value, 2);
  });

  it('finds by the second look what the first one is not sure of', async () => {
    const unsure = networkStages({ detector: nearestIsAHand([], 2) }, 0.6);
    expect((await unsure.detector.detect(frame(Z))).hands).toHaveLength(1);
    const once = networkStages({ detector: nearestIsAHand([]) }, 0.6);
    expect((await once.detector.detect(frame(Z))).hands).toEqual([]);
  });

  it.each([
    ['a network that was not trained for it', 1, undefined, Z],
    ['what is near', 1, 2, 0.35],
    ['depth whose unit is in doubt', 0.9, 2, Z],
  ])('looks once at %s', async (_, scale, finer, z) => {
    const pictures: DetectorPicture[] = [];
    const { detector } = networkStages({ detector: nearestIsAHand(pictures, finer) }, 0.3);
    expect((await detector.detect(frame(z), scale)).hands).toHaveLength(1);
    expect(pictures).toHaveLength(1);
  });

  it('samples a window once in a frame, also where it is compared with an earlier one', async () => {
    const sample = vi.spyOn(PictureSampler.prototype, 'sample');
    const { detector } = networkStages({ detector: nearestIsAHand([], 2) }, 0.9);
    const tried = new TriedPlaces();
    const windows: number[] = [];
    for (const [k, z] of [Z, Z, Z + 0.1].entries()) {
      sample.mockClear();
      await detector.detect({ ...frame(z), stamp: BigInt(k) }, 1, tried);
      windows.push(sample.mock.calls.filter((call) => call[3] !== undefined).length);
    }
    // looked at, left alone, and looked at again
    expect(windows).toEqual([1, 1, 1]);
  });
});
