import type { CameraModel } from '../depth/depth-frame.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import type { Range } from './view-bounds.js';

/** Pixels of a rectangle: columns `left` to `right - 1`, rows `top` to `bottom - 1`. */
export interface PixelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MAX_PIXELS = 1 << 25;

/** The rays of a camera, and which pixels can see a range of them. Pinhole and distorted lenses alike. */
export interface RayTable {
  /** x/z and y/z of each pixel, two numbers per pixel, row by row. */
  readonly rays: Float32Array;
  /** The pixels whose rays have x/z in x0 to x1 and y/z in y0 to y1, both included, and maybe a few beside them. */
  pixelBox(x0: number, x1: number, y0: number, y1: number): PixelBox;
}

/**
 * @throws VoxhandError `CAMERA_INVALID` for sizes or focal lengths that cannot be.
 */
export function rayTable(camera: CameraModel): RayTable {
  const { width, height, fx, fy, cx, cy } = camera;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || width * height > MAX_PIXELS) {
    throw new VoxhandError('CAMERA_INVALID', 'image size of a synthetic camera', {
      expected: `whole numbers, at most ${MAX_PIXELS} pixels`,
      found: `${width} x ${height}`,
    });
  }
  if (!(fx > 0 && fy > 0 && Number.isFinite(fx + fy + cx + cy))) {
    throw new VoxhandError('CAMERA_INVALID', 'intrinsics of a synthetic camera', {
      expected: 'positive focal lengths and a finite principal point',
      found: `fx ${fx}, fy ${fy}, cx ${cx}, cy ${cy}`,
    });
  }
  if (camera.rays !== undefined && camera.rays.length !== width * height * 2) {
    throw new VoxhandError('CAMERA_INVALID', 'rays of a synthetic camera', {
      expected: `${width * height * 2} numbers`,
      found: String(camera.rays.length),
    });
  }

  if (camera.rays === undefined) return pinholeTable(camera);
  const { rays } = camera;

  // What the pixels of each column see in x, and those of each row in y: for any lens, a box of pixels follows.
  const columns = Array.from({ length: width }, (): [number, number] => [Infinity, -Infinity]);
  const rows = Array.from({ length: height }, (): [number, number] => [Infinity, -Infinity]);
  for (let i = 0, v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      widen(columns[u]!, rays[i++]!);
      widen(rows[v]!, rays[i++]!);
    }
  }
  return {
    rays,
    pixelBox(x0, x1, y0, y1) {
      const [left, right] = overlapping(columns, [x0, x1]);
      const [top, bottom] = overlapping(rows, [y0, y1]);
      return { left, right, top, bottom };
    },
  };
}

/** Half a thousandth of a pixel more, so that rounding leaves none out. */
const SLACK = 0.0005;

function pinholeTable({ width, height, fx, fy, cx, cy }: CameraModel): RayTable {
  const rays = new Float32Array(width * height * 2);
  for (let i = 0, v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      rays[i++] = (u - cx) / fx;
      rays[i++] = (v - cy) / fy;
    }
  }
  return {
    rays,
    pixelBox(x0, x1, y0, y1) {
      const left = Math.max(0, Math.ceil(cx + fx * x0 - SLACK));
      const right = Math.min(width, Math.floor(cx + fx * x1 + SLACK) + 1);
      const top = Math.max(0, Math.ceil(cy + fy * y0 - SLACK));
      const bottom = Math.min(height, Math.floor(cy + fy * y1 + SLACK) + 1);
      return left < right && top < bottom ? { left, right, top, bottom } : EMPTY;
    },
  };
}

const EMPTY: PixelBox = { left: 0, right: 0, top: 0, bottom: 0 };

function widen(range: [number, number], value: number): void {
  if (value < range[0]) range[0] = value;
  if (value > range[1]) range[1] = value;
}

/** First and last + 1 of the ranges that meet `wanted`; 0, 0 when none does. */
function overlapping(ranges: readonly Range[], wanted: Range): readonly [number, number] {
  const meets = (range: Range): boolean => range[0] <= wanted[1] && range[1] >= wanted[0];
  const first = ranges.findIndex(meets);
  return first < 0 ? [0, 0] : [first, ranges.findLastIndex(meets) + 1];
}
