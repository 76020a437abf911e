import { VoxhandError } from '../errors/index.js';
import { checkHeatMapShape, type HeatMaps } from './heat-maps.js';

/**
 * Ideal heat maps: one Gaussian of peak 1 and standard deviation `sigma` voxels per joint, as the paper's training targets
 * (V2V-PoseNet, section 4.2), but centred on the joint itself and not on its rounded voxel.
 *
 * A joint outside the cube leaves the tail of its Gaussian; one that is not finite leaves an empty map.
 *
 * @param positions Cube coordinates, 3 per joint
 * @param size Voxels along an edge
 * @param sigma Voxels
 * @param into Buffer for the result, of exactly its length. A new one by default.
 * @throws VoxhandError `HEATMAP_INVALID`
 *
 * @example
 * ```ts
 * const maps = renderHeatMaps([0.5, 0.5, 0.5], 44, 1.7);
 * const { positions } = decodeGauss(maps); // 0.5, 0.5, 0.5
 * ```
 */
export function renderHeatMaps(
  positions: ArrayLike<number>,
  size: number,
  sigma: number,
  into?: Float32Array,
): HeatMaps {
  const joints = positions.length / 3;
  checkHeatMapShape(joints, size, 'renderHeatMaps');
  const length = joints * size ** 3;
  if (!(sigma > 0 && Number.isFinite(sigma)) || (into !== undefined && into.length !== length)) {
    throw new VoxhandError('HEATMAP_INVALID', 'cannot render heat maps', {
      expected: `sigma > 0 and a buffer of ${length} voxels`,
      found: `sigma ${sigma}, ${into?.length ?? length} voxels`,
      where: 'renderHeatMaps',
    });
  }
  const data = into ?? new Float32Array(length);
  const [alongX, alongY, alongZ] = [0, 1, 2].map(() => new Float64Array(size));
  let at = 0;
  for (let joint = 0; joint < joints; joint++) {
    gaussInto(alongX, positions[3 * joint], sigma);
    gaussInto(alongY, positions[3 * joint + 1], sigma);
    gaussInto(alongZ, positions[3 * joint + 2], sigma);
    for (let z = 0; z < size; z++) {
      for (let y = 0; y < size; y++) {
        const row = alongZ[z] * alongY[y];
        for (let x = 0; x < size; x++) data[at++] = row * alongX[x];
      }
    }
  }
  return { joints, size, data };
}

/** A Gaussian is the product of its profiles along the axes: 3 `size` exponentials instead of `size`^3. */
function gaussInto(profile: Float64Array, coordinate: number, sigma: number): void {
  const size = profile.length;
  for (let i = 0; i < size; i++) {
    const offset = (i + 0.5 - coordinate * size) / sigma;
    profile[i] = Number.isFinite(offset) ? Math.exp(-0.5 * offset * offset) : 0;
  }
}
