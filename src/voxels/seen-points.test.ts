import { expect, test } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
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

test('the points of a wall lie on it, within the cube, evenly, as close to each other as is said', () => {
  const grid = voxelise(frame, cube, 20);
  const { points, pitch } = seenPoints(grid, frame, 100);
  expect(points.length / 3).toBeGreaterThan(60);
  expect(points.length / 3).toBeLessThanOrEqual(100);
  expect(pitch).toBeCloseTo((1.75 * 0.5) / 60, 9);
  for (let i = 0; i < points.length; i += 3) {
    expect(points[i + 2]).toBeCloseTo(0.5, 6);
    expect(Math.hypot(points[i], points[i + 1])).toBeLessThan(0.1 * Math.SQRT2);
  }
});

test('a point is the mean of what lies about it, but not of what lies behind', () => {
  const random = new SeededRandom(5);
  const noisy = Float32Array.from(frame.depth, (z, i) => (i % 64 < 30 ? 0.6 : z + 0.002 * random.normal()));
  const grid = voxelise({ ...frame, depth: noisy }, cube, 20);
  const { points } = seenPoints(grid, { ...frame, depth: noisy }, 30);
  const wall = points.filter((z, i) => i % 3 === 2 && z < 0.55).map((z) => z - 0.5);
  expect(wall.length).toBeGreaterThan(10);
  expect(Math.hypot(...wall) / Math.sqrt(wall.length)).toBeLessThan(0.0014);
});

test('a point whose voxel was emptied, as another hand’s is, is not among them', () => {
  const grid = voxelise(frame, cube, 20);
  expect(seenPoints({ ...grid, data: grid.data.fill(0) }, frame, 400).points).toHaveLength(0);
});
