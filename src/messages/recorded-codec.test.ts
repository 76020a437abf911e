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
    ['protobuf', 'protobuf'],
    ['ros1', 'ros1msg'],
    ['cdr', 'ros2idl'],
    ['json', 'protobuf'],
    ['', ''],
  ])('refuses %s with %s by name', (messageEncoding, schemaEncoding) => {
    const schemaData = Uint8Array.of(1);
    const schema = { schemaName: 'x', schemaEncoding, schemaData, messageEncoding };
    expect(() => recordedCodec(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', where: 'x' }));
  });
});
