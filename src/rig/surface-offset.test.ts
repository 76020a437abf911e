import { describe, expect, it } from 'vitest';
import { SeededRandom, type Vec3 } from '../geometry/index.js';
import { PlaceDrift } from './place-drift.js';
import { type SeenSurface, surfaceOffset } from './surface-offset.js';

/** A ball of 5 cm with its middle at the origin, as a camera sees it: points to 1 mm, each 5 mm of the side that faces it. */
function ball(eye: Vec3, moved: Vec3, seed: number, count = 500): SeenSurface {
  const random = new SeededRandom(seed);
  const points: number[] = [];
  while (points.length < 3 * count) {
    const way = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...way);
    const [x, y, z] = way.map((value) => (0.05 * value) / length);
    const [ex, ey, ez] = [eye[0] - x, eye[1] - y, eye[2] - z];
    if (x * ex + y * ey + z * ez < 0.25 * 0.05 * Math.hypot(ex, ey, ez)) continue;
    points.push(...[x, y, z].map((value, axis) => value + moved[axis] + 0.001 * random.normal()));
  }
  return { points, eye, pitch: Math.sqrt((Math.PI * 0.1 ** 2) / 2 / count) };
}

const LEFT: Vec3 = [-0.35, 0, -0.4];
const RIGHT: Vec3 = [0.35, 0, -0.4];
const SEEN = Float64Array.from({ length: 63 }, (_, i) => 0.01 * i);

describe('the offset of a surface', () => {
  it.each([
    ['500 points each', 500, 0.0008],
    ['200 points each, 9 mm apart', 200, 0.0015],
  ])(
    'that two cameras see from 80 degrees apart is taken back, not what their joints disagree about: %s',
    (_, count, most) => {
      const drift = new PlaceDrift();
      const first = SEEN.map((value) => value + 0.012);
      for (let i = 0; i < 20; i++) {
        const moved = ball(RIGHT, [0.004, -0.003, 0.005], 2 * i, count);
        drift.add('right', SEEN, first, [moved, ball(LEFT, [0, 0, 0], 2 * i + 1, count)]);
        if (i === 0) expect(drift.correction('right')).toEqual([0, 0, 0]); // what may wait is not done yet
        drift.settle();
      }
      const correction = drift.correction('right');
      for (const [axis, wanted] of [-0.004, 0.003, -0.005].entries()) {
        expect(Math.abs(correction[axis] - wanted)).toBeLessThan(most);
      }
    },
  );

  it('is told by nothing but what faces both cameras', () => {
    const behind: Vec3 = [0.35, 0, 0.4];
    const { points } = surfaceOffset(ball(LEFT, [0, 0, 0], 1), ball(behind, [0, 0, 0], 2))([0, 0, 0]);
    expect(points).toBeLessThan(10);
    expect(surfaceOffset(ball(LEFT, [0, 0, 0], 1), ball(RIGHT, [0, 0, 0], 2))([0, 0, 0]).points).toBeGreaterThan(25);
    expect(surfaceOffset({ points: [], eye: LEFT, pitch: 0.005 }, ball(RIGHT, [0, 0, 0], 2))([0, 0, 0]).points).toBe(0);
  });
});
