import { type DepthFrame, samplesOf } from '../depth/index.js';
import { POINT_UNIT } from '../geometry/index.js';
import { cubeWindow } from './cube-window.js';
import type { VoxelGrid } from './voxel-grid.js';
import { voxelsOf } from './voxelise.js';

/** Points of a surface that a camera saw. */
export interface SeenPoints {
  /** x, y, z, metres, in the frame of the camera; from the cube's centre multiples of {@link POINT_UNIT}. */
  readonly points: Float32Array;
  /** Distance between neighbouring ones, metres, about. */
  readonly pitch: number;
}

/** Pixels to each side whose depth is averaged with that of a point, and how far from it they may lie, metres. */
const AROUND = 2;
const NEAR = 0.006;
/** About this share of the pixels that occupied voxels cover see them; others see them from the side, or what lies before them. */
const SEEN_SHARE = 0.4;

/**
 * Depth pixels that lie in occupied voxels of a cube, at most `most` of them, evenly spread: a surface as exact as the camera saw it, where
 * voxels say it to half of one. Each is averaged with the pixels about it that see the same surface, two opposite ones at a time, so that
 * a slope changes nothing. Rows and columns are those of the image: a hand at rest keeps its points.
 */
export function seenPoints(grid: VoxelGrid, frame: DepthFrame, most: number): SeenPoints {
  const { camera, width, height } = frame;
  const { samples, stride, unit } = samplesOf(frame);
  const { rays, fx, fy, cx, cy } = camera;
  const { size, data, cube } = grid;
  const [u0, v0, u1, v1] = cubeWindow(cube, camera);
  const voxel = ((cube.edge / size) * fx) / cube.center[2];
  const step = Math.max(1, Math.ceil(4 * Math.sqrt((SEEN_SHARE * grid.occupied * voxel * voxel) / most)) / 4);
  const reach = Math.min(AROUND, step >> 1);
  const m = voxelsOf(grid);
  const points: number[] = [];
  for (let row = Math.ceil(v0 / step); row * step < v1; row++) {
    const v = Math.floor(row * step);
    for (let column = Math.ceil(u0 / step); column * step < u1; column++) {
      const u = Math.floor(column * step);
      const seen = Math.fround(samples[v * stride + u] * unit);
      if (!(seen > 0 && seen < Infinity)) continue;
      const ray = 2 * (v * width + u);
      const x = rays === undefined ? (u - cx) / fx : rays[ray];
      const y = rays === undefined ? (v - cy) / fy : rays[ray + 1];
      const p = (m[0] * x + m[1] * y + m[2]) * seen + m[3];
      const q = (m[4] * x + m[5] * y + m[6]) * seen + m[7];
      const r = (m[8] * x + m[9] * y + m[10]) * seen + m[11];
      if (!(p >= 0 && p < size && q >= 0 && q < size && r >= 0 && r < size)) continue;
      if (data[((r | 0) * size + (q | 0)) * size + (p | 0)] !== 1) continue;
      let sum = seen;
      let count = 1;
      for (let dv = 0; dv <= reach; dv++) {
        if (v - dv < 0 || v + dv >= height) continue;
        for (let du = dv === 0 ? 1 : -reach; du <= reach; du++) {
          if (u - Math.abs(du) < 0 || u + Math.abs(du) >= width) continue;
          const one = samples[(v + dv) * stride + u + du] * unit;
          const other = samples[(v - dv) * stride + u - du] * unit;
          if (!(Math.abs(one - seen) < NEAR && Math.abs(other - seen) < NEAR)) continue;
          sum += one + other;
          count += 2;
        }
      }
      const z = sum / count;
      points.push(x * z, y * z, z);
    }
  }
  const total = points.length / 3;
  const count = Math.min(total, most);
  // spread over all of them
  const at = (i: number) => 3 * Math.floor((Math.floor(i / 3) * total) / count) + (i % 3);
  const placed = (value: number, middle: number) => middle + Math.round((value - middle) / POINT_UNIT) * POINT_UNIT;
  return {
    points: Float32Array.from({ length: 3 * count }, (_, i) => placed(points[at(i)], cube.center[i % 3])),
    pitch: (step * cube.center[2]) / fx,
  };
}
