import { expect, test } from 'vitest';
import { FINGER_JOINTS } from '../hand/skeleton.js';
import { ANGLE_NAMES } from '../kinematics/hand-state.js';
import { AngleErrors } from './angle-errors.js';

test('angles are compared in degrees, those that are not known are left out, and fingers that are seen count apart', () => {
  const errors = new AngleErrors();
  const truth = new Float64Array(21);
  const angles = truth.slice();
  angles[ANGLE_NAMES.indexOf('index_pip')] = (-10 * Math.PI) / 180;
  angles[ANGLE_NAMES.indexOf('little_mcp')] = (32 * Math.PI) / 180;
  truth[ANGLE_NAMES.indexOf('thumb_twist')] = Number.NaN;
  // the index finger is seen, and of the little one all but its tip
  const visible = new Uint8Array(21);
  for (const joint of [...FINGER_JOINTS[1], ...FINGER_JOINTS[4].slice(0, 3)]) visible[joint] = 1;
  errors.add(angles, truth, visible);
  const { all, visible: seen } = errors.report();
  expect(all).toEqual({ count: 20, meanDegrees: expect.closeTo(42 / 20, 9), medianDegrees: 0, p95Degrees: 10 });
  expect(seen).toMatchObject({ count: 4, meanDegrees: expect.closeTo(2.5, 9) });
});

test('nothing is said of no angles', () => {
  const none = { count: 0, meanDegrees: null, medianDegrees: null, p95Degrees: null };
  expect(new AngleErrors().report()).toEqual({ all: none, visible: none });
});
