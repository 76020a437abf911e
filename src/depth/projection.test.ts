import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cameraFromInfo } from './camera-info.js';
import { project, projectToImage, unproject } from './depth-frame.js';

const k = [100, 0, 4.5, 0, 120, 3.5, 0, 0, 1];
const camera = cameraFromInfo({ width: 10, height: 8, k });

function frameOf(z: number) {
  return { width: 10, height: 8, depth: new Float32Array(80).fill(z), camera };
}

describe('unproject', () => {
  it('follows the pinhole ray of a pixel centre', () => {
    expect(unproject(frameOf(2), 0, 7)).toEqual([-0.09, (3.5 / 120) * 2, 2]);
  });

  it('takes the ray of a distorted lens where there is one', () => {
    const distorted = cameraFromInfo({ width: 10, height: 8, k, d: [5, 0, 0, 0], distortion_model: 'plumb_bob' });
    const rays = distorted.rays as Float32Array;
    const point = unproject({ ...frameOf(2), camera: distorted }, 9, 1);
    expect(point).toEqual([rays[2 * 19] * 2, rays[2 * 19 + 1] * 2, 2]);
    expect(point).not.toEqual(unproject(frameOf(2), 9, 1));
  });

  it.each([
    [-1, 3],
    [10, 3],
    [3, -1],
    [3, 8],
    [NaN, 0],
  ])('gives nothing outside the image: %d, %d', (u, v) => {
    expect(unproject(frameOf(1), u, v)).toBeUndefined();
  });

  it('gives nothing where depth is missing', () => {
    expect(unproject(frameOf(0), 3, 3)).toBeUndefined();
  });
});

describe('project', () => {
  it('brings every unprojected pixel back to itself', () => {
    const pixel = fc.tuple(fc.nat(9), fc.nat(7), fc.float({ min: Math.fround(0.01), max: 60, noNaN: true }));
    fc.assert(
      fc.property(pixel, ([u, v, z]) => {
        const [x, y, depth] = unproject(frameOf(z), u, v) as [number, number, number];
        const [backU, backV] = project(camera, x, y, depth) as [number, number];
        expect(backU).toBeCloseTo(u, 9);
        expect(backV).toBeCloseTo(v, 9);
      }),
    );
  });

  it.each([0, -1, NaN])('gives nothing for a point that is not in front of the camera: z = %d', (z) => {
    expect(project(camera, 0.1, 0.1, z)).toBeUndefined();
  });
});

describe('projectToImage', () => {
  it.each([
    ['barrel distortion', 'plumb_bob', [-0.2, 0.03, 0.001, -0.002, 0.004]],
    ['pincushion distortion', 'plumb_bob', [0.3, 0.05, 0, 0, 0]],
    ['a fisheye', 'equidistant', [0.05, -0.01, 0.002, -0.0003]],
  ])('brings back every pixel that a lens with %s has unprojected', (_, distortion_model, d) => {
    const info = { width: 64, height: 48, k: [40, 0, 31.2, 0, 41, 24.7, 0, 0, 1], d, distortion_model };
    const lens = cameraFromInfo(info);
    const frame = { width: 64, height: 48, depth: new Float32Array(64 * 48).fill(0.7), camera: lens };
    let worst = 0;
    for (let pixel = 0; pixel < 64 * 48; pixel += 7) {
      const [u, v] = [pixel % 64, Math.floor(pixel / 64)];
      const [x, y, z] = unproject(frame, u, v) as [number, number, number];
      const [backU, backV] = projectToImage(lens, x, y, z) ?? [NaN, NaN];
      worst = Math.max(worst, Math.hypot(backU - u, backV - v) || 0);
      expect(Number.isFinite(backU)).toBe(true);
    }
    expect(worst).toBeLessThan(0.01);
    // 4 focal lengths beside the axis lies outside of the picture, and nothing lies behind the camera
    expect(projectToImage(lens, 4, 0, 1)).toBeUndefined();
    expect(projectToImage(lens, 0, 0, -1)).toBeUndefined();
  });

  it('is the projection of a pinhole without distortion', () => {
    expect(projectToImage(camera, 4, 0.1, 1)).toEqual(project(camera, 4, 0.1, 1));
  });
});
