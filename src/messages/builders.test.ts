import { describe, expect, it, test } from 'vitest';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { BONES, JOINT_COUNT } from '../hand/skeleton.js';
import { cdrCodec } from './cdr-codec.js';
import type { Codec } from './codec.js';
import { fromHandJointsMessage, toHandJointsMessage } from './hand-joints-message.js';
import { toCameraInfoMessage, toCompressedImageMessage, toDepthImageMessage, toImageMessage } from './images.js';
import { jsonCodec } from './json-codec.js';
import { clearMarkers, toMarkerArray } from './marker-array.js';
import { toJointTrajectoryMessage, toPointStamped, toPoseArray } from './points.js';
import { recordedCodec } from './recorded-codec.js';
import { toSceneUpdate } from './scene-update.js';
import { OPTICAL_ROTATION, toFrameTransform, toTfMessage } from './transforms.js';

const STAMP = 1_700_000_000_123_456_789n;
const HAND: HandJoints = {
  stamp: STAMP,
  frameId: 'depth_optical',
  handId: 3,
  handedness: 'left',
  tracked: true,
  positions: Float64Array.from({ length: JOINT_COUNT * 3 }, (_, i) => (100 + i) / 1000),
  confidences: Float32Array.from({ length: JOINT_COUNT }, (_, i) => i / 20),
  lagFrames: 2,
};
const LOST = lostHand(STAMP, 'depth_optical', 'left', 3, 2);
const CAMERA = { stamp: STAMP, frameId: 'depth_optical', width: 4, height: 2, fx: 5, fy: 6, cx: 1.5, cy: 0.5 };
const PIXELS = { stamp: STAMP, frameId: 'depth_optical', width: 4, height: 2 };

/** Every builder with its codec. */
const MESSAGES: readonly [string, Codec<never>, object][] = [
  ['HandJoints', cdrCodec('voxhand_msgs/msg/HandJoints'), toHandJointsMessage(HAND, STAMP + 5n)],
  ['HandJoints of a lost hand', cdrCodec('voxhand_msgs/msg/HandJoints'), toHandJointsMessage(LOST)],
  ['PoseArray', cdrCodec('geometry_msgs/msg/PoseArray'), toPoseArray(HAND)],
  ['MarkerArray', cdrCodec('visualization_msgs/msg/MarkerArray'), toMarkerArray(HAND)],
  ['MarkerArray of a lost hand', cdrCodec('visualization_msgs/msg/MarkerArray'), toMarkerArray(LOST)],
  ['MarkerArray that clears', cdrCodec('visualization_msgs/msg/MarkerArray'), clearMarkers(STAMP, 'depth_optical')],
  ['SceneUpdate', jsonCodec('foxglove.SceneUpdate'), toSceneUpdate(HAND)],
  ['SceneUpdate of a lost hand', jsonCodec('foxglove.SceneUpdate'), toSceneUpdate(LOST)],
  [
    'JointTrajectory',
    cdrCodec('trajectory_msgs/msg/JointTrajectory'),
    toJointTrajectoryMessage(STAMP, 'depth_optical', ['opening'], { positions: Float64Array.of(0.02) }, 0.1),
  ],
  ['PointStamped', cdrCodec('geometry_msgs/msg/PointStamped'), toPointStamped(STAMP, 'depth_optical', [1, 2, 3])],
  ['TFMessage', cdrCodec('tf2_msgs/msg/TFMessage'), toTfMessage({ stamp: STAMP, frameId: 'depth_optical' })],
  [
    'FrameTransform',
    jsonCodec('foxglove.FrameTransform'),
    toFrameTransform({ stamp: STAMP, frameId: 'depth_optical' }),
  ],
  [
    'Image',
    cdrCodec('sensor_msgs/msg/Image'),
    toImageMessage({ ...PIXELS, encoding: '16UC1', data: new Uint8Array(16) }),
  ],
  [
    'CompressedImage',
    cdrCodec('sensor_msgs/msg/CompressedImage'),
    toCompressedImageMessage(PIXELS, 'png', Uint8Array.of(1)),
  ],
  ['CameraInfo', cdrCodec('sensor_msgs/msg/CameraInfo'), toCameraInfoMessage(CAMERA)],
] as unknown as readonly [string, Codec<never>, object][];

/** Colours travel as float32: compare numbers no finer than that. */
function coarse(value: unknown): unknown {
  if (typeof value === 'number') return Math.fround(value);
  if (Array.isArray(value)) return value.map(coarse);
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, coarse(member)]));
}

describe('builders', () => {
  test.each(MESSAGES)(
    '%s comes back from its codec, and from the schema that it is recorded with',
    (_, codec, message) => {
      const bytes = codec.encode(message as never);
      const expected = coarse(message) as object;
      expect(coarse(codec.decode(bytes))).toMatchObject(expected);
      expect(coarse(recordedCodec({ ...codec }).decode(bytes))).toMatchObject(expected);
    },
  );
});

describe('HandJoints', () => {
  const codec = cdrCodec('voxhand_msgs/msg/HandJoints');

  test.each([
    ['a tracked hand', HAND],
    ['a lost hand', LOST],
  ])('brings back %s', (_, hand) => {
    expect(fromHandJointsMessage(codec.decode(codec.encode(toHandJointsMessage(hand))))).toEqual(hand);
  });

  it('owns its arrays, whatever becomes of the bytes', () => {
    const bytes = codec.encode(toHandJointsMessage(HAND));
    const hand = fromHandJointsMessage(codec.decode(bytes));
    bytes.fill(0);
    expect(hand).toEqual(HAND);
  });

  it('says the age of a live result and none of a replayed one', () => {
    expect(toHandJointsMessage(HAND, STAMP + 30_000_000n).age).toEqual({ sec: 0, nanosec: 30_000_000 });
    expect(toHandJointsMessage(HAND).age).toEqual({ sec: 0, nanosec: 0 });
  });

  it('never carries old joints under a lost hand', () => {
    const stale = { ...HAND, tracked: false };
    expect(toHandJointsMessage(stale)).toMatchObject({
      tracked: false,
      positions: [],
      confidences: new Float32Array(0),
    });
    expect(fromHandJointsMessage({ ...toHandJointsMessage(HAND), tracked: false }).positions).toHaveLength(0);
  });

  test.each([
    ['handedness', { handedness: 3 }],
    ['skeleton', { skeleton: 'mano16' }],
    ['positions', { positions: [{ x: 0, y: 0, z: 0 }] }],
    ['confidences', { confidences: new Float32Array(20) }],
    ['positions', { positions: Array.from({ length: JOINT_COUNT }, () => ({ x: Number.NaN, y: 0, z: 0 })) }],
  ])('with %s that we cannot take is refused', (field, change) => {
    expect(() => fromHandJointsMessage({ ...toHandJointsMessage(HAND), ...change })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', where: `voxhand_msgs/msg/HandJoints.${field}` }),
    );
  });
});

describe('PoseArray', () => {
  it('has a pose a joint, and none of a lost hand', () => {
    expect(toPoseArray(HAND).poses).toHaveLength(JOINT_COUNT);
    expect(toPoseArray(HAND).poses[1].position).toEqual({ x: 0.103, y: 0.104, z: 0.105 });
    expect(toPoseArray(LOST).poses).toEqual([]);
  });
});

describe('MarkerArray', () => {
  it('is one SPHERE_LIST of joints and one LINE_LIST of bones, each point with its colour, and a text', () => {
    const [joints, bones] = toMarkerArray(HAND).markers;
    expect(joints).toMatchObject({ ns: 'hand/3', id: 0, type: 7, action: 0 });
    expect(joints.points).toHaveLength(JOINT_COUNT);
    expect(joints.colors).toHaveLength(JOINT_COUNT);
    expect(bones).toMatchObject({ ns: 'hand/3', id: 1, type: 5, action: 0 });
    expect(bones.points).toHaveLength(BONES.length * 2);
    expect(bones.colors).toHaveLength(BONES.length * 2);
    BONES.forEach(([from, to], bone) => {
      expect(bones.points.slice(bone * 2, bone * 2 + 2)).toEqual([joints.points[from], joints.points[to]]);
    });
  });

  it('shows fingers by colour and confidence by clearness', () => {
    const [{ colors }] = toMarkerArray(HAND).markers;
    const rgb = ({ r, g, b }: { r: number; g: number; b: number }) => `${r} ${g} ${b}`;
    expect(new Set(colors.map(rgb)).size).toBe(6);
    for (const finger of [1, 5, 9, 13, 17]) {
      expect(new Set(colors.slice(finger, finger + 4).map(rgb)).size).toBe(1);
    }
    const alphas = colors.map(({ a }) => a);
    expect(alphas).toEqual([...alphas].sort((a, b) => a - b));
    expect(alphas[0]).toBeCloseTo(0.15);
    expect(alphas[20]).toBeCloseTo(1);
  });

  it('vanishes by itself half a second after the last one', () => {
    expect(toMarkerArray(HAND).markers[0].lifetime).toEqual({ sec: 0, nanosec: 500_000_000 });
  });

  it('names side and id behind the wrist, in the colour of the side', () => {
    const [, , label] = toMarkerArray(HAND).markers;
    expect(label).toMatchObject({ ns: 'hand/3', id: 2, type: 9, action: 0, text: 'left 3', scale: { z: 0.018 } });
    // the wrist is at 0.1, the middle finger's root 27 mm farther along each axis
    expect(label.pose?.position?.x).toBeCloseTo(0.1 - 0.35 * 0.027, 9);
    const sides = (['right', 'left', 'unknown'] as const).map((handedness) => {
      const [joints, bones, { color }] = toMarkerArray({ ...HAND, handedness }).markers;
      const rgb = ({ r, g, b }: { r: number; g: number; b: number }) => [r, g, b].map((c) => Math.round(255 * c));
      expect(rgb(joints.colors[0])).toEqual(rgb(color));
      expect(rgb(bones.colors[0])).toEqual(rgb(color));
      expect(rgb(bones.colors[1])).toEqual(rgb(joints.colors[1]));
      return rgb(color);
    });
    expect(sides).toEqual([
      [0xf0, 0xe4, 0x42],
      [0x4c, 0x8d, 0xff],
      [0xf2, 0xf2, 0xf2],
    ]);
  });

  it('deletes the same three markers of a lost hand', () => {
    const { markers } = toMarkerArray({ ...HAND, tracked: false });
    expect(markers.map(({ ns, id, action, points }) => ({ ns, id, action, points }))).toEqual([
      { ns: 'hand/3', id: 0, action: 2, points: [] },
      { ns: 'hand/3', id: 1, action: 2, points: [] },
      { ns: 'hand/3', id: 2, action: 2, points: [] },
    ]);
  });

  it('can clear the topic', () => {
    expect(clearMarkers(STAMP, 'x').markers.map(({ action }) => action)).toEqual([3]);
  });
});

describe('SceneUpdate', () => {
  it('is one entity a hand', () => {
    const { entities, deletions } = toSceneUpdate(HAND, { jointDiameter: 0.01, lifetime: 1n });
    expect(deletions).toEqual([]);
    expect(entities).toHaveLength(1);
    expect(entities[0]).toMatchObject({ id: 'hand/3', frame_id: 'depth_optical', lifetime: { sec: 0, nsec: 1 } });
    expect(entities[0].spheres).toHaveLength(JOINT_COUNT);
    expect(entities[0].spheres[0].size).toEqual({ x: 0.01, y: 0.01, z: 0.01 });
    expect(entities[0].lines[0]).toMatchObject({ type: 2 });
    expect(entities[0].lines[0].points).toHaveLength(BONES.length * 2);
    expect(entities[0].lines[0].colors).toHaveLength(BONES.length * 2);
    expect(entities[0].texts).toMatchObject([{ text: 'left 3', billboard: true, scale_invariant: false }]);
  });

  it('deletes the entity of a lost hand', () => {
    expect(toSceneUpdate(LOST)).toEqual({
      deletions: [{ timestamp: { sec: 1_700_000_000, nsec: 123_456_789 }, type: 0, id: 'hand/3' }],
      entities: [],
    });
  });
});

describe('the optical rotation', () => {
  /** v + 2 q x (q x v + w v) */
  const rotate = ([qx, qy, qz, w]: readonly number[], [x, y, z]: readonly number[]) => {
    const t = [qy * z - qz * y + w * x, qz * x - qx * z + w * y, qx * y - qy * x + w * z];
    return [x + 2 * (qy * t[2] - qz * t[1]), y + 2 * (qz * t[0] - qx * t[2]), z + 2 * (qx * t[1] - qy * t[0])];
  };

  test.each([
    ['forward stays forward', [0, 0, 1], [1, 0, 0]],
    ['right is not left', [1, 0, 0], [0, -1, 0]],
    ['down is not up', [0, 1, 0], [0, 0, -1]],
  ])('stands the scene upright: %s', (_, optical, world) => {
    expect(rotate(OPTICAL_ROTATION, optical).map((value) => value + 0)).toEqual(world.map((value) => value + 0));
  });

  it('hangs the camera into the world, or where it is told', () => {
    expect(toTfMessage({ stamp: STAMP, frameId: 'c' }).transforms[0]).toMatchObject({
      header: { frame_id: 'world' },
      child_frame_id: 'c',
      transform: { translation: { x: 0, y: 0, z: 0 }, rotation: { x: -0.5, y: 0.5, z: -0.5, w: 0.5 } },
    });
    expect(toFrameTransform({ stamp: STAMP, frameId: 'c', parentFrameId: 'cell', position: [1, 2, 3] })).toMatchObject({
      parent_frame_id: 'cell',
      child_frame_id: 'c',
      translation: { x: 1, y: 2, z: 3 },
    });
  });
});

describe('images', () => {
  test.each([
    [0, 0],
    [0.001, 1],
    [0.0004, 0],
    [0.5, 500],
    [65.535, 65_535],
    [65.536, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
  ])('write a depth of %d m as %d mm', (metres, millimetres) => {
    const { data, step } = toDepthImageMessage({ ...PIXELS, width: 1, height: 1, depth: Float32Array.of(metres) });
    expect(step).toBe(2);
    expect(new DataView(data.buffer).getUint16(0, true)).toBe(millimetres);
  });

  it('with data that does not make whole rows are refused', () => {
    const wrong = expect.objectContaining({ code: 'DEPTH_SIZE' });
    const image = { ...PIXELS, encoding: '16UC1' };
    expect(() => toImageMessage({ ...image, data: new Uint8Array(15) })).toThrow(wrong);
    expect(() => toImageMessage({ ...image, data: new Uint8Array(0) })).toThrow(wrong);
    expect(() => toImageMessage({ ...image, height: 0, data: new Uint8Array(16) })).toThrow(wrong);
    expect(() => toDepthImageMessage({ ...PIXELS, depth: new Float32Array(7) })).toThrow(wrong);
  });

  it('have a camera whose matrices agree', () => {
    const { k, p, r } = toCameraInfoMessage(CAMERA);
    expect([...k]).toEqual([5, 0, 1.5, 0, 6, 0.5, 0, 0, 1]);
    expect([...p]).toEqual([5, 0, 1.5, 0, 0, 6, 0.5, 0, 0, 0, 1, 0]);
    expect([...r]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });
});

test('a goal for the joints of a robot says when it is to be reached', () => {
  const angles = { positions: Float64Array.of(0.5, -0.2), velocities: Float64Array.of(1, 0) };
  const message = toJointTrajectoryMessage(STAMP, 'base', ['pan', 'tilt'], angles, 1.25);
  expect(message.joint_names).toEqual(['pan', 'tilt']);
  expect(message.points).toHaveLength(1);
  expect(message.points[0]).toMatchObject({ ...angles, time_from_start: { sec: 1, nanosec: 250_000_000 } });
});
