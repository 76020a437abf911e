import { describe, expect, it } from 'vitest';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { distanceTo } from '../synthetic/primitives.js';
import { FreeSpace } from './free-space.js';
import { HandKinematics } from './hand-kinematics.js';
import { handPose } from './hand-pose.js';
import { describedProportions } from './hand-proportions.js';
import { moveState, restState, STEP_SIZE } from './hand-state.js';
import { HandSurface } from './hand-surface.js';

const proportions = describedProportions();

function surfaceAt(step = new Float64Array(STEP_SIZE)) {
  const state = restState();
  moveState(restState(), step, state);
  const kinematics = new HandKinematics();
  const surface = new HandSurface();
  kinematics.update(state, proportions);
  surface.update(kinematics, state, proportions);
  return { kinematics, surface };
}

describe('the surface of the fitted hand', () => {
  it('lies where the cones of the synthetic hand lie, along thumb and fingers', () => {
    const { surface } = surfaceAt();
    const cones = kinematicHand(handPose()).cones.filter(({ group }) => group !== 'palm' && group !== 'forearm');
    let compared = 0;
    for (const cone of cones) {
      const middle = [0, 1, 2].map((k) => (cone.a[k] + cone.b[k]) / 2);
      const [x, y, z] = [middle[0], middle[1], middle[2] - 0.03];
      surface.nearest(x, y, z);
      if (surface.chain() < 0) continue;
      compared++;
      expect(surface.distance).toBeCloseTo(Math.min(...cones.map((one) => distanceTo(one, [x, y, z]))), 3);
    }
    expect(compared).toBeGreaterThan(8);
  });

  it.each([
    ['a fingertip', [0.03, 0.17, 0.04]],
    ['the thumb', [0.09, 0.08, 0.05]],
    ['the ball of the thumb', [0.03, 0.04, 0.05]],
    ['the back of the palm', [0, 0.05, -0.05]],
  ] as const)('changes its distance to a point near %s as its derivatives say', (_, [x, y, z]) => {
    const { kinematics, surface } = surfaceAt();
    const row = new Float64Array(STEP_SIZE);
    surface.nearest(x, y, z);
    const [nx, ny, nz] = surface.normal;
    surface.gradient(kinematics, nx, ny, nz, row);
    for (let k = 0; k < STEP_SIZE; k++) {
      const [less, more] = [-1e-5, 1e-5].map((by) => {
        const step = new Float64Array(STEP_SIZE);
        step[k] = by;
        const moved = surfaceAt(step).surface;
        moved.nearest(x, y, z);
        return moved.distance;
      });
      expect(Math.abs(-row[k] - (more - less) / 2e-5)).toBeLessThan(0.01);
    }
  });
});

describe('free space', () => {
  /** A square wall of 10 cm, 0.5 m away. */
  const wall: number[] = [];
  for (let x = -10; x <= 10; x++) for (let y = -10; y <= 10; y++) wall.push(x * 0.005, y * 0.005, 0.5);
  const space = new FreeSpace();
  space.build(Float32Array.from(wall), [0, 0, 0.5], 0.005);
  const at = (x: number, y: number, z: number) => {
    space.query(x, y, z, 0.01);
    return { depth: space.depth, way: [...space.way] };
  };

  it('is what lies in front of a seen point: the way out leads back', () => {
    const { depth, way } = at(0, 0, 0.45);
    expect(depth).toBeCloseTo(0.06, 6);
    expect(way).toEqual([0, 0, 1]);
  });

  it('is not what lies behind it, nor what touches it', () => {
    expect(at(0.01, 0.01, 0.55).depth).toBe(0);
    expect(at(0, 0, 0.51).depth).toBe(0);
  });

  it('is what lies beside all seen points: the way out leads to the nearest', () => {
    const { depth, way } = at(0.07, 0, 0.5);
    expect(depth).toBeGreaterThan(0.01);
    expect(way[0]).toBeLessThan(-0.95);
    expect(at(0.14, 0, 0.5).depth).toBe(0); // too far to say
  });
});
