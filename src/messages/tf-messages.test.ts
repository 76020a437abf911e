import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Transform, transformPoints } from '../geometry/transform.js';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { fromTfMessage, toFrameTransform, toHandTransform, toTfMessage } from './transforms.js';

const STAMP = 1_700_000_000_123_456_789n;

describe('the transforms of a message', () => {
  const camera = {
    stamp: STAMP,
    frameId: 'camera',
    parentFrameId: 'map',
    position: [1, 2, 3],
    orientation: [0, 0, 0, 1],
  } as const;
  const record = {
    stamp: STAMP,
    parent: 'map',
    child: 'camera',
    transform: { translation: [1, 2, 3], rotation: [0, 0, 0, 1] },
  };

  it.each([
    ['tf2_msgs/msg/TFMessage', toTfMessage(camera), [record]],
    ['tf2_msgs/msg/TFMessage of none', { transforms: [] }, []],
    ['geometry_msgs/msg/TransformStamped', toTfMessage(camera).transforms[0], [record]],
    ['foxglove.FrameTransform', toFrameTransform(camera), [record]],
    [
      'foxglove.FrameTransforms',
      { transforms: [toFrameTransform(camera), toFrameTransform(camera)] },
      [record, record],
    ],
  ])('are those of %s', (_, message, records) => {
    expect(fromTfMessage(message)).toEqual(records);
  });

  const [good] = toTfMessage(camera).transforms;
  it.each([
    ['nothing', undefined],
    ['an image', { header: good.header, width: 1, height: 1, data: new Uint8Array(2) }],
    ['a transform without a stamp', { ...good, header: { frame_id: 'map' } }],
    ['a transform of a frame without a name', { ...good, child_frame_id: 7 }],
    ['a transform without a turn', { ...good, transform: { translation: { x: 0, y: 0, z: 0 } } }],
    ['a list of what is none', { transforms: [good, null] }],
  ])('are not to be had of %s', (_, message) => {
    expect(() => fromTfMessage(message)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});

/** A flat hand seen from its back, fingers up, in axes x right, y up, z towards the viewer; `thumb` is -1 where it is on the left. */
function flatHand(
  handedness: 'right' | 'left',
  thumb: 1 | -1,
  change: (p: Float64Array) => void = () => {},
): HandJoints {
  const positions = new Float64Array(3 * JOINT_COUNT);
  const put = (joint: number, x: number, y: number, z = 0) => positions.set([x, y, z], 3 * joint);
  put(0, 0.3, -0.2, 0.5);
  for (const [k, root] of [5, 9, 13, 17].entries()) put(root, 0.3 + thumb * (0.03 - 0.02 * k), -0.1, 0.5);
  put(9, 0.3, -0.1, 0.5);
  change(positions);
  const confidences = new Float32Array(JOINT_COUNT).fill(1);
  return {
    stamp: STAMP,
    frameId: 'camera',
    handId: 0,
    handedness,
    tracked: true,
    positions,
    confidences,
    lagFrames: 0,
  };
}

/** x, y and z of the hand's frame in the camera's. */
function axesOf(hand: HandJoints): number[][] {
  const { transform } = toHandTransform(hand, 'hand_0') ?? expect.fail('no frame');
  const { x, y, z, w } = transform.rotation;
  const rotation: Transform = { translation: [0, 0, 0], rotation: [x, y, z, w] };
  return [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ].map((axis) => Array.from(transformPoints(rotation, axis), (c) => Math.round(c * 1e9) / 1e9 + 0));
}

describe('the frame of a hand', () => {
  it('lies at the wrist, under the name given', () => {
    expect(toHandTransform(flatHand('right', -1), 'hand_0')).toMatchObject({
      header: { stamp: { sec: 1_700_000_000, nanosec: 123_456_789 }, frame_id: 'camera' },
      child_frame_id: 'hand_0',
      transform: { translation: { x: 0.3, y: -0.2, z: 0.5 } },
    });
  });

  it.each([
    // seen from the back of the hand, the thumb of a right hand is on the left
    ['a right hand', flatHand('right', -1)],
    ['a left hand', flatHand('left', 1)],
  ])('has x towards the middle finger, z out of the back, y square to both: %s', (_, hand) => {
    expect(axesOf(hand)).toEqual([
      [0, 1, 0],
      [-1, 0, 0],
      [0, 0, 1],
    ]);
  });

  it('turns over with the hand', () => {
    // the same right hand seen from its palm
    expect(axesOf(flatHand('right', 1))).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, -1],
    ]);
  });

  it('is orthonormal and right-handed, and turns as the hand does', () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    fc.assert(
      fc.property(angle, angle, angle, (a, b, c) => {
        const turn: Transform = { translation: [0.1, 0.2, 0.3], rotation: eulerQuaternion(a, b, c) };
        const upright = flatHand('right', -1);
        const turned = { ...upright, positions: transformPoints(turn, upright.positions) };
        const [x, y, z] = axesOf(turned);
        const dot = (p: number[], q: number[]) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        for (const axis of [x, y, z]) expect(Math.hypot(...axis)).toBeCloseTo(1, 6);
        for (const [p, q] of [
          [x, y],
          [y, z],
          [z, x],
        ]) {
          expect(dot(p, q)).toBeCloseTo(0, 6);
        }
        expect(dot(x, [y[1] * z[2] - y[2] * z[1], y[2] * z[0] - y[0] * z[2], y[0] * z[1] - y[1] * z[0]])).toBeCloseTo(
          1,
          6,
        );
        const still: Transform = { ...turn, translation: [0, 0, 0] };
        const expected = axesOf(upright).map((axis) => transformPoints(still, axis));
        for (const [k, axis] of [x, y, z].entries()) {
          for (let i = 0; i < 3; i++) expect(axis[i]).toBeCloseTo(expected[k][i], 6);
        }
      }),
    );
  });

  it.each([
    ['a lost hand', lostHand(STAMP, 'camera', 'right')],
    ['a palm without length', flatHand('right', -1, (p) => p.copyWithin(27, 0, 3))],
    [
      'roots of fingers all on one line from the wrist',
      flatHand('right', -1, (p) => p.fill(0.3, 15, 16).fill(0.3, 51, 52)),
    ],
    ['joints at no place', flatHand('right', -1, (p) => p.fill(Number.NaN, 15, 18))],
    ['a wrist at infinity', flatHand('right', -1, (p) => p.fill(Number.POSITIVE_INFINITY, 0, 1))],
  ])('is not made up for %s', (_, hand) => {
    expect(toHandTransform(hand, 'hand_0')).toBeUndefined();
  });
});

function eulerQuaternion(a: number, b: number, c: number): Transform['rotation'] {
  const [ca, sa, cb, sb, cc, sc] = [a, b, c].flatMap((angle) => [Math.cos(angle / 2), Math.sin(angle / 2)]);
  return [
    sa * cb * cc - ca * sb * sc,
    ca * sb * cc + sa * cb * sc,
    ca * cb * sc - sa * sb * cc,
    ca * cb * cc + sa * sb * sc,
  ];
}
