import { checkHeatMaps } from './check-heat-maps.js';
import { findPeak } from './find-peak.js';
import type { DecodedJoints, HeatMaps } from './heat-maps.js';
import { sampleTrilinear } from './sample-trilinear.js';

/** The maximum of one joint's heat map. */
export interface Peak {
  /** Index of the joint's first cell in the heat maps' data. */
  readonly begin: number;
  /** The cell with the maximum. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Move `cell`, which holds the maximum's indices, to the continuous position of the joint, in cells (integers are cell
 * centres).
 */
export type RefinePeak = (maps: HeatMaps, peak: Peak, cell: Float64Array) => void;

/**
 * What all decoders share: find the maximum, refine it, turn cells into cube coordinates (cell i's centre is
 * (i + 0.5) / size) and clip them to the cube.
 *
 * The confidence is the heat map's trilinear value at the decoded joint, clipped to [0, 1]. A unit peak between cell
 * centres is sampled below its top: an ideal map of sigma 1.7 gives 0.88 to 1. A second mode does not lower it.
 *
 * A joint without a peak (nothing positive, flat, all NaN) is put at the cube's centre with confidence 0.
 */
export function decodeEachJoint(maps: HeatMaps, refine: RefinePeak): DecodedJoints {
  checkHeatMaps(maps);
  const { joints, size, data } = maps;
  const positions = new Float64Array(3 * joints);
  const confidences = new Float32Array(joints);
  const cell = new Float64Array(3);
  const cells = size ** 3;
  for (let joint = 0; joint < joints; joint++) {
    const begin = joint * cells;
    const at = findPeak(data, begin, cells);
    if (at < 0) {
      positions.fill(0.5, 3 * joint, 3 * joint + 3);
      continue;
    }
    const peak = peakAt(at, begin, size);
    cell[0] = peak.x;
    cell[1] = peak.y;
    cell[2] = peak.z;
    refine(maps, peak, cell);
    confidences[joint] = clampUnit(sampleTrilinear(data, begin, size, cell[0], cell[1], cell[2]));
    for (let axis = 0; axis < 3; axis++) positions[3 * joint + axis] = clampUnit((cell[axis] + 0.5) / size);
  }
  return { positions, confidences };
}

/** The cell of the index `at` in a joint's map that begins at `begin`. */
export function peakAt(at: number, begin: number, size: number): Peak {
  const index = at - begin;
  return { begin, x: index % size, y: Math.floor(index / size) % size, z: Math.floor(index / (size * size)) };
}

/** Clip to [0, 1]. */
export function clampUnit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
