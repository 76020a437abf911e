import { describe, expect, it, test } from 'vitest';
import { type HandJoints, lostHand } from '../hand/hand-joints.js';
import { BONES, JOINT_COUNT } from '../hand/skeleton.js';
import { cdrCodec } from './cdr-codec.js';
import type { Codec } from './codec.js';
import { toImageAnnotations } from './image-annotations.js';
import { jsonCodec } from './json-codec.js';
import { toPointCloud2 } from './points.js';
import { recordedCodec } from './recorded-codec.js';
import { toCubeScene } from './scene-update.js';

const HAND: HandJoints = {
  ...lostHand(1_000_000_002n, 'optical', 'right', 3),
  tracked: true,
  positions: Float64Array.from({ length: JOINT_COUNT * 3 }, (_, i) => (i % 3 === 2 ? 0.5 : (i - 30) / 1000)),
  confidences: Float32Array.from({ length: JOINT_COUNT }, () => 1),
};
const project = (x: number, y: number, z: number) =>
  z > 0 ? ([(100 * x) / z + 10, (100 * y) / z + 20] as const) : undefined;
const CUBE = { center: [0.1, 0.2, 0.6] as const, edge: 0.2, roll: Math.PI / 6, mirror: false };
const DRAWN = { stamp: 5n, frameId: 'optical', handId: 3 };

describe('image annotations', () => {
  it('draw bones as lines and joints as points, at half pixels from the corner', () => {
    const { points, circles, texts } = toImageAnnotations(HAND, project);
    expect(circles).toEqual([]);
    // behind the wrist by 0.35 of the way from the middle finger's root, 27 mm to the right and down
    expect(texts).toMatchObject([{ text: 'right 3', text_color: { r: 0xf0 / 255 } }]);
    expect(texts[0].position.x).toBeCloseTo(10.5 + 200 * (-0.03 - 0.35 * 0.027));
    const [bones, joints] = points;
    expect(bones).toMatchObject({ type: 4, thickness: 3, timestamp: { sec: 1, nsec: 2 } });
    expect(bones.points).toHaveLength(BONES.length * 2);
    expect(bones.outline_colors).toHaveLength(BONES.length);
    expect(joints).toMatchObject({ type: 1, thickness: 6 });
    expect(joints.points).toHaveLength(JOINT_COUNT);
    expect(joints.outline_colors).toHaveLength(JOINT_COUNT);
    // joint 1: x -0.027, y -0.026, z 0.5
    expect(joints.points[1].x).toBeCloseTo(10 - 5.4 + 0.5);
    expect(joints.points[1].y).toBeCloseTo(20 - 5.2 + 0.5);
    BONES.forEach(([from, to], bone) => {
      expect(bones.points.slice(2 * bone, 2 * bone + 2)).toEqual([joints.points[from], joints.points[to]]);
      expect(bones.outline_colors[bone]).toEqual(joints.outline_colors[to]);
    });
  });

  it('leave out a joint that is not before the camera, and its bones', () => {
    const positions = HAND.positions.slice();
    positions[3 * 4 + 2] = -0.1; // the thumb's tip
    const [bones, joints] = toImageAnnotations({ ...HAND, positions }, project).points;
    expect(joints.points).toHaveLength(JOINT_COUNT - 1);
    expect(bones.points).toHaveLength(2 * (BONES.length - 1));
    expect(bones.outline_colors).toHaveLength(BONES.length - 1);
  });

  test.each([
    ['a lost hand', { ...HAND, tracked: false }, project],
    ['a hand behind the camera', HAND, () => undefined],
  ])('of %s are empty', (_, hand, where) => {
    expect(toImageAnnotations(hand, where)).toEqual({ circles: [], points: [], texts: [] });
  });
});

describe('a point cloud', () => {
  it('has three floats a point, little endian', () => {
    const cloud = toPointCloud2({ stamp: 1n, frameId: 'optical', positions: Float32Array.of(1, 2, 3, -1, 0.5, 4) });
    expect(cloud).toMatchObject({ width: 2, height: 1, point_step: 12, row_step: 24, is_dense: true });
    expect(cloud.fields.map(({ name, offset, datatype }) => [name, offset, datatype])).toEqual([
      ['x', 0, 7],
      ['y', 4, 7],
      ['z', 8, 7],
    ]);
    const view = new DataView(cloud.data.buffer, cloud.data.byteOffset);
    expect([0, 4, 8, 12, 16, 20].map((at) => view.getFloat32(at, true))).toEqual([1, 2, 3, -1, 0.5, 4]);
  });

  it('may be empty, and may lie in a larger array', () => {
    expect(toPointCloud2({ stamp: 1n, frameId: 'o', positions: new Float32Array(0) })).toMatchObject({ width: 0 });
    const positions = Float32Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    const { data } = toPointCloud2({ stamp: 1n, frameId: 'o', positions });
    expect(new Float32Array(data.slice().buffer)).toEqual(Float32Array.of(1, 2, 3));
  });

  it('of numbers that are no triples is refused', () => {
    expect(() => toPointCloud2({ stamp: 1n, frameId: 'o', positions: new Float32Array(4) })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', where: 'positions' }),
    );
  });
});

describe('the cube', () => {
  /** v + 2 q x (q x v + w v), about z only. */
  const turned = ({ z, w }: { z: number; w: number }, [x, y]: readonly number[]) => {
    const [tx, ty] = [-z * y + w * x, z * x + w * y];
    return [x + 2 * (-z * ty), y + 2 * (z * tx)];
  };

  test.each([false, true])('lies where the network looks, mirrored: %s', (mirror) => {
    const { entities, deletions } = toCubeScene({ ...DRAWN, cube: { ...CUBE, mirror } });
    expect(deletions).toEqual([]);
    const [{ id, frame_id, cubes, lines }] = entities;
    expect([id, frame_id]).toEqual(['cube/3', 'optical']);
    expect(cubes[0].size).toEqual({ x: 0.2, y: 0.2, z: 0.2 });
    expect(cubes[0].pose.position).toEqual({ x: 0.1, y: 0.2, z: 0.6 });
    expect(lines[0].points).toHaveLength(24);
    // As in Cube: the axis x' = (1, 0) of the cube points to (side cos, sin) in the camera.
    const [x, y] = turned(cubes[0].pose.orientation, [1, 0]);
    const side = mirror ? -1 : 1;
    const axis = [side * Math.cos(CUBE.roll), Math.sin(CUBE.roll)];
    expect(Math.abs(x * axis[0] + y * axis[1])).toBeCloseTo(1);
  });

  it('has each edge once, as long as the cube', () => {
    const [{ lines }] = toCubeScene({ ...DRAWN, cube: CUBE }).entities;
    const { points } = lines[0];
    const seen = new Set<string>();
    for (let i = 0; i < points.length; i += 2) {
      const [a, b] = [points[i], points[i + 1]];
      expect(Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)).toBeCloseTo(0.2);
      seen.add(JSON.stringify([a, b]));
    }
    expect(seen.size).toBe(12);
  });

  it('that is not there is taken away', () => {
    expect(toCubeScene(DRAWN)).toEqual({
      deletions: [{ timestamp: { sec: 0, nsec: 5 }, type: 0, id: 'cube/3' }],
      entities: [],
    });
  });
});

const MESSAGES: readonly [string, Codec<never>, object][] = [
  ['annotations', jsonCodec('foxglove.ImageAnnotations'), toImageAnnotations(HAND, project)],
  ['no annotations', jsonCodec('foxglove.ImageAnnotations'), toImageAnnotations({ ...HAND, tracked: false }, project)],
  ['a cube', jsonCodec('foxglove.SceneUpdate'), toCubeScene({ ...DRAWN, cube: CUBE })],
  [
    'a point cloud',
    cdrCodec('sensor_msgs/msg/PointCloud2'),
    toPointCloud2({ stamp: 5n, frameId: 'optical', positions: Float32Array.of(1, 2, 3) }),
  ],
] as unknown as readonly [string, Codec<never>, object][];

test.each(MESSAGES)('%s come back from the codec, and from the schema that goes along', (_, codec, message) => {
  const bytes = codec.encode(message as never);
  expect(codec.decode(bytes)).toEqual(message);
  expect(recordedCodec({ ...codec }).decode(bytes)).toEqual(message);
});
