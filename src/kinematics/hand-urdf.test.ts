import { describe, expect, it } from 'vitest';
import { HAND_LINKS, jointsInHandFrame } from '../../test/helpers/hand-links.js';
import { SeededRandom } from '../geometry/random.js';
import { describedProportions } from './hand-proportions.js';
import { ANGLE_MAX, ANGLE_MIN, jointNames } from './hand-state.js';
import { handUrdf } from './hand-urdf.js';
import { parseUrdf } from './robot/robot.js';
import { RobotKinematics } from './robot/robot-kinematics.js';
import { parseXml } from './robot/xml.js';

describe('the URDF of a hand', () => {
  const proportions = describedProportions(0.93);

  it.each(['right', 'left'] as const)(
    'puts the joints of a %s hand where the kinematics put them, in its TF frame',
    (side) => {
      const robot = parseUrdf(handUrdf(proportions, side), 'hand.urdf');
      expect([...robot.moving].sort()).toEqual([...jointNames(side)].sort());
      const random = new SeededRandom(4);
      const angles = ANGLE_MIN.map((min, i) => random.uniform(min, ANGLE_MAX[i]));
      const expected = jointsInHandFrame(angles, proportions, side);
      const kinematics = new RobotKinematics(robot);
      kinematics.update(robot.moving.map((name) => angles[jointNames(side).indexOf(name)]));
      HAND_LINKS.forEach((name, joint) => {
        const at = kinematics.at(robot.links.indexOf(`${side}_${name}`));
        for (let k = 0; k < 3; k++) expect(at[k]).toBeCloseTo(expected[3 * joint + k], 4);
      });
    },
  );

  it('has the anatomical limits, and a shape for every bone', () => {
    const text = handUrdf(proportions, 'right');
    const robot = parseUrdf(text, 'hand.urdf');
    robot.moving.forEach((name, i) => {
      const angle = jointNames('right').indexOf(name);
      expect(robot.lower[i]).toBeCloseTo(ANGLE_MIN[angle], 4);
      expect(robot.upper[i]).toBeCloseTo(ANGLE_MAX[angle], 4);
    });
    const shaped = parseXml(text, 'hand.urdf').children.filter(({ children }) =>
      children.some((c) => c.name === 'visual'),
    );
    expect(shaped.map(({ attributes }) => attributes.name)).toHaveLength(1 + 15);
  });
});

describe('the reader of robots', () => {
  it.each([
    ['<robot name="a"><link name="b"/>', '</robot>'],
    ['<!DOCTYPE robot><robot/>', 'a tag'],
    ['<robot><link name="a"/><link name="b"/></robot>', 'one root link'],
    [
      '<robot><link name="a"/><link name="b"/><joint name="j" type="floating"><parent link="a"/><child link="b"/></joint></robot>',
      'revolute',
    ],
    [
      '<robot><link name="a"/><link name="b"/><joint name="j" type="fixed"><parent link="a"/><child link="b"/><origin xyz="0 0"/></joint></robot>',
      'three numbers',
    ],
    ['<html/>', '<robot>'],
  ])('says what it misses in %s', (text, expected) => {
    expect(() => parseUrdf(text, 'robot.urdf')).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', expected: expect.stringContaining(expected) }),
    );
  });
});
