import { describe, expect, it, test } from 'vitest';
import { OracleViewer, until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import { jsonCodec } from '../../../messages/json-codec.js';
import { toPointStamped } from '../../../messages/points.js';
import { recordedCodec } from '../../../messages/recorded-codec.js';
import type { BusMessage } from '../../port/bus.js';
import { createFoxgloveServer, type FoxgloveServer } from './foxglove-server.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const scenes = jsonCodec('foxglove.SceneUpdate');
const point = (stamp: bigint) => toPointStamped(stamp, 'camera', [0, 0, Number(stamp)]);

const { ends, serve } = serving();

function view(server: FoxgloveServer, options = {}): OracleViewer {
  const viewer = new OracleViewer(server.urls.socket, options);
  ends.push(() => viewer.socket.terminate());
  return viewer;
}

const log = (data: Uint8Array, logTime: bigint, topic = '/log'): BusMessage => ({
  topic,
  schemaName: 'foxglove.Log',
  schemaEncoding: 'protobuf',
  schemaData: Uint8Array.of(10, 3, 0, 255),
  messageEncoding: 'protobuf',
  data,
  logTime,
  publishTime: logTime,
  sequence: 0,
});

describe('a viewer', () => {
  it('is told who serves, in what session, and what it can do', async () => {
    const server = await serve({ name: 'cell 3', metadata: { model: 'compact' } });
    const viewer = view(server);
    const [info] = await until(() => viewer.heard.infos.length > 0 && viewer.heard.infos, 'server info');
    expect(info).toMatchObject({ op: 'serverInfo', name: 'cell 3', capabilities: ['connectionGraph'] });
    expect(info.metadata).toMatchObject({ model: 'compact', voxhand: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(info.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(info).not.toHaveProperty('supportedEncodings');
    const second = view(server);
    const [other] = await until(() => second.heard.infos.length > 0 && second.heard.infos, 'server info');
    expect(other.sessionId).toBe(info.sessionId);
  });

  it('sees topics when they are advertised, before and after it connected', async () => {
    const server = await serve();
    server.advertise('/near', points);
    const viewer = view(server);
    await until(() => viewer.heard.channels.get('/near'), 'first channel');
    server.advertise('/scene', scenes);
    const scene = await until(() => viewer.heard.channels.get('/scene'), 'second channel');
    expect(scene).toMatchObject({ encoding: 'json', schemaName: 'foxglove.SceneUpdate', schemaEncoding: 'jsonschema' });
    expect(JSON.parse(scene.schema)).toMatchObject({ title: 'foxglove.SceneUpdate' });
    expect(viewer.heard.channels.get('/near')).toMatchObject({ encoding: 'cdr', schemaEncoding: 'ros2msg' });
  });

  it('gets what it subscribed to, byte for byte, with its time, and nothing else', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const far = server.advertise('/far', points);
    const viewer = view(server);
    const id = await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    for (let stamp = 1n; stamp <= 3n; stamp++) {
      await near.publish(point(stamp), stamp);
      await far.publish(point(stamp), stamp);
    }
    const messages = await viewer.messages('/near', 3);
    expect(messages.map(({ subscriptionId, timestamp }) => [subscriptionId, timestamp])).toEqual([
      [id, 1n],
      [id, 2n],
      [id, 3n],
    ]);
    expect(points.decode(messages[2].data)).toEqual(point(3n));
    expect(viewer.heard.messages).toHaveLength(3);
    expect(viewer.heard.errors).toEqual([]);
  });

  it('gets messages of any size whole', async () => {
    const server = await serve();
    const sizes = [0, 1, 4095, 4096, 4097, 65_536, 3_000_000];
    await server.write(log(new Uint8Array(0), 0n));
    const viewer = view(server);
    await viewer.subscribe('/log');
    await until(() => server.states()[0].subscribers === 1, 'subscription');
    for (const [i, size] of sizes.entries()) {
      await server.write(
        log(
          Uint8Array.from({ length: size }, (_, at) => at * 7 + i),
          BigInt(i),
        ),
      );
    }
    const messages = await viewer.messages('/log', sizes.length);
    expect(messages.map(({ data }) => data.byteLength)).toEqual(sizes);
    for (const [i, { data }] of messages.entries()) {
      expect(data.every((byte, at) => byte === ((at * 7 + i) & 0xff))).toBe(true);
    }
  });

  it('gets no more after it has unsubscribed, and may use the number again', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const viewer = view(server);
    const id = await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    viewer.client.unsubscribe(id);
    await until(() => !near.wanted(), 'end of the subscription');
    await near.publish(point(1n), 1n);
    viewer.socket.send(
      JSON.stringify({ op: 'subscribe', subscriptions: [{ id, channelId: viewer.heard.channels.get('/near')?.id }] }),
    );
    await until(() => near.wanted(), 'second subscription');
    await near.publish(point(2n), 2n);
    const [message] = await viewer.messages('/near', 1);
    expect(message.timestamp).toBe(2n);
  });

  it('gets topics of any encoding that are written without being advertised', async () => {
    const server = await serve();
    await server.write(log(Uint8Array.of(1), 1n));
    const viewer = view(server);
    await viewer.subscribe('/log');
    expect(viewer.heard.channels.get('/log')).toMatchObject({
      encoding: 'protobuf',
      schemaEncoding: 'protobuf',
      schema: 'CgMA/w==',
    });
    await until(() => server.states()[0].subscribers === 1, 'subscription');
    await server.write(log(Uint8Array.of(2), 2n));
    const [message] = await viewer.messages('/log', 1);
    expect([...message.data]).toEqual([2]);
  });

  it('gets the latched messages of a topic when it subscribes, each content once', async () => {
    const server = await serve({ latched: { '/tf_static': 2, '/camera_info': 1 } });
    const transforms = server.advertise('/tf_static', points);
    const info = server.advertise('/camera_info', points);
    const other = server.advertise('/other', points);
    expect([transforms.wanted(), info.wanted(), other.wanted()]).toEqual([true, true, false]);
    for (const stamp of [1n, 2n, 3n, 2n]) {
      await transforms.publish(point(stamp), 10n + stamp);
      await info.publish(point(stamp), 10n + stamp);
      await other.publish(point(stamp), stamp);
    }
    const viewer = view(server);
    for (const topic of ['/tf_static', '/camera_info', '/other']) await viewer.subscribe(topic);
    await viewer.messages('/camera_info', 1);
    await until(() => other.wanted(), 'last subscription');
    const seen = viewer.heard.messages.map(({ topic, data }) => [topic, points.decode(data).point.z]);
    expect(seen).toEqual([
      ['/tf_static', 3],
      ['/tf_static', 2],
      ['/camera_info', 2],
    ]);
  });

  it('sees a topic whose schema changes as another channel', async () => {
    const server = await serve();
    await server.write(log(Uint8Array.of(1), 1n, '/any'));
    const viewer = view(server);
    await viewer.subscribe('/any');
    const first = viewer.heard.channels.get('/any');
    await until(() => server.states()[0].subscribers === 1, 'subscription');
    await server.advertise('/any', points).publish(point(1n), 1n);
    const second = await until(() => {
      const channel = viewer.heard.channels.get('/any');
      return channel?.encoding === 'cdr' && channel;
    }, 'second channel');
    expect(second.id).not.toBe(first?.id);
    expect(server.states()).toMatchObject([{ topic: '/any', subscribers: 0 }]);
  });

  it('keeps its channel when the same schema comes in other bytes', async () => {
    const server = await serve();
    await server.write(log(Uint8Array.of(1), 1n));
    await server.write(log(Uint8Array.of(1), 1n));
    const viewer = view(server);
    const { id } = await until(() => viewer.heard.channels.get('/log'), 'channel');
    expect(id).toBe(1);
    expect(server.states()).toMatchObject([{ messages: 2 }]);
    // Of the same name, but another schema: another channel.
    await server.write({ ...log(Uint8Array.of(1), 1n), schemaData: Uint8Array.of(1) });
    await until(() => viewer.heard.channels.get('/log')?.id === 2, 'second channel');
  });

  it('forgets a topic that is taken back', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    server.unadvertise('/near');
    await until(() => viewer.heard.channels.size === 0, 'unadvertise');
    expect(near.wanted()).toBe(false);
    await near.publish(point(1n), 1n);
    expect(viewer.heard.channels.size).toBe(0);
  });

  it('sees only topics of the allow-list', async () => {
    const server = await serve({ topics: ['/hand/**', 'depth/*'] });
    const shown = server.advertise('/hand/raw/smax', points);
    const hidden = server.advertise('/secret', points);
    await server.write(log(Uint8Array.of(1), 1n, '/depth/a/b'));
    await server.write(log(Uint8Array.of(1), 1n, '/depth/a'));
    const viewer = view(server);
    await viewer.subscribe('/hand/raw/smax');
    await until(() => shown.wanted(), 'subscription');
    await hidden.publish(point(1n), 1n);
    expect([...viewer.heard.channels.keys()]).toEqual(['/hand/raw/smax', '/depth/a']);
    expect(hidden.wanted()).toBe(false);
  });

  it('decodes what it gets with the schema that it was told', async () => {
    const server = await serve();
    const scene = server.advertise('/scene', scenes);
    const viewer = view(server);
    await viewer.subscribe('/scene');
    await until(() => scene.wanted(), 'subscription');
    await scene.publish({ deletions: [], entities: [] }, 5n);
    const [{ data }] = await viewer.messages('/scene', 1);
    const channel = viewer.heard.channels.get('/scene');
    const codec = recordedCodec({
      schemaName: channel?.schemaName ?? '',
      schemaEncoding: channel?.schemaEncoding ?? '',
      schemaData: new TextEncoder().encode(channel?.schema),
      messageEncoding: channel?.encoding ?? '',
    });
    expect(codec.decode(data)).toEqual({ deletions: [], entities: [] });
  });
});

describe('what nobody listens to', () => {
  it('is not encoded', async () => {
    const server = await serve();
    let encoded = 0;
    const encode = (message: ReturnType<typeof point>) => {
      encoded++;
      return points.encode(message);
    };
    const counting = { ...points, encode };
    const near = server.advertise('/near', counting);
    await near.publish(point(1n), 1n);
    expect([near.wanted(), encoded]).toEqual([false, 0]);
    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    await near.publish(point(1n), 1n);
    const other = view(server);
    await other.subscribe('/near');
    await until(() => server.states()[0].subscribers === 2, 'subscription');
    await near.publish(point(2n), 2n);
    await other.messages('/near', 1);
    expect(encoded).toBe(2);
    await Promise.all([viewer.close(), other.close()]);
    await until(() => !near.wanted(), 'end of the subscriptions');
  });

  it('is told when that changes', async () => {
    const asked: string[] = [];
    const server = await serve({ onSubscribe: (topic) => void asked.push(topic) });
    server.advertise('/near', points);
    await view(server).subscribe('/near');
    await until(() => asked.length > 0, 'onSubscribe');
    expect(asked).toEqual(['/near']);
  });
});

describe('statuses', () => {
  it('reach those that are there, and with an id those that come later, until they are taken back', async () => {
    const server = await serve();
    const early = view(server);
    await until(() => early.heard.infos.length > 0, 'server info');
    server.status('info', 'once');
    server.status('warning', 'old', 'a');
    server.status('warning', 'new', 'a');
    server.status('error', 'bad', 'b');
    server.removeStatus('b', 'unknown');
    const removed: string[][] = [];
    early.client.on('removeStatus', ({ statusIds }) => removed.push(statusIds));
    await until(() => removed.length > 0, 'removeStatus');
    expect(removed).toEqual([['b']]);
    expect(early.heard.statuses.map(({ level, message, id }) => [level, message, id])).toEqual([
      [0, 'once', undefined],
      [1, 'old', 'a'],
      [1, 'new', 'a'],
      [2, 'bad', 'b'],
    ]);
    const late = view(server);
    await until(() => late.heard.statuses.length > 0, 'status');
    expect(late.heard.statuses).toMatchObject([{ level: 1, message: 'new', id: 'a' }]);
  });

  it('with ids are bounded in number', async () => {
    const server = await serve();
    for (let i = 0; i < 100; i++) server.status('info', 'text', `${i}`);
    const viewer = view(server);
    await until(() => viewer.heard.statuses.length === 64, 'statuses');
    expect(viewer.heard.statuses[0].id).toBe('36');
  });
});

describe('time', () => {
  it('follows the messages, and goes back with them', async () => {
    const server = await serve({ time: true });
    const near = server.advertise('/near', points);
    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    for (const time of [10n, 11n, 10_000_000n, 5n]) {
      await near.publish(point(1n), time);
      await viewer.messages('/near', viewer.heard.messages.length + 1);
    }
    expect(viewer.heard.times).toEqual([10n, 10_000_000n, 5n]);
    expect(viewer.heard.infos[0].capabilities).toContain('time');
    const late = view(server);
    await until(() => late.heard.times.length > 0, 'time');
    expect(late.heard.times).toEqual([5n]);
  });

  it('is not told unless it is asked for', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    await near.publish(point(1n), 10n);
    server.publishTime(11n);
    await viewer.messages('/near', 1);
    expect(viewer.heard.times).toEqual([]);
  });
});

describe('the connection graph', () => {
  it('is told whole at first and then by what changes', async () => {
    const server = await serve({ name: 'voxhand' });
    server.advertise('/near', points);
    const watcher = view(server);
    const updates: object[] = [];
    watcher.client.on('connectionGraphUpdate', ({ op: _, ...update }) => updates.push(update));
    await until(() => watcher.heard.infos.length > 0, 'server info');
    watcher.client.subscribeConnectionGraph();
    const nothing = {
      publishedTopics: [],
      subscribedTopics: [],
      advertisedServices: [],
      removedTopics: [],
      removedServices: [],
    };
    await until(() => updates.length === 1, 'graph');
    expect(updates[0]).toEqual({ ...nothing, publishedTopics: [{ name: '/near', publisherIds: ['voxhand'] }] });

    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => updates.length === 2, 'update');
    expect(updates[1]).toEqual({ ...nothing, subscribedTopics: [{ name: '/near', subscriberIds: ['client-2'] }] });

    await viewer.close();
    await until(() => updates.length === 3, 'update');
    expect(updates[2]).toEqual({ ...nothing, subscribedTopics: [{ name: '/near', subscriberIds: [] }] });

    server.unadvertise('/near');
    await until(() => updates.length === 4, 'update');
    expect(updates[3]).toEqual({ ...nothing, removedTopics: ['/near'] });

    watcher.client.unsubscribeConnectionGraph();
    await until(() => server.clients()[0]?.subscriptions === 0, 'quiet');
    server.advertise('/far', points);
    await until(() => watcher.heard.channels.get('/far'), 'channel');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(updates).toHaveLength(4);
  });
});

describe('the end', () => {
  it('of the server gives clients what waits for them, then says so, and frees the port', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const viewer = view(server);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    for (let i = 0n; i < 100n; i++) await near.publish(point(i), i);
    await server.close();
    expect(await viewer.closed).toBe(1001);
    expect(viewer.heard.messages).toHaveLength(100);
    await expect(near.publish(point(1n), 1n)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const next = await serve({ port: server.port });
    expect(next.port).toBe(server.port);
  });

  it('of a client is told, with what it was too slow for', async () => {
    const server = await serve();
    const events: string[] = [];
    const stop = server.onEvent(({ kind }) => events.push(kind));
    const viewer = view(server);
    await until(() => viewer.heard.infos.length > 0, 'server info');
    await viewer.close();
    await until(() => server.clients().length === 0, 'disconnect');
    expect(events).toEqual(['connected', 'disconnected']);
    stop();
  });

  it('of the server may be asked for twice, and with nobody there', async () => {
    const server = await serve();
    await Promise.all([server.close(), server.close()]);
  });
});

test.each([
  [{ port: 65_536 }, 'port'],
  [{ port: 1.5 }, 'port'],
  [{ maxClients: 0 }, 'maxClients'],
  [{ backlog: { bytes: 10 } }, 'backlog.bytes'],
  [{ backlog: { messages: 0 } }, 'backlog.messages'],
  [{ heartbeat: { interval: 10, timeout: 5 } }, 'heartbeat'],
  [{ token: 'short' }, 'token'],
  [{ token: 'with spaces in it, and more' }, 'token'],
] as const)('options that cannot be are refused: %j', async (options, where) => {
  await expect(createFoxgloveServer({ port: 0, ...options })).rejects.toMatchObject({ code: 'USAGE', where });
});
