import type { CameraModel } from './camera-model.js';
import type { DepthFrame } from './depth-frame.js';

/**
 * The point that pixel (u, v) sees, x, y, z in metres in the optical frame; undefined outside the image and where depth
 * is missing. u and v are integers.
 */
export function unproject(
  { width, height, depth, camera }: Pick<DepthFrame, 'width' | 'height' | 'depth' | 'camera'>,
  u: number,
  v: number,
): readonly [number, number, number] | undefined {
  if (!(u >= 0 && u < width && v >= 0 && v < height)) return undefined;
  const pixel = v * width + u;
  const z = depth[pixel];
  if (!(z > 0)) return undefined;
  const { rays, fx, fy, cx, cy } = camera;
  return rays ? [rays[pixel * 2] * z, rays[pixel * 2 + 1] * z, z] : [((u - cx) / fx) * z, ((v - cy) / fy) * z, z];
}

/**
 * Where the point (x, y, z), metres in the optical frame, lies in the image of a pinhole camera: (u, v) in pixels, not
 * rounded and not cut at the image's edge; undefined for a point that is not in front of the camera.
 *
 * A distorted lens (`camera.rays`) is left out of account: the result is where the point lies in the rectified image.
 */
export function project(
  { fx, fy, cx, cy }: Pick<CameraModel, 'fx' | 'fy' | 'cx' | 'cy'>,
  x: number,
  y: number,
  z: number,
): readonly [number, number] | undefined {
  return z > 0 ? [(fx * x) / z + cx, (fy * y) / z + cy] : undefined;
}
