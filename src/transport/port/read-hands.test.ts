import { expect, test } from 'vitest';
import { handAt, lostAt } from '../../../test/helpers/hands.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { HAND_JOINTS_SCHEMA } from '../../messages/generated.js';
import { toHandJointsMessage } from '../../messages/hand-joints-message.js';
import { toPointStamped } from '../../messages/points.js';
import type { BusMessage, BusSource } from './bus.js';
import { publisherOf } from './publisher.js';
import { HandsByStamp, readHands } from './read-hands.js';

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
  expect((await truth.at(handAt({ frame: 3 }).stamp))?.stamp).toBe(handAt({ frame: 3 }).stamp);
  expect(read).toBeLessThan(5);
  expect((await truth.at(handAt({ frame: 1 }).stamp))?.stamp).toBe(handAt({ frame: 1 }).stamp); // just past: kept
  expect(await truth.at(handAt({ frame: 3 }).stamp + 5n)).toBeUndefined(); // between two
  await truth.at(handAt({ frame: 600 }).stamp);
  expect(await truth.at(handAt({ frame: 3 }).stamp)).toBeUndefined(); // long past: forgotten
  expect(await truth.at(handAt({ frame: 5000 }).stamp)).toBeUndefined(); // after the end
});
