import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import type { CameraModel } from './depth-frame.js';
import { checkedPixelCount, DEFAULT_LIMITS, type DecodeLimits } from './depth-image.js';
import { type Pinhole, undistortedRays } from './lens.js';

type Numbers = ArrayLike<number> | undefined;

/** No list of a camera info is longer: OpenCV's largest distortion model has 14 coefficients. */
const MAX_NUMBERS = 64;

/**
 * The fields of sensor_msgs/CameraInfo that we read, with ROS 2's names or ROS 1's capitals. foxglove.CameraCalibration
 * has ROS 1's, without binning and region of interest.
 */
export interface CameraInfo {
  /** Of the full sensor image, before binning and ROI. */
  readonly width: number;
  readonly height: number;
  readonly distortion_model?: string | undefined;
  readonly d?: Numbers;
  readonly D?: Numbers;
  readonly k?: Numbers;
  readonly K?: Numbers;
  readonly p?: Numbers;
  readonly P?: Numbers;
  readonly binning_x?: number | undefined;
  readonly binning_y?: number | undefined;
  readonly roi?: RegionOfInterest | undefined;
}

/** In pixels of the full sensor image; all zeros mean all of it. */
export interface RegionOfInterest {
  readonly x_offset: number;
  readonly y_offset: number;
  readonly width: number;
  readonly height: number;
}

export interface CameraInfoOptions {
  /**
   * The image is rectified already (`image_rect`, `image_rect_raw`): D is ignored, and P is the camera matrix where it
   * is filled in, else K. Default false.
   */
  readonly rectified?: boolean;
  readonly limits?: DecodeLimits;
}

/**
 * The camera of the depth image that comes with this CameraInfo, as ROS's image_geometry reads it:
 *
 * ```text
 *     | fx  0  cx |      ROI first, in full pixels:  cx - x_offset, cy - y_offset
 * K = |  0 fy  cy |      then binning:               fx, cx / binning_x and fy, cy / binning_y
 *     |  0  0   1 |      size:                       ROI's / binning, rounded down
 * ```
 *
 * Binning 0 means 1. D that is empty or all zero means no distortion. Otherwise `plumb_bob` (4 or 5 numbers),
 * `rational_polynomial` (8) and `equidistant`, `fisheye` or `kannala_brandt` (4) are honoured by computing the ray of
 * every pixel, which takes a few frames' time: keep the model while the info stays the same, see `CameraCache`.
 *
 * @throws VoxhandError `CAMERA_INVALID` for intrinsics that cannot be; `CAMERA_UNSUPPORTED` for another distortion.
 */
export function cameraFromInfo(info: CameraInfo, options: CameraInfoOptions = {}): CameraModel {
  return cameraFromIntrinsics(readIntrinsics(info, options));
}

/** The camera of a foxglove.CameraCalibration; like {@link cameraFromInfo} without binning and region of interest. */
export function cameraFromCalibration(
  calibration: Pick<CameraInfo, 'width' | 'height' | 'distortion_model' | 'D' | 'K' | 'P'>,
  options: CameraInfoOptions = {},
): CameraModel {
  return cameraFromInfo(calibration, options);
}

/** All that a camera model depends on, checked and cheap to read. */
export interface Intrinsics {
  readonly pinhole: Pinhole;
  readonly distortionModel: string;
  /** Finite; empty without distortion. */
  readonly distortion: readonly number[];
}

/** The cheap half of {@link cameraFromInfo}. */
export function readIntrinsics(info: CameraInfo, options: CameraInfoOptions = {}): Intrinsics {
  const { rectified = false, limits = DEFAULT_LIMITS } = options;
  if (info === null || typeof info !== 'object') throw invalid('an object', shown(info), 'camera info');
  checkedPixelCount(info.width, info.height, limits, 'camera info width, height', 'CAMERA_INVALID');
  const pinhole = reduced(fullPinhole(info, rectified), info);
  const d = rectified ? [] : numbers(info.d ?? info.D ?? [], 'D');
  if (!d.every(Number.isFinite)) throw invalid('finite coefficients', d.join(', '), 'D');
  if (d.every((coefficient) => coefficient === 0)) return { pinhole, distortionModel: '', distortion: [] };
  const model = info.distortion_model;
  return { pinhole, distortionModel: typeof model === 'string' ? model : '', distortion: d };
}

/** The half of {@link cameraFromInfo} that may take long. */
export function cameraFromIntrinsics({ pinhole, distortionModel, distortion }: Intrinsics): CameraModel {
  if (distortion.length === 0) return pinhole;
  const { rays, blind } = undistortedRays(pinhole, distortionModel, distortion);
  return blind.length === 0 ? { ...pinhole, rays } : { ...pinhole, rays, blind };
}

function fullPinhole(info: CameraInfo, rectified: boolean): Pinhole {
  const { width, height } = info;
  const p = rectified ? numbers(info.p ?? info.P ?? [], 'P') : [];
  if (p.length === 12 && p[0] > 0 && p[5] > 0) {
    return checked({ width, height, fx: p[0], fy: p[5], cx: p[2], cy: p[6] }, 'P');
  }
  const k = numbers(info.k ?? info.K ?? [], 'K');
  if (k.length !== 9) throw invalid('9 numbers', `${k.length}`, 'K');
  if (k[1] !== 0) throw invalid('no skew, K[1] = 0', String(k[1]), 'K');
  return checked({ width, height, fx: k[0], fy: k[4], cx: k[2], cy: k[5] }, 'K');
}

function checked(camera: Pinhole, where: string): Pinhole {
  const { fx, fy, cx, cy } = camera;
  if (!(fx > 0 && fy > 0 && fx < Infinity && fy < Infinity)) {
    const hint = fx === 0 ? ' (zero means not calibrated)' : '';
    throw invalid('focal lengths > 0', `fx ${fx}, fy ${fy}${hint}`, where);
  }
  if (!Number.isFinite(cx) || !Number.isFinite(cy)) throw invalid('a principal point', `cx ${cx}, cy ${cy}`, where);
  return camera;
}

/** Binning and region of interest, as in image_geometry's PinholeCameraModel::fromCameraInfo. */
function reduced(full: Pinhole, info: CameraInfo): Pinhole {
  const binX = binning(info.binning_x, 'binning_x');
  const binY = binning(info.binning_y, 'binning_y');
  const roi = regionOfInterest(info);
  const width = Math.floor(roi.width / binX);
  const height = Math.floor(roi.height / binY);
  if (width < 1 || height < 1) throw invalid('an image after binning', `${width} x ${height}`, 'roi, binning');
  return {
    width,
    height,
    fx: full.fx / binX,
    fy: full.fy / binY,
    cx: (full.cx - roi.x_offset) / binX,
    cy: (full.cy - roi.y_offset) / binY,
  };
}

function binning(value: number | undefined, where: string): number {
  const factor = value || 1;
  if (!Number.isInteger(factor) || factor < 1) throw invalid('an integer >= 0', shown(value), where);
  return factor;
}

function regionOfInterest({ width, height, roi }: CameraInfo): RegionOfInterest {
  const { x_offset = 0, y_offset = 0, width: w = 0, height: h = 0 } = roi ?? {};
  if (x_offset === 0 && y_offset === 0 && w === 0 && h === 0) return { x_offset, y_offset, width, height };
  const inside = [x_offset, y_offset, w, h].every(Number.isInteger) && x_offset >= 0 && y_offset >= 0;
  if (inside && w > 0 && h > 0 && x_offset + w <= width && y_offset + h <= height) {
    return { x_offset, y_offset, width: w, height: h };
  }
  throw invalid(
    `a region within ${width} x ${height}`,
    `${shown(w)} x ${shown(h)} at ${shown(x_offset)}, ${shown(y_offset)}`,
    'roi',
  );
}

function numbers(value: unknown, where: string): readonly number[] {
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!isList) throw invalid('a list of numbers', shown(value), where);
  const items = value as ArrayLike<unknown>;
  if (items.length > MAX_NUMBERS) throw invalid(`at most ${MAX_NUMBERS} numbers`, `${items.length}`, where);
  const list = Array.from(items);
  const odd = list.findIndex((item) => typeof item !== 'number');
  if (odd >= 0) throw invalid('numbers', shown(list[odd]), `${where}[${odd}]`);
  return list as number[];
}

function invalid(expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('CAMERA_INVALID', 'impossible camera info', { expected, found, where });
}

/**
 * Keeps the model of one camera as long as its info stays the same, so that the rays of a distorted lens are computed
 * once and not for every frame. A lens that is refused is refused again without computing anything.
 *
 * @example
 * ```ts
 * const cameras = new CameraCache({ rectified: true });
 * const info = { width: 640, height: 480, k: [600, 0, 320, 0, 600, 240, 0, 0, 1] };
 * cameras.modelFor(info) === cameras.modelFor({ ...info }); // true: the same object
 * ```
 */
export class CameraCache {
  readonly #options: CameraInfoOptions;
  #key: string | undefined;
  #result: { camera: CameraModel } | { error: unknown } | undefined;

  constructor(options: CameraInfoOptions = {}) {
    this.#options = options;
  }

  /** @throws VoxhandError as `cameraFromInfo`. */
  modelFor(info: CameraInfo): CameraModel {
    const intrinsics = readIntrinsics(info, this.#options);
    const key = JSON.stringify(intrinsics);
    if (this.#result === undefined || key !== this.#key) {
      this.#key = key;
      try {
        this.#result = { camera: cameraFromIntrinsics(intrinsics) };
      } catch (error) {
        this.#result = { error };
      }
    }
    if ('error' in this.#result) throw this.#result.error;
    return this.#result.camera;
  }
}
