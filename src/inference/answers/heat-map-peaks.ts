import { VoxhandError } from '../../errors/voxhand-error.js';
import { JOINT_NAMES } from '../../hand/skeleton.js';
import type { HeatMaps } from '../../heatmaps/heat-maps.js';
import type { SelfTestAnswer } from '../model-manifest.js';

/**
 * The largest cell of each joint's heat map, the first one where several are equal: what a manifest's
 * `selfTest.expected` holds.
 */
export function peaksOf({ joints, size, data }: HeatMaps): SelfTestAnswer {
  const positions: SelfTestAnswer['positions'] = [];
  const values: number[] = [];
  for (let joint = 0; joint < joints; joint++) {
    const first = joint * size ** 3;
    let best = first;
    for (let cell = first + 1; cell < first + size ** 3; cell++) {
      if (data[cell] > data[best]) best = cell;
    }
    const cell = best - first;
    const [x, y, z] = [cell % size, Math.floor(cell / size) % size, Math.floor(cell / size ** 2)];
    positions.push([(x + 0.5) / size, (y + 0.5) / size, (z + 0.5) / size]);
    values.push(data[best]);
  }
  return { positions, values };
}

/**
 * Compare the heat maps that a model answers to its self-test with what its manifest promises.
 *
 * A joint passes when its largest value agrees within `tolerance.value`, and lies within `tolerance.cells` cells along
 * each axis of the promised cell or the promised cell ties with it (8-bit graphs give equal neighbours).
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
      where: `${where}, joint ${JOINT_NAMES[joint] ?? joint}`,
    });
  }
}

function peakText(position: readonly number[], value: number): string {
  return `${value.toFixed(5)} at (${position.map((c) => c.toFixed(4)).join(', ')})`;
}
