import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { movingHand, withJointMoved, writeResults } from '../../test/helpers/results.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { HAND_JOINTS_SCHEMA } from '../messages/generated.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import type { BusMessage, BusSink } from '../transport/port/bus.js';
import { DigestMeter, digestSink, resultDigest } from './result-digest.js';

let folder: string;
const TOPICS = ['/hand/joints', '/hand/gestures'];
const HANDS = movingHand(20);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-digest-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function digestOf(
  name: string,
  ...content: [Parameters<typeof writeResults>[1], Parameters<typeof writeResults>[2]?]
) {
  const source = await openMcap(await writeResults(join(folder, `${name}.mcap`), ...content));
  try {
    return await resultDigest(source, TOPICS);
  } finally {
    await source.close();
  }
}

const message = (topic: string, logTime: bigint, data: readonly number[]): BusMessage => ({
  topic,
  schemaName: 'a/msg/B',
  schemaEncoding: '',
  schemaData: new Uint8Array(0),
  messageEncoding: 'cdr',
  data: Uint8Array.from(data),
  logTime,
  publishTime: 0n,
  sequence: 0,
});

function digestOfMessages(...messages: BusMessage[]): string {
  const meter = new DigestMeter();
  for (const one of messages) meter.add(one);
  return meter.digest().sha256;
}

describe('the digest of results', () => {
  test('does not depend on chunks, metadata or other topics', async () => {
    const { sha256, topics } = await digestOf('a', HANDS);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(topics['/hand/joints'].messages).toBe(20);
    expect((await digestOf('b', HANDS, { chunkSize: 1 << 20, metadata: { seed: '2' } })).sha256).toBe(sha256);
  });

  test('is another one where a single joint moved by a micrometre, a result is missing, or an event came', async () => {
    const all = [
      await digestOf('c', HANDS),
      await digestOf('d', withJointMoved(HANDS, 7, 0.001)),
      await digestOf('e', HANDS.slice(1)),
      await digestOf('f', HANDS, { events: [{ frame: 3 }] }),
    ];
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(4);
    // the joints are the same where only an event came
    expect(all[3].topics['/hand/joints']).toEqual(all[0].topics['/hand/joints']);
  });

  test('does not depend on how topics are interleaved', () => {
    const [a, b] = [message('/a', 1n, [1]), message('/b', 1n, [2])];
    expect(digestOfMessages(a, b)).toBe(digestOfMessages(b, a));
  });

  test('depends on time, on where messages begin and end, on their order, topic and type', () => {
    const variants = [
      [message('/a', 1n, [1, 2]), message('/a', 1n, [3])],
      [message('/a', 1n, [1]), message('/a', 1n, [2, 3])],
      [message('/a', 1n, [3]), message('/a', 1n, [1, 2])],
      [message('/a', 2n, [1, 2]), message('/a', 1n, [3])],
      [message('/b', 1n, [1, 2]), message('/b', 1n, [3])],
      [{ ...message('/a', 1n, [1, 2]), schemaName: 'other' }, message('/a', 1n, [3])],
    ];
    expect(new Set(variants.map((messages) => digestOfMessages(...messages))).size).toBe(variants.length);
  });

  test('has a value that is known: it is the same on every machine', () => {
    expect(digestOfMessages()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOfMessages(message('/a', 1n, [1, 2, 3]))).toBe(
      'd155812c5ab8c40bbfd4a46419a7e9d2c6fbc4624959f832cea9d7d51e2a1ddf',
    );
  });

  test('of a recording without the topics is that of nothing', async () => {
    const source = await openMcap(await writeResults(join(folder, 'other.mcap'), HANDS, { topic: '/other' }));
    expect(await resultDigest(source, TOPICS)).toEqual(new DigestMeter().digest());
    await source.close();
  });
});

describe('a sink that takes the digest', () => {
  const codec = cdrCodec(HAND_JOINTS_SCHEMA);

  test('finds the same as the recording holds afterwards, and hands everything on', async () => {
    const written: BusMessage[] = [];
    let closed = false;
    const behind: BusSink = {
      advertise: () => {
        throw new Error('not used');
      },
      write: async (one) => {
        written.push(one);
      },
      close: async () => {
        closed = true;
      },
    };
    const meter = new DigestMeter();
    const sink = digestSink(meter, { sink: behind, topics: TOPICS });
    const publisher = sink.advertise('/hand/joints', codec);
    const other = sink.advertise('/hand/joints/raw/gauss', codec);
    for (const hand of HANDS) {
      await publisher.publish(toHandJointsMessage(hand), hand.stamp);
      await other.publish(toHandJointsMessage(hand), hand.stamp);
    }
    await sink.close();
    expect(meter.digest()).toEqual(await digestOf('g', HANDS));
    expect(written).toHaveLength(40);
    expect(closed).toBe(true);
  });

  test('without one behind it wants only what counts', () => {
    const sink = digestSink(new DigestMeter(), { topics: TOPICS });
    expect(sink.advertise('/hand/joints', codec).wanted()).toBe(true);
    expect(sink.advertise('/hand/markers', codec).wanted()).toBe(false);
  });
});
