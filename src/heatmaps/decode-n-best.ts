import { VoxhandError } from '../errors/index.js';
import { decodeEachJoint, type Peak } from './decode-each-joint.js';
import { checkMembers, type DecodedJoints, type HeatMaps, meanHeatMaps } from './heat-maps.js';

/** Voxels per member that N-best averages by default: about what lies within two voxels of the joint. */
export const DEFAULT_N_BEST = 32;

export interface NBestOptions {
  /** Voxels to average, over all members together. Default {@link DEFAULT_N_BEST} per member. */
  readonly n?: number;
  /** How far from the maximum, in voxels along each axis, a voxel may lie to be counted. Default 3. */
  readonly radius?: number;
}

/**
 * N-best: the weighted mean of the N voxels with the largest values, taken across the members of an ensemble: a member
 * that is sure of itself has more voxels among them than one that is not.
 *
 * Only voxels within `radius` of the overall maximum compete, where the overall maximum is that of the members' mean. So
 * neither a second mode far away nor a single member that is sure of another place can pull the joint into empty space
 * between the two. Voxels with the same value as the N-th best count as well, which keeps the mean symmetric; voxels that
 * are not positive or not finite do not count.
 *
 * The confidence is taken from the members' mean.
 *
 * @throws VoxhandError `HEATMAP_INVALID` for no members, members of different shapes, or n or radius out of range
 */
export function decodeNBest(members: readonly HeatMaps[], options: NBestOptions = {}): DecodedJoints {
  const { n = DEFAULT_N_BEST * members.length, radius = 3 } = options;
  requirePositiveInteger(n, 'NBestOptions.n');
  requirePositiveInteger(radius, 'NBestOptions.radius');
  checkMembers(members);
  const mean = members.length === 1 ? members[0] : meanHeatMaps(members);
  const reach = Math.min(radius, mean.size - 1);
  const values = new Float32Array(members.length * (2 * reach + 1) ** 3);
  return decodeEachJoint(mean, (_, peak, voxel) => refineNBest(members, peak, voxel, n, reach, values));
}

function refineNBest(
  members: readonly HeatMaps[],
  peak: Peak,
  voxel: Float64Array,
  n: number,
  reach: number,
  scratch: Float32Array,
): void {
  let count = 0;
  forEachVoxelAround(members, peak, reach, (value) => {
    scratch[count++] = value;
  });
  if (count === 0) return;
  const sorted = scratch.subarray(0, count).sort();
  const least = sorted[Math.max(count - n, 0)];

  let total = 0;
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  forEachVoxelAround(members, peak, reach, (value, x, y, z) => {
    if (value < least) return;
    total += value;
    sumX += value * x;
    sumY += value * y;
    sumZ += value * z;
  });
  voxel[0] = sumX / total;
  voxel[1] = sumY / total;
  voxel[2] = sumZ / total;
}

/** Visit the positive finite voxels of all members within `reach` voxels of the peak. */
function forEachVoxelAround(
  members: readonly HeatMaps[],
  peak: Peak,
  reach: number,
  visit: (value: number, x: number, y: number, z: number) => void,
): void {
  for (const { data, size } of members) {
    for (let z = Math.max(peak.z - reach, 0); z <= Math.min(peak.z + reach, size - 1); z++) {
      for (let y = Math.max(peak.y - reach, 0); y <= Math.min(peak.y + reach, size - 1); y++) {
        for (let x = Math.max(peak.x - reach, 0); x <= Math.min(peak.x + reach, size - 1); x++) {
          const value = data[peak.begin + (z * size + y) * size + x];
          if (value > 0 && value < Infinity) visit(value, x, y, z);
        }
      }
    }
  }
}

function requirePositiveInteger(value: number, where: string): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new VoxhandError('HEATMAP_INVALID', 'N-best option out of range', {
    expected: 'an integer >= 1',
    found: String(value),
    where,
  });
}
