import { map, type OperatorFunction } from 'rxjs';
import type { ReferencedFrame } from '../detection/geometric/find-reference.js';
import { type CubeOptions, cubeFor } from './cube.js';
import type { AddOptions } from './grid-builder.js';
import type { VoxelGrid } from './voxel-grid.js';
import { voxelise } from './voxelise.js';

/** A frame with its reference point, and the cube around it; no grid where the hand is lost. */
export interface VoxelisedFrame extends ReferencedFrame {
  readonly grid: VoxelGrid | undefined;
}

/** How each frame's cube is laid and filled. */
export interface VoxeliseOptions extends CubeOptions {
  /** Cells along an edge. */
  readonly size: number;
  readonly flyingJump?: AddOptions['flyingJump'];
}

/** Each frame's cube around its reference point. Every grid has memory of its own, so it may be kept or transferred. */
export function voxeliseFrames(options: VoxeliseOptions): OperatorFunction<ReferencedFrame, VoxelisedFrame> {
  const { size, flyingJump } = options;
  const add = flyingJump === undefined ? {} : { flyingJump };
  return map(({ frame, reference }) => ({
    frame,
    reference,
    grid:
      reference.state === 'lost' ? undefined : voxelise(frame, cubeFor(reference.point, options), size, undefined, add),
  }));
}
