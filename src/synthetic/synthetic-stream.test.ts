import { describe, expect, it } from 'vitest';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { LABEL_FOREARM, LABEL_HAND, LABEL_OBJECTS } from './depth-camera.js';
import { syntheticStream } from './synthetic-stream.js';

const camera = CAMERAS.small;

describe('a synthetic stream', () => {
  it('has the stamps of its rate from its start', () => {
    const stream = syntheticStream({ frames: 4, camera, fps: 30, start: 1_000_000_000n });
    const frames = [...stream];
    expect(frames.map(({ frame }) => frame.stamp)).toEqual([
      1_000_000_000n,
      1_033_333_333n,
      1_066_666_667n,
      1_100_000_000n,
    ]);
    for (const { frame, truth, visible } of frames) {
      expect(truth).toMatchObject({ stamp: frame.stamp, frameId: frame.frameId, handedness: 'right', tracked: true });
      expect(truth.positions).toHaveLength(63);
      expect(visible).toHaveLength(JOINT_COUNT);
      expect(frame).toMatchObject({ width: 320, height: 240, camera });
    }
  });

  it.each(['demo', 'hard'] as const)('gives the same bytes twice, in any order: %s', (preset) => {
    const options = { preset, frames: 40, camera, seed: 11 };
    const forwards = [...syntheticStream(options)].filter((_, i) => i % 13 === 0);
    const stream = syntheticStream(options);
    for (const i of [39, 0, 26, 13]) {
      const { frame, truth } = stream.at(i);
      expect(frame.depth).toEqual(forwards[i / 13]!.frame.depth);
      expect(truth.positions).toEqual(forwards[i / 13]!.truth.positions);
    }
  });

  it('differs with the seed in shape, motion and noise', () => {
    const [a, b] = [1, 2].map((seed) => syntheticStream({ frames: 1, camera, seed }).at(0));
    expect(a!.truth.positions).not.toEqual(b!.truth.positions);
    expect(a!.frame.depth).not.toEqual(b!.frame.depth);
  });

  it('of a left hand is the mirror image of the right hand', () => {
    const at = (handedness: 'left' | 'right') =>
      syntheticStream({ preset: 'hard', frames: 60, camera, sensor: null, handedness, shape: neutralShape() }).at(50);
    const [left, right] = [at('left'), at('right')];
    expect(left.truth.handedness).toBe('left');
    for (const [i, x] of left.truth.positions.entries()) {
      expect(x).toBeCloseTo((i % 3 === 0 ? -1 : 1) * right.truth.positions[i]!, 9);
    }
    let different = 0;
    for (let i = 0; i < right.frame.depth.length; i++) {
      const mirror = i - (i % 320) + 319 - (i % 320);
      if (Math.abs(left.frame.depth[mirror]! - right.frame.depth[i]!) > 1e-5) different++;
    }
    expect(different).toBeLessThan(20); // pixels whose centre lies exactly on an outline
  });

  it('shows the hand in front of the body in every frame of the demo', () => {
    for (const { frame, truth, labels } of syntheticStream({
      frames: 100,
      fps: 5,
      camera,
      sensor: null,
      labels: true,
    })) {
      expect(truth.tracked).toBe(true);
      const nearest = (label: number): number =>
        labels!.reduce((z, l, i) => (l === label ? Math.min(z, frame.depth[i]!) : z), Infinity);
      const count = (label: number): number => labels!.reduce((n, l) => n + (l === label ? 1 : 0), 0);
      expect(count(LABEL_HAND)).toBeGreaterThan(700);
      expect(count(LABEL_FOREARM)).toBeGreaterThan(500);
      expect(count(LABEL_OBJECTS)).toBeGreaterThan(4000);
      expect(nearest(LABEL_HAND)).toBeGreaterThan(0.35);
      expect(nearest(LABEL_HAND)).toBeLessThan(0.72);
    }
  });

  it.each(Object.entries(CAMERAS))('of the hard preset loses the hand and finds it again, camera %s', (_, model) => {
    const stream = syntheticStream({ preset: 'hard', frames: 150, fps: 10, camera: model, sensor: null, seed: 3 });
    // Every 5 s the hand is away from 4 s to 4.5 s.
    for (const index of [41, 44, 92]) {
      const { truth, visible } = stream.at(index);
      expect(truth.tracked).toBe(false);
      expect(truth.positions).toHaveLength(0);
      expect(visible.some((v) => v === 1)).toBe(false);
    }
    for (const index of [0, 10, 36, 51, 87, 105]) expect(stream.at(index).truth.tracked).toBe(true);
  });

  it('of the hard preset hides joints behind what passes', () => {
    const stream = syntheticStream({ preset: 'hard', frames: 150, camera, sensor: null, labels: true });
    const shares = Array.from({ length: 33 }, (_, i) => stream.at(45 + i).visible.reduce((sum, v) => sum + v, 0));
    expect(Math.min(...shares)).toBeLessThan(4);
  });

  it('without frames is empty', () => expect([...syntheticStream({ frames: 0, camera })]).toEqual([]));

  it.each([
    ['preset', { preset: 'easy' as 'demo', frames: 1 }],
    ['frames', { frames: -1 }],
    ['frames', { frames: Number.NaN }],
    ['fps', { frames: 1, fps: 0 }],
    ['seed', { frames: 1, seed: 0.5 }],
  ])('with an impossible %s is refused', (where, options) => {
    expect(() => syntheticStream(options)).toThrow(`at ${where}`);
  });

  it('has no frame beyond its end', () => {
    expect(() => syntheticStream({ frames: 3, camera }).at(3)).toThrow('expected 0 to 2');
  });
});
