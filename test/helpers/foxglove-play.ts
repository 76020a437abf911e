import { cdrCodec } from '../../src/messages/cdr-codec.js';
import { jsonCodec } from '../../src/messages/json-codec.js';
import { connectFoxglove } from '../../src/transport/foxglove/client/foxglove-source.js';
import { createFoxgloveServer } from '../../src/transport/foxglove/server/foxglove-server.js';
import type { BusSink, BusSource, TopicInfo } from '../../src/transport/port/bus.js';
import { until } from './foxglove.js';

/**
 * What a script publishes on a Foxglove server, seen through a Foxglove source: for each loop a server and a connection of
 * their own. The script begins when the loop is subscribed, for a server keeps nothing.
 */
export function playOnFoxglove(script: (sink: BusSink) => Promise<void>): BusSource {
  let topics: readonly TopicInfo[] = [];
  async function* play(wanted?: readonly string[]) {
    const server = await createFoxgloveServer({ port: 0, latched: {} });
    for (const topic of ['/near', '/far']) server.advertise(topic, cdrCodec('geometry_msgs/msg/PointStamped'));
    server.advertise('/scene', jsonCodec('foxglove.SceneUpdate'));
    const source = await connectFoxglove(server.urls.socket, { queueSize: 100 });
    const loop = source.subscribe(wanted)[Symbol.asyncIterator]();
    const subscribed = () => server.states().filter(({ subscribers }) => subscribers === 1).length;
    await until(() => subscribed() === (wanted?.length ?? 3), 'subscription');
    const known = source.topics();
    const done = (async () => {
      await script(server);
      await server.close(); // which gives the client all that waits for it
      const counts = new Map(source.states().map(({ topic, messages }) => [topic, messages]));
      topics = known.map((info) => ({ ...info, messageCount: counts.get(info.topic) ?? 0 }));
      await source.close();
    })();
    try {
      for (let step = await loop.next(); step.done !== true; step = await loop.next()) yield step.value;
    } finally {
      await loop.return?.();
      await done;
    }
  }
  return { topics: () => topics, subscribe: play, close: async () => undefined };
}
