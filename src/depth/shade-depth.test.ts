import { expect, test } from 'vitest';
import { depthTone, shadeDepth } from './shade-depth.js';

const camera = { width: 40, height: 30, fx: 40, fy: 40, cx: 19.5, cy: 14.5 };

function frame(depthAt: (u: number, v: number) => number) {
  const depth = Float32Array.from({ length: 40 * 30 }, (_, i) => depthAt(i % 40, Math.floor(i / 40)));
  return { stamp: 0n, frameId: 'camera', width: 40, height: 30, depth, camera };
}

test('near is lighter than far, and missing is black', () => {
  const { grey } = shadeDepth(frame((u) => (u < 10 ? 0 : u < 25 ? 0.4 : 0.9)));
  const [missing, near, far] = [5, 17, 35].map((u) => grey[15 * 40 + u]);
  expect(missing).toBe(0);
  expect(near).toBeGreaterThan(far + 50);
  expect(far).toBeGreaterThan(0);
});

test('a tone goes from near to far, never to the black of what is missing', () => {
  expect([0.3, 0.5, 0.75, 1, 9].map((z) => depthTone(z, 0.5, 1))).toEqual([240, 240, 140, 40, 40]);
  expect([0, -1, Number.NaN].map((z) => depthTone(z, 0.5, 1))).toEqual([0, 0, 0]);
});

test('a slope is darker than a plane that faces the camera', () => {
  const flat = shadeDepth(frame(() => 0.5)).grey[15 * 40 + 20];
  const slope = shadeDepth(frame((u) => 0.5 + 0.02 * (u - 20))).grey[15 * 40 + 20];
  expect(slope).toBeLessThan(flat - 20);
});

test('a coarser picture has its pixels at multiples of the step', () => {
  const { width, height, grey } = shadeDepth(
    frame((u, v) => (u === 20 && v === 10 ? 0.5 : 0)),
    2,
  );
  expect([width, height]).toEqual([20, 15]);
  expect(grey[5 * 20 + 10]).toBeGreaterThan(100);
});

test('a frame without any depth is black', () => {
  expect(shadeDepth(frame(() => 0)).grey.every((shade) => shade === 0)).toBe(true);
});
