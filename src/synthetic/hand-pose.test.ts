import { describe, expect, it } from 'vitest';
import { DOF_NAMES, POSE_NAMES } from './hand-data.js';
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
