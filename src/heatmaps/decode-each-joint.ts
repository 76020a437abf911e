import { checkHeatMaps, type DecodedJoints, type HeatMaps } from './heat-maps.js';

/** The maximum of one joint's heat map. */
export interface Peak {
  /** Index of the joint's first voxel in the heat maps' data. */
  readonly begin: number;
  /** The voxel with the maximum. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Move `voxel`, which holds the maximum's indices, to the continuous position of the joint, in voxels (integers are voxel
 * centres).
 */
export type RefinePeak = (maps: HeatMaps, peak: Peak, voxel: Float64Array) => void;

/**
 * What all decoders share: find the maximum, refine it, turn voxels into cube coordinates (voxel i's centre is
 * (i + 0.5) / size) and clip them to the cube.
 *
 * The confidence is the heat map's trilinear value at the decoded joint, clipped to [0, 1]. A unit peak between voxel
 * centres is sampled below its top: an ideal map of sigma 1.7 gives 0.88 to 1. A second mode does not lower it.
 *
 * A joint without a peak (nothing positive, flat, all NaN) is put at the cube's centre with confidence 0.
 */
export function decodeEachJoint(maps: HeatMaps, refine: RefinePeak): DecodedJoints {
  checkHeatMaps(maps);
  const { joints, size, data } = maps;
  const positions = new Float64Array(3 * joints);
  const confidences = new Float32Array(joints);
  const voxel = new Float64Array(3);
  const voxels = size ** 3;
  for (let joint = 0; joint < joints; joint++) {
    const begin = joint * voxels;
    const at = findPeak(data, begin, voxels);
    if (at < 0) {
      positions.fill(0.5, 3 * joint, 3 * joint + 3);
      continue;
    }
    const peak = peakAt(at, begin, size);
    voxel[0] = peak.x;
    voxel[1] = peak.y;
    voxel[2] = peak.z;
    refine(maps, peak, voxel);
    confidences[joint] = clampUnit(sampleTrilinear(data, begin, size, voxel[0], voxel[1], voxel[2]));
    for (let axis = 0; axis < 3; axis++) positions[3 * joint + axis] = clampUnit((voxel[axis] + 0.5) / size);
  }
  return { positions, confidences };
}

/** The voxel of the index `at` in a joint's map that begins at `begin`. */
export function peakAt(at: number, begin: number, size: number): Peak {
  const index = at - begin;
  return { begin, x: index % size, y: Math.floor(index / size) % size, z: Math.floor(index / (size * size)) };
}

/** Clip to [0, 1]. */
export function clampUnit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** Bits of +Infinity as a float32; NaNs with the sign bit clear lie above it. */
const INFINITY_BITS = 0x7f800000;

/**
 * Index of the largest positive finite voxel in `data[begin .. begin + length)`, the first one among equals; -1 where
 * there is none, or where the map is flat (all voxels equal) and so has no peak.
 *
 * The float32 are compared by their bits: positive floats are ordered like integers, negative ones are negative
 * integers. That is more than twice as fast as comparing floats in V8. NaN and infinity are larger than every finite
 * value in this order; a map that holds them is searched again, slowly.
 */
export function findPeak(data: Float32Array, begin: number, length: number): number {
  const bits = new Int32Array(data.buffer, data.byteOffset + 4 * begin, length);
  const unrolled = length - (length % 8);
  let best = 0;
  let at = -1;
  let i = 0;
  for (; i < unrolled; i += 8) {
    if (
      bits[i] > best ||
      bits[i + 1] > best ||
      bits[i + 2] > best ||
      bits[i + 3] > best ||
      bits[i + 4] > best ||
      bits[i + 5] > best ||
      bits[i + 6] > best ||
      bits[i + 7] > best
    ) {
      for (let k = i; k < i + 8; k++) {
        if (bits[k] > best) {
          best = bits[k];
          at = k;
        }
      }
    }
  }
  for (; i < length; i++) {
    if (bits[i] > best) {
      best = bits[i];
      at = i;
    }
  }
  if (best >= INFINITY_BITS) at = findFinitePeak(bits);
  if (at === 0 && isFlat(bits)) return -1;
  return at < 0 ? -1 : begin + at;
}

function findFinitePeak(bits: Int32Array): number {
  let best = 0;
  let at = -1;
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] > best && bits[i] < INFINITY_BITS) {
      best = bits[i];
      at = i;
    }
  }
  return at;
}

/** Only a map whose first voxel is its maximum can be flat, so this hardly ever runs. */
function isFlat(bits: Int32Array): boolean {
  return bits.length > 1 && bits.every((value) => value === bits[0]);
}

/**
 * The heat map's value between its voxels: trilinear interpolation at the continuous voxel position (x, y, z), where
 * voxel centres are integers. Beyond the outermost centres the value of the border holds; a voxel that is not finite
 * counts as 0.
 *
 * `begin` is the index of the joint's first voxel in `data`.
 */
export function sampleTrilinear(
  data: Float32Array,
  begin: number,
  size: number,
  x: number,
  y: number,
  z: number,
): number {
  const px = clampToVoxels(x, size);
  const py = clampToVoxels(y, size);
  const pz = clampToVoxels(z, size);
  const x0 = Math.min(Math.floor(px), Math.max(size - 2, 0));
  const y0 = Math.min(Math.floor(py), Math.max(size - 2, 0));
  const z0 = Math.min(Math.floor(pz), Math.max(size - 2, 0));
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const dx = corner & 1;
    const dy = (corner >> 1) & 1;
    const dz = corner >> 2;
    const weight = (dx ? px - x0 : 1 - (px - x0)) * (dy ? py - y0 : 1 - (py - y0)) * (dz ? pz - z0 : 1 - (pz - z0));
    if (weight === 0) continue; // also keeps a corner beyond the border from being read
    const value = data[begin + ((z0 + dz) * size + (y0 + dy)) * size + x0 + dx];
    if (Number.isFinite(value)) sum += weight * value;
  }
  return sum;
}

function clampToVoxels(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1);
}

/**
 * The centre of the voxel with the largest value: the hard arg-max of the paper (V2V-PoseNet, section 4.3).
 * Rounding to voxels alone costs 0.48 voxel on average.
 *
 * @throws VoxhandError `HEATMAP_INVALID` where the data do not have the declared shape
 */
export function decodeMax(maps: HeatMaps): DecodedJoints {
  return decodeEachJoint(maps, () => {});
}
