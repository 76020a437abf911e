import { describe, expect, it } from 'vitest';
import { addPoints } from '../../test/helpers/add-points.js';
import type { Cube } from '../geometry/cube.js';
import type { VoxelGrid } from './voxel-grid.js';
import { occupiedPoints } from './voxel-grid.js';
import { beginGrid, finishGrid } from './voxelise.js';
import { reachesInto, withoutOtherHands } from './without-other-hands.js';

type Place = readonly [number, number, number];

/** An open hand that points up, its middle root there, joints 2 cm apart. */
function joints([x, y, z]: Place): Float64Array {
  const positions = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let k = 0; k < 4; k++) positions.set([x + 0.02 * (finger - 2), y - 0.02 * k, z], 3 * (1 + 4 * finger + k));
  }
  positions.set([x, y + 0.09, z], 0);
  return positions;
}

/** A cube around a place with some points of two hands in it. */
function gridOf(center: Place, points: readonly Place[], more: Partial<Cube> = {}): VoxelGrid {
  const grid = beginGrid({ center, edge: 0.3, roll: 0, mirror: false, ...more }, 60);
  addPoints(grid, Float32Array.from(points.flat()));
  return finishGrid(grid);
}

const rounded = (grid: VoxelGrid) =>
  Array.from({ length: grid.occupied }, (_, i) =>
    [...occupiedPoints(grid).subarray(3 * i, 3 * i + 3)].map((c) => Math.round(100 * c) / 100).join(' '),
  ).sort();

describe('a grid without other hands', () => {
  const own: Place = [0, 0, 0.6];
  const other: Place = [0.03, -0.01, 0.53];

  it.each([
    ['upright', {}],
    ['turned and mirrored', { roll: 0.7, mirror: true }],
  ])('keeps what lies at its own hand and loses what lies at the other and its forearm: %s', (_, how) => {
    const mine: Place[] = [
      [0, 0, 0.59],
      [-0.04, -0.05, 0.59],
    ];
    const theirs: Place[] = [
      [0.03, -0.01, 0.52],
      [0.07, -0.06, 0.52],
      [0.03, 0.13, 0.51], // the forearm behind the wrist
    ];
    const grid = gridOf(own, [...mine, ...theirs], how);
    expect(grid.occupied).toBe(5);
    const alone = withoutOtherHands(grid, joints(own), [joints(other)]);
    expect(alone.occupied).toBe(2);
    expect(alone.data.reduce((sum, voxel) => sum + voxel, 0)).toBe(2);
    expect(rounded(alone)).toEqual(rounded(gridOf(own, mine, how)));
  });

  it('keeps what could be of either hand, and what is of neither', () => {
    const between: Place[] = [
      [0.015, -0.005, 0.565],
      [-0.12, 0.1, 0.5],
    ];
    const grid = gridOf(own, between);
    expect(withoutOtherHands(grid, joints(own), [joints(other), joints([0.5, 0, 0.6])]).occupied).toBe(2);
  });

  it('needs to be made where a joint of the other hand is near', () => {
    const { cube } = gridOf(own, []);
    expect(reachesInto({ cube }, joints(other))).toBe(true);
    expect(reachesInto({ cube }, joints([0.5, 0, 0.6]))).toBe(false);
  });
});
