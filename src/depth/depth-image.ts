import { type ErrorCode, VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';

/** Depth in metres without stamp and camera: what a decoder makes of one image. 0 is missing, as in `DepthFrame`. */
export interface DepthImage {
  readonly width: number;
  readonly height: number;
  /** `width * height` metres, row by row. */
  readonly depth: Float32Array;
}

/** What a decoder may allocate for one image. */
export interface DecodeLimits {
  readonly maxPixels: number;
}

/** 16.8 million pixels: far above any depth camera, and 64 MiB as metres. */
export const DEFAULT_LIMITS: DecodeLimits = { maxPixels: 4096 * 4096 };

/** Gives a decoder memory for so many numbers. What is in it does not matter. */
export type SampleMemory = (count: number) => Uint16Array;

export const newMemory: SampleMemory = (count) => new Uint16Array(count);

/**
 * Width times height of a declared size, checked before anything is allocated for it.
 *
 * @throws VoxhandError `DEPTH_SIZE` (or `code`) for a size that is no size, or above the limit.
 */
export function checkedPixelCount(
  width: number,
  height: number,
  limits: DecodeLimits,
  where: string,
  code: ErrorCode = 'DEPTH_SIZE',
): number {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new VoxhandError(code, 'no image size', {
      expected: 'width and height >= 1',
      found: `${shown(width)} x ${shown(height)}`,
      where,
    });
  }
  if (width * height > limits.maxPixels) {
    throw new VoxhandError(code, 'image is too large', {
      expected: `at most ${limits.maxPixels} pixels`,
      found: `${width} x ${height}`,
      where,
    });
  }
  return width * height;
}
