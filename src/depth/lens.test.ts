import { describe, expect, it } from 'vitest';
import { undistortedRays } from './lens.js';

const pinhole = { width: 64, height: 48, fx: 40, fy: 41, cx: 31.2, cy: 24.7 };

/** OpenCV's documented forward models, written out a second time. */
function brown([k1, k2, p1, p2, k3 = 0, k4 = 0, k5 = 0, k6 = 0]: number[], x: number, y: number): [number, number] {
  const r2 = x ** 2 + y ** 2;
  const gain = (1 + k1 * r2 + k2 * r2 ** 2 + k3 * r2 ** 3) / (1 + k4 * r2 + k5 * r2 ** 2 + k6 * r2 ** 3);
  return [x * gain + 2 * p1 * x * y + p2 * (r2 + 2 * x ** 2), y * gain + p1 * (r2 + 2 * y ** 2) + 2 * p2 * x * y];
}

function fisheye([k1, k2, k3, k4]: number[], x: number, y: number): [number, number] {
  const r = Math.hypot(x, y);
  const t = Math.atan(r);
  const td = t + k1 * t ** 3 + k2 * t ** 5 + k3 * t ** 7 + k4 * t ** 9;
  return r === 0 ? [0, 0] : [(x * td) / r, (y * td) / r];
}

describe('undistortedRays', () => {
  it.each([
    ['plumb_bob with barrel distortion', 'plumb_bob', [-0.2, 0.03, 0.001, -0.002, 0.004], brown],
    ['plumb_bob with pincushion distortion', 'plumb_bob', [0.3, 0.05, 0, 0, 0], brown],
    ['plumb_bob with four coefficients', 'plumb_bob', [-0.1, 0.01, 0.01, 0.01], brown],
    ['plumb_bob padded with zeros', 'plumb_bob', [-0.1, 0.01, 0.01, 0.01, 0, 0, 0, 0], brown],
    ['rational_polynomial', 'rational_polynomial', [5.2, 3.5, -0.0001, 0.00002, 0.18, 5.5, 5.3, 0.95], brown],
    ['equidistant', 'equidistant', [0.05, -0.01, 0.002, -0.0003], fisheye],
    ['fisheye', 'fisheye', [-0.02, 0, 0, 0], fisheye],
  ] as const)('gives rays that %s maps back to their pixels', (_, model, d, distort) => {
    const { rays, blind } = undistortedRays(pinhole, model, d);
    expect(blind).toHaveLength(0);
    const { width, height, fx, fy, cx, cy } = pinhole;
    let worst = 0;
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [xd, yd] = distort([...d], rays[pixel * 2], rays[pixel * 2 + 1]);
      const [u, v] = [pixel % width, Math.floor(pixel / width)];
      worst = Math.max(worst, Math.abs(fx * xd + cx - u), Math.abs(fy * yd + cy - v));
    }
    expect(worst).toBeLessThan(1e-4);
  });

  it('marks pixels behind the fold of the lens as blind, and only those', () => {
    // r (1 - 0.35 r^2) grows up to r = 1 / sqrt(1.05), where it is 0.65060: no pixel farther out has a ray.
    const { width, height, fx, fy, cx, cy } = pinhole;
    const { rays, blind } = undistortedRays(pinhole, 'plumb_bob', [-0.35, 0, 0, 0, 0]);
    const expected: number[] = [];
    for (let pixel = 0; pixel < width * height; pixel++) {
      const radius = Math.hypot(((pixel % width) - cx) / fx, (Math.floor(pixel / width) - cy) / fy);
      if (radius > 0.6506) expected.push(pixel);
      else expect(Math.hypot(rays[pixel * 2], rays[pixel * 2 + 1])).toBeLessThan(1 / Math.sqrt(1.05));
    }
    expect(expected.length).toBeGreaterThan(100);
    expect([...blind]).toEqual(expected);
    for (const pixel of blind) expect([...rays.subarray(pixel * 2, pixel * 2 + 2)]).toEqual([NaN, NaN]);
  });

  it('marks what a fisheye sees sideways or behind as blind', () => {
    // Without further terms the angle is the distance in focal lengths: 1.52 and more is beyond 87 degrees.
    const wide = { width: 5, height: 1, fx: 1, fy: 1, cx: 2, cy: 0 };
    const { rays, blind } = undistortedRays(wide, 'equidistant', [1e-12, 0, 0, 0]);
    expect([...blind]).toEqual([0, 4]);
    expect(rays[2 * 3]).toBeCloseTo(Math.tan(1), 6);
    expect([...rays.subarray(4, 6)]).toEqual([0, 0]);
  });
});
