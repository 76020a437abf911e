import type { DepthFrame } from '../depth/depth-frame.js';
import type { Cube } from '../geometry/index.js';
import { type AddOptions, addFrame, beginGrid, finishGrid } from './grid-builder.js';
import type { VoxelGrid } from './voxel-grid.js';

/**
 * The cube's occupancy as one camera sees it: each depth pixel is reprojected through the intrinsics, and the cell that
 * it falls into is set.
 *
 * @param size cells along an edge: 88 in the paper
 * @param into `size^3` bytes to use instead of new memory; cleared, and from then on the grid's
 * @throws VoxhandError `GRID_INVALID`, `DEPTH_SIZE`
 *
 * @example
 * ```ts
 * const camera = { width: 2, height: 1, fx: 500, fy: 500, cx: 0.5, cy: 0 };
 * const frame = { stamp: 0n, frameId: 'camera', width: 2, height: 1, depth: Float32Array.of(0.5, 0), camera };
 * const grid = voxelise(frame, { center: [0, 0, 0.5], edge: 0.25, roll: 0, mirror: false }, 88);
 * console.log(grid.occupied); // 1
 * ```
 */
export function voxelise(
  frame: DepthFrame,
  cube: Cube,
  size: number,
  into?: Uint8Array,
  options?: AddOptions,
): VoxelGrid {
  const grid = beginGrid(cube, size, into);
  addFrame(grid, frame, options);
  return finishGrid(grid);
}
