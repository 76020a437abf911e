import { type Cube, cubeToCamera } from '../geometry/index.js';

/**
 * Occupancy of a cube: `data[(z * size + y) * size + x]` is 1 where at least one depth point fell, else 0.
 *
 * ```text
 * index:  z slowest (depth, away from the camera), then y (down), then x (right)
 * voxel i covers [i, i + 1) / size of the cube; its centre is (i + 0.5) / size
 * ```
 */
export interface VoxelGrid {
  readonly cube: Cube;
  /** Voxels along an edge. */
  readonly size: number;
  readonly data: Uint8Array;
  /** Number of occupied voxels. */
  readonly occupied: number;
}

/**
 * The same points as a hand of the other side would be shown: `cube.mirror` turned over, and the roll with it, which reverses x. A new
 * grid; `grid` is only read.
 */
export function mirroredGrid({ cube, size, data, occupied }: VoxelGrid): VoxelGrid {
  const mirrored = new Uint8Array(data.length);
  for (let row = 0; row < data.length; row += size) {
    for (let x = 0; x < size; x++) mirrored[row + x] = data[row + size - 1 - x];
  }
  return { cube: { ...cube, roll: -cube.roll, mirror: !cube.mirror }, size, data: mirrored, occupied };
}

/** Centres of the occupied voxels: x, y, z in metres in the cube's frame, one after the other, in the order of the data. */
export function occupiedPoints({ cube, size, data, occupied }: VoxelGrid): Float32Array {
  const positions = new Float64Array(3 * occupied);
  let at = 0;
  for (let voxel = data.indexOf(1); voxel >= 0; voxel = data.indexOf(1, voxel + 1)) {
    const x = voxel % size;
    const y = Math.floor(voxel / size) % size;
    const z = Math.floor(voxel / (size * size));
    positions[at++] = (x + 0.5) / size;
    positions[at++] = (y + 0.5) / size;
    positions[at++] = (z + 0.5) / size;
  }
  return Float32Array.from(cubeToCamera(cube, positions));
}
