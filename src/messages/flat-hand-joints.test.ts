import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromStamp } from '../timing/stamp.js';
import { cdrCodec } from './cdr-codec.js';
import { isOwnHandJoints, readFlatHandJoints } from './flat-hand-joints.js';
import { HAND_JOINTS_SCHEMA, HANDEDNESS, type HandJointsMessage } from './generated.js';

const codec = cdrCodec(HAND_JOINTS_SCHEMA);

const time = fc.record({
  sec: fc.integer({ min: -5, max: 2 ** 31 - 1 }),
  nanosec: fc.integer({ min: 0, max: 999_999_999 }),
});
const point = fc.record({ x: fc.double(), y: fc.double(), z: fc.double() });
const message: fc.Arbitrary<HandJointsMessage> = fc.record({
  header: fc.record({ stamp: time, frame_id: fc.string({ maxLength: 9, unit: 'grapheme' }) }),
  hand_id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  handedness: fc.constantFrom(0, 1, 2),
  tracked: fc.boolean(),
  skeleton: fc.string({ maxLength: 9 }),
  positions: fc.array(point, { maxLength: 22 }),
  confidences: fc.array(fc.float(), { maxLength: 22 }).map((values) => Float32Array.from(values)),
  lag_frames: fc.integer({ min: 0, max: 9 }),
  age: time,
});

describe('HandJoints read in one go', () => {
  test('are what the codec reads by the definition', () => {
    fc.assert(
      fc.property(message, (original) => {
        const bytes = codec.encode(original);
        const decoded = codec.decode(bytes);
        expect(readFlatHandJoints(bytes)).toEqual({
          stamp: fromStamp(decoded.header.stamp),
          frameId: decoded.header.frame_id,
          handId: decoded.hand_id,
          handedness: HANDEDNESS[decoded.handedness],
          tracked: decoded.tracked,
          skeleton: decoded.skeleton,
          positions: Float64Array.from(decoded.positions.flatMap(({ x, y, z }) => [x, y, z])),
          confidences: Float32Array.from(decoded.confidences),
          lagFrames: decoded.lag_frames,
          age: fromStamp(decoded.age),
        });
      }),
    );
  });

  test('are refused wherever the message is cut off', () => {
    fc.assert(
      fc.property(message, fc.nat(), (original, cut) => {
        const bytes = codec.encode(original);
        expect(readFlatHandJoints(bytes.subarray(0, cut % bytes.byteLength))).toBeUndefined();
      }),
    );
  });

  test('are read at any place of a larger buffer', () => {
    const [sample] = fc.sample(message, { numRuns: 1, seed: 1 });
    const bytes = codec.encode(sample);
    const larger = new Uint8Array(bytes.byteLength + 3);
    larger.set(bytes, 3);
    expect(readFlatHandJoints(larger.subarray(3))).toEqual(readFlatHandJoints(bytes));
  });

  test('never allocate more than the message is long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const read = readFlatHandJoints(Uint8Array.of(0, 1, 0, 0, ...noise));
        const bytes = (read?.positions.byteLength ?? 0) + (read?.confidences.byteLength ?? 0);
        expect(bytes).toBeLessThanOrEqual(noise.byteLength);
      }),
    );
  });

  test('are for our own definition only, whatever its comments say', () => {
    const text = new TextDecoder().decode(codec.schemaData);
    const changed = (before: string, after: string) => {
      expect(text).toContain(before);
      return { ...codec, schemaData: new TextEncoder().encode(text.replace(before, after)) };
    };
    expect(isOwnHandJoints(codec)).toBe(true);
    expect(isOwnHandJoints(changed('# One per joint', '# One a joint'))).toBe(true);
    expect(isOwnHandJoints(changed('uint32 lag_frames', 'uint64 lag_frames'))).toBe(false);
    expect(isOwnHandJoints(changed('float32[] confidences\n', ''))).toBe(false);
    expect(isOwnHandJoints({ ...codec, messageEncoding: 'json' })).toBe(false);
    expect(isOwnHandJoints({ ...codec, schemaName: 'other_msgs/msg/HandJoints' })).toBe(false);
  });
});
