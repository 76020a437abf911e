import { cubeToCamera } from '../geometry/index.js';
import type { VoxelGrid } from './voxel-grid.js';

/** Centres of the occupied cells: x, y, z in metres in the cube's frame, one after the other, in the order of the data. */
export function occupiedPoints({ cube, size, data, occupied }: VoxelGrid): Float32Array {
  const positions = new Float64Array(3 * occupied);
  let at = 0;
  for (let cell = data.indexOf(1); cell >= 0; cell = data.indexOf(1, cell + 1)) {
    const x = cell % size;
    const y = Math.floor(cell / size) % size;
    const z = Math.floor(cell / (size * size));
    positions[at++] = (x + 0.5) / size;
    positions[at++] = (y + 0.5) / size;
    positions[at++] = (z + 0.5) / size;
  }
  return Float32Array.from(cubeToCamera(cube, positions));
}
