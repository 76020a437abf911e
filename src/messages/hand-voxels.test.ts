import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { cdrCodec } from './cdr-codec.js';
import { HAND_VOXELS, type HandVoxelsMessage } from './generated.js';
import { fromHandFeedbackMessage, type HandFeedback, toHandFeedbackMessage } from './hand-feedback-message.js';
import {
  decodeVoxels,
  encodeVoxels,
  fromHandVoxelsMessage,
  type HandVoxels,
  toHandVoxelsMessage,
  voxelsOrigin,
} from './hand-voxels-message.js';

const refused = (found: string, expected?: string) =>
  expect.objectContaining({ code: 'MESSAGE_INVALID', found, ...(expected && { expected }) });

const { RUNS, BITMAP } = HAND_VOXELS;

function grid(count: number, ...occupied: number[]): Uint8Array {
  const cells = new Uint8Array(count);
  for (const cell of occupied) cells[cell] = 1;
  return cells;
}

describe('cells', () => {
  it.each([
    ['none', grid(64), RUNS, []],
    ['the first', grid(64, 0), RUNS, [0, 1]],
    ['the last', grid(64, 63), RUNS, [63, 1]],
    ['all', new Uint8Array(64).fill(1), RUNS, [0, 64]],
    ['two runs', grid(64, 3, 4, 5, 9), RUNS, [3, 3, 3, 1]],
    ['after a long gap', grid(1000, 127, 128, 999), RUNS, [127, 2, 0x80 | (870 & 127), 870 >> 7, 1]],
    ['after a very long gap', grid(20_000, 16_384), RUNS, [0x80, 0x80, 1, 1]],
    ['every second one, for which a bitmap is shorter', grid(16, 0, 2, 4, 6, 8, 10), BITMAP, [0b0101_0101, 0b101]],
    ['a grid whose cells do not fill the last byte', grid(11, 0, 2, 4, 6, 8, 10), BITMAP, [0b0101_0101, 0b101]],
  ])('are sent in as few bytes as may be: %s', (_, cells, encoding, bytes) => {
    const encoded = encodeVoxels(cells);
    expect({ ...encoded, cells: [...encoded.cells] }).toEqual({ encoding, cells: bytes });
    const occupied = cells.reduce((sum, cell) => sum + cell, 0);
    expect(decodeVoxels(encoded, cells.length, occupied)).toEqual(cells);
  });

  it('come back as they were, in at most an eighth of their bytes', () => {
    const runs = fc.array(fc.tuple(fc.nat(300), fc.nat(40)), { maxLength: 60 });
    fc.assert(
      fc.property(runs, fc.nat(30), (lengths, end) => {
        const cells = Uint8Array.from([
          ...lengths.flatMap(([gap, run]) => [...new Array(gap).fill(0), ...new Array(run).fill(1)]),
          ...new Array(end).fill(0),
        ]);
        const encoded = encodeVoxels(cells);
        expect(encoded.cells.length).toBeLessThanOrEqual(Math.ceil(cells.length / 8));
        const occupied = cells.reduce((sum, cell) => sum + cell, 0);
        expect(decodeVoxels(encoded, cells.length, occupied)).toEqual(cells);
      }),
    );
  });

  it.each([
    ['a run beyond the grid', RUNS, [60, 5], 5, refused('65', 'voxels below 64')],
    ['a gap beyond the grid', RUNS, [65, 1], 1, refused('65')],
    ['an empty run in the middle: cells out of order', RUNS, [3, 1, 0, 1], 2, refused('an empty run')],
    ['a gap at the end', RUNS, [3, 1, 4], 1, refused('an empty one')],
    ['half a number', RUNS, [3, 0x81], 1, refused('the end of the bytes')],
    ['a number without an end', RUNS, [0xff, 0xff, 0xff, 0xff, 1], 1, refused('a longer one')],
    ['a number larger than any grid', RUNS, [0xff, 0xff, 0xff, 0x7f], 1, refused('268435455')],
    ['another count', RUNS, [3, 2], 3, refused('2', '3 occupied voxels')],
    ['more bytes than a bitmap has', RUNS, [0, 1, 1, 1, 1, 1, 1, 1, 1], 5, refused('9', 'at most 8 bytes')],
    ['too few bits', BITMAP, [1], 1, refused('1', '8 bytes')],
    ['another count of bits', BITMAP, [1, 0, 0, 0, 0, 0, 0, 128], 1, refused('2')],
    ['another encoding', 2, [0, 1], 1, refused('2')],
  ])('are refused: %s', (_, encoding, cells, occupied, error) => {
    expect(() => decodeVoxels({ encoding, cells: Uint8Array.from(cells) }, 64, occupied)).toThrow(error);
  });

  it('are refused: bits beyond the grid', () => {
    const cells = Uint8Array.of(0, 0b1000);
    expect(() => decodeVoxels({ encoding: BITMAP, cells }, 11, 1)).toThrow(refused('11', 'voxels below 11'));
  });

  it('are read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(2), fc.nat(512), (cells, encoding, occupied) => {
        try {
          const found = decodeVoxels({ encoding, cells }, 512, occupied);
          expect(found.reduce((sum, cell) => sum + cell, 0)).toBe(occupied);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MESSAGE_INVALID' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const ORIGIN = { stamp: 1_700_000_000_123_456_789n, frameId: 'left_optical', camera: 'left', session: 7, sequence: 41 };
const FOUND: HandVoxels = {
  ...ORIGIN,
  ...{ handId: 3, hands: 2, handednessScore: 0.75 },
  handedness: 'right',
  seen: {
    state: 'found',
    cube: { center: [0.1, -0.2, 1 / 3], edge: 0.26, roll: Math.PI / 7, mirror: true },
    confidence: 0.9,
    source: 'tracked',
    arm: [0.6, 0.8],
    size: 4,
    data: grid(64, 3, 4, 5, 9),
    occupied: 4,
    surface: { points: Float32Array.of(0.1 + 0.00123, -0.2 - 0.04, 1 / 3 + 0.10001), pitch: 0.007 },
  },
};
const LOST: HandVoxels = {
  ...ORIGIN,
  handId: 0,
  hands: 1,
  handednessScore: 1,
  handedness: 'left',
  seen: { state: 'lost', reason: 'zone-empty' },
};

/** Through CDR and back. */
function sent<T extends object>(name: 'HandVoxels' | 'HandFeedback', message: T): T {
  const codec = cdrCodec(`voxhand_msgs/msg/${name}` as 'voxhand_msgs/msg/HandVoxels');
  return codec.decode(codec.encode(message as unknown as HandVoxelsMessage)) as unknown as T;
}

describe('HandVoxels', () => {
  it.each([
    ['a hand', FOUND],
    ['a hand whose forearm is out of sight', { ...FOUND, seen: { ...FOUND.seen, arm: undefined } } as HandVoxels],
    ['a loss', LOST],
  ])('comes over a bus to the last bit: %s', (_, voxels) => {
    expect(fromHandVoxelsMessage(sent('HandVoxels', toHandVoxelsMessage(voxels)), 4)).toEqual(voxels);
  });

  const message = toHandVoxelsMessage(FOUND);
  it.each<[string, Partial<HandVoxelsMessage>, string]>([
    ['another version', { version: 1 }, 'version'],
    ['no hands', { hands: 0 }, 'hands'],
    ['more hands than are tracked', { hands: 9 }, 'hands'],
    ['a side that is surer than sure', { handedness_score: 1.5 }, 'handedness_score'],
    ['no name', { camera: '' }, 'camera'],
    ['a name that is no name', { camera: '../left' }, 'camera'],
    ['a name without an end', { camera: 'x'.repeat(100_000) }, 'camera'],
    ['a frame without an end', { header: { ...message.header, frame_id: 'x'.repeat(257) } }, 'header.frame_id'],
    ['an unknown hand', { handedness: 0 }, 'handedness'],
    ['a third hand', { handedness: 3 }, 'handedness'],
    ['another state', { state: 2 }, 'state'],
    ['a centre at no place', { center: Float64Array.of(0, Number.NaN, 1) }, 'center'],
    ['a centre beyond all distance', { center: Float64Array.of(0, 1e300, 1) }, 'center'],
    ['a time that cannot be told', { header: { ...message.header, stamp: { sec: 1, nanosec: 4e9 } } }, 'header.stamp'],
    ['a cube without size', { edge: 0 }, 'edge'],
    ['an endless cube', { edge: Number.POSITIVE_INFINITY }, 'edge'],
    ['a turn that is none', { roll: Number.NaN }, 'roll'],
    ['too much confidence', { confidence: 1.1 }, 'confidence'],
    ['no confidence', { confidence: Number.NaN }, 'confidence'],
    ['half an arm', { arm: Float64Array.of(1) }, 'arm'],
    ['an arm to nowhere', { arm: Float64Array.of(1, Number.NEGATIVE_INFINITY) }, 'arm'],
    ['half a point', { surface: Int16Array.of(1, 2, 3, 4) }, 'surface'],
    ['cells beyond the grid', { cells: Uint8Array.of(64, 1) }, 'cells'],
  ])('is refused with the field: %s', (_, change, field) => {
    const where = `voxhand_msgs/msg/HandVoxels.${field}`;
    const error = expect.objectContaining({ code: 'MESSAGE_INVALID', where });
    expect(() => fromHandVoxelsMessage(sent('HandVoxels', { ...message, ...change }), 4)).toThrow(error);
  });

  it('is refused for a network of another size, before room is made for its grid', () => {
    const huge = { ...message, grid_size: 65_535, occupied: 4_294_967_295 };
    const error = expect.objectContaining({ code: 'GRID_INVALID', expected: '4 voxels along an edge', found: '65535' });
    expect(() => fromHandVoxelsMessage(huge, 4)).toThrow(error);
  });

  it('is refused with a reason for a loss that nobody knows', () => {
    const unknown = { ...toHandVoxelsMessage(LOST), lost_reason: 6 };
    expect(() => fromHandVoxelsMessage(unknown, 4)).toThrow(refused('6', '0 to 5'));
  });

  it('says whose it is even where its contents cannot be', () => {
    expect(voxelsOrigin({ ...message, cells: Uint8Array.of(255), grid_size: 0, edge: -1 })).toEqual(ORIGIN);
  });
});

describe('HandFeedback', () => {
  const OF_HAND = { ...ORIGIN, handId: 3 };
  const read: HandFeedback = {
    ...OF_HAND,
    answer: {
      outcome: 'read',
      positions: Float64Array.from({ length: 3 * JOINT_COUNT }, (_, i) => 1 / (i + 3)),
      confidences: Float32Array.from({ length: JOINT_COUNT }, (_, i) => i / 21),
      tracked: true,
      left: -1.5,
    },
  };

  it.each<[string, HandFeedback]>([
    ['joints', read],
    ['joints that are not believed', { ...read, answer: { ...read.answer, tracked: false } as HandFeedback['answer'] }],
    ['a loss that was noted', { ...OF_HAND, answer: { outcome: 'noted' } }],
    ['a message that was replaced', { ...OF_HAND, answer: { outcome: 'replaced' } }],
    ['a refusal', { ...OF_HAND, answer: { outcome: 'failed', reason: 'GRID_INVALID: no' } }],
  ])('comes over a bus to the last bit: %s', (_, feedback) => {
    expect(fromHandFeedbackMessage(sent('HandFeedback', toHandFeedbackMessage(feedback)))).toEqual(feedback);
  });

  const message = toHandFeedbackMessage(read);
  it.each([
    ['another version', { version: 0 }, '0'],
    ['another outcome', { outcome: 4 }, '4'],
    ['too few joints', { positions: new Float64Array(60) }, '60'],
    ['no confidences', { confidences: new Float32Array(0) }, '0'],
    ['a joint at no place', { positions: new Float64Array(63).fill(Number.NaN) }, 'others'],
    ['a joint beyond all distance', { positions: new Float64Array(63).fill(1e300) }, 'others'],
  ])('is refused: %s', (_, change, found) => {
    expect(() => fromHandFeedbackMessage({ ...message, ...change })).toThrow(refused(found));
  });
});
