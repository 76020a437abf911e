export { type CubeOptions, cubeFor } from './cube.js';
export { cubeWindow, type PixelWindow } from './cube-window.js';
export { mirroredGrid, occupiedPoints, type VoxelGrid } from './voxel-grid.js';
export { type AddOptions, addFrame, addPoints, beginGrid, finishGrid, type GridBuilder, voxelise } from './voxelise.js';
