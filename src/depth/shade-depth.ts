import type { DepthFrame } from './depth-frame.js';

export interface ShadedDepth {
  readonly width: number;
  readonly height: number;
  /** Row by row, 0 black (no depth) to 255 white (near). */
  readonly grey: Uint8Array;
}

/** Depth that is farther than this behind the nearest surface gets the darkest shade, metres. */
const SHADED_DEPTH = 0.7;
/** Share of the pixels that may be nearer than the "nearest surface": flying pixels. */
const OUTLIERS = 0.01;
/** Greys of what is nearest and of what is farthest or beyond; black is left for what is missing. */
const LIGHTEST = 240;
const DARKEST = 40;

/** The grey of a depth for people, 0 to 255 with fractions: near is light, far is dark, missing (0) is black; metres. */
export function depthTone(z: number, near: number, far: number): number {
  if (!(z > 0)) return 0;
  const share = Math.min(Math.max((z - near) / (far - near), 0), 1);
  return LIGHTEST + (DARKEST - LIGHTEST) * share;
}

/**
 * A depth frame as a picture for people: near is light, far is dark, missing is black, and slopes are a bit darker, so
 * that fingers stand out from the palm.
 *
 * @param step only every `step`-th pixel of every `step`-th row
 */
export function shadeDepth({ depth, width, height, camera }: DepthFrame, step = 1): ShadedDepth {
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const grey = new Uint8Array(columns * rows);
  const near = nearest(depth);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const pixel = row * step * width + column * step;
      const z = depth[pixel];
      if (!(z > 0)) continue;
      const tone = depthTone(z, near, near + SHADED_DEPTH);
      // depth per metre to the right and down, over a few pixels against noise
      const reach = 3 * step;
      const [left, right] = [depth[pixel - reach], depth[pixel + reach]];
      const [above, below] = [depth[pixel - reach * width], depth[pixel + reach * width]];
      const metres = (2 * reach * z) / camera.fx;
      const slopeX = left > 0 && right > 0 ? (right - left) / metres : 0;
      const slopeY = above > 0 && below > 0 ? (below - above) / metres : 0;
      grey[at] = tone * (0.3 + 0.7 / Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY));
    }
  }
  return { width: columns, height: rows, grey };
}

/** The depth that hardly anything is nearer than, to a centimetre. */
function nearest(depth: Float32Array): number {
  const bins = new Uint32Array(1000);
  let valid = 0;
  for (const z of depth) {
    if (!(z > 0)) continue;
    bins[Math.min(Math.floor(z * 100), bins.length - 1)]++;
    valid++;
  }
  let bin = 0;
  for (let below = bins[0]; below < OUTLIERS * valid; below += bins[++bin]);
  return bin / 100;
}
