import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg-serialization';
import { describe, expect, it, test } from 'vitest';
import { cameraFromInfo, decodeDepthMessage } from '../depth/index.js';
import { recordedCodec } from './recorded-codec.js';
import { fromTfMessage } from './transforms.js';

const SEPARATOR = '='.repeat(80);
const HEADER = `${SEPARATOR}\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n`;
/** As `mcap convert` takes them over from the connections of a ROS 1 bag. */
const IMAGE = `Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data\n${HEADER}`;
const CAMERA_INFO = [
  'std_msgs/Header header\nuint32 height\nuint32 width\nstring distortion_model\nfloat64[] D\nfloat64[9] K\nfloat64[9] R',
  `float64[12] P\nuint32 binning_x\nuint32 binning_y\nsensor_msgs/RegionOfInterest roi\n${HEADER}${SEPARATOR}`,
  'MSG: sensor_msgs/RegionOfInterest\nuint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\nbool do_rectify\n',
].join('\n');
const TRANSFORMS = [
  `geometry_msgs/TransformStamped[] transforms\n${SEPARATOR}\nMSG: geometry_msgs/TransformStamped\nHeader header`,
  `string child_frame_id\ngeometry_msgs/Transform transform\n${HEADER}${SEPARATOR}\nMSG: geometry_msgs/Transform`,
  `geometry_msgs/Vector3 translation\ngeometry_msgs/Quaternion rotation\n${SEPARATOR}\nMSG: geometry_msgs/Vector3`,
  `float64 x\nfloat64 y\nfloat64 z\n${SEPARATOR}\nMSG: geometry_msgs/Quaternion\nfloat64 x\nfloat64 y\nfloat64 z\nfloat64 w\n`,
].join('\n');

const header = { seq: 7, stamp: { sec: 1_790_000_000, nsec: 5 }, frame_id: 'depth_optical' };
const image = {
  header,
  height: 2,
  width: 3,
  encoding: '16UC1',
  is_bigendian: 0,
  step: 6,
  data: Uint8Array.of(0xf4, 1, 0, 0, 0xe8, 3, 1, 0, 2, 0, 3, 0),
};

const schemaOf = (schemaName: string, text: string) => ({
  schemaName,
  schemaEncoding: 'ros1msg',
  schemaData: new TextEncoder().encode(text),
  messageEncoding: 'ros1',
});
const written = (text: string, message: unknown) => new MessageWriter(parse(text)).writeMessage(message);

describe('the codec of messages of ROS 1', () => {
  it('reads depth images, whose fields are not aligned: 500 mm are 0.5 m', () => {
    const schema = schemaOf('sensor_msgs/Image', IMAGE);
    const message = recordedCodec(schema).decode(written(IMAGE, image));
    expect(message).toMatchObject({ header, height: 2, width: 3, encoding: '16UC1', step: 6 });
    const camera = { width: 3, height: 2, fx: 2, fy: 2, cx: 1, cy: 0.5 };
    const context = { stamp: 1n, frameId: 'depth_optical', camera };
    const frame = decodeDepthMessage(schema.schemaName, message, context, {});
    const depth = frame.depth ?? [];
    expect(Array.from(depth, (z) => Math.round(z * 1e6) / 1e6)).toEqual([0.5, 0, 1, 0.001, 0.002, 0.003]);
  });

  it('reads a camera info with its capital names', () => {
    const K = [476, 0, 319.5, 0, 477, 239.5, 0, 0, 1];
    const roi = { x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false };
    const info = { header, height: 480, width: 640, distortion_model: 'plumb_bob', D: [0, 0, 0, 0, 0], K, roi };
    const bytes = written(CAMERA_INFO, {
      ...info,
      R: Array(9).fill(0),
      P: Array(12).fill(0),
      binning_x: 0,
      binning_y: 0,
    });
    const decoded = recordedCodec(schemaOf('sensor_msgs/CameraInfo', CAMERA_INFO)).decode(bytes);
    const camera = { width: 640, height: 480, fx: 476, fy: 477, cx: 319.5, cy: 239.5 };
    expect(cameraFromInfo(decoded as never)).toEqual(camera);
  });

  it('reads transforms', () => {
    const transform = { translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w: 1 } };
    const bytes = written(TRANSFORMS, { transforms: [{ header, child_frame_id: 'hand', transform }] });
    const decoded = recordedCodec(schemaOf('tf2_msgs/TFMessage', TRANSFORMS)).decode(bytes);
    const stamp = 1_790_000_000_000_000_005n;
    const pose = { translation: [1, 2, 3], rotation: [0, 0, 0, 1] };
    expect(fromTfMessage(decoded)).toEqual([{ stamp, parent: 'depth_optical', child: 'hand', transform: pose }]);
  });

  it('reads every type as the serializer of ROS 1 writes it', () => {
    const text = [
      'bool flag\nint8 a\nuint8 b\nint16 c\nuint16 d\nint32 e\nuint32 f\nint64 g\nuint64 h\nfloat32 i\nfloat64 j',
      `string k\ntime l\nduration m\nbool[] n\nstring[2] o\nint16[] p\na/Part[] q\nuint8[3] r\n${SEPARATOR}\nMSG: a/Part\nuint16 x\n`,
    ].join('\n');
    const message = {
      ...{ flag: true, a: -128, b: 255, c: -2, d: 65535, e: -3, f: 4294967295, g: -(2n ** 63n), h: 2n ** 64n - 1n },
      ...{ i: 0.5, j: 0.1, k: 'Gr\u00fc\u00dfe', l: { sec: 4294967295, nsec: 1 }, m: { sec: -1, nsec: 2 } },
      ...{ n: [true, false], o: ['', 'b'], p: [-1, 2], q: [{ x: 1 }, { x: 2 }], r: Uint8Array.of(1, 2, 3) },
    };
    const bytes = written(text, message);
    const shifted = new Uint8Array([9, ...bytes]).subarray(1); // as in a chunk, at an odd byte
    expect(recordedCodec(schemaOf('a/All', text)).decode(shifted)).toEqual(message);
  });

  it('takes names of a definition for names, never for code', () => {
    const evil = 'a/B; globalThis.evil = 1; class C';
    const text = `uint8 x\n${SEPARATOR}\nMSG: ${evil}\nuint8 y\n`;
    expect(recordedCodec(schemaOf('a/A', text)).decode(Uint8Array.of(7))).toEqual({ x: 7 });
    expect('evil' in globalThis).toBe(false);
  });

  test.each([
    ['is cut short', (bytes: Uint8Array) => bytes.subarray(0, -1), 'sensor_msgs/Image.data'],
    [
      'declares more text than there is',
      (bytes: Uint8Array) => bytes.fill(255, 12, 16),
      'sensor_msgs/Image.header.frame_id',
    ],
    ['is empty', () => new Uint8Array(0), 'sensor_msgs/Image.header'],
  ])('refuses a message that %s before anything is allocated', (_, damage, where) => {
    const codec = recordedCodec(schemaOf('sensor_msgs/Image', IMAGE));
    expect(() => codec.decode(damage(written(IMAGE, image)))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', where }),
    );
  });

  it('refuses a definition that is none, and to write', () => {
    const none = schemaOf('a/B', 'no definition');
    expect(() => recordedCodec(none)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', where: 'a/B' }));
    const codec = recordedCodec(schemaOf('sensor_msgs/Image', IMAGE));
    expect(() => codec.encode(image)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' }));
  });
});
