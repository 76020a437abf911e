import { describe, expect, it } from 'vitest';
import { rotate, transformPoint } from '../geometry/matrix.js';
import { DOF_NAMES } from '../kinematics/hand-data.js';
import { namedPose, poseViolations } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { CAMERAS } from './cameras.js';
import { FACING_CAMERA, type HandMotionOptions, handMotion, minimumJerk } from './hand-motion.js';
import { PRESETS } from './presets.js';

const still: HandMotionOptions = { poses: ['open'], poseVariation: 0, viewVariation: 0 };

describe('minimumJerk', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [0.5, 0.5],
    [1, 1],
    [2, 1],
  ])('at %f is %f', (time, share) => expect(minimumJerk(time)).toBe(share));

  it('has no speed and no acceleration at its ends', () => {
    expect(minimumJerk(0.001)).toBeLessThan(1.1e-8);
    expect(1 - minimumJerk(0.999)).toBeLessThan(1.1e-8);
  });
});

describe('a hand in motion', () => {
  it('that does not move faces the camera with the palm in its centre', () => {
    const { placement, pose, holding } = handMotion({ ...still, center: [0.1, -0.05, 0.6] })(1.234);
    for (const [i, r] of placement.rotation.entries()) expect(r).toBeCloseTo(FACING_CAMERA[i]!, 12);
    const palm = transformPoint(placement, [0, 0.05, 0]);
    for (const [i, x] of [0.1, -0.05, 0.6].entries()) expect(palm[i]).toBeCloseTo(x, 12);
    for (const dof of DOF_NAMES) expect(pose[dof]).toBeCloseTo(namedPose('open')[dof], 12);
    expect(holding).toBe(false);
  });

  it('rests in each pose in turn', () => {
    const motion = handMotion({ ...still, poses: ['open', 'fist', 'point'], dwell: 0.5, move: 0.5 });
    for (const [time, name] of [
      [0, 'open'],
      [0.49, 'open'],
      [1, 'fist'],
      [1.4, 'fist'],
      [2.2, 'point'],
      [3.1, 'open'],
    ] as const) {
      for (const dof of DOF_NAMES) expect(motion(time).pose[dof]).toBeCloseTo(namedPose(name)[dof], 9);
    }
  });

  it('shows its back after half a turn, fingers still up', () => {
    const { rotation } = handMotion({ ...still, views: [{ yaw: Math.PI, pitch: 0, roll: 0 }] })(0).placement;
    expect(rotate(rotation, [0, 0, 1])[2]).toBeCloseTo(1, 12); // the palm looks away
    expect(rotate(rotation, [0, 1, 0])[1]).toBeCloseTo(-1, 12);
    expect(rotate(rotation, [1, 0, 0])[0]).toBeCloseTo(-1, 12);
  });

  it('tips its fingers away from the camera by a positive pitch', () => {
    const { rotation } = handMotion({ ...still, views: [{ yaw: 0, pitch: 0.5, roll: 0 }] })(0).placement;
    expect(rotate(rotation, [0, 1, 0])[2]).toBeGreaterThan(0.4);
  });

  it('keeps to anatomical limits', () => {
    const motion = handMotion({ poses: ['fist', 'spread', 'claw'], poseVariation: 0.3, seed: 3 });
    for (let time = 0; time < 10; time += 0.1) expect(poseViolations(motion(time).pose)).toEqual([]);
  });

  it('leaves on time, comes back, and holds something every other time', () => {
    const leaving = { every: 4, away: 0.6, move: 0.4, offset: [-0.5, 0, 0] as const };
    const motion = handMotion({ ...still, leaving, holdingPoses: ['grip'] });
    for (const [time, x] of [
      [0, 0],
      [2.5, 0],
      [2.8, -0.25],
      [3.2, -0.5],
      [3.59, -0.5],
      [4, 0],
      [7.2, -0.5],
    ] as const) {
      expect(motion(time).excursion[0]).toBeCloseTo(x, 9);
    }
    expect([1, 3.1, 3.5, 6, 7.2, 7.4, 9].map((t) => motion(t).holding)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['poses', { poses: [] }],
    ['times', { poses: ['open'], move: 0 }],
    ['times', { poses: ['open'], swayPeriod: Number.NaN }],
    ['leaving', { poses: ['open'], leaving: { every: 1, away: 0.5, move: 0.3, offset: [0, 0, 0] } }],
  ] satisfies [string, HandMotionOptions][])('without possible %s is refused', (where, options) => {
    expect(() => handMotion(options)).toThrow(`at ${where}`);
  });
});

describe.each(['demo', 'hard'] as const)('the preset %s', (name) => {
  const scene = PRESETS[name].scene({ camera: CAMERAS.sr305, seed: 2, shape: neutralShape(), handedness: 'right' });
  const joints = (time: number): Float64Array => scene(time).hand!.joints;

  it('moves without a jump in speed', () => {
    // A jump of the speed by v would show as an acceleration of v / step: 0.1 m/s as 100 m/s^2.
    const step = 1 / 1000;
    let fastest = 0;
    for (let time = 0; time < 4; time += 0.004) {
      const [a, b, c] = [joints(time), joints(time + step), joints(time + 2 * step)];
      a.forEach((x, i) => {
        fastest = Math.max(fastest, Math.abs(x - 2 * b[i]! + c[i]!) / step ** 2);
      });
    }
    expect(fastest).toBeLessThan(name === 'demo' ? 25 : 90);
  });

  it('can be asked for any time in any order', () => {
    const [late, early] = [joints(3), joints(1.7)];
    expect(joints(3)).toEqual(late);
    expect(joints(1.7)).toEqual(early);
  });
});
