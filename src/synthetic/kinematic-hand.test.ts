import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GoldenShape, handShapeOf } from '../../test/helpers/golden-shape.js';
import { BONES, FINGER_NAMES, jointIndex } from '../hand/skeleton.js';
import { DOF_NAMES, HAND_DATA } from '../kinematics/hand-data.js';
import { mapPose, namedPose } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { jointPosition, kinematicHand } from './kinematic-hand.js';

/** Written by training/make_hand_golden.py, in single precision. */
interface Golden {
  name: string;
  pose: number[];
  shape: GoldenShape;
  joints: number[];
  forearm: number[];
  a: number[];
  b: number[];
  radiusA: number[];
  radiusB: number[];
}

const goldens: Golden[] = JSON.parse(
  readFileSync(new URL('../../test/fixtures/hand-golden.json', import.meta.url), 'utf8'),
);

function worst(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
}

describe('the hand of the Python training', () => {
  it.each(goldens.map((golden) => [golden.name, golden] as const))('is the same in the case %s', (_, golden) => {
    const ours = handShapeOf(golden.shape);
    const { joints, forearm, cones } = kinematicHand(
      mapPose((_dof, i) => golden.pose[i]!),
      ours,
    );
    expect(worst(joints, golden.joints)).toBeLessThan(1e-6);
    expect(worst(forearm, golden.forearm)).toBeLessThan(1e-6);
    expect(
      worst(
        cones.flatMap((cone) => cone.a),
        golden.a,
      ),
    ).toBeLessThan(1e-6);
    expect(
      worst(
        cones.flatMap((cone) => cone.b),
        golden.b,
      ),
    ).toBeLessThan(1e-6);
    expect(
      worst(
        cones.map((cone) => cone.radiusA),
        golden.radiusA,
      ),
    ).toBeLessThan(1e-6);
    expect(
      worst(
        cones.map((cone) => cone.radiusB),
        golden.radiusB,
      ),
    ).toBeLessThan(1e-6);
  });

  it('covers named poses and random ones', () => {
    expect(goldens.length).toBeGreaterThanOrEqual(12);
    expect(goldens[0]!.pose).toHaveLength(DOF_NAMES.length);
  });
});

it('bones keep their lengths in every pose', () => {
  const lengths = (name: 'open' | 'fist'): number[] => {
    const { joints } = kinematicHand(namedPose(name));
    return BONES.map(([from, to]) => {
      const [a, b] = [jointPosition(joints, from), jointPosition(joints, to)];
      return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    });
  };
  const open = lengths('open');
  for (const [i, length] of lengths('fist').entries()) expect(length).toBeCloseTo(open[i]!, 12);
});

it('a hand of another scale is the same hand, larger in everything', () => {
  const one = kinematicHand(namedPose('grip'));
  const large = kinematicHand(namedPose('grip'), neutralShape(1.15));
  expect(
    worst(
      large.joints,
      Array.from(one.joints, (x) => 1.15 * x),
    ),
  ).toBeLessThan(1e-12);
  for (const [i, cone] of large.cones.entries()) {
    expect(cone.radiusB).toBeCloseTo(1.15 * one.cones[i]!.radiusB, 12);
  }
});

it('fingers flex towards the palm, and the thumb stands on the side of the index finger', () => {
  const open = kinematicHand(namedPose('open')).joints;
  const fist = kinematicHand(namedPose('fist')).joints;
  for (const finger of FINGER_NAMES.slice(1)) {
    const tip = jointIndex(`${finger}_tip` as 'index_tip');
    expect(jointPosition(open, tip)[1]).toBeGreaterThan(0.13); // fingers up
    expect(jointPosition(fist, tip)[2]).toBeGreaterThan(0.01); // in front of the palm
    expect(jointPosition(fist, tip)[1]).toBeLessThan(jointPosition(fist, tip - 3)[1]);
  }
  expect(jointPosition(open, jointIndex('thumb_tip'))[0]).toBeGreaterThan(HAND_DATA.fingers.index.mcp[0] + 0.02);
});
