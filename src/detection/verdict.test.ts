import { describe, expect, it } from 'vitest';
import { cubeFor } from '../voxels/cube.js';
import { readVerdict } from './verdict.js';

const options = { edge: 0.3, roll: 'hand-down', handedness: 'unknown', modelHandedness: 'unknown' } as const;

describe('a verdict', () => {
  it("says where the hand is and how it is turned, in the camera's frame", () => {
    // fingers to the right: the wrist is left of the middle root, and the cube is turned so that it lies below
    const cube = cubeFor({ position: [0.1, 0.2, 0.5], arm: [-1, 0] }, options);
    const { root, direction, hand, left } = readVerdict([0, 0.1, 0.2, 2, -3, 0, -1], cube);
    expect(direction?.[0]).toBeCloseTo(1, 9);
    expect(direction?.[1]).toBeCloseTo(0, 9);
    // down in the cube is left in the camera
    expect(root[0]).toBeCloseTo(0.1 - 0.03, 9);
    expect(root[1]).toBeCloseTo(0.2, 9);
    expect(root[2]).toBeCloseTo(0.56, 9);
    expect(hand).toBeCloseTo(1 / (1 + Math.exp(-2)), 9);
    expect(left).toBe(-3);
  });

  it('turns the direction by what the network saw: 30 degrees clockwise of a hand that points up', () => {
    const cube = cubeFor({ position: [0, 0, 0.5], arm: [0, 1] }, options);
    const turn = Math.PI / 6;
    const { direction } = readVerdict([0, 0, 0, 0, 0, 2 * Math.sin(turn), -2 * Math.cos(turn)], cube);
    expect(direction?.[0]).toBeCloseTo(0.5, 9);
    expect(direction?.[1]).toBeCloseTo(-Math.cos(turn), 9);
  });

  it('has no direction and no side where the network is not sure of one, and must have seven numbers', () => {
    const cube = cubeFor({ position: [0, 0, 0.5], arm: [0, 1] }, options);
    expect(readVerdict([0, 0, 0, 0, 0, 0.1, -0.1], cube).direction).toBeUndefined();
    expect([-0.9, 0.9, 1].map((left) => readVerdict([0, 0, 0, 0, left, 0, -1], cube).left)).toEqual([0, 0, 1]);
    expect(() => readVerdict([0, 0, 0], cube)).toThrow(expect.objectContaining({ code: 'INFERENCE_FAILED' }));
  });
});
