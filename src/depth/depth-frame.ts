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

/** Newton steps to the pixel of a distorted lens, and the pixels within which it has been found. */
const MAX_STEPS = 20;
const FOUND_WITHIN = 0.001;

/**
 * As {@link project}, in the image as it came: with a distorted lens (`camera.rays`) the place, between pixels too, whose ray leads to the
 * point. Undefined also where a distorted image does not show the point.
 */
export function projectToImage(
  camera: CameraModel,
  x: number,
  y: number,
  z: number,
): readonly [number, number] | undefined {
  const { rays, width, height } = camera;
  const straight = project(camera, x, y, z);
  if (straight === undefined || rays === undefined || width < 2 || height < 2) return straight;
  let [u, v] = straight;
  for (let step = 0; step < MAX_STEPS; step++) {
    // rays are linear within a square of four pixel centres, and beyond the image's edge
    const column = Math.min(Math.max(Math.floor(u), 0), width - 2);
    const row = Math.min(Math.max(Math.floor(v), 0), height - 2);
    const [right, down] = [u - column, v - row];
    const at = 2 * (row * width + column);
    const corner = (i: 0 | 1) => [
      rays[at + i],
      rays[at + i + 2],
      rays[at + i + 2 * width],
      rays[at + i + 2 * width + 2],
    ];
    const [a, b, c, d] = corner(0);
    const [e, f, g, h] = corner(1);
    const [xu, xv] = [b - a + down * (a - b - c + d), c - a + right * (a - b - c + d)];
    const [yu, yv] = [f - e + down * (e - f - g + h), g - e + right * (e - f - g + h)];
    const missX = x / z - (a + right * (b - a) + down * xv);
    const missY = y / z - (e + right * (f - e) + down * yv);
    const determinant = xu * yv - xv * yu;
    const [du, dv] = [(missX * yv - missY * xv) / determinant, (missY * xu - missX * yu) / determinant];
    if (!Number.isFinite(du + dv)) return undefined;
    u = Math.min(Math.max(u + du, -width), 2 * width);
    v = Math.min(Math.max(v + dv, -height), 2 * height);
    if (Math.hypot(du, dv) > FOUND_WITHIN) continue;
    return u >= -0.5 && v >= -0.5 && u <= width - 0.5 && v <= height - 0.5 ? [u, v] : undefined;
  }
  return undefined;
}
