export { type CubeOptions, cubeFor } from './cube.js';
export { cubeWindow, type PixelWindow } from './cube-window.js';
export { type AddOptions, addFrame, addPoints, beginGrid, finishGrid, type GridBuilder } from './grid-builder.js';
export { occupiedPoints } from './occupied-points.js';
export { mirroredGrid, type VoxelGrid } from './voxel-grid.js';
export { voxelise } from './voxelise.js';
