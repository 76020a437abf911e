import { VoxhandError } from '../../errors/voxhand-error.js';
import { JOINT_COUNT, JOINT_NAMES } from '../../hand/skeleton.js';
import type { HeatMaps } from '../../heatmaps/heat-maps.js';
import type { GaussianOutput, SelfTestAnswer } from '../model-manifest.js';
import type { AnswerReader } from './answer-reader.js';

/** How many heat maps, or joints, a network answers: one more than there are joints where it tells the side. */
export function mapsOf({ side }: { readonly side?: boolean | undefined }): number {
  return JOINT_COUNT + (side ? 1 : 0);
}

/**
 * Heat maps, brought into the order [joint][z][y][x] and multiplied by the manifest's scale; one that tells the side comes last.
 *
 * A voxel that is no number is let through: to the decoders it is a voxel that was not seen.
 */
export function heatMapAnswer(output: GaussianOutput): AnswerReader {
  const { size, scale } = output;
  const joints = mapsOf(output);
  const maps = (data: Float32Array): HeatMaps => ({ joints, size, data });
  return {
    length: joints * size ** 3,
    read: (raw, out) => mixJointMajor(raw, output, joints, scale, out, false),
    mean(raws, out) {
      const weight = scale / raws.length;
      for (const [k, raw] of raws.entries()) mixJointMajor(raw, output, joints, weight, out, k > 0);
    },
    expectation: (answer) => peaksOf(maps(answer)),
    check(answer, expected, { cells = 0, value = 0 }, where) {
      checkSelfTest(maps(answer), expected, { cells, value }, where);
    },
  };
}

/**
 * The largest voxel of each joint's heat map, the first one where several are equal: what a manifest's
 * `selfTest.expected` holds.
 */
export function peaksOf({ joints, size, data }: HeatMaps): SelfTestAnswer {
  const positions: SelfTestAnswer['positions'] = [];
  const values: number[] = [];
  for (let joint = 0; joint < joints; joint++) {
    const first = joint * size ** 3;
    let best = first;
    for (let voxel = first + 1; voxel < first + size ** 3; voxel++) {
      if (data[voxel] > data[best]) best = voxel;
    }
    const voxel = best - first;
    const [x, y, z] = [voxel % size, Math.floor(voxel / size) % size, Math.floor(voxel / size ** 2)];
    positions.push([(x + 0.5) / size, (y + 0.5) / size, (z + 0.5) / size]);
    values.push(data[best]);
  }
  return { positions, values };
}

/**
 * Compare the heat maps that a model answers to its self-test with what its manifest promises.
 *
 * A joint passes when its largest value agrees within `tolerance.value`, and lies within `tolerance.cells` voxels along
 * each axis of the promised voxel or the promised voxel ties with it (8-bit graphs give equal neighbours).
 *
 * @throws VoxhandError `MODEL_MISMATCH` naming the first joint that fails.
 */
export function checkSelfTest(
  maps: HeatMaps,
  expected: SelfTestAnswer,
  tolerance: { readonly cells: number; readonly value: number },
  where: string,
): void {
  const { size, data } = maps;
  const found = peaksOf(maps);
  for (let joint = 0; joint < maps.joints; joint++) {
    const [wanted, wantedValue] = [expected.positions[joint], expected.values[joint]];
    const [peak, value] = [found.positions[joint], found.values[joint]];
    const near = wanted.every((c, axis) => Math.abs(c - peak[axis]) * size <= tolerance.cells + 1e-6);
    const [x, y, z] = wanted.map((c) => Math.floor(c * size));
    const there = data[((joint * size + z) * size + y) * size + x];
    const ties = value - there <= tolerance.value;
    if ((near || ties) && Math.abs(value - wantedValue) <= tolerance.value) continue;
    throw new VoxhandError('MODEL_MISMATCH', 'the model fails its self-test', {
      expected: peakText(wanted, wantedValue),
      found: peakText(peak, value),
      where: `${where}, joint ${JOINT_NAMES[joint] ?? 'side'}`,
    });
  }
}

function peakText(position: readonly number[], value: number): string {
  return `${value.toFixed(5)} at (${position.map((c) => c.toFixed(4)).join(', ')})`;
}

/**
 * Write a network's raw output into joint-major heat maps, `out = weight * raw`, or add it to them.
 *
 * ```text
 * jdhw   [joint][z][y][x]   the order of HeatMaps
 * djhw   [z][joint][y][x]   a graph that treats depth slices as its batch: 2D convolutions over z slices
 *
 * either way a plane [y][x] of size^2 numbers stays in one piece
 * ```
 *
 * @param raw `joints * size^3` numbers in the order `layout`; only read
 * @param out as many numbers, [joint][z][y][x]; the caller's
 */
export function mixJointMajor(
  raw: Float32Array,
  { layout, size }: Pick<GaussianOutput, 'layout' | 'size'>,
  joints: number,
  weight: number,
  out: Float32Array,
  add: boolean,
): void {
  const plane = size * size;
  for (let joint = 0; joint < joints; joint++) {
    for (let z = 0; z < size; z++) {
      const to = (joint * size + z) * plane;
      const from = layout === 'jdhw' ? to : (z * joints + joint) * plane;
      if (add) for (let i = 0; i < plane; i++) out[to + i] += weight * raw[from + i];
      else for (let i = 0; i < plane; i++) out[to + i] = weight * raw[from + i];
    }
  }
}
