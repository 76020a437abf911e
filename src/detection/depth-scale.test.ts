import { expect, it } from 'vitest';
import { depthScale, likelyScale } from './depth-scale.js';

const camera = { width: 64, height: 48, fx: 60, fy: 60, cx: 31.5, cy: 23.5 };
const frame = (depth: (i: number) => number) => ({
  stamp: 1n,
  frameId: 'camera',
  width: 64,
  height: 48,
  depth: Float32Array.from({ length: 64 * 48 }, (_, i) => depth(i)),
  camera,
});

it.each([
  ['no depth', () => 0, 'none'],
  ['a scene in millimetres that are read as metres', (i: number) => 500 + (i % 64), 'far'],
  ['a scene in metres that are read as millimetres', (i: number) => 0.0005 + 1e-6 * (i % 64), 'near'],
  ['a hand in front of a far wall', (i: number) => (i % 64 < 16 ? 0.5 : 12), 'usual'],
  ["a hand at arm's length with holes", (i: number) => (i % 3 === 0 ? 0.6 : 0), 'usual'],
] as const)('the scale of %s is told', (_, depth, expected) => {
  expect(depthScale(frame(depth))).toBe(expected);
});

it.each([
  ['millimetres that are read as metres', (i: number) => 500 + 10 * (i % 64), 0.001],
  ['metres that are read as millimetres', (i: number) => 0.0005 + 1e-5 * (i % 64), 1000],
  ['tenths of a millimetre that are read as metres', (i: number) => (i % 64 < 16 ? 4000 : 20_000), 0.0001],
  ['no depth', () => 0, 1],
] as const)('the factor of %s is estimated', (_, depth, scale) => {
  expect(likelyScale(frame(depth))).toBeCloseTo(scale, 9);
});
