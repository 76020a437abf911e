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
