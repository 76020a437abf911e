// For: the occupied voxels of a cube; several cameras may fill one grid.
// In and out: frames and a `Cube` in; `VoxelGrid` out, one byte per voxel in the order [z][y][x].
// Must not know: what reads the grid.

export { cubeFor } from './cube.js';
export { type SeenPoints, seenPoints } from './seen-points.js';
export { mirroredGrid, occupiedPoints, type VoxelGrid } from './voxel-grid.js';
export { addFrame, beginGrid, finishGrid, type GridBuilder, voxelise } from './voxelise.js';
export { reachesInto, withoutOtherHands } from './without-other-hands.js';
