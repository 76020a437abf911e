import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor/index.js';
import { describe, expect, it, test } from 'vitest';
import { protobufCodec } from './protobuf-codec.js';

/** Fields as Foxglove's own .proto files number them, and one of each kind of number. */
const PROTO = `syntax = "proto3";
package foxglove;
message Timestamp2 { sint64 a = 1; sfixed32 b = 2; float c = 3; bool d = 4; int32 e = 5; enum Kind { NONE = 0; ONE = 1; } Kind f = 6; }
message RawImage {
  Time timestamp = 1; string frame_id = 7; fixed32 width = 2; fixed32 height = 3; string encoding = 4; fixed32 step = 5; bytes data = 6;
  repeated double D = 8; repeated Timestamp2 more = 9; repeated sint32 steps = 10;
}
message Time { int64 seconds = 1; int32 nanos = 2; }`;

const { root } = protobuf.parse(PROTO, { keepCase: true });
root.resolveAll();
const schema = (root as unknown as { toDescriptor(v: string): { constructor: protobuf.Type } }).toDescriptor('proto3');
const schemaData = schema.constructor.encode(schema as never).finish();
const encode = (name: string, value: object) => {
  const type = root.lookupType(name);
  return new Uint8Array(type.encode(type.fromObject(value)).finish());
};

describe('the codec of protobuf messages', () => {
  const codec = protobufCodec('foxglove.RawImage', schemaData);

  it('reads what protobufjs writes, packed lists and nested messages too', () => {
    const message = {
      timestamp: { seconds: 5, nanos: 7 },
      frame_id: 'kämera',
      ...{ width: 2, height: 1, step: 4, encoding: '16UC1', data: Uint8Array.of(1, 2, 3, 4) },
      D: [0.5, -2],
      more: [{ a: -3, b: -4, c: 1.5, d: true, e: -5, f: 1 }, {}],
      steps: [-1, 1, 300],
    };
    expect(codec.decode(encode('foxglove.RawImage', message))).toEqual({
      ...message,
      timestamp: { seconds: 5n, nanos: 7 },
      more: [
        { a: -3n, b: -4, c: 1.5, d: true, e: -5, f: 1 },
        { a: 0n, b: 0, c: 0, d: false, e: 0, f: 0 },
      ],
    });
  });

  it('gives what was not sent its default', () => {
    expect(codec.decode(new Uint8Array(0))).toEqual({
      ...{ timestamp: undefined, frame_id: '', width: 0, height: 0, encoding: '', step: 0, data: new Uint8Array(0) },
      ...{ D: [], more: [], steps: [] },
    });
  });

  it('refuses every message that is cut off within a field, and never fails otherwise', () => {
    const bytes = encode('foxglove.RawImage', { frame_id: 'camera', data: new Uint8Array(9), D: [1, 2] });
    let refused = 0;
    for (let length = 1; length < bytes.length; length++) {
      try {
        codec.decode(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toMatchObject({ code: 'MESSAGE_INVALID', where: 'foxglove.RawImage' });
        refused++;
      }
    }
    expect(refused).toBe(bytes.length - 1 - 2); // the ends of the first two fields
  });

  test.each([
    ['bytes that are no schema', Uint8Array.of(0xff), 'foxglove.RawImage'],
    ['a schema of other types', schemaData, 'foxglove.Other'],
  ])('refuses %s', (_, data, name) => {
    expect(() => protobufCodec(name, data)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' }));
  });
});
