import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { VoxhandError } from '../errors/voxhand-error.js';
import { cdrCodec, cdrCodecFromText } from './cdr-codec.js';
import { toCameraInfoMessage, toImageMessage } from './images.js';

const invalid = (where?: string) =>
  expect.objectContaining({ code: 'MESSAGE_INVALID', ...(where === undefined ? {} : { where }) });

/** Definition, message, CDR in little endian after the header. */
const TABLE: readonly [string, object, string][] = [
  ['uint8 a', { a: 255 }, 'ff'],
  ['int8 a', { a: -128 }, '80'],
  ['uint8 a\nuint32 b', { a: 1, b: 0xfffffffe }, '01 000000 feffffff'],
  ['uint8 a\nfloat64 b', { a: 1, b: 1 }, '01 00000000000000 000000000000f03f'],
  ['int64 a', { a: -(2n ** 63n) }, '0000000000000080'],
  ['bool a', { a: true }, '01'],
  ['string a', { a: '' }, '01000000 00'],
  ['string a', { a: 'hi' }, '03000000 686900'],
  ['string a\nuint8 b', { a: 'ä€😀', b: 7 }, '0a000000 c3a4e282acf09f9880 00 07'],
  ['uint8[] a', { a: new Uint8Array(0) }, '00000000'],
  ['uint16[] a', { a: Uint16Array.of(1, 2) }, '02000000 01000200'],
  ['uint8[2] a', { a: Uint8Array.of(1, 2) }, '0102'],
  ['uint8 a\nfloat64[] b\nuint8 c', { a: 1, b: new Float64Array(0), c: 2 }, '01 000000 00000000 02'],
  ['string[] a', { a: ['x', ''] }, '02000000 02000000 7800 0000 01000000 00'],
  ['builtin_interfaces/Time t', { t: { sec: -1, nanosec: 5 } }, 'ffffffff 05000000'],
  ['uint8 a\nbuiltin_interfaces/Duration t', { a: 1, t: { sec: 1, nanosec: 2 } }, '01 000000 01000000 02000000'],
];

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(`00010000${hex.replaceAll(' ', '')}`.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

describe('CDR', () => {
  test.each(TABLE)('of "%s" with %o is as the standard has it', (text, message, hex) => {
    const codec = cdrCodecFromText('test/msg/Test', text);
    expect(codec.encode(message)).toEqual(bytesOf(hex));
    expect(codec.decode(bytesOf(hex))).toEqual(message);
  });

  test.each(TABLE)('of "%s" with %o is refused wherever it is cut off', (text, _, hex) => {
    const codec = cdrCodecFromText('test/msg/Test', text);
    const whole = bytesOf(hex);
    for (let length = 0; length < whole.length; length++) {
      expect(() => codec.decode(whole.slice(0, length))).toThrow(invalid());
      // The same bytes as a view into a larger buffer must not be continued by what lies behind them.
      expect(() => codec.decode(whole.subarray(0, length))).toThrow(invalid());
    }
  });

  it('is read in big endian too', () => {
    const codec = cdrCodecFromText('test/msg/Test', 'uint16[] a');
    expect(codec.decode(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 2))).toEqual({ a: Uint16Array.of(1, 2) });
  });

  it('may be followed by padding', () => {
    const codec = cdrCodecFromText('test/msg/Test', 'uint8 a');
    expect(codec.decode(Uint8Array.of(0, 1, 0, 0, 9, 0, 0, 0))).toEqual({ a: 9 });
  });

  test.each([2, 3, 6, 7, 255])('of representation %d is refused', (kind) => {
    const codec = cdrCodecFromText('test/msg/Test', 'uint8 a');
    expect(() => codec.decode(Uint8Array.of(0, kind, 0, 0, 9))).toThrow(invalid());
  });

  test.each([
    'uint8[] a',
    'float64[] a',
    'bool[] a',
    'string[] a',
    'string a',
    'builtin_interfaces/Time[] a',
    'uint8[1000000] a',
    `test/B[] a\n${'='.repeat(80)}\nMSG: test/B\nuint8 x`,
    `test/B[4294967295] a\n${'='.repeat(80)}\nMSG: test/B\nuint8 X=1`,
  ])('that claims 4 G elements of "%s" is refused before anything is allocated', (text) => {
    const codec = cdrCodecFromText('test/msg/Test', text);
    const hostile = Uint8Array.of(0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4);
    expect(() => codec.decode(hostile)).toThrow(invalid('test/msg/Test.a'));
    hostile[1] = 0; // big endian, where the deserializer would make a new array
    expect(() => codec.decode(hostile)).toThrow(invalid('test/msg/Test.a'));
  });
});

describe('the CDR codec', () => {
  it('gives fields that are left out their default', () => {
    const codec = cdrCodecFromText('test/msg/Test', 'float64 w 1\nuint8 a');
    expect(codec.decode(codec.encode({}))).toEqual({ w: 1, a: 0 });
  });

  test.each<[string, unknown]>([
    ['uint8 a', { a: 256 }],
    ['uint8 a', { a: -1 }],
    ['uint8 a', { a: 1.5 }],
    ['uint8 a', { a: '1' }],
    ['int32 a', { a: 2 ** 31 }],
    ['uint64 a', { a: -1n }],
    ['uint32 a', { a: 1n }],
    ['bool a', { a: 1 }],
    ['string a', { a: null }],
    ['float32 a', { a: '1' }],
    ['float32[] a', { a: Float64Array.of(1) }],
    ['uint8[] a', { a: 'abc' }],
    ['uint8[] a', { a: [256] }],
    ['uint8[2] a', { a: [1] }],
    ['string[] a', { a: [1] }],
    ['builtin_interfaces/Time a', { a: { sec: 1 } }],
    ['builtin_interfaces/Time a', { a: { sec: 2 ** 31, nanosec: 0 } }],
    [`test/B a\n${'='.repeat(80)}\nMSG: test/B\nuint8 x`, { a: 1 }],
    ['uint8 a', null],
  ])('refuses to write into "%s" what does not fit: %o', (text, message) => {
    expect(() => cdrCodecFromText('test/msg/Test', text).encode(message)).toThrow(invalid());
  });

  it('does not change the message that it is given', () => {
    const message = { header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'kämera' }, point: { x: 1, y: 2, z: 3 } };
    const before = structuredClone(message);
    const codec = cdrCodec('geometry_msgs/msg/PointStamped');
    expect(codec.decode(codec.encode(message))).toEqual(before);
    expect(message).toEqual(before);
  });

  it('holds several hands, and gestures with names of their own', () => {
    const header = { stamp: { sec: 1, nanosec: 2 }, frame_id: 'camera' };
    const hand = {
      header,
      hand_id: 3,
      handedness: 2,
      tracked: true,
      skeleton: 'voxhand21',
      positions: [{ x: 0.1, y: -0.2, z: 0.5 }],
      confidences: Float32Array.of(0.5),
      lag_frames: 1,
      age: { sec: 0, nanosec: 7 },
    };
    const lost = { ...hand, hand_id: 4, tracked: false, positions: [], confidences: new Float32Array(0) };
    const hands = cdrCodec('voxhand_msgs/msg/HandArray');
    expect(hands.decode(hands.encode({ header, hands: [hand, lost] }))).toEqual({ header, hands: [hand, lost] });
    const gesture = {
      header,
      hand_id: 3,
      handedness: 1,
      gesture: 'zwei Finger, größer',
      phase: 2,
      confidence: 0.75,
      position: { x: 0.1, y: 0.2, z: 0.3 },
      direction: { x: 0, y: 0, z: -1 },
      duration: { sec: 1, nanosec: 500_000_000 },
      value: -1.5,
      other_hand_id: -1,
      reason: 'released',
    };
    const gestures = cdrCodec('voxhand_msgs/msg/GestureEvent');
    expect(gestures.decode(gestures.encode(gesture))).toEqual(gesture);
  });

  it('is made once for each type', () => {
    expect(cdrCodec('sensor_msgs/msg/Image')).toBe(cdrCodec('sensor_msgs/msg/Image'));
  });

  it('reads an image of any size at the cost of its header', () => {
    const codec = cdrCodec('sensor_msgs/msg/Image');
    const data = new Uint8Array(640 * 480 * 2).fill(7);
    const image = toImageMessage({ stamp: 5n, frameId: 'camera', width: 640, height: 480, encoding: '16UC1', data });
    const bytes = codec.encode(image);
    expect(codec.decode(bytes)).toEqual(image);
    expect(codec.decode(bytes).data.buffer).toBe(bytes.buffer);
  });

  it('answers any bytes with a message or a typed error', () => {
    const image = cdrCodec('sensor_msgs/msg/CameraInfo');
    const whole = image.encode(
      toCameraInfoMessage({ stamp: 1n, frameId: 'camera', width: 4, height: 3, fx: 1, fy: 1, cx: 2, cy: 1 }),
    );
    const codecs = [image, cdrCodec('visualization_msgs/msg/MarkerArray'), cdrCodec('voxhand_msgs/msg/HandJoints')];
    const orTyped = (codec: (typeof codecs)[number], bytes: Uint8Array) => {
      try {
        codec.decode(bytes);
      } catch (error) {
        if (!(error instanceof VoxhandError) || error.code !== 'MESSAGE_INVALID') throw error;
      }
    };
    const header = fc.constantFrom([0, 1, 0, 0], [0, 0, 0, 0]);
    fc.assert(
      fc.property(fc.constantFrom(...codecs), header, fc.uint8Array({ maxLength: 400 }), (codec, head, tail) => {
        orTyped(codec, Uint8Array.of(...head, ...tail));
      }),
      { numRuns: 3000, seed: 7 },
    );
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(whole.length),
        (at, byte, length) => {
          const damaged = whole.slice(0, length);
          if (at < length) damaged[at] = byte;
          orTyped(image, damaged);
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
  });
});
