import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cdrCodec, jsonCodec, recordedCodec, toPointStamped } from '../messages/index.js';
import { createMcapSink } from './mcap/mcap-sink.js';
import { openMcap } from './mcap/mcap-source.js';
import { MemoryBus } from './memory/index.js';
import { type BusMessage, type BusSink, type BusSource, observe } from './port/index.js';

/** What every adapter of the port promises. */

type Script = (sink: BusSink) => Promise<void>;

interface Adapter {
  readonly name: string;
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

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const scenes = jsonCodec('foxglove.SceneUpdate');

/** Ten points on two topics and a scene, in order. */
const script: Script = async (sink) => {
  const near = sink.advertise('near', points);
  const far = sink.advertise('far', points);
  const scene = sink.advertise('scene', scenes);
  for (let i = 0n; i < 5n; i++) {
    await near.publish(toPointStamped(i, 'camera', [0, 0, 0.3]), 100n + 2n * i);
    await far.publish(toPointStamped(i, 'camera', [0, 0, 3]), 101n + 2n * i);
  }
  await scene.publish({ deletions: [], entities: [] }, 200n);
};

async function all(source: BusSource, topics?: readonly string[]): Promise<BusMessage[]> {
  const messages: BusMessage[] = [];
  for await (const message of source.subscribe(topics)) messages.push(message);
  return messages;
}

describe.each([memory, mcap])('the $name bus', ({ play }) => {
  it('delivers what is published, in order, with its times and sequence', async () => {
    const source = await play(script);
    const messages = await all(source, ['near', 'far']);
    expect(
      messages.map(({ topic, logTime, publishTime, sequence }) => ({ topic, logTime, publishTime, sequence })),
    ).toEqual(
      Array.from({ length: 10 }, (_, i) => ({
        topic: i % 2 === 0 ? 'near' : 'far',
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
    for (const message of messages) {
      const codec = message.topic === 'scene' ? scenes : points;
      const { schemaName, schemaEncoding, messageEncoding, schemaData } = codec;
      expect(message).toMatchObject({ schemaName, schemaEncoding, messageEncoding });
      expect(Buffer.compare(message.schemaData, schemaData)).toBe(0);
    }
    const far = messages.find(({ topic }) => topic === 'far') as BusMessage;
    expect(recordedCodec(far).decode(far.data)).toEqual(toPointStamped(0n, 'camera', [0, 0, 3]));
    await source.close();
  });

  it('delivers the topics that were asked for and no others', async () => {
    const source = await play(script);
    expect((await all(source, ['far'])).map(({ topic }) => topic)).toEqual(Array(5).fill('far'));
    await source.close();
  });

  it('delivers all topics when none are named', async () => {
    const source = await play(script);
    expect(await all(source)).toHaveLength(11);
    await source.close();
  });

  it('knows its topics', async () => {
    const source = await play(script);
    await all(source);
    const topics = source.topics().map(({ topic, schemaName, messageCount }) => ({ topic, schemaName, messageCount }));
    expect(topics).toEqual([
      { topic: 'near', schemaName: 'geometry_msgs/msg/PointStamped', messageCount: 5 },
      { topic: 'far', schemaName: 'geometry_msgs/msg/PointStamped', messageCount: 5 },
      { topic: 'scene', schemaName: 'foxglove.SceneUpdate', messageCount: 1 },
    ]);
    await source.close();
  });

  it('can be left at any message and begun again', async () => {
    const source = await play(script);
    for await (const message of source.subscribe(['near'])) {
      if (message.sequence === 1) break;
    }
    expect(await all(source, ['near'])).toHaveLength(5);
    await source.close();
  });

  it('serves two subscribers at their own pace', async () => {
    const source = await play(script);
    const [near, every] = await Promise.all([all(source, ['near']), all(source)]);
    expect(near).toHaveLength(5);
    expect(every).toHaveLength(11);
    await source.close();
  });

  it('is an Observable when wanted', async () => {
    const source = await play(script);
    const times: bigint[] = [];
    await observe(source.subscribe(['near'])).forEach(({ logTime }) => void times.push(logTime));
    expect(times).toEqual([100n, 102n, 104n, 106n, 108n]);
    await source.close();
  });

  it('refuses to publish what does not fit the schema, and goes on', async () => {
    const source = await play(async (sink) => {
      const publisher = sink.advertise('near', points);
      const wrong = { header: { stamp: { sec: 2 ** 40, nanosec: 0 }, frame_id: '' }, point: { x: 0, y: 0, z: 0 } };
      await expect(publisher.publish(wrong, 1n)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
      await publisher.publish(toPointStamped(0n, 'camera', [0, 0, 1]), 2n);
    });
    expect(await all(source, ['near'])).toHaveLength(1);
    await source.close();
  });

  it('passes on messages that are encoded already', async () => {
    const original = await all(await play(script));
    const copy = await play(async (sink) => {
      for (const message of original) await sink.write(message);
    });
    expect(await all(copy)).toEqual(original);
    await copy.close();
  });
});
