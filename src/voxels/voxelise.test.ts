import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPoints } from '../../test/helpers/add-points.js';
import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { type Cube, cameraToCube } from '../geometry/cube.js';
import { cubeWindow } from './cube-window.js';
import { occupiedPoints } from './voxel-grid.js';
import { addFrame, beginGrid, finishGrid, voxelise } from './voxelise.js';

const camera: CameraModel = { width: 64, height: 48, fx: 60, fy: 58, cx: 31.2, cy: 23.7 };
const straight: Cube = { center: [0, 0, 0.5], edge: 0.25, roll: 0, mirror: false };
const cubes: fc.Arbitrary<Cube> = fc.record({
  center: fc.tuple(
    fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    fc.double({ min: 0.05, max: 0.8, noNaN: true }),
  ),
  edge: fc.double({ min: 0.1, max: 0.4, noNaN: true }),
  roll: fc.double({ min: -4, max: 4, noNaN: true }),
  mirror: fc.boolean(),
});
const EMPTY = frameOf(() => 0);
const NEAR = frameOf(() => 0.45);
const FLAT = frameOf(() => 0.5);
const depths = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 1, noNaN: true })), {
  minLength: 64 * 48,
  maxLength: 64 * 48,
});

describe('voxelise', () => {
  it('sets the voxel of a point where the contract says: z slowest, then y, then x', () => {
    const frame = frameOf((u, v) => (u === 40 && v === 20 ? 0.55 : 0));
    const { data, occupied } = voxelise(frame, straight, 8);
    const [p, q, r] = cameraToCube(straight, pointOf(40, 20, 0.55));
    const voxel = (Math.floor(r * 8) * 8 + Math.floor(q * 8)) * 8 + Math.floor(p * 8);
    expect(occupied).toBe(1);
    expect(data.indexOf(1)).toBe(voxel);
  });

  it('is the same as looking at every pixel, for any cube in sight or not', () => {
    fc.assert(
      fc.property(cubes, depths, fc.integer({ min: 1, max: 24 }), (cube, depth, size) => {
        const frame = { ...EMPTY, depth: Float32Array.from(depth) };
        const grid = voxelise(frame, cube, size);
        expect(grid.occupied).toBe(grid.data.reduce((sum, voxel) => sum + voxel, 0));
        // Points within rounding of a voxel's border may fall to either side: count them apart.
        const sure = new Set<number>();
        const possible = new Set<number>();
        for (let v = 0; v < 48; v++) {
          for (let u = 0; u < 64; u++) {
            const z = frame.depth[v * 64 + u];
            if (z === 0) continue;
            const position = cameraToCube(cube, pointOf(u, v, z));
            for (const shift of [-1e-9, 1e-9]) {
              const [x, y, w] = Array.from(position, (value) => Math.floor((value + shift) * size));
              const inside = [x, y, w].every((value) => value >= 0 && value < size);
              if (inside) possible.add((w * size + y) * size + x);
              const clear = position.every((value) => Math.abs(value * size - Math.round(value * size)) > 1e-6);
              if (inside && clear) sure.add((w * size + y) * size + x);
            }
          }
        }
        for (const voxel of sure) expect(grid.data[voxel]).toBe(1);
        grid.data.forEach((value, voxel) => {
          if (value === 1) expect(possible.has(voxel)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('takes the rays of a lens instead of the pinhole', () => {
    const frame = frameOf((u, v) => 0.4 + 0.001 * u + 0.002 * v);
    const rays = new Float32Array(64 * 48 * 2);
    for (let pixel = 0; pixel < 64 * 48; pixel++) {
      const [x, y] = pointOf(pixel % 64, Math.floor(pixel / 64), 1);
      rays[2 * pixel] = x * (1 + 0.1 * (x * x + y * y));
      rays[2 * pixel + 1] = y * (1 + 0.1 * (x * x + y * y));
    }
    rays[0] = Number.NaN; // a blind corner
    frame.depth[0] = 0;
    const lens = voxelise({ ...frame, camera: { ...camera, rays } }, straight, 16);
    const points = Array.from(frame.depth).flatMap((z, i) => (z > 0 ? [rays[2 * i] * z, rays[2 * i + 1] * z, z] : []));
    const all = beginGrid(straight, 16);
    addPoints(all, points);
    expect(lens.data).toEqual(all.data);
    expect(lens.occupied).toBeGreaterThan(50);
  });

  it('uses the memory that it is given, cleared, and new memory otherwise', () => {
    const memory = new Uint8Array(512).fill(7);
    const grid = voxelise(FLAT, straight, 8, memory);
    expect(grid.data).toBe(memory);
    expect(grid.data).toEqual(voxelise(FLAT, straight, 8).data);
    expect(voxelise(FLAT, straight, 8).data).not.toBe(voxelise(FLAT, straight, 8).data);
  });

  it('is empty for a frame without depth, a cube out of sight or behind the camera', () => {
    expect(voxelise(EMPTY, straight, 8).occupied).toBe(0);
    expect(voxelise(FLAT, { ...straight, center: [5, 0, 0.5] }, 8).occupied).toBe(0);
    expect(voxelise(FLAT, { ...straight, center: [0, 0, -1] }, 8).occupied).toBe(0);
  });

  it('refuses sizes, memory and frames that do not fit, before it allocates', () => {
    for (const size of [0, -1, 1.5, 1e6, Number.NaN]) {
      expect(() => voxelise(FLAT, straight, size)).toThrow(
        expect.objectContaining({ code: 'GRID_INVALID', where: 'size' }),
      );
    }
    expect(() => voxelise(FLAT, straight, 8, new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: 'GRID_INVALID', where: 'into' }),
    );
    expect(() => voxelise({ ...FLAT, depth: new Float32Array(3) }, straight, 8)).toThrow(
      expect.objectContaining({ code: 'DEPTH_SIZE' }),
    );
  });
});

describe('several cameras', () => {
  it('fall into one grid, each by its own transform', () => {
    // The second camera looks from the side: its z is the first one's -x.
    const side = [0, 0, -1, 0.5, 0, 1, 0, 0, 1, 0, 0, 0.5, 0, 0, 0, 1];
    const builder = beginGrid(straight, 20);
    addFrame(builder, NEAR);
    const alone = builder.occupied;
    addFrame(builder, NEAR, { transform: side });
    const grid = finishGrid(builder);
    expect(grid.occupied).toBeGreaterThan(alone);
    expect(grid.occupied).toBe(grid.data.reduce((sum, voxel) => sum + voxel, 0));

    const points: number[] = [];
    for (let v = 0; v < 48; v++) {
      for (let u = 0; u < 64; u++) {
        const [x, y, z] = pointOf(u, v, NEAR.depth[v * 64 + u]);
        points.push(x, y, z, -z + 0.5, y, x + 0.5);
      }
    }
    const whole = beginGrid(straight, 20);
    addPoints(whole, points);
    const differing = whole.data.reduce((sum, voxel, i) => sum + Math.abs(voxel - grid.data[i]), 0);
    expect(differing).toBeLessThanOrEqual(2); // float rounding at voxel borders
  });

  it('refuses what is no rigid transform', () => {
    const grid = beginGrid(straight, 10);
    const scaled = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
    for (const transform of [scaled, [1, 2, 3], new Array(16).fill(Number.NaN)]) {
      expect(() => addFrame(grid, NEAR, { transform })).toThrow(
        expect.objectContaining({ code: 'GRID_INVALID', where: 'transform' }),
      );
    }
    expect(grid.occupied).toBe(0);
  });
});

describe('cubeWindow', () => {
  it('is the whole image for a cube that the camera is in, and empty out of sight', () => {
    expect(cubeWindow({ ...straight, center: [0, 0, 0.05] }, camera)).toEqual([0, 0, 64, 48]);
    const [left, , right] = cubeWindow({ ...straight, center: [3, 0, 0.5] }, camera);
    expect(right).toBeLessThanOrEqual(left);
  });

  it('is a small part of the image for a small cube', () => {
    const [left, top, right, bottom] = cubeWindow({ ...straight, edge: 0.1 }, camera);
    expect((right - left) * (bottom - top)).toBeLessThan(400);
    expect(left).toBeLessThan(26);
    expect(right).toBeGreaterThan(37);
  });
});

describe('occupiedPoints', () => {
  it('are the centres of the occupied voxels, in metres', () => {
    const cube: Cube = { ...straight, roll: 0.3, mirror: true };
    const sloping = frameOf((u, v) => 0.4 + 0.002 * u + 0.001 * v);
    const grid = voxelise(sloping, cube, 12);
    const points = occupiedPoints(grid);
    expect(points).toHaveLength(3 * grid.occupied);
    const again = beginGrid(cube, 12);
    addPoints(again, points);
    expect(again.data).toEqual(grid.data);
  });
});

function frameOf(depthAt: (u: number, v: number) => number): DepthFrame {
  const depth = Float32Array.from({ length: 64 * 48 }, (_, i) => depthAt(i % 64, Math.floor(i / 64)));
  return { stamp: 0n, frameId: 'camera', width: 64, height: 48, depth, camera };
}

function pointOf(u: number, v: number, z: number): [number, number, number] {
  return [((u - camera.cx) / camera.fx) * z, ((v - camera.cy) / camera.fy) * z, z];
}
