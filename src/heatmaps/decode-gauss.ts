import { decodeEachJoint, type Peak } from './decode-each-joint.js';
import { PAPER_SIGMA, refineSMax, type SMaxOptions } from './decode-s-max.js';
import type { DecodedJoints, HeatMaps } from './heat-maps.js';

/** Below this share of the maximum a voxel says more about noise than about the peak, in the logarithm above all. */
const FLOOR = 0.01;

/** How far, in voxels, the fitted maximum may lie from the voxel with the largest value. */
const REACH = 1;

/**
 * Sub-voxel Gaussian fit: a Gaussian's logarithm is a quadratic, so the ten coefficients of
 *
 * ```text
 * ln h(x) = a + b.x + x'Hx / 2
 * ```
 *
 * are fitted to the logarithms of the 3x3x3 voxels around the maximum by least squares, and the joint is put where the
 * quadratic is largest: x = -inv(H) b. It needs no sigma, allows for different spreads along any axes, and is exact for
 * an ideal Gaussian. At the border the block is moved inwards.
 *
 * Where a voxel of the block is zero, negative or below 1 % of the maximum, where the quadratic has no maximum, or
 * where that lies more than a voxel away from the largest voxel, the joint is decoded by S-max instead; `sigma` is for
 * that case.
 *
 * @throws VoxhandError `HEATMAP_INVALID` where the data do not have the declared shape
 */
export function decodeGauss(maps: HeatMaps, options: SMaxOptions = {}): DecodedJoints {
  const { sigma = PAPER_SIGMA } = options;
  return decodeEachJoint(maps, (heatMaps, peak, voxel) => {
    if (!fitGauss(heatMaps, peak, voxel)) refineSMax(heatMaps, peak, voxel, sigma);
  });
}

/** Put the maximum of the fitted Gaussian into `voxel`; false, and `voxel` untouched, where there is none to trust. */
function fitGauss(maps: HeatMaps, peak: Peak, voxel: Float64Array): boolean {
  const { size, data } = maps;
  if (size < 3) return false;
  const x0 = innerVoxel(peak.x, size);
  const y0 = innerVoxel(peak.y, size);
  const z0 = innerVoxel(peak.z, size);
  const floor = FLOOR * data[peak.begin + (peak.z * size + peak.y) * size + peak.x];

  // Sums of ln h times 1, x, y, z, x^2, y^2, z^2, xy, xz, yz over the block.
  let s = 0,
    sx = 0,
    sy = 0,
    sz = 0,
    sxx = 0,
    syy = 0,
    szz = 0,
    sxy = 0,
    sxz = 0,
    syz = 0;
  for (let z = -1; z <= 1; z++) {
    for (let y = -1; y <= 1; y++) {
      for (let x = -1; x <= 1; x++) {
        const value = data[peak.begin + ((z0 + z) * size + y0 + y) * size + x0 + x];
        if (!(value > floor && value < Infinity)) return false;
        const log = Math.log(value);
        s += log;
        sx += x * log;
        sy += y * log;
        sz += z * log;
        sxx += x * x * log;
        syy += y * y * log;
        szz += z * z * log;
        sxy += x * y * log;
        sxz += x * z * log;
        syz += y * z * log;
      }
    }
  }

  // The block is symmetric, so the normal equations fall apart: sum x^2 = 18, sum (xy)^2 = 12, and for the squares
  // sum (x^2 - 2/3)^2 = 6. H holds second derivatives, twice the coefficients of the squares.
  const bx = sx / 18;
  const by = sy / 18;
  const bz = sz / 18;
  const hxx = (sxx - (2 / 3) * s) / 3;
  const hyy = (syy - (2 / 3) * s) / 3;
  const hzz = (szz - (2 / 3) * s) / 3;
  const hxy = sxy / 12;
  const hxz = sxz / 12;
  const hyz = syz / 12;

  // H has a maximum where it is negative definite: leading minors -, +, -.
  const minor = hxx * hyy - hxy * hxy;
  const cx = hxy * hyz - hxz * hyy; // cofactors of the last row
  const cy = hxy * hxz - hxx * hyz;
  const det = hxz * cx + hyz * cy + hzz * minor;
  if (!(hxx < 0 && minor > 0 && det < 0)) return false;

  const x = x0 - ((hyy * hzz - hyz * hyz) * bx + (hxz * hyz - hxy * hzz) * by + cx * bz) / det;
  const y = y0 - ((hxz * hyz - hxy * hzz) * bx + (hxx * hzz - hxz * hxz) * by + cy * bz) / det;
  const z = z0 - (cx * bx + cy * by + minor * bz) / det;
  if (!(Math.abs(x - peak.x) <= REACH && Math.abs(y - peak.y) <= REACH && Math.abs(z - peak.z) <= REACH)) return false;
  voxel[0] = x;
  voxel[1] = y;
  voxel[2] = z;
  return true;
}

/** The centre of a 3-voxel block that holds `voxel` and lies within the map. */
function innerVoxel(voxel: number, size: number): number {
  return Math.min(Math.max(voxel, 1), size - 2);
}
