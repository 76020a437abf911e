import { VoxhandError } from '../errors/index.js';
import { checkHeatMaps } from './check-heat-maps.js';
import type { HeatMaps } from './heat-maps.js';

/** Cells summed at a time: the sums stay in the fastest cache while the members pass by. */
const TILE = 2048;

/**
 * Cell-wise mean of an ensemble's heat maps.
 *
 * @param into Buffer for the result, of exactly its length; it may be one of the members' own. A new one by default.
 * @throws VoxhandError `HEATMAP_INVALID` for no members, members of different shapes or a buffer of another length
 */
export function meanHeatMaps(members: readonly HeatMaps[], into?: Float32Array): HeatMaps {
  checkMembers(members);
  const { joints, size, data: first } = members[0];
  if (into !== undefined && into.length !== first.length) {
    throw new VoxhandError('HEATMAP_INVALID', 'buffer for the mean has another length', {
      expected: `${first.length} cells`,
      found: `${into.length} cells`,
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
