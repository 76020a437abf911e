import { firstValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { findReference } from '../detection/geometric/find-reference.js';
import { cubeToCamera } from '../geometry/cube.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { cubeFor } from './cube.js';
import { voxelise } from './voxelise.js';
import { voxeliseFrames } from './voxelise-frames.js';

const options = { edge: 0.26, roll: 'forearm-down', handedness: 'right', modelHandedness: 'right', size: 24 } as const;

describe('voxeliseFrames', () => {
  it('gives each found hand its grid, each lost one none, and every grid its own memory', async () => {
    const frames = [...syntheticStream({ preset: 'demo', frames: 3, camera: CAMERAS.small })].map(({ frame }) => frame);
    const empty = { ...frames[0], stamp: frames[2].stamp + 1n, depth: new Float32Array(frames[0].depth.length) };
    const results = await firstValueFrom(
      from([...frames, empty]).pipe(findReference(), voxeliseFrames(options), toArray()),
    );
    expect(results.map(({ grid }) => grid !== undefined)).toEqual([true, true, true, false]);
    expect(new Set(results.map(({ grid }) => grid?.data)).size).toBe(4);
    const [{ frame, reference, grid }] = results;
    if (reference.state === 'lost' || grid === undefined) throw new Error('lost');
    expect(grid).toEqual(voxelise(frame, cubeFor(reference.point, options), 24));
    expect(grid.occupied).toBeGreaterThan(100);
  });

  it('lays the cube so that the hand is in it and the forearm leaves it through the bottom', async () => {
    const synthetic = [...syntheticStream({ preset: 'demo', frames: 1, camera: CAMERAS.sr305 })];
    const results = await firstValueFrom(
      from(synthetic.map(({ frame }) => frame)).pipe(
        findReference(),
        voxeliseFrames({ ...options, edge: 0.3 }),
        toArray(),
      ),
    );
    const { grid } = results[0];
    if (grid === undefined) throw new Error('lost');
    const slab = (y: number) => {
      let count = 0;
      for (let z = 0; z < 24; z++) for (let x = 0; x < 24; x++) count += grid.data[(z * 24 + y) * 24 + x];
      return count;
    };
    expect(slab(23)).toBeGreaterThan(0);
    expect(slab(0)).toBe(0);
    const wrist = synthetic[0].truth.positions.subarray(0, 3);
    const middle = cubeToCamera(grid.cube, [0.5, 0.5, 0.5]);
    expect(Math.hypot(...Array.from(wrist, (value, axis) => value - middle[axis]))).toBeLessThan(0.12);
  });
});
