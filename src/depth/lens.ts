import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';
import type { CameraModel } from './depth-frame.js';

export type Pinhole = Omit<CameraModel, 'rays' | 'blind'>;

/** The rays of a distorted image and the pixels that have none, as in `CameraModel`. */
export interface LensRays {
  readonly rays: Float32Array;
  readonly blind: Uint32Array;
}

/**
 * A lens maps a ray (x/z, y/z) to a distorted one and back.
 * `undistort` writes the ray of the distorted point (xd, yd) to `ray` and says whether there is one.
 */
interface Lens {
  undistort(xd: number, yd: number, ray: Float64Array): boolean;
}

/** Newton steps until the residual is below TOLERANCE; a lens that needs more has no usable inverse there. */
const MAX_STEPS = 20;
/** Of a normalised image coordinate: a millionth of a pixel at a focal length of 1000. */
const TOLERANCE = 1e-9;
/** Largest x/z of a ray, 87 degrees off the axis: beyond it depth along the axis means nothing. */
const MAX_TANGENT = 20;
/** Coefficients that leave more than this share of the image without rays are not this camera's. */
const MAX_BLIND_SHARE = 0.5;

/**
 * The ray of every pixel of a distorted image.
 *
 * @param d finite coefficients, not all zero.
 * @throws VoxhandError `CAMERA_UNSUPPORTED` for a model or a number of coefficients that we do not know;
 * `CAMERA_INVALID` for coefficients that leave most of the image without rays.
 */
export function undistortedRays(camera: Pinhole, model: string, d: readonly number[]): LensRays {
  const lens = lensOf(model, d);
  const { width, height, fx, fy, cx, cy } = camera;
  const rays = new Float32Array(width * height * 2);
  const blind: number[] = [];
  const ray = new Float64Array(2);
  for (let v = 0, pixel = 0; v < height; v++) {
    for (let u = 0; u < width; u++, pixel++) {
      const found = lens.undistort((u - cx) / fx, (v - cy) / fy, ray);
      if (!found) blind.push(pixel);
      rays[pixel * 2] = found ? ray[0] : NaN;
      rays[pixel * 2 + 1] = found ? ray[1] : NaN;
    }
    if (blind.length > MAX_BLIND_SHARE * width * height) {
      throw new VoxhandError('CAMERA_INVALID', 'distortion cannot be inverted', {
        expected: `rays for at least ${width * height * (1 - MAX_BLIND_SHARE)} pixels`,
        found: `none for ${blind.length} in rows 0 to ${v}`,
        where: 'D',
      });
    }
  }
  return { rays, blind: Uint32Array.from(blind) };
}

function lensOf(model: string, d: readonly number[]): Lens {
  switch (model) {
    case 'plumb_bob':
      return new BrownLens(checkedCount(model, d, 4, 5));
    case 'rational_polynomial':
      return new BrownLens(checkedCount(model, d, 8, 8));
    case 'equidistant':
    case 'fisheye':
    case 'kannala_brandt':
      return new EquidistantLens(checkedCount(model, d, 4, 4));
    default:
      throw new VoxhandError('CAMERA_UNSUPPORTED', 'distortion model is not supported', {
        expected: 'plumb_bob, rational_polynomial, equidistant, or all-zero D',
        found: shown(model),
        where: 'distortion_model',
      });
  }
}

/** Zeros beyond the model's own coefficients do no harm: some drivers pad. */
function checkedCount(model: string, d: readonly number[], least: number, most: number): readonly number[] {
  if (d.length >= least && d.slice(most).every((c) => c === 0)) return d.slice(0, most);
  throw new VoxhandError('CAMERA_UNSUPPORTED', 'number of distortion coefficients is not supported', {
    expected: `${model} with ${least === most ? most : `${least} or ${most}`}`,
    found: `${d.length}`,
    where: 'D',
  });
}

/**
 * Brown's radial and tangential distortion with the rational extension (Claus and Fitzgibbon 2005), as in OpenCV:
 *
 * ```text
 * g  = (1 + k1 r^2 + k2 r^4 + k3 r^6) / (1 + k4 r^2 + k5 r^4 + k6 r^6),   r^2 = x^2 + y^2
 * xd = x g + 2 p1 x y + p2 (r^2 + 2 x^2)
 * yd = y g + p1 (r^2 + 2 y^2) + 2 p2 x y                                  D = k1, k2, p1, p2, k3, k4, k5, k6
 * ```
 */
class BrownLens implements Lens {
  readonly #k: readonly number[];
  readonly #p1: number;
  readonly #p2: number;
  readonly #maxRadius: number;

  constructor([k1, k2, p1, p2, k3 = 0, k4 = 0, k5 = 0, k6 = 0]: readonly number[]) {
    this.#k = [k1, k2, k3, k4, k5, k6];
    this.#p1 = p1;
    this.#p2 = p2;
    this.#maxRadius = growingUpTo((r) => r * this.#gain(r * r));
  }

  #gain(r2: number): number {
    const [k1, k2, k3, k4, k5, k6] = this.#k;
    return (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)));
  }

  /** Newton's method in two dimensions, from the distorted point. */
  undistort(xd: number, yd: number, ray: Float64Array): boolean {
    const [k1, k2, k3, k4, k5, k6] = this.#k;
    const p1 = this.#p1;
    const p2 = this.#p2;
    let x = xd;
    let y = yd;
    for (let step = 0; step < MAX_STEPS; step++) {
      const r2 = x * x + y * y;
      const top = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
      const bottom = 1 + r2 * (k4 + r2 * (k5 + r2 * k6));
      const g = top / bottom;
      const ex = x * g + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) - xd;
      const ey = y * g + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y - yd;
      if (Math.abs(ex) < TOLERANCE && Math.abs(ey) < TOLERANCE) {
        ray[0] = x;
        ray[1] = y;
        return r2 < this.#maxRadius * this.#maxRadius;
      }
      // The Jacobian of (xd, yd), symmetric; dg is g's derivative by r^2.
      const dTop = k1 + r2 * (2 * k2 + r2 * 3 * k3);
      const dBottom = k4 + r2 * (2 * k5 + r2 * 3 * k6);
      const dg = (dTop - g * dBottom) / bottom;
      const xx = g + 2 * x * x * dg + 2 * p1 * y + 6 * p2 * x;
      const xy = 2 * x * y * dg + 2 * p1 * x + 2 * p2 * y;
      const yy = g + 2 * y * y * dg + 6 * p1 * y + 2 * p2 * x;
      const determinant = xx * yy - xy * xy;
      x -= (yy * ex - xy * ey) / determinant;
      y -= (xx * ey - xy * ex) / determinant;
    }
    return false;
  }
}

/**
 * Kannala and Brandt's fisheye (2006) with four terms, as in OpenCV's fisheye module:
 * `|(xd, yd)| = t (1 + k1 t^2 + k2 t^4 + k3 t^6 + k4 t^8)` with t the angle between ray and axis.
 */
class EquidistantLens implements Lens {
  readonly #k: readonly number[];
  readonly #maxAngle: number;

  constructor(k: readonly number[]) {
    this.#k = k;
    this.#maxAngle = growingUpTo((t) => this.#radius(t), Math.atan(MAX_TANGENT));
  }

  #radius(t: number): number {
    const [k1, k2, k3, k4] = this.#k;
    const t2 = t * t;
    return t * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))));
  }

  /** Newton's method on the angle. */
  undistort(xd: number, yd: number, ray: Float64Array): boolean {
    const [k1, k2, k3, k4] = this.#k;
    const radius = Math.hypot(xd, yd);
    let t = Math.min(radius, this.#maxAngle);
    for (let step = 0; step < MAX_STEPS; step++) {
      const error = this.#radius(t) - radius;
      if (Math.abs(error) < TOLERANCE) {
        const stretch = radius > 0 ? Math.tan(t) / radius : 1;
        ray[0] = xd * stretch;
        ray[1] = yd * stretch;
        return t >= 0 && t < this.#maxAngle;
      }
      const t2 = t * t;
      t -= error / (1 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + t2 * 9 * k4))));
    }
    return false;
  }
}

/**
 * Where a radial function stops growing, searched up to `end`: behind it the image folds back, and an inverse found
 * there belongs to another pixel.
 */
function growingUpTo(radial: (x: number) => number, end: number = MAX_TANGENT): number {
  const steps = 20_000;
  let last = 0;
  for (let i = 1; i <= steps; i++) {
    const value = radial((i / steps) * end);
    if (!(value > last)) return ((i - 1) / steps) * end;
    last = value;
  }
  return end;
}
