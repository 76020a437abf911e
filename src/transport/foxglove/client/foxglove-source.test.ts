import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { FoxgloveServer as OracleServer } from '@foxglove/ws-protocol';
import { describe, expect, it, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { selfSigned } from '../../../../test/helpers/self-signed.js';
import type { DepthFrame } from '../../../depth/depth-frame.js';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import type { Codec } from '../../../messages/codec.js';
import { toCameraInfoMessage, toCompressedImageMessage, toDepthImageMessage } from '../../../messages/images.js';
import { jsonCodec } from '../../../messages/json-codec.js';
import { toPointStamped } from '../../../messages/points.js';
import { recordedCodec } from '../../../messages/recorded-codec.js';
import { backOff } from '../../../timing/back-off.js';
import { toFoxgloveTime } from '../../../timing/stamp.js';
import { trackerConfig } from '../../../tracking/config.js';
import { depthFrames } from '../../../tracking/depth-frames.js';
import { depthViews } from '../../../tracking/views/depth-views.js';
import type { BusEvent, BusMessage } from '../../port/bus.js';
import { connectFoxglove, type FoxgloveSource, type FoxgloveSourceOptions } from './foxglove-source.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const point = (stamp: bigint) => toPointStamped(stamp, 'camera', [0, 0, Number(stamp)]);
const QUICK: FoxgloveSourceOptions = { backOff: { first: 0.01, longest: 0.05 } };
const TOKEN = 'a-token.of_some~Length';

const { ends, serve } = serving();

async function connect(url: string, options: FoxgloveSourceOptions = {}): Promise<FoxgloveSource> {
  const source = await connectFoxglove(url, { ...QUICK, ...options });
  ends.push(() => source.close());
  return source;
}

/** A loop over a subscription that keeps what it gets. */
function listen(source: FoxgloveSource, topics?: string[]) {
  const got: BusMessage[] = [];
  const loop = (async () => {
    for await (const message of source.subscribe(topics)) got.push(message);
  })();
  return { got, loop };
}

function eventsOf(source: FoxgloveSource): BusEvent[] {
  const events: BusEvent[] = [];
  source.onEvent((event) => events.push(event));
  return events;
}

describe('a source', () => {
  it('knows the topics of the server at once, with what decodes them', async () => {
    const server = await serve({ name: 'cell' });
    server.advertise('/near', points);
    server.advertise('/scene', jsonCodec('foxglove.SceneUpdate'));
    const source = await connect(server.urls.socket);
    expect(source.server).toMatchObject({ name: 'cell' });
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = points;
    const scene = { topic: '/scene', schemaEncoding: 'jsonschema', messageEncoding: 'json' };
    expect(source.topics()).toMatchObject([
      { topic: '/near', schemaName, schemaEncoding, schemaData, messageEncoding },
      scene,
    ]);
  });

  it('delivers what it is asked for, and asks the server for nothing else', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const far = server.advertise('/far', points);
    const source = await connect(server.urls.socket);
    const { got } = listen(source, ['/near']);
    await until(() => near.wanted(), 'subscription');
    expect(far.wanted()).toBe(false);
    for (let stamp = 1n; stamp <= 3n; stamp++) await near.publish(point(stamp), stamp);
    await until(() => got.length === 3, 'messages');
    expect(got.map(({ logTime, publishTime, sequence }) => [logTime, publishTime, sequence])).toEqual([
      [1n, 1n, 0],
      [2n, 2n, 1],
      [3n, 3n, 2],
    ]);
    expect(recordedCodec(got[2]).decode(got[2].data)).toEqual(point(3n));
    expect(source.states()).toEqual([{ topic: '/near', publishers: 1, messages: 3, dropped: {}, lastMessage: 3n }]);
  });

  it('delivers all topics when none are named, those that come later too', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const source = await connect(server.urls.socket);
    const { got } = listen(source);
    await until(() => near.wanted(), 'subscription');
    const late = server.advertise('/late', points);
    await until(() => late.wanted(), 'second subscription');
    await late.publish(point(1n), 1n);
    await until(() => got.length === 1, 'message');
    expect(got[0].topic).toBe('/late');
  });

  it('ends a subscription with the last loop that wants it', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const source = await connect(server.urls.socket);
    const first = source.subscribe(['/near'])[Symbol.asyncIterator]();
    const second = source.subscribe(['/near'])[Symbol.asyncIterator]();
    await until(() => near.wanted(), 'subscription');
    await near.publish(point(1n), 1n);
    expect((await first.next()).value).toMatchObject({ logTime: 1n });
    expect((await second.next()).value).toMatchObject({ logTime: 1n });
    expect(server.states()[0].subscribers).toBe(1);
    await first.return?.();
    await near.publish(point(2n), 2n);
    expect((await second.next()).value).toMatchObject({ logTime: 2n });
    await second.return?.();
    await until(() => !near.wanted(), 'end of the subscription');
  });

  it('waits for a topic that is not there yet, and follows one whose channel changes', async () => {
    const server = await serve();
    const source = await connect(server.urls.socket);
    const { got } = listen(source, ['/near']);
    const near = server.advertise('/near', points);
    await until(() => near.wanted(), 'subscription');
    await near.publish(point(1n), 1n);
    await until(() => got.length === 1, 'message');
    server.unadvertise('/near');
    const again = server.advertise('/near', points);
    await until(() => again.wanted(), 'second subscription');
    await again.publish(point(2n), 2n);
    await until(() => got.length === 2, 'second message');
    const other = server.advertise('/near', cdrCodec('geometry_msgs/msg/PoseArray'));
    await until(() => other.wanted(), 'third subscription');
    await other.publish({ header: { stamp: { sec: 0, nanosec: 0 }, frame_id: '' }, poses: [] }, 3n);
    await until(() => got.length === 3, 'third message');
    expect(got.map(({ schemaName }) => schemaName.split('/').at(-1))).toEqual([
      'PointStamped',
      'PointStamped',
      'PoseArray',
    ]);
  });

  it('drops the oldest of a slow loop and counts it, and no other loop notices', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const source = await connect(server.urls.socket, { queueSize: 3 });
    const slow = source.subscribe(['/near'])[Symbol.asyncIterator]();
    const { got } = listen(source, ['/near']);
    await until(() => near.wanted(), 'subscription');
    for (let stamp = 1n; stamp <= 10n; stamp++) {
      await near.publish(point(stamp), stamp);
      await until(() => got.length === Number(stamp), 'message');
    }
    expect(source.states()[0].dropped).toEqual({ 'queue-full': 7 });
    expect((await slow.next()).value).toMatchObject({ logTime: 8n, sequence: 7 });
  });

  it.each(['the same number', 'another number'])(
    'comes back after the server has restarted, and its loops go on, with %s of the channel',
    async (number) => {
      const first = await serve();
      const near = first.advertise('/near', points);
      const source = await connect(first.urls.socket);
      const events = eventsOf(source);
      const { got, loop } = listen(source, ['/near']);
      await until(() => near.wanted(), 'subscription');
      await near.publish(point(1n), 1n);
      await until(() => got.length === 1, 'message');
      await first.close();
      await until(() => events.some(({ kind }) => kind === 'unreachable'), 'tries');
      expect(source.topics()).toEqual([]);
      expect(source.server).toBeUndefined();

      const second = await serve({ port: first.port });
      if (number === 'another number') second.advertise('/other', points);
      const again = second.advertise('/near', points);
      await until(() => again.wanted(), 'subscription after the restart');
      await again.publish(point(2n), 2n);
      await until(() => got.length === 2, 'message after the restart');
      expect(got.map(({ sequence }) => sequence)).toEqual([0, 1]);
      expect(events.map(({ kind }) => kind).filter((kind) => kind !== 'unreachable')).toEqual([
        'disconnected',
        'connected',
      ]);
      expect(events[0].text).toContain('the server has ended');

      await source.close();
      await loop;
      expect(source.states()[0].messages).toBe(2);
    },
  );

  it('ends its loops when it is closed, with what waits for them', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    const source = await connect(server.urls.socket);
    const messages = source.subscribe(['/near'])[Symbol.asyncIterator]();
    await until(() => near.wanted(), 'subscription');
    await near.publish(point(1n), 1n);
    await until(() => source.states()[0].messages === 1, 'message');
    await source.close();
    expect((await messages.next()).value).toMatchObject({ logTime: 1n });
    expect((await messages.next()).done).toBe(true);
    expect((await source.subscribe()[Symbol.asyncIterator]().next()).done).toBe(true);
    await until(() => server.clients().length === 0, 'disconnect');
  });

  it('tells the time of the server where it tells one', async () => {
    const server = await serve({ time: true });
    const source = await connect(server.urls.socket, { systemTime: () => 42n });
    expect(source.now()).toBe(42n);
    server.publishTime(7n);
    await until(() => source.now() === 7n, 'time');
  });

  it('does not take 0 for the time of a server that does not say that it tells one', async () => {
    const odd = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first ?? false });
    const greeting = JSON.stringify({ op: 'serverInfo', name: 'odd', capabilities: [] });
    odd.on('connection', (socket) => socket.send(greeting));
    await new Promise((resolve) => odd.once('listening', resolve));
    const source = await connect(`ws://127.0.0.1:${(odd.address() as AddressInfo).port}`, { systemTime: () => 42n });
    // the greeting may be read before anybody listens for the status
    for (const socket of odd.clients) {
      socket.send(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0));
      socket.send(JSON.stringify({ op: 'status', level: 1, message: 'after the time' }));
    }
    const events = eventsOf(source);
    await until(() => events.some(({ text }) => text.includes('after the time')), 'status');
    expect(source.now()).toBe(42n);
    for (const client of odd.clients) client.terminate();
    odd.close();
  });

  it('explains silence once: a topic that is not there, one where nobody publishes', async () => {
    const server = await serve();
    server.advertise('/near', points);
    const source = await connect(server.urls.socket, { silenceAfter: 0.02 });
    const events = eventsOf(source);
    listen(source, ['/near', '/nothing']);
    listen(source, ['/nothing']);
    await until(() => events.length === 2, 'events');
    expect(events.map(({ kind, topic, text }) => [kind, topic, text])).toEqual([
      ['silent', '/near', expect.stringContaining('does anybody publish?')],
      ['silent', '/nothing', 'the server has no such topic; it has /near (geometry_msgs/msg/PointStamped)'],
    ]);
  });

  it('passes on what the server says to its viewers', async () => {
    const server = await serve();
    const source = await connect(server.urls.socket);
    const events = eventsOf(source);
    server.status('warning', 'lens is dirty');
    await until(() => events.length === 1, 'event');
    expect(events[0]).toEqual({ severity: 'warn', kind: 'server-status', text: 'lens is dirty' });
  });
});

describe('depth frames of a server', () => {
  const camera = { width: 8, height: 6, fx: 10, fy: 11, cx: 3.5, cy: 2.5 };
  const depth = Float32Array.from({ length: 48 }, (_, i) => Math.round(400 + i) / 1000);
  const frame: DepthFrame = { stamp: 5n, frameId: 'optical', width: 8, height: 6, depth, camera };
  const origin = { stamp: 5n, frameId: 'optical' };
  const compressed = depthViews(frame, { compressed: true }).compressed as Uint8Array;
  const json = {
    timestamp: toFoxgloveTime(5n),
    frame_id: 'optical',
    width: 8,
    height: 6,
    K: [10, 0, 3.5, 0, 11, 2.5, 0, 0, 1],
    R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    P: [10, 0, 3.5, 0, 0, 11, 2.5, 0, 0, 0, 1, 0],
    distortion_model: '',
    D: [],
  };
  const raw = toDepthImageMessage(frame);

  test.each([
    ['sensor_msgs/Image in CDR', 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CameraInfo', raw],
    [
      'compressedDepth in CDR',
      'sensor_msgs/msg/CompressedImage',
      'sensor_msgs/msg/CameraInfo',
      toCompressedImageMessage(origin, '16UC1; compressedDepth rvl', compressed),
    ],
    [
      'foxglove.RawImage in JSON',
      'foxglove.RawImage',
      'foxglove.CameraCalibration',
      {
        timestamp: json.timestamp,
        frame_id: 'optical',
        width: 8,
        height: 6,
        encoding: '16UC1',
        step: 16,
        data: raw.data,
      },
    ],
  ])('come as %s', async (_, schema, infoSchema, message) => {
    const codecOf = (name: string): Codec<unknown> => (name.startsWith('foxglove.') ? jsonCodec(name) : cdrCodec(name));
    const server = await serve();
    const images = server.advertise('/depth/image_rect_raw', codecOf(schema));
    const infos = server.advertise('/depth/camera_info', codecOf(infoSchema));
    const source = await connect(server.urls.socket);
    const frames = depthFrames(source, trackerConfig())[Symbol.asyncIterator]();
    const next = frames.next();
    await until(
      () => images.wanted() && server.states().every(({ subscribers }) => subscribers === 1),
      'subscriptions',
    );
    await infos.publish(infoSchema.startsWith('foxglove.') ? json : toCameraInfoMessage({ ...origin, ...camera }), 5n);
    await images.publish(message, 5n);
    const { value } = await next;
    expect(value).toMatchObject({ stamp: 5n, frameId: 'optical', width: 8, height: 6, camera });
    expect(value?.depth).toEqual(depth);
    await frames.return?.();
  });
});

describe('publishing through a source', () => {
  it('reaches the server where clients may, and again after a reconnect', async () => {
    const got: BusMessage[] = [];
    const clientPublish = {
      topics: ['/goal'],
      encodings: ['cdr'],
      onMessage: (message: BusMessage) => got.push(message),
    };
    const first = await serve({ clientPublish });
    const source = await connect(first.urls.socket);
    const goal = source.advertise('/goal', points);
    await goal.publish(point(1n), 1n);
    await until(() => got.length === 1, 'message');
    expect(recordedCodec(got[0]).decode(got[0].data)).toEqual(point(1n));
    expect(source.states()).toEqual([{ topic: '/goal', messages: 1, dropped: {} }]);
    await first.close();
    await until(() => source.server === undefined, 'disconnect');
    await expect(goal.publish(point(2n), 2n)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringContaining('found none at this moment'),
    });
    await serve({ port: first.port, clientPublish });
    await until(() => source.server !== undefined, 'reconnect');
    await goal.publish(point(3n), 3n);
    await until(() => got.length === 2, 'second message');
  });

  it('is refused where clients may not', async () => {
    const source = await connect((await serve()).urls.socket);
    await expect(source.advertise('/goal', points).publish(point(1n), 1n)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      expected: expect.stringContaining('clientPublish'),
      where: '/goal',
    });
  });

  it('is refused beyond what may wait', async () => {
    const clientPublish = { topics: ['/goal'], encodings: ['cdr'], onMessage: () => undefined };
    const server = await serve({ clientPublish });
    const source = await connect(server.urls.socket, { publishBytes: 10 });
    await expect(source.advertise('/goal', points).publish(point(1n), 1n)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      expected: 'at most 10 bytes that wait',
    });
  });
});

describe('a connection that cannot be is a typed error', () => {
  const refused = (found: string | RegExp) =>
    expect.objectContaining({ code: 'CONNECTION_FAILED', found: expect.stringMatching(found) });

  it('where nobody listens', async () => {
    const server = await serve();
    await server.close();
    await expect(connectFoxglove(server.urls.socket)).rejects.toEqual(refused('ECONNREFUSED'));
  });

  it('where the token is wrong or missing, and never shows it', async () => {
    const server = await serve({ token: TOKEN });
    const url = `ws://127.0.0.1:${server.port}/`;
    await expect(connectFoxglove(`${url}?token=${'x'.repeat(20)}`)).rejects.toEqual(
      refused(/^HTTP 401: this server requires/),
    );
    const error = await connectFoxglove(`${url}?token=${'x'.repeat(20)}`).catch((thrown: Error) => thrown);
    expect(JSON.stringify(error)).not.toContain('xxx');
    const source = await connect(url, { token: TOKEN });
    expect(source.server).toBeDefined();
  });

  it('where another server listens', async () => {
    const http = createServer((_, response) => response.writeHead(404).end('nothing here')).listen(0, '127.0.0.1');
    ends.push(() => new Promise((resolve) => http.close(resolve)));
    await new Promise((resolve) => http.once('listening', resolve));
    const { port } = http.address() as AddressInfo;
    await expect(connectFoxglove(`ws://127.0.0.1:${port}`)).rejects.toEqual(refused('HTTP 404: nothing here'));
  });

  it('where the server does not answer', async () => {
    const sockets: Socket[] = [];
    const deaf = createTcpServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      deaf.close();
    });
    const { port } = deaf.address() as AddressInfo;
    await expect(connectFoxglove(`ws://127.0.0.1:${port}`, { timeout: 0.05 })).rejects.toEqual(refused('timed out'));
  });

  test.each(['robot:8765', 'ftp://robot', 'nonsense', ''])('where %j is no address', async (url) => {
    await expect(connectFoxglove(url)).rejects.toEqual(refused('.'));
  });

  it('where the certificate is not trusted; with its authority it is', async () => {
    const tls = selfSigned();
    const server = await serve({ tls });
    await expect(connectFoxglove(server.urls.socket)).rejects.toEqual(refused(/self.signed/));
    const source = await connect(server.urls.socket, { ca: tls.cert });
    expect(source.server).toBeDefined();
  });
});

describe('a server that is not ours', () => {
  /** Foxglove's own server library. */
  async function oracle() {
    const sockets = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      handleProtocols: (offered) =>
        offered.has(OracleServer.SUPPORTED_SUBPROTOCOL) ? OracleServer.SUPPORTED_SUBPROTOCOL : false,
    });
    await new Promise((resolve) => sockets.once('listening', resolve));
    const server = new OracleServer({ name: 'oracle' });
    sockets.on('connection', (socket, request) => server.handleConnection(socket as never, request.url ?? ''));
    ends.push(() => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    });
    return { server, sockets, url: `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}` };
  }

  it('is read as ours is: its library says the same words', async () => {
    const { server, url } = await oracle();
    const subscribed: number[] = [];
    server.on('subscribe', (id) => subscribed.push(id));
    const text = new TextDecoder().decode(points.schemaData);
    const channel = { topic: '/near', encoding: 'cdr', schemaName: points.schemaName, schema: text };
    const id = server.addChannel(channel);
    const source = await connect(url);
    expect(source.server).toMatchObject({ name: 'oracle' });
    const { got } = listen(source, ['/near']);
    await until(() => subscribed.length === 1, 'subscription');
    server.sendMessage(id, 9n, points.encode(point(1n)));
    await until(() => got.length === 1, 'message');
    expect(got[0]).toMatchObject({ logTime: 9n, schemaEncoding: 'ros2msg' });
    expect(recordedCodec(got[0]).decode(got[0].data)).toEqual(point(1n));
    server.removeChannel(id);
    await until(() => source.topics().length === 0, 'unadvertise');
    server.addChannel(channel);
    await until(() => subscribed.length === 2, 'second subscription');
  });

  it('may say what we do not know, and what breaks the protocol: that is left out and told', async () => {
    const { sockets, url } = await oracle();
    const source = await connect(url);
    const events = eventsOf(source);
    for (const socket of sockets.clients) {
      socket.send('{"op":"future"}');
      socket.send(Uint8Array.of(200));
      socket.send('nonsense');
      socket.send(Uint8Array.of(1, 2));
      socket.send(
        '{"op":"advertise","channels":[{"id":1,"topic":"/p","encoding":"protobuf","schemaName":"P","schema":"!"}]}',
      );
    }
    await until(() => events.length === 3, 'events');
    expect(events.map(({ kind, topic }) => [kind, topic])).toEqual([
      ['bad-message', undefined],
      ['bad-message', undefined],
      ['bad-message', '/p'],
    ]);
  });

  it('that goes silent without a word is given up and tried again', async () => {
    const { sockets, url } = await oracle();
    const source = await connect(url, { heartbeat: { interval: 0.02, timeout: 0.1 } });
    const events = eventsOf(source);
    for (const socket of sockets.clients) socket.pause();
    await until(() => events.some(({ kind }) => kind === 'disconnected'), 'end of the connection');
    expect(events[0].text).toContain('not heard of for 0.1 s');
    await until(() => events.some(({ kind }) => kind === 'connected'), 'reconnect');
  });

  it('that sends a message beyond all bounds is disconnected from', async () => {
    const { sockets, url } = await oracle();
    const source = await connect(url, { maxMessage: 10_000 });
    const events = eventsOf(source);
    for (const socket of sockets.clients) socket.send(new Uint8Array(10_001));
    await until(() => events.some(({ kind }) => kind === 'disconnected'), 'end of the connection');
    expect(events[0].text).toContain('payload');
  });
});

test('tries come after longer and longer pauses, up to a limit, never all at the same moment', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 50].map((failures) => backOff(failures, {}, 0));
  expect(pauses).toEqual([0.5, 1, 2, 4, 8, 10, 10]);
  expect(backOff(1, { first: 1 }, 0.5)).toBeCloseTo(0.9);
  expect(backOff(9, { first: 1, longest: 2 }, 1)).toBeCloseTo(1.6);
});
