import type { BusMessage, BusSink, BusSource, TopicInfo } from '../../src/transport/port/bus.js';
import { type Ros2Bus, ros2Bus } from '../../src/transport/ros2/ros2-bus.js';
import type { Ros2BusOptions } from '../../src/transport/ros2/ros2-bus-options.js';

/**
 * A source on ROS 2 whose subscribers get what a script publishes from its beginning: each has a listening and a speaking
 * node of its own, under a prefix of its own, and a message is sent when the graph has brought the two together.
 */
export function playOnRos2(script: (sink: BusSink) => Promise<void>, options: Ros2BusOptions = {}): BusSource {
  let topics: () => readonly TopicInfo[] = () => [];
  return {
    topics: () => topics(),
    subscribe: (wanted) => ({ [Symbol.asyncIterator]: () => play(wanted) }),
    close: async () => undefined,
  };

  async function* play(wanted: readonly string[] | undefined): AsyncGenerator<BusMessage, void, void> {
    const prefix = `/play_${process.pid}_${++plays}`;
    const runtime = await options.load?.();
    const common: Ros2BusOptions = {
      ...options,
      watchPeriod: 0.02,
      silenceAfter: 0,
      namespace: prefix,
      ...(runtime === undefined ? {} : { load: async () => runtime }),
    };
    const hears = await ros2Bus({ ...common, node: 'hears' });
    const speaks = await ros2Bus({ ...common, node: 'speaks' });
    const ours = <T extends { readonly topic: string }>(all: readonly T[]): T[] =>
      all
        .filter(({ topic }) => topic.startsWith(`${prefix}/`))
        .map((one) => ({ ...one, topic: one.topic.slice(prefix.length) }));
    topics = () => ours(hears.topics());
    try {
      const messages = hears.subscribe(wanted?.map((topic) => prefix + topic))[Symbol.asyncIterator]();
      const sink = speakingSink(speaks, prefix, (topic) => wanted?.includes(topic) ?? true);
      void script(sink).then(async () => {
        await until(() => arrived(hears, sink.sent));
        const last = topics();
        topics = () => last;
        await hears.close();
      });
      for (let step = await messages.next(); step.done !== true; step = await messages.next())
        yield* ours([step.value]);
    } finally {
      await Promise.all([hears.close(), speaks.close()]);
    }
  }
}

/** Sends a message that is wanted when somebody can hear it, and counts these. */
function speakingSink(bus: Ros2Bus, prefix: string, isWanted: (topic: string) => boolean) {
  const sent = new Map<string, number>();
  const heard = async (topic: string): Promise<void> => {
    if (!isWanted(topic.slice(prefix.length))) return;
    await until(() => (bus.states().find((state) => state.topic === topic)?.subscribers ?? 0) > 0);
    sent.set(topic, (sent.get(topic) ?? 0) + 1);
  };
  const sink: BusSink & { readonly sent: ReadonlyMap<string, number> } = {
    sent,
    advertise: (topic, codec) => {
      const publisher = bus.advertise(prefix + topic, codec);
      return {
        ...publisher,
        publish: async (message, stamp) => {
          codec.encode(message); // what cannot be encoded is not sent
          if (codec.messageEncoding === 'cdr') await heard(publisher.topic);
          await publisher.publish(message, stamp);
        },
      };
    },
    write: async (message) => {
      const renamed = { ...message, topic: prefix + message.topic };
      bus.advertise(renamed.topic, { ...message, encode: () => message.data, decode: () => undefined });
      await heard(renamed.topic);
      await bus.write(renamed);
    },
    close: async () => undefined,
  };
  return sink;
}

function arrived(bus: Ros2Bus, sent: ReadonlyMap<string, number>): boolean {
  const counts = new Map(bus.states().map(({ topic, messages }) => [topic, messages]));
  return [...sent].every(([topic, count]) => (counts.get(topic) ?? 0) >= count);
}

let plays = 0;

/** Gives up after ten seconds: the test will say what is missing. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}
