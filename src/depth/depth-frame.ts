/**
 * One depth image in metres with the camera that took it.
 *
 * `depth[v * width + u]` is the distance along the optical axis (z, not along the ray) in metres. Missing depth is 0,
 * always: decoders turn NaN, infinities and negative values into 0, so that `z > 0` is the only validity test anywhere.
 *
 * The buffer belongs to the frame; readers never write to it. Reading `depth` may cost a pass over the image the first time:
 * code that needs only a part of the image takes `samplesOf`.
 */
export interface DepthFrame {
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
  readonly camera: CameraModel;
}

/**
 * A camera's geometry, already reduced to the image that the depth values lie in (binning and ROI applied).
 *
 * Pixel (u, v) with u, v integers at pixel centres sees the ray ((u - cx) / fx, (v - cy) / fy, 1) in the optical frame
 * (x right, y down, z forward), unless the lens is distorted: then `rays` holds the undistorted ray of every pixel and
 * takes precedence for unprojection.
 */
export interface CameraModel {
  readonly width: number;
  readonly height: number;
  /** Focal lengths and principal point, pixels. */
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** `width * height * 2` numbers (x/z, y/z of each pixel, row by row) for a distorted lens, else absent. */
  readonly rays?: Float32Array;
  /**
   * Indices `v * width + u` of pixels for which the lens model has no ray (its inverse does not exist there, as in the
   * corners of a wide lens); their `rays` are NaN. Depth decoders set these pixels to 0. Absent where there is none.
   */
  readonly blind?: Uint32Array;
}

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
