import { VoxhandError } from '../errors/index.js';
import { decodeEachJoint, type Peak } from './decode-each-joint.js';
import type { DecodedJoints, HeatMaps } from './heat-maps.js';

/** Standard deviation in voxels of the training targets in the paper (V2V-PoseNet, section 4.2). */
export const PAPER_SIGMA = 1.7;

export interface SMaxOptions {
  /**
   * Standard deviation, in voxels, of the Gaussians that the network was trained on. The weighted mean of a Gaussian is
   * drawn to the voxel's centre, and this is what it takes to undo that (see {@link decodeSMax}). 0 leaves the weighted
   * mean as it is: S-max as published. Default {@link PAPER_SIGMA}.
   */
  readonly sigma?: number;
}

/**
 * S-max: the weighted mean of the 3x3x3 voxels around the maximum; voxels beyond the border are left out, negative and
 * not finite ones count as 0.
 *
 * Three voxels are a narrow window on a Gaussian: near a voxel's centre their mean moves by only 0.22 (sigma 1.7) or 0.27
 * (sigma 1.5) of the joint's true offset. As published, S-max is therefore hardly better than the arg-max: 0.38 voxel
 * of mean error instead of 0.48 on ideal maps of sigma 1.7. But the shrinkage is known exactly. With a = exp(-1 / 2
 * sigma^2) and the true offset d, the mean of three voxels is
 *
 * ```text
 * m = 2a sinh(d / sigma^2) / (1 + 2a cosh(d / sigma^2))
 * ```
 *
 * which is solved for d, and d is clipped to the voxel (the maximum would lie in the neighbour otherwise). Peaks that
 * are wider than sigma are corrected too little, never past the voxel.
 *
 * @throws VoxhandError `HEATMAP_INVALID` where the data do not have the declared shape or sigma is negative
 *
 * @example
 * ```ts
 * const joints = decodeSMax(maps, { sigma: 1.5 }); // a network trained on Gaussians of 1.5 voxels
 * const asPublished = decodeSMax(maps, { sigma: 0 });
 * ```
 */
export function decodeSMax(maps: HeatMaps, options: SMaxOptions = {}): DecodedJoints {
  const { sigma = PAPER_SIGMA } = options;
  if (!(sigma >= 0 && Number.isFinite(sigma))) {
    throw new VoxhandError('HEATMAP_INVALID', 'S-max needs the sigma of the heat maps', {
      expected: 'a finite number of voxels >= 0',
      found: String(sigma),
      where: 'SMaxOptions.sigma',
    });
  }
  return decodeEachJoint(maps, (heatMaps, peak, voxel) => refineSMax(heatMaps, peak, voxel, sigma));
}

/** The refinement of {@link decodeSMax} for one joint; the fall-back of the Gaussian fit. */
export function refineSMax(maps: HeatMaps, peak: Peak, voxel: Float64Array, sigma: number): void {
  const { size, data } = maps;
  const last = size - 1;
  let total = 0;
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  for (let z = Math.max(peak.z - 1, 0); z <= Math.min(peak.z + 1, last); z++) {
    for (let y = Math.max(peak.y - 1, 0); y <= Math.min(peak.y + 1, last); y++) {
      for (let x = Math.max(peak.x - 1, 0); x <= Math.min(peak.x + 1, last); x++) {
        const value = data[peak.begin + (z * size + y) * size + x];
        if (!(value > 0 && value < Infinity)) continue;
        total += value;
        sumX += value * (x - peak.x);
        sumY += value * (y - peak.y);
        sumZ += value * (z - peak.z);
      }
    }
  }
  voxel[0] = peak.x + unshrink(sumX / total, peak.x, last, sigma);
  voxel[1] = peak.y + unshrink(sumY / total, peak.y, last, sigma);
  voxel[2] = peak.z + unshrink(sumZ / total, peak.z, last, sigma);
}

/** The offset of a Gaussian of which the voxels around `peak`, those that exist, have the weighted mean offset `mean`. */
function unshrink(mean: number, peak: number, last: number, sigma: number): number {
  if (sigma === 0 || last === 0) return mean;
  const atBegin = peak === 0;
  if (atBegin || peak === last) {
    // Two voxels: mean = q / (1 + q) with q = exp((2d - 1) / 2 sigma^2), mirrored at the far border.
    const inwards = Math.abs(mean);
    const offset = clampToVoxel(0.5 + sigma * sigma * Math.log(inwards / (1 - inwards)));
    return atBegin ? offset : -offset;
  }
  // Three voxels: with u = exp(d / sigma^2) the mean's formula is a(1 - m) u^2 - m u - a(1 + m) = 0.
  const a = Math.exp(-0.5 / (sigma * sigma));
  const u = (mean + Math.sqrt(mean * mean + 4 * a * a * (1 - mean * mean))) / (2 * a * (1 - mean));
  return clampToVoxel(sigma * sigma * Math.log(u));
}

function clampToVoxel(offset: number): number {
  return Math.min(Math.max(offset, -0.5), 0.5);
}
