import { VoxhandError } from '../errors/index.js';

/**
 * 3D heat maps of one cube, as a network returns them.
 *
 * `data[((joint * size + z) * size + y) * size + x]`, axes as in `VoxelGrid`. A joint at cube coordinate c in [0, 1)
 * has its peak at the continuous voxel position c * size - 0.5: voxel i's centre lies at (i + 0.5) / size.
 */
export interface HeatMaps {
  readonly joints: number;
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * Joints read off heat maps, in cube coordinates: `positions[3 * joint + 0..2]` = x, y, z in [0, 1] of the cube's edge
 * (0.5 is the cube's centre).
 */
export interface DecodedJoints {
  readonly positions: Float64Array;
  /** One per joint, in [0, 1]. */
  readonly confidences: Float32Array;
}

/** Voxels along an edge that a heat map may have at most: 256^3 of one joint are 64 MiB. */
export const MAX_HEATMAP_SIZE = 256;

/** Joints that one set of heat maps may have at most. */
export const MAX_HEATMAP_JOINTS = 256;

/**
 * Refuse declared dimensions that cannot be, before anything is allocated or read by them.
 *
 * @throws VoxhandError `HEATMAP_INVALID`
 */
export function checkHeatMapShape(joints: number, size: number, where: string): void {
  requireCount(joints, MAX_HEATMAP_JOINTS, `${where}.joints`);
  requireCount(size, MAX_HEATMAP_SIZE, `${where}.size`);
}

/**
 * Refuse heat maps whose data do not have the declared shape. What the voxels hold is not looked at: a map without a
 * peak (flat, nothing positive, all NaN) is a joint that was not seen, with confidence 0, and no error.
 *
 * @throws VoxhandError `HEATMAP_INVALID`
 */
export function checkHeatMaps(maps: HeatMaps, where = 'HeatMaps'): void {
  checkHeatMapShape(maps.joints, maps.size, where);
  const expected = maps.joints * maps.size ** 3;
  if (!(maps.data instanceof Float32Array) || maps.data.length !== expected) {
    throw new VoxhandError('HEATMAP_INVALID', 'heat-map data do not have the declared shape', {
      expected: `Float32Array of ${maps.joints} x ${maps.size}^3 = ${expected} voxels`,
      found: maps.data instanceof Float32Array ? `${maps.data.length} voxels` : typeof maps.data,
      where: `${where}.data`,
    });
  }
}

function requireCount(value: number, limit: number, where: string): void {
  if (Number.isInteger(value) && value >= 1 && value <= limit) return;
  throw new VoxhandError('HEATMAP_INVALID', 'heat-map dimensions out of range', {
    expected: `an integer from 1 to ${limit}`,
    found: String(value),
    where,
  });
}

/** Voxels summed at a time: the sums stay in the fastest cache while the members pass by. */
const TILE = 2048;

/**
 * Voxel-wise mean of an ensemble's heat maps.
 *
 * @param into Buffer for the result, of exactly its length; it may be one of the members' own. A new one by default.
 * @throws VoxhandError `HEATMAP_INVALID` for no members, members of different shapes or a buffer of another length
 */
export function meanHeatMaps(members: readonly HeatMaps[], into?: Float32Array): HeatMaps {
  checkMembers(members);
  const { joints, size, data: first } = members[0];
  if (into !== undefined && into.length !== first.length) {
    throw new VoxhandError('HEATMAP_INVALID', 'buffer for the mean has another length', {
      expected: `${first.length} voxels`,
      found: `${into.length} voxels`,
      where: 'meanHeatMaps.into',
    });
  }
  const mean = into ?? new Float32Array(first.length);
  const sums = new Float64Array(Math.min(TILE, mean.length));
  for (let begin = 0; begin < mean.length; begin += TILE) {
    const count = Math.min(TILE, mean.length - begin);
    sums.fill(0);
    for (const { data } of members) {
      for (let i = 0; i < count; i++) sums[i] += data[begin + i];
    }
    for (let i = 0; i < count; i++) mean[begin + i] = sums[i] / members.length;
  }
  return { joints, size, data: mean };
}

/**
 * Refuse an ensemble that is empty or whose members differ in shape.
 *
 * @throws VoxhandError `HEATMAP_INVALID`
 */
export function checkMembers(members: readonly HeatMaps[]): void {
  if (members.length === 0) {
    throw new VoxhandError('HEATMAP_INVALID', 'an ensemble without members', {
      expected: 'at least 1 set of heat maps',
      found: '0',
    });
  }
  const { joints, size } = members[0];
  members.forEach((member, index) => {
    checkHeatMaps(member, `HeatMaps[${index}]`);
    if (member.joints === joints && member.size === size) return;
    throw new VoxhandError('HEATMAP_INVALID', 'the members of an ensemble differ in shape', {
      expected: `${joints} x ${size}^3`,
      found: `${member.joints} x ${member.size}^3`,
      where: `HeatMaps[${index}]`,
    });
  });
}
