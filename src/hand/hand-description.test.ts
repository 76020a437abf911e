import { describe, expect, it, test } from 'vitest';
import { dot, multiply, type RigidTransform, rotationX, rotationY, rotationZ, type Vec3 } from '../geometry/matrix.js';
import { transformPoints } from '../geometry/transform.js';
import { POSE_NAMES, type PoseName } from '../kinematics/hand-data.js';
import { handPose, namedPose } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { boneOrientations, describeHand } from './hand-description.js';
import { BONES } from './skeleton.js';

/** Turned about every axis, half a metre away. */
const PLACE: RigidTransform = {
  rotation: multiply(rotationZ(0.7), rotationY(-0.4), rotationX(2.1)),
  translation: [0.1, -0.05, 0.5],
};
const SIDES = ['right', 'left'] as const;
const SIZES = [0.78, 1, 1.16];

function placed(pose: PoseName, side: 'right' | 'left', scale = 1): Float64Array {
  const { joints } = kinematicHand(namedPose(pose), neutralShape(scale));
  return inPlace(joints, side);
}

function inPlace(joints: Float64Array, side: 'right' | 'left'): Float64Array {
  const { rotation: r, translation: t } = PLACE;
  const mirror = side === 'left' ? -1 : 1;
  return joints.map((_, i) => {
    const [joint, axis] = [i - (i % 3), i % 3];
    const p = [mirror * joints[joint], joints[joint + 1], joints[joint + 2]];
    return r[3 * axis] * p[0] + r[3 * axis + 1] * p[1] + r[3 * axis + 2] * p[2] + t[axis];
  });
}

/** An axis of the palm frame (x to the thumb of a right hand, y to the fingers, z out of the palm) where the hand was placed. */
const axisOf = (column: 0 | 1 | 2): Vec3 => [
  PLACE.rotation[column],
  PLACE.rotation[3 + column],
  PLACE.rotation[6 + column],
];

const described = (pose: PoseName, side: 'right' | 'left' = 'right', scale = 1) =>
  describeHand({ positions: placed(pose, side, scale), handedness: side }, 0n);

describe.each(SIDES)('of a %s hand', (side) => {
  test('the normal points out of the palm and the direction to the fingers', () => {
    const { palmNormal, palmDirection, palmPosition } = described('flat', side);
    expect(dot(palmNormal, axisOf(2))).toBeGreaterThan(0.98);
    expect(dot(palmDirection, axisOf(1))).toBeGreaterThan(0.99);
    expect(dot(palmNormal, palmDirection)).toBeCloseTo(0, 12);
    expect(Math.hypot(...palmNormal)).toBeCloseTo(1, 12);
    const away = palmPosition.map((x, axis) => x - PLACE.translation[axis]) as unknown as Vec3;
    expect(dot(away, axisOf(1))).toBeGreaterThan(0.035);
    expect(dot(away, axisOf(1))).toBeLessThan(0.05);
  });

  test.each(SIZES)('size %f has the same strengths and curls as any other', (scale) => {
    for (const pose of POSE_NAMES) {
      const [one, other] = [described(pose, side), described(pose, side, scale)];
      expect(other.grabStrength).toBeCloseTo(one.grabStrength, 9);
      expect(other.pinchStrength).toBeCloseTo(one.pinchStrength, 9);
      expect(Math.max(...other.curls.map((curl, finger) => Math.abs(curl - one.curls[finger])))).toBeLessThan(1e-9);
      expect(other.palmLength).toBeCloseTo(scale * one.palmLength, 9);
      expect(other.pinchDistance).toBeCloseTo(scale * one.pinchDistance, 9);
    }
  });

  test('an unknown side gives the normal to which the fingers bend', () => {
    for (const pose of ['fist', 'relaxed', 'point', 'cup'] as const) {
      const positions = placed(pose, side);
      const known = describeHand({ positions, handedness: side }, 0n);
      expect(describeHand({ positions, handedness: 'unknown' }, 0n)).toEqual(known);
    }
  });

  test.each(POSE_NAMES)('bones of %s lie along -z of their quaternions, which have length 1', (pose) => {
    const positions = placed(pose, side);
    const q = boneOrientations({ positions, handedness: side });
    BONES.forEach(([from, to], bone) => {
      const rotation = [...q.subarray(4 * bone, 4 * bone + 4)] as [number, number, number, number];
      expect(Math.hypot(...rotation)).toBeCloseTo(1, 9);
      const tip = transformPoints({ translation: [0, 0, 0], rotation }, [0, 0, -1]);
      const along = [0, 1, 2].map((axis) => positions[3 * to + axis] - positions[3 * from + axis]);
      expect(Math.hypot(...along.map((x, axis) => tip[axis] - x / Math.hypot(...along)))).toBeLessThan(1e-9);
    });
  });

  test('the y axis of a straight finger leaves the back of the hand, and x completes a right-handed frame on both sides', () => {
    const q = boneOrientations({ positions: placed('flat', side), handedness: side });
    for (const bone of [5, 9, 13, 17]) {
      const rotation = [...q.subarray(4 * bone, 4 * bone + 4)] as [number, number, number, number];
      const [x, y] = [
        [1, 0, 0],
        [0, 1, 0],
      ].map((axis) => [...transformPoints({ translation: [0, 0, 0], rotation }, axis)] as unknown as Vec3);
      expect(dot(y, axisOf(2))).toBeLessThan(-0.97);
      // to the little finger of a right hand, to the thumb of a left one
      expect(dot(x, axisOf(0))).toBeLessThan(-0.97);
    }
  });

  test('the thumb is turned about itself as the kinematic hand at rest is, within 20 degrees', () => {
    const pose = handPose({ thumb_ip: 1.2 });
    const positions = inPlace(kinematicHand(pose).joints, side);
    const q = boneOrientations({ positions, handedness: side });
    const rotation = [...q.subarray(8, 12)] as [number, number, number, number];
    const y = [...transformPoints({ translation: [0, 0, 0], rotation }, [0, 1, 0])] as unknown as Vec3;
    // the bent tip leaves the proximal bone to the side of the thumb's pad, which is -y
    const joint = (i: number): Vec3 => [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
    const way = joint(4).map((x, axis) => x - joint(3)[axis]) as unknown as Vec3;
    const bone = joint(3).map((x, axis) => x - joint(2)[axis]) as unknown as Vec3;
    const along = dot(way, bone) / dot(bone, bone);
    const pad = way.map((x, axis) => x - along * bone[axis]) as unknown as Vec3;
    expect(-dot(y, pad) / Math.hypot(...pad)).toBeGreaterThan(Math.cos((20 * Math.PI) / 180));
  });
});

describe('curl', () => {
  const EXTENDED: Partial<Record<PoseName, readonly number[]>> = {
    flat: [0, 1, 2, 3, 4],
    spread: [0, 1, 2, 3, 4],
    point: [1],
    victory: [1, 2],
    four: [1, 2, 3, 4],
    thumbs_up: [0],
    call: [0, 4],
    horns: [1, 4],
    fist: [],
  };
  test.each(Object.entries(EXTENDED))(
    'of %s is below 0.2 for fingers %j, and above 0.6 for the others',
    (pose, straight) => {
      described(pose as PoseName).curls.forEach((curl, finger) => {
        if (straight.includes(finger)) expect(curl, `finger ${finger}`).toBeLessThan(0.2);
        else expect(curl, `finger ${finger}`).toBeGreaterThan(0.6);
      });
    },
  );

  it('grows with the bend, and is 0 for a finger bent backwards', () => {
    const indexCurl = (bend: number) => {
      const pose = handPose({ index_mcp: bend, index_pip: bend, index_dip: bend, index_abduction: 0 });
      return describeHand({ positions: kinematicHand(pose).joints, handedness: 'right' }, 0n).curls[1];
    };
    const bends = [-0.3, 0, 0.2, 0.4, 0.7, 1, 1.3, 1.6, 1.7];
    const curls = bends.map(indexCurl);
    expect(curls[0]).toBe(0);
    for (let i = 1; i < curls.length; i++) expect(curls[i]).toBeGreaterThanOrEqual(curls[i - 1]);
    expect(curls[8]).toBeGreaterThan(0.9);
  });
});

it('a fist whose tip was measured behind the palm is curled, not straight', () => {
  const positions = kinematicHand(namedPose('fist')).joints;
  // the index finger's tip: 20 mm to the wrist and 5 mm to the back of the hand from its root (palm frame, z out of the palm)
  positions.set([positions[15], positions[16] - 0.02, positions[17] - 0.005], 24);
  expect(describeHand({ positions, handedness: 'right' }, 0n).curls[1]).toBe(1);
});

describe('strengths', () => {
  it('a pinch is one, an open hand is none', () => {
    expect(described('pinch').pinchStrength).toBe(1);
    expect(described('ok').pinchStrength).toBe(1);
    expect(described('pinch').pinchDistance).toBeLessThan(0.012);
    for (const pose of ['spread', 'open', 'flat'] as const) expect(described(pose).pinchStrength).toBeLessThan(0.1);
  });

  it('a fist grabs, an open hand does not', () => {
    expect(described('fist').grabStrength).toBeGreaterThan(0.95);
    expect(described('grip').grabStrength).toBeGreaterThan(0.6);
    expect(described('flat').grabStrength).toBeLessThan(0.1);
    expect(described('relaxed').grabStrength).toBeLessThan(0.35);
  });
});

describe('velocity', () => {
  const at = (x: number) => placed('open', 'right').map((value, i) => (i % 3 === 0 ? value + x : value));
  const MS = 1_000_000n;

  it('of a hand that moves at 0.5 m/s is reached within 0.2 s, and the hand stays visible since its first frame', () => {
    let hand = describeHand({ positions: at(0), handedness: 'right' }, 0n);
    expect(hand.palmVelocity).toEqual([0, 0, 0]);
    for (let frame = 1; frame <= 6; frame++) {
      const stamp = BigInt(frame) * 33n * MS;
      hand = describeHand({ positions: at(0.5 * 0.033 * frame), handedness: 'right' }, stamp, hand);
    }
    expect(hand.palmVelocity[0]).toBeGreaterThan(0.47);
    expect(hand.palmVelocity[0]).toBeLessThan(0.5);
    expect(hand.palmVelocity[1]).toBeCloseTo(0, 9);
    expect(hand.visibleSince).toBe(0n);
  });

  it.each([0n, -33n * MS, 1000n * MS])('starts from zero where the stamp moves by %d ns', (step) => {
    const first = describeHand({ positions: at(0), handedness: 'right' }, 5000n * MS);
    const second = describeHand({ positions: at(0.05), handedness: 'right' }, 5000n * MS + step, first);
    expect(second.palmVelocity).toEqual([0, 0, 0]);
  });
});

it('joints that all lie on one point give zeros and unit quaternions, no NaN', () => {
  const positions = new Float64Array(63).fill(0.5);
  const hand = describeHand({ positions, handedness: 'right' }, 0n);
  expect(hand.palmNormal).toEqual([0, 0, 0]);
  expect([hand.pinchStrength, hand.grabStrength]).toEqual([0, 0]);
  const q = boneOrientations({ positions, handedness: 'right' });
  for (let bone = 0; bone < 20; bone++) expect([...q.subarray(4 * bone, 4 * bone + 4)]).toEqual([0, 0, 0, 1]);
});

it('writes orientations into the array that it is given', () => {
  const into = new Float64Array(80);
  expect(boneOrientations({ positions: placed('open', 'right'), handedness: 'right' }, into)).toBe(into);
  expect(into[3]).not.toBe(0);
});
