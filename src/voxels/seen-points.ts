import { type DepthFrame, samplesOf } from '../depth/index.js';
import { cubeWindow } from './cube-window.js';
import type { VoxelGrid } from './voxel-grid.js';
import { voxelsOf } from './voxelise.js';

/** Points of a surface that a camera saw. */
export interface SeenPoints {
  /** x, y, z, metres, in the frame of the camera. */
  readonly points: Float32Array;
  /** Distance between neighbouring ones, metres, about. */
  readonly pitch: number;
}

/**
 * The depth pixels that lie in occupied voxels of a cube, in rows and columns as close to each other as `most` of them allow in the window
 * of the cube: a surface as exact as the camera saw it, where voxels say it to half of one.
 */
export function seenPoints(grid: VoxelGrid, frame: DepthFrame, most: number): SeenPoints {
  const { camera, width } = frame;
  const { samples, stride, unit } = samplesOf(frame);
  const { rays, fx, fy, cx, cy } = camera;
  const { size, data } = grid;
  const [u0, v0, u1, v1] = cubeWindow(grid.cube, camera);
  const step = Math.max(1, Math.ceil(Math.sqrt((Math.max(0, u1 - u0) * Math.max(0, v1 - v0)) / most)));
  const m = voxelsOf(grid);
  const points: number[] = [];
  for (let v = v0; v < v1; v += step) {
    for (let u = u0; u < u1; u += step) {
      const z = Math.fround(samples[v * stride + u] * unit);
      if (!(z > 0 && z < Infinity)) continue;
      const ray = 2 * (v * width + u);
      const x = (rays === undefined ? (u - cx) / fx : rays[ray]) * z;
      const y = (rays === undefined ? (v - cy) / fy : rays[ray + 1]) * z;
      const p = m[0] * x + m[1] * y + m[2] * z + m[3];
      const q = m[4] * x + m[5] * y + m[6] * z + m[7];
      const r = m[8] * x + m[9] * y + m[10] * z + m[11];
      if (!(p >= 0 && p < size && q >= 0 && q < size && r >= 0 && r < size)) continue;
      if (data[((r | 0) * size + (q | 0)) * size + (p | 0)] === 1) points.push(x, y, z);
    }
  }
  return { points: Float32Array.from(points), pitch: (step * grid.cube.center[2]) / fx };
}
