import type { CameraModel } from '../depth/depth-frame.js';
import { type Cube, cubeToCamera } from '../geometry/index.js';
import type { TransformMatrix } from '../geometry/transform.js';

/** A rectangle of pixels: left, top, one past right, one past bottom. Empty where right <= left. */
export type PixelWindow = readonly [number, number, number, number];

const CORNERS = [0, 1].flatMap((r) => [0, 1].flatMap((q) => [0, 1].flatMap((p) => [p, q, r])));
/** A cube that comes nearer to the camera's plane than this may be anywhere in the image, metres. */
const NEAREST = 0.01;
/** Rays of a distorted lens are looked at every so many pixels. */
const LATTICE = 16;

/**
 * The smallest rectangle of pixels in which all of the cube lies, with a pixel of margin, cut at the image.
 *
 * @param transform from the camera's frame to the cube's; the same frame when absent
 */
export function cubeWindow(cube: Cube, camera: CameraModel, transform?: TransformMatrix): PixelWindow {
  const corners = cubeToCamera(cube, CORNERS);
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < corners.length; i += 3) {
    const [x, y, z] = back(transform, corners[i], corners[i + 1], corners[i + 2]);
    if (z < NEAREST) return [0, 0, camera.width, camera.height];
    left = Math.min(left, x / z);
    right = Math.max(right, x / z);
    top = Math.min(top, y / z);
    bottom = Math.max(bottom, y / z);
  }
  return camera.rays === undefined
    ? pinholeWindow(camera, left, top, right, bottom)
    : lensWindow(camera, camera.rays, left, top, right, bottom);
}

function pinholeWindow(camera: CameraModel, left: number, top: number, right: number, bottom: number): PixelWindow {
  const { width, height, fx, fy, cx, cy } = camera;
  return [
    Math.max(0, Math.floor(left * fx + cx) - 1),
    Math.max(0, Math.floor(top * fy + cy) - 1),
    Math.min(width, Math.ceil(right * fx + cx) + 2),
    Math.min(height, Math.ceil(bottom * fy + cy) + 2),
  ];
}

/** Blocks of the image whose corners' rays span the cube's; a block with a corner without a ray counts. */
function lensWindow(
  { width, height }: CameraModel,
  rays: Float32Array,
  left: number,
  top: number,
  right: number,
  bottom: number,
): PixelWindow {
  let [u0, v0, u1, v1] = [width, height, 0, 0];
  for (let v = 0; v < height; v += LATTICE) {
    const w = Math.min(v + LATTICE, height - 1);
    for (let u = 0; u < width; u += LATTICE) {
      const t = Math.min(u + LATTICE, width - 1);
      const corners = [v * width + u, v * width + t, w * width + u, w * width + t];
      const xs = corners.map((pixel) => rays[2 * pixel]);
      const ys = corners.map((pixel) => rays[2 * pixel + 1]);
      const outside =
        Math.max(...xs) < left || Math.min(...xs) > right || Math.max(...ys) < top || Math.min(...ys) > bottom;
      if (outside) continue;
      u0 = Math.min(u0, u);
      v0 = Math.min(v0, v);
      u1 = Math.max(u1, t + 1);
      v1 = Math.max(v1, w + 1);
    }
  }
  return [u0, v0, u1, v1];
}

/** The point in the camera's frame: the inverse of a rigid transform is its transposed rotation. */
function back(m: TransformMatrix | undefined, x: number, y: number, z: number): readonly [number, number, number] {
  if (m === undefined) return [x, y, z];
  const dx = x - m[3];
  const dy = y - m[7];
  const dz = z - m[11];
  return [m[0] * dx + m[4] * dy + m[8] * dz, m[1] * dx + m[5] * dy + m[9] * dz, m[2] * dx + m[6] * dy + m[10] * dz];
}
