import { describe, expect, it, test } from 'vitest';
import { cdrCodec } from './cdr-codec.js';
import { jsonCodec } from './json-codec.js';
import { recordedCodec } from './recorded-codec.js';

describe('the codec of a recorded schema', () => {
  it('reads CDR by the definition that came with it, not by ours of the same name', () => {
    const schema = {
      schemaName: 'sensor_msgs/msg/Image',
      schemaEncoding: 'ros2msg',
      schemaData: new TextEncoder().encode('uint8 only'),
      messageEncoding: 'cdr',
    };
    expect(recordedCodec(schema).decode(Uint8Array.of(0, 1, 0, 0, 9))).toEqual({ only: 9 });
  });

  it('reads what our own codecs write', () => {
    const point = { header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'a' }, point: { x: 1, y: 2, z: 3 } };
    const cdr = cdrCodec('geometry_msgs/msg/PointStamped');
    expect(recordedCodec(cdr).decode(cdr.encode(point))).toEqual(point);
    const json = jsonCodec('foxglove.SceneUpdate');
    expect(recordedCodec(json).decode(json.encode({ deletions: [], entities: [] }))).toEqual({
      deletions: [],
      entities: [],
    });
  });

  it('is made once for each schema', () => {
    const schema = cdrCodec('geometry_msgs/msg/PointStamped');
    expect(recordedCodec({ ...schema })).toBe(recordedCodec({ ...schema }));
  });

  test.each([
    ['protobuf', 'ros2msg'],
    ['ros1', 'ros1msg'],
    ['cdr', 'ros2idl'],
    ['json', 'protobuf'],
    ['', ''],
  ])('refuses %s with %s by name', (messageEncoding, schemaEncoding) => {
    const schemaData = Uint8Array.of(1);
    const schema = { schemaName: 'x', schemaEncoding, schemaData, messageEncoding };
    expect(() => recordedCodec(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', where: 'x' }));
  });

  test.each([
    ['no definition', 'ros2msg', ''],
    ['no schema at all', '', ''],
    ['a definition in IDL', 'ros2idl', 'module sensor_msgs { struct Image { long a; }; };'],
  ])('reads a common type by our own definition where there is %s', (_, schemaEncoding, text) => {
    const own = cdrCodec('geometry_msgs/msg/PointStamped');
    const point = { header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'a' }, point: { x: 1, y: 2, z: 3 } };
    const schema = { ...own, schemaEncoding, schemaData: new TextEncoder().encode(text) };
    expect(recordedCodec(schema).decode(own.encode(point))).toEqual(point);
    expect(() =>
      recordedCodec({ ...schema, schemaName: 'a/msg/B', schemaData: new TextEncoder().encode(text) }),
    ).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_UNSUPPORTED',
        where: 'a/msg/B',
        message: expect.stringMatching(/definition/),
      }),
    );
  });

  it('tells types apart whose empty schemas are the same bytes', () => {
    const schemaData = new Uint8Array(0);
    const names = ['geometry_msgs/msg/PointStamped', 'sensor_msgs/msg/Image'] as const;
    for (const schemaName of [...names, ...names]) {
      const codec = recordedCodec({ schemaName, schemaEncoding: 'ros2msg', schemaData, messageEncoding: 'cdr' });
      expect(codec.schemaName).toBe(schemaName);
    }
  });

  it('says of a message that is compressed by itself how to unpack it', () => {
    const packed = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0, 0, 0);
    expect(() => cdrCodec('sensor_msgs/msg/Image').decode(packed)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', expected: expect.stringContaining('ros2 bag convert') }),
    );
  });
});
