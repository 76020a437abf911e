import { expect, test } from 'vitest';
import { seenPoints } from './seen-points.js';
import { voxelise } from './voxelise.js';

const camera = { width: 64, height: 48, fx: 60, fy: 60, cx: 31.5, cy: 23.5 };
const frame = {
  stamp: 0n,
  frameId: 'camera',
  width: 64,
  height: 48,
  depth: new Float32Array(64 * 48).fill(0.5),
  camera,
};
const cube = { center: [0, 0, 0.5], edge: 0.2, roll: 0.3, mirror: false } as const;

test('the points of a wall lie on it, within the cube, as close to each other as is said', () => {
  const grid = voxelise(frame, { ...cube, center: [0, 0, 0.5] }, 20);
  const { points, pitch } = seenPoints(grid, frame, 400);
  expect(points.length / 3).toBeGreaterThan(50);
  expect(points.length / 3).toBeLessThan(100);
  expect(pitch).toBeCloseTo((3 * 0.5) / 60, 9); // every third pixel of the window of a turned cube
  for (let i = 0; i < points.length; i += 3) {
    expect(points[i + 2]).toBeCloseTo(0.5, 6);
    expect(Math.hypot(points[i], points[i + 1])).toBeLessThan(0.1 * Math.SQRT2);
  }
});

test('a point whose voxel was emptied, as another hand’s is, is not among them', () => {
  const grid = voxelise(frame, { ...cube, center: [0, 0, 0.5] }, 20);
  expect(seenPoints({ ...grid, data: grid.data.fill(0) }, frame, 400).points).toHaveLength(0);
});
