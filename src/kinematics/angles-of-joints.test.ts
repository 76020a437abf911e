import { expect, test } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { drawHandPose } from '../synthetic/pose-mixture.js';
import { anglesOfJoints } from './angles-of-joints.js';
import { handPose, namedPose } from './hand-pose.js';
import { drawHandShape } from './hand-shape.js';
import { ANGLE_NAMES } from './hand-state.js';

const DEGREE = Math.PI / 180;
const indexOf = (name: (typeof ANGLE_NAMES)[number]) => ANGLE_NAMES.indexOf(name);

test('the angles of joints are those that they were made with, within 2 degrees, for people of any proportions and both hands', () => {
  let compared = 0;
  for (let seed = 0; seed < 100; seed++) {
    const random = new SeededRandom(seed, 3);
    const shape = drawHandShape(random);
    const pose = drawHandPose(random);
    const { joints } = kinematicHand(pose, shape);
    const right = anglesOfJoints(joints, 'right');
    const left = anglesOfJoints(
      joints.map((x, i) => (i % 3 === 0 ? -x : x)),
      'left',
    );
    expect(left).toEqual(right);
    ANGLE_NAMES.forEach((name, i) => {
      if (Number.isNaN(right[i])) return;
      compared++;
      expect(Math.abs(right[i] - pose[name]), `${name} of hand ${seed}`).toBeLessThan(2 * DEGREE);
    });
  }
  expect(compared).toBeGreaterThan(1800);
});

test('joints do not say the abduction of a finger that points out of the palm, nor the twist of a straight thumb', () => {
  const fist = anglesOfJoints(kinematicHand(namedPose('fist')).joints, 'right');
  expect(fist[indexOf('index_abduction')]).toBeNaN();
  expect(fist[indexOf('index_mcp')]).toBeCloseTo(76 * DEGREE, 3);
  const straight = anglesOfJoints(kinematicHand(handPose({ thumb_mcp: 0, thumb_ip: 0 })).joints, 'right');
  for (const name of ['thumb_twist', 'thumb_mcp', 'thumb_ip'] as const) expect(straight[indexOf(name)]).toBeNaN();
  expect(straight[indexOf('thumb_radial')]).toBeCloseTo(38 * DEGREE, 6);
});
