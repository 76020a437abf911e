import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { refusalOf, until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { lostHand } from '../../../hand/hand-joints.js';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import type { PointerEventMessage } from '../../../messages/generated.js';
import { toHandJointsMessage } from '../../../messages/hand-joints-message.js';
import type { StreamEvent } from '../../../messages/stream-events.js';
import { VERSION } from '../../../version.js';
import { EventOutbox } from './event-outbox.js';
import { createFoxgloveServer, type FoxgloveServer } from './foxglove-server.js';

const POINTER = cdrCodec('voxhand_msgs/msg/PointerEvent');

function pointer(phase: number): PointerEventMessage {
  return {
    header: { stamp: { sec: 12, nanosec: 345_678_901 }, frame_id: 'camera' },
    ...{ surface: 'screen', interaction: 'push', hand_id: 3, handedness: 1, phase, confidence: 0.9 },
    position: { x: 0.1, y: -0.2, z: 0.45678 },
    ...{
      x: 0.2,
      y: 0.075,
      u: 0.5,
      v: 0.25,
      pixel_x: 960,
      pixel_y: 270,
      width: 0.4,
      height: 0.3,
      distance: 0.0123,
      progress: 0.5,
      dragging: false,
    },
    ...{ scroll_x: 0, scroll_y: -0.001, duration: { sec: 0, nanosec: 100_000_000 } },
    ...{ target: 'start', reason: 'above' },
  };
}

/** Events that a WebSocket has got. */
async function listen(server: FoxgloveServer, path = '', protocols = ['voxhand.events.v1']) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/${path}`, protocols);
  const events: StreamEvent[] = [];
  socket.on('message', (data) => events.push(JSON.parse(String(data))));
  await once(socket, 'open');
  await until(() => events.length > 0, 'hello');
  return { socket, events };
}

/** Events that a GET has got, as an EventSource reads them. */
async function get(url: string, headers: Record<string, string> = {}) {
  const asked = httpRequest(url, { headers });
  asked.on('error', () => undefined).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('error', () => undefined);
  const events = () =>
    text
      .split('\n\n')
      .filter((part) => part.startsWith('data: '))
      .map((part): StreamEvent => JSON.parse(part.slice(6)));
  return { response, events, text: () => text, end: () => asked.destroy() };
}

describe('the stream of events', () => {
  const { ends, serve } = serving();

  it('gives a WebSocket small JSON of what is published, each number in SI units', async () => {
    const server = await serve({ name: 'kiosk' });
    const publisher = server.advertise('/hand/pointer', POINTER);
    expect(publisher.wanted()).toBe(false);
    const { events } = await listen(server);
    expect(publisher.wanted()).toBe(true);
    await publisher.publish(pointer(0), 12_345_678_901n);
    await until(() => events.length === 2, 'an event');
    expect(events[0]).toEqual({ v: 1, type: 'hello', server: 'kiosk', version: VERSION });
    expect(events[1]).toEqual({
      ...{ v: 1, type: 'pointer', topic: '/hand/pointer', time: 12.345678, hand: 3, handedness: 'right' },
      ...{ surface: 'screen', interaction: 'push', phase: 'hover', confidence: 0.9, position: [0.1, -0.2, 0.4568] },
      ...{
        x: 0.2,
        y: 0.075,
        share: [0.5, 0.25],
        pixels: [960, 270],
        target: 'start',
        width: 0.4,
        height: 0.3,
        distance: 0.0123,
        progress: 0.5,
        dragging: false,
      },
      ...{ scroll: [0, -0.001], duration: 0.1, reason: 'above' },
    });
    expect(server.eventClients()).toEqual([{ name: 'events-1', kind: 'websocket', sent: 2, waiting: 0, dropped: {} }]);
  });

  it('is at /events for a WebSocket that cannot name a sub-protocol', async () => {
    const { events } = await listen(await serve(), 'events', []);
    expect(events).toMatchObject([{ type: 'hello' }]);
  });

  it('is read by GET as Server-Sent Events, and goes on without a client that leaves', async () => {
    const server = await serve();
    const publisher = server.advertise('/hand/pointer', POINTER);
    const [stays, leaves] = await Promise.all([1, 2].map(() => get(`http://127.0.0.1:${server.port}/events`)));
    ends.push(() => stays.end());
    expect(stays.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    leaves.end();
    await until(() => server.eventClients().length === 1, 'a client less');
    await publisher.publish(pointer(1), 12_345_678_901n);
    await until(() => stays.events().length === 2, 'an event');
    expect(stays.events()[1]).toMatchObject({ type: 'pointer', phase: 'down' });
  });

  it('says when a hand comes and goes, once, and tells it to whoever comes later', async () => {
    const server = await serve();
    const joints = server.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    const raw = server.advertise('/hand/joints/raw/max', cdrCodec('voxhand_msgs/msg/HandJoints'));
    const here = {
      ...{ stamp: 1n, frameId: 'camera', handId: 2, tracked: true, lagFrames: 0 },
      handedness: 'left' as const,
      ...{ positions: new Float64Array(63).fill(0.5), confidences: new Float32Array(21).fill(1) },
    } as const;
    const { events } = await listen(server);
    const show = async (hand: typeof here | ReturnType<typeof lostHand>) => {
      await joints.publish(toHandJointsMessage(hand), 1n);
      await raw.publish(toHandJointsMessage(hand), 1n);
    };
    await show(here);
    await show(here);
    await show(lostHand(2n, 'camera', 'left', 2));
    await show(lostHand(3n, 'camera', 'left', 2));
    await show(here);
    await until(() => events.length === 4, 'three changes');
    expect(events.slice(1).map((event) => event.type === 'hand' && [event.hand, event.tracked])).toEqual([
      [2, true],
      [2, false],
      [2, true],
    ]);
    const late = await listen(server);
    await show(here);
    await until(() => late.events.length === 2, 'the hand');
    expect(late.events[1]).toMatchObject({ type: 'hand', hand: 2, tracked: true, handedness: 'left' });
  });

  it('counts what cannot be decoded and goes on', async () => {
    const server = await serve();
    const { events } = await listen(server);
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = POINTER;
    const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
    const message = { ...schema, topic: '/hand/pointer', logTime: 1n, publishTime: 1n, sequence: 1 };
    await server.write({ ...message, data: Uint8Array.of(0, 1, 0, 0, 9) });
    await server.write({ ...message, data: POINTER.encode(pointer(3)) });
    await until(() => events.length === 2, 'the good one');
    expect(events[1]).toMatchObject({ phase: 'up' });
  });

  it('is refused without the token, to pages of elsewhere, and beyond the number of clients', async () => {
    const token = '0123456789abcdef';
    const server = await serve({ token, maxClients: 1 });
    const url = `http://127.0.0.1:${server.port}/events`;
    expect((await get(url)).response.statusCode).toBe(401);
    expect((await get(url, { origin: 'https://elsewhere.example' })).response.statusCode).toBe(403);
    const client = await get(`${url}?token=${token}`, { origin: 'http://localhost:8080' });
    ends.push(() => client.end());
    expect(client.response.headers['access-control-allow-origin']).toBe('http://localhost:8080');
    expect((await get(`${url}?token=${token}`)).response.statusCode).toBe(503);
    expect(await refusalOf(`ws://127.0.0.1:${server.port}/?token=${token}`, ['voxhand.events.v1'])).toMatchObject({
      status: 503,
    });
    expect(server.refusals()).toEqual({ origin: 1, 'too-many-clients': 2, token: 1 });
  });

  it('is refused under a name that somebody made to point here', async () => {
    const server = await serve();
    const url = `http://127.0.0.1:${server.port}/events`;
    expect((await get(url, { host: `rebound.example:${server.port}` })).response.statusCode).toBe(403);
    const client = await get(url, { host: `127.0.0.1:${server.port}` });
    ends.push(() => client.end());
    expect(client.response.statusCode).toBe(200);
  });

  it('is served within an HTTP server of the program', async () => {
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    ends.push(() => http.close());
    const own = await createFoxgloveServer({ server: http, path: '/hands' });
    http.on('request', (request, response) => own.serveEvents(request, response));
    const { port } = http.address() as AddressInfo;
    const client = await get(`http://127.0.0.1:${port}/whatever`);
    await until(() => client.events().length === 1, 'hello');
    const socket = new WebSocket(`ws://127.0.0.1:${port}/hands`, ['voxhand.events.v1']);
    const [hello] = await once(socket, 'message');
    expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello' });
    const gone = once(socket, 'close');
    await own.close();
    expect((await gone)[0]).toBe(1001);
    expect(client.response.readableEnded || client.response.complete).toBe(true);
  });
});

describe('what waits for a slow client', () => {
  const event = (phase: 'hover' | 'down' | 'move' | 'up' | 'cancel') =>
    ({ v: 1, type: 'pointer', phase }) as unknown as StreamEvent;
  const all = (outbox: EventOutbox) => {
    const texts: string[] = [];
    for (let text = outbox.next(); text !== undefined; text = outbox.next()) texts.push(text);
    return texts;
  };

  it('loses the oldest hover and move, never a press or its end, and keeps the order', () => {
    const outbox = new EventOutbox(4);
    for (const [i, phase] of (['hover', 'down', 'move', 'move', 'move', 'up', 'hover'] as const).entries())
      expect(outbox.put(event(phase), `${phase} ${i}`)).toBe(true);
    expect(all(outbox)).toEqual(['down 1', 'move 4', 'up 5', 'hover 6']);
    expect(outbox.dropped.snapshot()).toEqual({ pointer: 3 });
  });

  it('is given up where nothing may be left out', () => {
    const outbox = new EventOutbox(2);
    expect([event('down'), event('up'), event('down')].map((each) => outbox.put(each, ''))).toEqual([
      true,
      true,
      false,
    ]);
    expect(outbox.waiting).toBe(2);
  });
});
