import { expect, test } from 'vitest';
import { handAt, lostAt } from '../../../test/helpers/hands.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { HAND_JOINTS_SCHEMA } from '../../messages/generated.js';
import { toHandJointsMessage } from '../../messages/hand-joints-message.js';
import { toPointStamped } from '../../messages/points.js';
import type { BusMessage, BusSource } from './bus.js';
import { publisherOf } from './publisher.js';
import { HandsByStamp, handMoments, readHands } from './read-hands.js';

async function busWith(fill: (write: (message: BusMessage) => Promise<void>) => Promise<void>): Promise<BusSource> {
  const messages: BusMessage[] = [];
  await fill(async (message) => {
    messages.push(message);
  });
  return {
    topics: () => [],
    async *subscribe(topics = []) {
      yield* messages.filter(({ topic }) => topics.includes(topic));
    },
    close: async () => undefined,
  };
}

test('hands come out as they went in, lost ones too', async () => {
  const hands = [handAt({ frame: 0 }), lostAt(1), handAt({ frame: 2, x: 0.01 })];
  const bus = await busWith(async (write) => {
    const publisher = publisherOf('/hand/truth', cdrCodec(HAND_JOINTS_SCHEMA), write);
    for (const hand of hands) await publisher.publish(toHandJointsMessage(hand), hand.stamp);
  });
  const found = [];
  for await (const hand of readHands(bus, '/hand/truth')) found.push(hand);
  expect(found).toEqual(hands);
});

test('between two moments a hand is on the way from the one to the other', async () => {
  const hands = (async function* () {
    for (const frame of [0, 1, 2, 30]) yield handAt({ frame, x: 0.01 * frame });
  })();
  const truth = new HandsByStamp(hands);
  const [start, next] = [0, 1].map((frame) => handAt({ frame }).stamp);
  const x = async (stamp: bigint) => (await truth.around(stamp))?.map(({ positions }) => positions[0]);
  const [from] = (await x(start)) ?? expect.fail('none');
  expect((await x(start + (next - start) / 4n))?.[0]).toBeCloseTo(from + 0.0025, 6);
  expect((await x(next + (next - start) / 2n))?.[0]).toBeCloseTo(from + 0.015, 6);
  expect((await x(start + (next - start) / 2n))?.[0]).toBeCloseTo(from + 0.005, 6); // of a camera whose frames came later
  expect(await x(start - 1n)).toBeUndefined();
  expect(await x(handAt({ frame: 20 }).stamp)).toBeUndefined(); // the moments around it are too far apart
});

test('a topic of another type is refused with its type', async () => {
  const bus = await busWith(async (write) => {
    const publisher = publisherOf('/point', cdrCodec('geometry_msgs/msg/PointStamped'), write);
    await publisher.publish(toPointStamped(1n, 'camera', [0, 0, 1]), 1n);
  });
  await expect(readHands(bus, '/point').next()).rejects.toMatchObject({
    code: 'SCHEMA_UNSUPPORTED',
    found: 'geometry_msgs/msg/PointStamped',
  });
});

test('a hand is found by its stamp, and the stream is read no further than needed', async () => {
  let read = 0;
  const hands = (async function* () {
    for (; read < 1000; read++) yield handAt({ frame: read });
  })();
  const truth = new HandsByStamp(hands);
  const found = async (frame: number, later = 0n) =>
    (await truth.at(handAt({ frame }).stamp + later))?.map(({ stamp }) => stamp);
  expect(await found(3)).toEqual([handAt({ frame: 3 }).stamp]);
  expect(read).toBeLessThan(5);
  expect(await found(1)).toEqual([handAt({ frame: 1 }).stamp]); // just past: kept
  expect(await found(3, 5n)).toBeUndefined(); // between two
  await found(600);
  expect(await found(3)).toBeUndefined(); // long past: forgotten
  expect(await found(5000)).toBeUndefined(); // after the end
});

test('hands of one stamp are a moment, in a stream that can be read again too', async () => {
  const ids = [[1, 2], [1], [2, 3, 4]];
  const hands = ids.flatMap((each, frame) => each.map((handId) => handAt({ frame, more: { handId } })));
  const again = {
    [Symbol.asyncIterator]: async function* () {
      yield* hands;
    },
  };
  const moments: number[][] = [];
  for await (const moment of handMoments(again)) moments.push(moment.map(({ handId }) => handId));
  expect(moments).toEqual(ids);
  const truth = new HandsByStamp(again);
  for (const frame of [0, 2, 1, 2]) {
    expect((await truth.at(handAt({ frame }).stamp))?.map(({ handId }) => handId)).toEqual(ids[frame]);
  }
});

test('a moment that is long past is read again where the stream can be', async () => {
  const many = Array.from({ length: 600 }, (_, frame) => handAt({ frame }));
  const truth = new HandsByStamp({
    [Symbol.asyncIterator]: async function* () {
      yield* many;
    },
  });
  for (const frame of [599, 0, 5, 599]) expect(await truth.at(handAt({ frame }).stamp)).toEqual([many[frame]]);
});
