import type { DepthFrame } from '../depth/depth-frame.js';
import { type DepthSamples, samplesOf } from '../depth/stored-depth.js';
import { VoxhandError } from '../errors/index.js';
import { type Cube, checkCube } from '../geometry/index.js';
import { checkRigid, type TransformMatrix } from '../geometry/transform.js';
import { cubeWindow } from './cube-window.js';
import type { VoxelGrid } from './voxel-grid.js';

/**
 * The cube's occupancy as one camera sees it: each depth pixel is reprojected through the intrinsics, and the voxel that
 * it falls into is set.
 *
 * @param size voxels along an edge: 88 in the paper
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

/** 512^3 voxels are 128 MiB; a network that takes more does not exist. */
const MAX_SIZE = 512;

/** How a camera's points get into a grid. */
export interface AddOptions {
  /** From this camera's optical frame to the frame that the cube is in; the same frame when absent. */
  readonly transform?: TransformMatrix;
}

/** A grid that is being filled. */
export interface GridBuilder {
  readonly cube: Cube;
  readonly size: number;
  readonly data: Uint8Array;
  occupied: number;
}

/**
 * Begin an empty grid of `size^3` voxels, to which any number of cameras' points may be added.
 *
 * @param into memory of `size^3` bytes to use instead of new memory, for example the data of a grid that is no longer needed. It is cleared, and belongs to the grid from then on.
 * @throws VoxhandError `GRID_INVALID`
 */
export function beginGrid(cube: Cube, size: number, into?: Uint8Array): GridBuilder {
  checkCube(cube);
  if (!(Number.isInteger(size) && size >= 1 && size <= MAX_SIZE)) {
    invalid('size', `a whole number from 1 to ${MAX_SIZE}`, size);
  }
  if (into !== undefined && into.length !== size ** 3) invalid('into', `${size ** 3} bytes`, into.length);
  const data = into === undefined ? new Uint8Array(size ** 3) : into.fill(0);
  return { cube, size, data, occupied: 0 };
}

/**
 * Add each depth pixel of a frame that lies in the cube. Only the pixels that can are looked at.
 *
 * @throws VoxhandError `GRID_INVALID` for a transform that is not rigid, `DEPTH_SIZE` for a frame with too little data.
 */
export function addFrame(grid: GridBuilder, frame: DepthFrame, options: AddOptions = {}): void {
  const { camera, width, height } = frame;
  const source = samplesOf(frame);
  const { samples, stride, unit } = source;
  if (samples.length < stride * (height - 1) + width || camera.width !== width || camera.height !== height) {
    throw new VoxhandError('DEPTH_SIZE', 'depth image and camera do not fit together', {
      expected: `${camera.width} x ${camera.height} values`,
      found: `${width} x ${height}, ${samples.length} values`,
      where: `frame ${frame.frameId}`,
    });
  }
  const { transform } = options;
  const m = voxelsOf(grid, transform);
  const { data, size } = grid;
  const { rays, fx, fy, cx, cy } = camera;
  const [u0, v0, u1, v1] = cubeWindow(grid.cube, camera, transform);
  // the loop stores bytes, after which the compiler would read the matrix again
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = m;
  const columns = new Float64Array(rays === undefined ? Math.max(0, u1 - u0) : 0);
  for (let i = 0; i < columns.length; i++) columns[i] = (u0 + i - cx) / fx;
  const [nearest, farthest] = sampleRange(m, size, source);
  let occupied = grid.occupied;
  for (let v = v0; v < v1; v++) {
    const line = v * stride;
    const ray = v * width;
    const b = (v - cy) / fy;
    for (let u = u0; u < u1; u++) {
      const sample = samples[line + u];
      if (!(sample >= nearest && sample <= farthest)) continue;
      const z = Math.fround(sample * unit);
      if (!(z > 0)) continue;
      const x = (rays === undefined ? columns[u - u0] : rays[2 * (ray + u)]) * z;
      const y = (rays === undefined ? b : rays[2 * (ray + u) + 1]) * z;
      const r = m8 * x + m9 * y + m10 * z + m11;
      if (!(r >= 0 && r < size)) continue;
      const p = m0 * x + m1 * y + m2 * z + m3;
      const q = m4 * x + m5 * y + m6 * z + m7;
      if (!(p >= 0 && p < size && q >= 0 && q < size)) continue;
      const voxel = ((r | 0) * size + (q | 0)) * size + (p | 0);
      occupied += 1 - data[voxel];
      data[voxel] = 1;
    }
  }
  grid.occupied = occupied;
}

/** The finished grid. It takes the builder's memory along: the builder must not be used any more. */
export function finishGrid({ cube, size, data, occupied }: GridBuilder): VoxelGrid {
  return { cube, size, data, occupied };
}

/** The 3 x 4 matrix from metres in the camera's frame to voxels, rows for x', y', z: see {@link Cube}. */
export function voxelsOf(
  { cube, size }: Pick<GridBuilder, 'cube' | 'size'>,
  transform?: TransformMatrix,
): Float64Array {
  const { center, edge, roll, mirror } = cube;
  const scale = size / edge;
  const cos = Math.cos(roll) * scale;
  const sin = Math.sin(roll) * scale;
  const side = mirror ? -1 : 1;
  const axes = [
    [side * cos, sin, 0],
    [-side * sin, cos, 0],
    [0, 0, scale],
  ];
  if (transform !== undefined) checkRigid(transform);
  const matrix = new Float64Array(12);
  axes.forEach(([ax, ay, az], row) => {
    const offset = size / 2 - (ax * center[0] + ay * center[1] + az * center[2]);
    for (let col = 0; col < 4; col++) {
      const [tx, ty, tz] =
        transform === undefined
          ? [col === 0 ? 1 : 0, col === 1 ? 1 : 0, col === 2 ? 1 : 0]
          : [transform[col], transform[4 + col], transform[8 + col]];
      matrix[row * 4 + col] = ax * tx + ay * ty + az * tz + (col === 3 ? offset : 0);
    }
  });
  return matrix;
}

/**
 * Samples outside of this range cannot lie in the cube, with a margin for rounding: most of a picture is told apart by it. As
 * seen by a camera that is turned against the cube every depth can.
 */
function sampleRange(m: Float64Array, size: number, { samples, unit }: DepthSamples): readonly [number, number] {
  const [, , , , , , , , m8, m9, m10, m11] = m;
  const isStraight = m8 === 0 && m9 === 0 && m10 > 0;
  const margin = 1e-6 * (Math.abs(m11) + size);
  const nearest = isStraight ? (-margin - m11) / m10 / unit : 0;
  const farthest = isStraight ? (size + margin - m11) / m10 / unit : Infinity;
  // whole numbers are compared faster
  return samples instanceof Uint16Array
    ? [Math.max(1, Math.ceil(nearest)), Math.min(0xffff, Math.floor(farthest))]
    : [Math.max(Number.MIN_VALUE, nearest), farthest];
}

function invalid(where: string, expected: string, found: unknown): never {
  throw new VoxhandError('GRID_INVALID', 'impossible grid', { expected, found: String(found), where });
}
