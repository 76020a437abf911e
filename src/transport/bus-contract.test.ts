import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeRcl } from '../../test/helpers/fake-rcl.js';
import { playOnFoxglove } from '../../test/helpers/foxglove-play.js';
import { noRos2 } from '../../test/helpers/real-ros2.js';
import { playOnRos2 } from '../../test/helpers/ros2-play.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { jsonCodec } from '../messages/json-codec.js';
import { toPointStamped } from '../messages/points.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import { createRecordingSink } from '../recording/recorder/recording-sink.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import type { BusMessage, BusSink, BusSource } from '../transport/port/bus.js';

/** What every adapter of the port promises. */

type Script = (sink: BusSink) => Promise<void>;

interface Adapter {
  readonly name: string;
  /** A live graph gives messages the times of their reception, orders them by topic only, and has topics of its own. */
  readonly live?: boolean;
  /** Why it cannot be tested here. */
  readonly missing?: string | undefined;
  /** A source whose subscribers get what the script publishes, from its beginning. */
  play(script: Script): Promise<BusSource>;
}

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-bus-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const memory: Adapter = {
  name: 'memory',
  play: async (script) => {
    // A live bus keeps nothing: the script begins when a subscriber is there.
    const buses: MemoryBus[] = [];
    const open = () => {
      const bus = new MemoryBus({ capacity: 2 });
      buses.push(bus);
      return bus;
    };
    return {
      topics: () => buses[0]?.topics() ?? [],
      subscribe: (topics) => ({
        [Symbol.asyncIterator]: () => {
          const bus = open();
          const messages = bus.subscribe(topics)[Symbol.asyncIterator]();
          void script(bus).then(() => bus.close());
          return messages;
        },
      }),
      close: async () => {
        await Promise.all(buses.map((bus) => bus.close()));
      },
    };
  },
};

const mcap: Adapter = {
  name: 'mcap',
  play: async (script) => {
    const path = join(folder, `${files++}.mcap`);
    const sink = await createMcapSink(path);
    await script(sink);
    await sink.close();
    return openMcap(path);
  },
};

const recorder: Adapter = {
  name: 'recorder',
  play: async (script) => {
    const path = join(folder, `${files++}.mcap`);
    const sink = await createRecordingSink(path);
    await script(sink);
    await sink.close();
    return openRecording(path);
  },
};

const foxglove: Adapter = { name: 'foxglove', play: async (script) => playOnFoxglove(script) };

const ros2Fake: Adapter = {
  name: 'ros2 (fake)',
  live: true,
  play: async (script) => playOnRos2(script, { load: async () => fakeRcl() }),
};

const ros2: Adapter = {
  name: 'ros2 (real)',
  live: true,
  missing: noRos2,
  play: async (script) => playOnRos2(script),
};

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const scenes = jsonCodec('foxglove.SceneUpdate');

/** Ten points on two topics and a scene, in order. */
const script: Script = async (sink) => {
  const near = sink.advertise('/near', points);
  const far = sink.advertise('/far', points);
  const scene = sink.advertise('/scene', scenes);
  for (let i = 0n; i < 5n; i++) {
    await near.publish(toPointStamped(i, 'camera', [0, 0, 0.3]), 100n + 2n * i);
    await far.publish(toPointStamped(i, 'camera', [0, 0, 3]), 101n + 2n * i);
  }
  await scene.publish({ deletions: [], entities: [] }, 200n);
};

async function all(source: BusSource, topics?: readonly string[]): Promise<BusMessage[]> {
  const messages: BusMessage[] = [];
  for await (const message of source.subscribe(topics)) if (OURS.includes(message.topic)) messages.push(message);
  return messages;
}

const OURS = ['/near', '/far', '/scene'];
const ADAPTERS = [memory, mcap, recorder, foxglove, ros2Fake, ros2];
for (const { name, missing } of ADAPTERS) {
  if (missing !== undefined) describe.skip(`the ${name} bus: ${missing}`, () => it('is tested', () => undefined));
}

describe.each(ADAPTERS.filter(({ missing }) => missing === undefined))('the $name bus', ({ play, live = false }) => {
  /** No ROS 2 message is JSON. */
  const expected = live ? 10 : 11;
  const stampsOf = (messages: readonly BusMessage[], topic: string) =>
    messages
      .filter((message) => message.topic === topic)
      .map((message) => recordedCodec(message).decode(message.data) as ReturnType<typeof toPointStamped>)
      .map(({ header }) => header.stamp.nanosec);

  it('delivers what is published, each topic in order', async () => {
    const source = await play(script);
    const messages = await all(source, ['/near', '/far']);
    expect([stampsOf(messages, '/near'), stampsOf(messages, '/far')]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    const times = messages.map(({ logTime }) => logTime);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : Number(a > b))));
    await source.close();
  });

  it.skipIf(live)('delivers messages in the order of all topics, with their times and sequence', async () => {
    const source = await play(script);
    const messages = await all(source, ['/near', '/far']);
    expect(
      messages.map(({ topic, logTime, publishTime, sequence }) => ({ topic, logTime, publishTime, sequence })),
    ).toEqual(
      Array.from({ length: 10 }, (_, i) => ({
        topic: i % 2 === 0 ? '/near' : '/far',
        logTime: 100n + BigInt(i),
        publishTime: 100n + BigInt(i),
        sequence: Math.floor(i / 2),
      })),
    );
    await source.close();
  });

  it('delivers with each message all that decodes it', async () => {
    const source = await play(script);
    const messages = await all(source);
    expect(messages).toHaveLength(expected);
    for (const message of messages) {
      const codec = message.topic === '/scene' ? scenes : points;
      const { schemaName, schemaEncoding, messageEncoding, schemaData } = codec;
      expect(message).toMatchObject({ schemaName, schemaEncoding, messageEncoding });
      expect(Buffer.compare(message.schemaData, schemaData)).toBe(0);
    }
    const far = messages.find(({ topic }) => topic === '/far') as BusMessage;
    expect(recordedCodec(far).decode(far.data)).toEqual(toPointStamped(0n, 'camera', [0, 0, 3]));
    await source.close();
  });

  it('delivers the topics that were asked for and no others', async () => {
    const source = await play(script);
    expect((await all(source, ['/far'])).map(({ topic }) => topic)).toEqual(Array(5).fill('/far'));
    await source.close();
  });

  it('delivers all topics when none are named', async () => {
    const source = await play(script);
    expect(await all(source)).toHaveLength(expected);
    await source.close();
  });

  it('knows its topics', async () => {
    const source = await play(script);
    await all(source);
    const topics = source.topics().map(({ topic, schemaName, messageCount }) => ({ topic, schemaName, messageCount }));
    const ours = topics.filter(({ topic }) => OURS.includes(topic)).sort((a, b) => (a.topic < b.topic ? 1 : -1));
    const scene = { topic: '/scene', schemaName: 'foxglove.SceneUpdate', messageCount: 1 };
    expect(ours).toEqual([
      ...(live ? [] : [scene]),
      { topic: '/near', schemaName: 'geometry_msgs/msg/PointStamped', messageCount: 5 },
      { topic: '/far', schemaName: 'geometry_msgs/msg/PointStamped', messageCount: 5 },
    ]);
    await source.close();
  });

  it('can be left at any message and begun again', async () => {
    const source = await play(script);
    let taken = 0;
    for await (const _ of source.subscribe(['/near'])) {
      if (++taken === 2) break;
    }
    expect(await all(source, ['/near'])).toHaveLength(5);
    await source.close();
  });

  it('serves two subscribers at their own pace', async () => {
    const source = await play(script);
    const [near, every] = await Promise.all([all(source, ['/near']), all(source)]);
    expect(near).toHaveLength(5);
    expect(every).toHaveLength(expected);
    await source.close();
  });

  it('refuses to publish what does not fit the schema, and goes on', async () => {
    const source = await play(async (sink) => {
      const publisher = sink.advertise('/near', points);
      const wrong = { header: { stamp: { sec: 2 ** 40, nanosec: 0 }, frame_id: '' }, point: { x: 0, y: 0, z: 0 } };
      await expect(publisher.publish(wrong, 1n)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
      await publisher.publish(toPointStamped(0n, 'camera', [0, 0, 1]), 2n);
    });
    expect(await all(source, ['/near'])).toHaveLength(1);
    await source.close();
  });

  it('passes on messages that are encoded already', async () => {
    const original = await all(await play(script));
    const copy = await play(async (sink) => {
      for (const message of original) await sink.write(message);
    });
    const comparable = (messages: readonly BusMessage[]) =>
      live
        ? messages
            .map(({ topic, schemaName, data }) => ({ topic, schemaName, data: Buffer.from(data).toString('hex') }))
            .sort((a, b) => (a.topic < b.topic ? -1 : Number(a.topic > b.topic)))
        : messages;
    expect(comparable(await all(copy))).toEqual(comparable(original));
    await copy.close();
  });
});
