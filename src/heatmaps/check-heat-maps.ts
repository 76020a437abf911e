import { VoxhandError } from '../errors/index.js';
import type { HeatMaps } from './heat-maps.js';

/** Cells along an edge that a heat map may have at most: 256^3 of one joint are 64 MiB. */
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
 * Refuse heat maps whose data do not have the declared shape. What the cells hold is not looked at: a map without a
 * peak (flat, nothing positive, all NaN) is a joint that was not seen, with confidence 0, and no error.
 *
 * @throws VoxhandError `HEATMAP_INVALID`
 */
export function checkHeatMaps(maps: HeatMaps, where = 'HeatMaps'): void {
  checkHeatMapShape(maps.joints, maps.size, where);
  const expected = maps.joints * maps.size ** 3;
  if (!(maps.data instanceof Float32Array) || maps.data.length !== expected) {
    throw new VoxhandError('HEATMAP_INVALID', 'heat-map data do not have the declared shape', {
      expected: `Float32Array of ${maps.joints} x ${maps.size}^3 = ${expected} cells`,
      found: maps.data instanceof Float32Array ? `${maps.data.length} cells` : typeof maps.data,
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
