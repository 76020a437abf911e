import { describe, expect, it } from 'vitest';
import { add, scaled, subtract } from '../geometry/matrix.js';
import { jointIndex } from '../hand/skeleton.js';
import { jointPosition, kinematicHand } from '../synthetic/kinematic-hand.js';
import { distanceTo } from '../synthetic/primitives.js';
import { DOF_NAMES, POSE_NAMES, type PoseName } from './hand-data.js';
import { blendPoses, clampPose, handPose, mapPose, namedPose, POSE_LIMITS, poseViolations } from './hand-pose.js';

describe('anatomical limits', () => {
  it.each(POSE_NAMES)('hold for the pose %s', (name) => expect(poseViolations(namedPose(name))).toEqual([]));

  it('include both ends', () => {
    expect(poseViolations(mapPose((dof) => POSE_LIMITS[dof][0]))).toEqual([]);
    expect(poseViolations(mapPose((dof) => POSE_LIMITS[dof][1]))).toEqual([]);
  });

  it('name the angle that breaks them', () => {
    const pose = handPose({ index_pip: 3 });
    const [min, max] = POSE_LIMITS.index_pip;
    expect(poseViolations(pose)).toEqual([{ dof: 'index_pip', value: 3, min, max }]);
    expect(clampPose(pose)).toEqual(handPose({ index_pip: max }));
  });

  it('are broken by an angle that is not a number', () => {
    expect(poseViolations(handPose({ ring_mcp: Number.NaN })).map((v) => v.dof)).toEqual(['ring_mcp']);
  });
});

it('a pose between two others is between them in each angle', () => {
  const middle = blendPoses(namedPose('open'), namedPose('fist'), 0.25);
  for (const dof of DOF_NAMES) {
    expect(middle[dof]).toBeCloseTo(0.75 * namedPose('open')[dof] + 0.25 * namedPose('fist')[dof], 12);
  }
});

it('an unknown pose is refused with the names that there are', () => {
  expect(() => namedPose('wink' as 'open')).toThrow(/open, spread.*found wink/);
});

describe('named poses', () => {
  const tips = (name: PoseName): number => {
    const { joints } = kinematicHand(namedPose(name));
    const [thumb, index] = ['thumb_tip', 'index_tip'].map((j) => jointPosition(joints, jointIndex(j as 'thumb_tip')));
    return Math.hypot(...subtract(thumb!, index!));
  };

  it.each(['pinch', 'ok'] as const)('%s brings the tips of thumb and index finger together', (name) => {
    expect(tips(name)).toBeLessThan(0.012);
  });

  it.each(POSE_NAMES)('%s has fingers that do not run through each other', (name) => {
    const { cones } = kinematicHand(namedPose(name));
    for (const one of cones) {
      for (const other of cones) {
        const fingers = ![one, other].some(({ group }) => group === 'palm' || group === 'forearm');
        if (!fingers || one.group === other.group) continue;
        for (const share of [0, 0.25, 0.5, 0.75, 1]) {
          const point = add(one.a, scaled(subtract(one.b, one.a), share));
          const radius = one.radiusA + share * (one.radiusB - one.radiusA);
          // skin gives way by a millimetre or so
          expect(distanceTo(other, point) - radius, `${one.name}, ${other.name}`).toBeGreaterThan(-0.0015);
        }
      }
    }
  });
});
