import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kinematicHand } from '../../synthetic/kinematic-hand.js';
import { namedPose } from '../hand-pose.js';
import { describedProportions } from '../hand-proportions.js';
import { ANGLE_NAMES, jointNames } from '../hand-state.js';
import { handUrdf } from '../hand-urdf.js';
import { Retargeter } from './retarget.js';
import { parseUrdf } from './robot.js';
import { RobotKinematics } from './robot-kinematics.js';

const robotOf = (name: string) => parseUrdf(readFileSync(`examples/robots/${name}.urdf`, 'utf8'), `${name}.urdf`);

/** A right hand in a named pose, somewhere in front of a camera. */
function handIn(name: Parameters<typeof namedPose>[0]) {
  const pose = namedPose(name);
  const { joints } = kinematicHand(pose);
  const positions = joints.map((x, i) => (i % 3 === 1 ? -1 : i % 3 === 2 ? -1 : 1) * x + [0.1, 0, 0.5][i % 3]);
  return { handedness: 'right' as const, positions, angles: { positions: ANGLE_NAMES.map((angle) => pose[angle]) } };
}

const apart = (positions: Float64Array, a: number, b: number) =>
  Math.hypot(...[0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k]));

describe('the kinematics of a robot', () => {
  it('have the derivatives that finite differences give', () => {
    const robot = robotOf('three-fingers');
    const kinematics = new RobotKinematics(robot);
    const values = robot.moving.map((_, i) => 0.1 * i - 0.2);
    const tip = robot.links.indexOf('thumb_tip');
    const row = new Float64Array(values.length);
    kinematics.update(values);
    kinematics.gradient(tip, [0, 0.6, 0.8], 1, row);
    const along = (by: number, k: number) => {
      kinematics.update(values.map((value, i) => (i === k ? value + by : value)));
      const [, y, z] = kinematics.at(tip);
      return 0.6 * y + 0.8 * z;
    };
    row.forEach((slope, k) => {
      expect(slope).toBeCloseTo((along(1e-5, k) - along(-1e-5, k)) / 2e-5, 7);
    });
  });
});

describe('retargeting', () => {
  it('opens a gripper as far as thumb and finger are apart, within its limits', () => {
    const pair = ['thumb_tip', 'index_tip'] as const;
    const gripper = new Retargeter(robotOf('gripper'), {
      distances: [{ joint: 'opening', hand: [...pair], factor: 0.5 }],
    });
    const ok = handIn('ok');
    expect(gripper.retarget(ok)[0]).toBeCloseTo(apart(ok.positions, 4, 8) / 2, 12);
    expect(gripper.retarget(handIn('spread'))[0]).toBe(0.0425);
  });

  it('brings a robot of the proportions of the hand into its pose by fingertips and joints', () => {
    const robot = parseUrdf(handUrdf(describedProportions(), 'right'), 'hand.urdf');
    const links = ['proximal', 'middle', 'distal', 'tip'].slice(1);
    const joints = ['pip', 'dip', 'tip'];
    const positions = ['index', 'middle', 'ring', 'little'].flatMap((finger) =>
      joints.map((joint, i) => ({ link: `right_${finger}_${links[i]}`, hand: `${finger}_${joint}` as 'index_tip' })),
    );
    const retargeter = new Retargeter(robot, { positions, smoothness: 1e-4, iterations: 50 });
    const hand = handIn('claw');
    const values = retargeter.retarget(hand);
    robot.moving.forEach((name, i) => {
      const angle = ANGLE_NAMES[jointNames('right').indexOf(name)];
      if (!angle.startsWith('thumb'))
        expect(values[i]).toBeCloseTo(hand.angles.positions[ANGLE_NAMES.indexOf(angle)], 2);
    });
  });

  it('brings fingertips together where those of the hand are, and copies an angle', () => {
    const robot = robotOf('three-fingers');
    const retargeter = new Retargeter(robot, {
      vectors: [{ links: ['thumb_tip', 'index_tip'], hand: ['thumb_tip', 'index_tip'], weight: 4 }],
      positions: [{ link: 'index_tip', hand: 'index_tip' }],
      angles: [{ joint: 'middle_bend_1', hand: 'middle_mcp' }],
      smoothness: 1e-4,
      iterations: 60,
    });
    const hand = handIn('pinch');
    const values = retargeter.retarget(hand);
    const kinematics = new RobotKinematics(robot);
    kinematics.update(values);
    const [thumb, index] = ['thumb_tip', 'index_tip'].map((name) => robot.links.indexOf(name));
    expect(apart(kinematics.positions, thumb, index)).toBeCloseTo(apart(hand.positions, 4, 8), 2);
    expect(values[robot.moving.indexOf('middle_bend_1')]).toBeCloseTo(namedPose('pinch').middle_mcp, 9);
    values.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(robot.lower[i]);
      expect(value).toBeLessThanOrEqual(robot.upper[i]);
    });
  });

  it('keeps its values for a hand that cannot be read', () => {
    const retargeter = new Retargeter(robotOf('three-fingers'), {
      positions: [{ link: 'index_tip', hand: 'index_tip' }],
    });
    const before = retargeter.retarget(handIn('point')).slice();
    expect(retargeter.retarget({ ...handIn('point'), positions: new Float64Array(63) })).toEqual(before);
  });

  it('names a link that the robot has not', () => {
    expect(() => new Retargeter(robotOf('gripper'), { positions: [{ link: 'toe', hand: 'index_tip' }] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', found: 'toe' }),
    );
  });
});
