import type { CameraModel, DepthFrame } from '../depth/index.js';
import { samplesOf } from '../depth/stored-depth.js';
import { VoxhandError } from '../errors/index.js';

/** What a detector wants to see: a pinhole picture of one focal length, whatever the camera. */
export interface PictureFormat {
  /** Focal length of the picture, its pixels. */
  readonly focal: number;
  /** Width and height are multiples of this, pixels. */
  readonly multiple: number;
  /** Width and height are at most this, pixels; what a wider lens sees beyond is cut off on all sides alike. */
  readonly maxSize: number;
}

/** A part of a picture, pixels of it. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A depth picture for the detector. Pixel (i, j), integers at pixel centres, looks along ((i - cx) / focal, (j - cy) / focal, 1)
 * in the camera's optical frame.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly focal: number;
  readonly cx: number;
  readonly cy: number;
  /** `width * height` metres along the optical axis, row by row; 0 is missing. */
  readonly depth: Float32Array;
}

/** What a picture of a camera is like. */
export type PictureLayout = Omit<Picture, 'depth'>;

/** Where each of the picture's pixels is found in the camera's image. */
interface Lookup extends PictureLayout {
  readonly camera: CameraModel;
  readonly stride: number;
  /** Index of the sample of each pixel; -1 for a pixel that the camera does not see. */
  readonly source: Int32Array;
  /** Offsets to samples within half a pixel of the picture, the nearest first. */
  readonly around: Int32Array;
  /** Of these offsets, the most columns and rows. */
  readonly reach: readonly [number, number];
}

/** So many pixels on each side are looked at where depth is missing; where half a pixel of the picture is more, not every one. */
const MOST_AROUND = 2;

/**
 * Resamples depth frames of one camera after the other to the detector's pictures: each pixel takes the camera's pixel that is
 * nearest to its ray, or, where depth is missing there, the nearest one with depth within half a pixel of the picture.
 *
 * What is known of a camera is worked out once, and again when another camera comes.
 */
export class PictureSampler {
  readonly #format: PictureFormat;
  #lookup: Lookup | undefined;

  constructor(format: PictureFormat) {
    this.#format = format;
  }

  /**
   * @param scale what depth is multiplied by: 1, unless its unit is in doubt
   * @param into memory of an earlier picture to use again; it is overwritten where its length fits
   * @param window what is wanted of the picture, within `layout`; all of it by default
   * @throws VoxhandError `DEPTH_SIZE` or `CAMERA_INVALID` for a frame that contradicts itself
   */
  sample(frame: DepthFrame, scale = 1, into?: Float32Array, window?: Window): Picture {
    checkFrame(frame);
    const { samples, stride, unit } = samplesOf(frame);
    const whole = this.#lookupFor(frame.camera, stride);
    const { focal, source, around, reach } = whole;
    const { left, top, width, height } = window ?? { left: 0, top: 0, width: whole.width, height: whole.height };
    const metres = unit * scale;
    const count = width * height;
    const depth = into?.length === count ? into : new Float32Array(count);
    const [right, bottom] = [frame.width - reach[0], frame.height - reach[1]];
    for (let row = 0, i = 0; row < height; row++) {
      for (let pixel = (top + row) * whole.width + left, end = pixel + width; pixel < end; pixel++, i++) {
        const at = source[pixel];
        let value = at < 0 ? 0 : samples[at];
        if (!(value > 0) && at >= 0) {
          const v = Math.floor(at / stride);
          const u = at - v * stride;
          // at the image's edge some of the offsets lead out of it: there depth stays missing
          const inside = u >= reach[0] && v >= reach[1] && u < right && v < bottom;
          for (let k = 0; inside && k < around.length && !(value > 0); k++) value = samples[at + around[k]];
        }
        depth[i] = value > 0 ? value * metres : 0;
      }
    }
    return { width, height, focal, cx: whole.cx - left, cy: whole.cy - top, depth };
  }

  /** What the whole picture of a frame is like. */
  layout(frame: DepthFrame): PictureLayout {
    return this.#lookupFor(frame.camera, samplesOf(frame).stride);
  }

  #lookupFor(camera: CameraModel, stride: number): Lookup {
    const known = this.#lookup;
    if (known !== undefined && known.stride === stride && sameCamera(known.camera, camera)) return known;
    this.#lookup = lookup(camera, stride, this.#format);
    return this.#lookup;
  }
}

function lookup(camera: CameraModel, stride: number, { focal, multiple, maxSize }: PictureFormat): Lookup {
  const [left, top, right, bottom] = viewOf(camera);
  const size = (from: number, to: number) =>
    Math.min(Math.max(1, Math.ceil((focal * (to - from)) / multiple - 1e-9)), Math.floor(maxSize / multiple)) *
    multiple;
  const width = size(left, right);
  const height = size(top, bottom);
  // the picture's centre and the image's lie on one ray
  const cx = (width - 1) / 2 - (focal * (left + right)) / 2;
  const cy = (height - 1) / 2 - (focal * (top + bottom)) / 2;
  const picture = { width, height, focal, cx, cy };
  const source =
    camera.rays === undefined
      ? pinholeSource(camera, stride, picture)
      : lensSource(camera, camera.rays, stride, picture);
  const reach = [Math.floor(camera.fx / (2 * focal)), Math.floor(camera.fy / (2 * focal))] as const;
  return { ...picture, camera, stride, source, around: neighbours(reach, stride), reach };
}

/** The edges of what a camera sees, x / z and y / z: left, top, right, bottom. */
function viewOf({ width, height, fx, fy, cx, cy, rays }: CameraModel): readonly [number, number, number, number] {
  if (rays === undefined) {
    return [(-0.5 - cx) / fx, (-0.5 - cy) / fy, (width - 0.5 - cx) / fx, (height - 0.5 - cy) / fy];
  }
  const view: [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < rays.length; i += 2) {
    if (!(Number.isFinite(rays[i]) && Number.isFinite(rays[i + 1]))) continue;
    view[0] = Math.min(view[0], rays[i] - 0.5 / fx);
    view[1] = Math.min(view[1], rays[i + 1] - 0.5 / fy);
    view[2] = Math.max(view[2], rays[i] + 0.5 / fx);
    view[3] = Math.max(view[3], rays[i + 1] + 0.5 / fy);
  }
  return view;
}

function pinholeSource(
  camera: CameraModel,
  stride: number,
  { width, height, focal, cx, cy }: PictureLayout,
): Int32Array {
  const source = new Int32Array(width * height).fill(-1);
  for (let j = 0, i = 0; j < height; j++) {
    const v = Math.round(((j - cy) / focal) * camera.fy + camera.cy);
    for (let column = 0; column < width; column++, i++) {
      const u = Math.round(((column - cx) / focal) * camera.fx + camera.cx);
      if (u >= 0 && v >= 0 && u < camera.width && v < camera.height) source[i] = v * stride + u;
    }
  }
  return source;
}

/** Of a distorted lens each ray is put into the pixel that it meets; the ray nearest to the pixel's centre stays. */
function lensSource(
  camera: CameraModel,
  rays: Float32Array,
  stride: number,
  { width, height, focal, cx, cy }: PictureLayout,
): Int32Array {
  const source = new Int32Array(width * height).fill(-1);
  const nearest = new Float32Array(width * height).fill(Infinity);
  // of a camera coarser than the picture, each ray reaches as many pixels as lie around it
  const reach = Math.ceil(Math.max(0, (focal / Math.min(camera.fx, camera.fy) - 1) / 2));
  for (let v = 0, pixel = 0; v < camera.height; v++) {
    for (let u = 0; u < camera.width; u++, pixel++) {
      const x = rays[2 * pixel] * focal + cx;
      const y = rays[2 * pixel + 1] * focal + cy;
      if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
      const [column, row] = [Math.round(x), Math.round(y)];
      for (let j = Math.max(0, row - reach); j <= Math.min(height - 1, row + reach); j++) {
        for (let i = Math.max(0, column - reach); i <= Math.min(width - 1, column + reach); i++) {
          const at = j * width + i;
          const distance = (x - i) * (x - i) + (y - j) * (y - j);
          if (distance >= nearest[at]) continue;
          nearest[at] = distance;
          source[at] = v * stride + u;
        }
      }
    }
  }
  return source;
}

/** Offsets of samples within `reach`, the nearest first, without the middle. */
function neighbours([columns, rows]: readonly [number, number], stride: number): Int32Array {
  const steps = (most: number) => Math.max(1, Math.ceil(most / MOST_AROUND));
  const offsets: [number, number][] = [];
  for (let v = -rows; v <= rows; v += steps(rows)) {
    for (let u = -columns; u <= columns; u += steps(columns)) if (u !== 0 || v !== 0) offsets.push([u, v]);
  }
  offsets.sort(([u, v], [x, y]) => u * u + v * v - (x * x + y * y));
  return Int32Array.from(offsets, ([u, v]) => v * stride + u);
}

function sameCamera(a: CameraModel, b: CameraModel): boolean {
  if (a === b) return true;
  const same = (['width', 'height', 'fx', 'fy', 'cx', 'cy'] as const).every((key) => a[key] === b[key]);
  return same && a.rays === b.rays;
}

function checkFrame(frame: DepthFrame): void {
  const { width, height, camera } = frame;
  const { samples, stride } = samplesOf(frame);
  const where = `frame ${frame.frameId} at ${frame.stamp} ns`;
  if (!(width > 0 && height > 0) || samples.length < stride * (height - 1) + width) {
    throw new VoxhandError('DEPTH_SIZE', 'depth image is smaller than its declared size', {
      expected: `${width} * ${height} values`,
      found: `${samples.length}`,
      where,
    });
  }
  if (width !== camera.width || height !== camera.height) {
    throw new VoxhandError('DEPTH_SIZE', 'the depth image is not of its camera', {
      expected: `${camera.width} x ${camera.height}`,
      found: `${width} x ${height}`,
      where,
    });
  }
  const { fx, fy, cx, cy } = camera;
  if (!(fx > 0 && fy > 0 && Number.isFinite(fx * fy + cx + cy))) {
    throw new VoxhandError('CAMERA_INVALID', 'focal length and principal point', {
      expected: 'fx > 0, fy > 0, finite cx and cy',
      found: `fx ${fx}, fy ${fy}, cx ${cx}, cy ${cy}`,
      where,
    });
  }
}
