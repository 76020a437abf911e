import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backOff } from '../../timing/back-off.js';
import { encodeServerMessage, type ServerMessage } from '../../transport/foxglove/protocol/index.js';
import { Connection, type ConnectionEvents, type ConnectionState, type Socket } from './connection.js';

class FakeSocket implements Socket {
  binaryType = '';
  onopen: Socket['onopen'] = null;
  onclose: Socket['onclose'] = null;
  onmessage: Socket['onmessage'] = null;
  onerror: Socket['onerror'] = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(typeof data === 'string' ? JSON.parse(data) : data);
  }

  close(): void {
    this.closed = true;
  }

  says(message: ServerMessage): void {
    const encoded = encodeServerMessage(message);
    this.onmessage?.({ data: typeof encoded === 'string' ? encoded : encoded.buffer });
  }

  ends(reason = ''): void {
    this.onclose?.({ code: 1001, reason });
  }
}

const channel = (id: number) => ({ id, topic: `/t${id}`, encoding: 'json', schemaName: 'x', schema: '' });

function setUp() {
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const events = {
    state: (state: ConnectionState) => void states.push(state),
    info: vi.fn(),
    channels: vi.fn(),
    message: vi.fn(),
    time: vi.fn(),
    playback: vi.fn(),
    status: vi.fn(),
    removeStatus: vi.fn(),
    bad: vi.fn(),
  } satisfies ConnectionEvents;
  const connection = new Connection('ws://cell:8765/', events, {
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    now: () => Date.now(),
    random: () => 0,
  });
  connection.connect();
  const socket = () => sockets[sockets.length - 1];
  const open = () => {
    socket().onopen?.();
    socket().says({ op: 'serverInfo', name: 'cell', capabilities: [] });
    socket().says({ op: 'advertise', channels: [channel(1), channel(2), channel(3)] });
  };
  return { connection, events, sockets, states, socket, open };
}

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

describe('back-off', () => {
  it.each([
    [1, 0.5],
    [2, 1],
    [3, 2],
    [4, 4],
    [5, 8],
    [6, 10],
    [1000, 10],
  ])('after %i failures is %f s', (failures, seconds) => {
    expect(backOff(failures, {}, 0)).toBe(seconds);
    expect(backOff(failures, {}, 0.999)).toBeGreaterThan(seconds * 0.8);
  });
});

describe('a connection', () => {
  it('subscribes to what is wanted, once, and unsubscribes from what is not', () => {
    const { connection, socket, open } = setUp();
    open();
    connection.want(new Set([1, 2]));
    connection.want(new Set([1, 2]));
    connection.want(new Set([2, 3, 99]));
    expect(socket().sent).toEqual([
      {
        op: 'subscribe',
        subscriptions: [
          { id: 1, channelId: 1 },
          { id: 2, channelId: 2 },
        ],
      },
      { op: 'unsubscribe', subscriptionIds: [1] },
      { op: 'subscribe', subscriptions: [{ id: 3, channelId: 3 }] },
    ]);
  });

  it('hands on messages of its subscriptions and leaves late ones of ended subscriptions', () => {
    const { connection, events, socket, open } = setUp();
    open();
    connection.want(new Set([1]));
    const message = { op: 'messageData', subscriptionId: 1, timestamp: 7n, data: Uint8Array.of(9) } as const;
    socket().says(message);
    expect(events.message).toHaveBeenCalledExactlyOnceWith(channel(1), Uint8Array.of(9), 7n);
    connection.want(new Set());
    socket().says(message);
    expect(events.message).toHaveBeenCalledTimes(1);
  });

  it('goes on after frames that break the protocol', () => {
    const { events, socket, open } = setUp();
    open();
    for (const data of [
      '{',
      '[]',
      '{"op":"advertise","channels":[{}]}',
      new ArrayBuffer(0),
      Uint8Array.of(1, 2).buffer,
    ]) {
      socket().onmessage?.({ data });
    }
    expect(events.bad).toHaveBeenCalledTimes(5);
    socket().says({ op: 'time', timestamp: 5n });
    expect(events.time).toHaveBeenCalledWith(5n);
  });

  it('leaves operations alone that it does not know', () => {
    const { events, socket, open } = setUp();
    open();
    socket().onmessage?.({ data: '{"op":"somethingNew"}' });
    socket().onmessage?.({ data: Uint8Array.of(99).buffer });
    expect(events.bad).not.toHaveBeenCalled();
  });

  it('forgets channels that are taken back', () => {
    const { connection, events, socket, open } = setUp();
    open();
    connection.want(new Set([1]));
    socket().says({ op: 'unadvertise', channelIds: [1] });
    expect([...events.channels.mock.lastCall![0].keys()]).toEqual([2, 3]);
    socket().says({ op: 'messageData', subscriptionId: 1, timestamp: 7n, data: Uint8Array.of(9) });
    expect(events.message).not.toHaveBeenCalled();
  });

  it('says that the server ended and comes back, with growing pauses while it is away', () => {
    const { sockets, states, socket, open } = setUp();
    open();
    socket().ends('shift is over');
    expect(states.at(-1)).toEqual({
      phase: 'waiting',
      retryAt: 500,
      failures: 1,
      wasOpen: true,
      reason: 'shift is over',
    });
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
    socket().ends();
    expect(states.at(-1)).toMatchObject({ phase: 'waiting', retryAt: 1500, failures: 2, wasOpen: false });
    vi.advanceTimersByTime(1000);
    open();
    expect(states.at(-1)).toEqual({ phase: 'open' });
    socket().ends();
    expect(states.at(-1)).toMatchObject({ phase: 'waiting', failures: 1 });
  });

  it('asks anew after a reconnect, for the server has forgotten', () => {
    const { connection, socket, open } = setUp();
    open();
    connection.want(new Set([1]));
    socket().ends();
    vi.advanceTimersByTime(500);
    open();
    connection.want(new Set([1]));
    expect(socket().sent).toEqual([{ op: 'subscribe', subscriptions: [{ id: 2, channelId: 1 }] }]);
  });

  it('connects at once when told to, and does not hear of the old socket again', () => {
    const { connection, sockets, states, open } = setUp();
    open();
    const [first] = sockets;
    first.ends();
    connection.connect();
    expect(sockets).toHaveLength(2);
    expect(first.onclose).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
    expect(states.at(-1)).toMatchObject({ phase: 'connecting' });
  });

  it('sends nothing while there is no connection', () => {
    const { connection, socket, open } = setUp();
    expect(connection.send({ op: 'voxhandStep', frames: 1 })).toBe(false);
    open();
    expect(connection.send({ op: 'voxhandStep', frames: 1 })).toBe(true);
    expect(socket().sent).toEqual([{ op: 'voxhandStep', frames: 1 }]);
    connection.close();
    expect(socket().closed).toBe(true);
  });

  it('does not try again what the browser forbids', () => {
    const states: ConnectionState[] = [];
    const forbidden = new Connection('ws://cell/', { state: (s: ConnectionState) => states.push(s) } as never, {
      open: () => {
        throw new Error('mixed content');
      },
    });
    forbidden.connect();
    vi.advanceTimersByTime(60_000);
    expect(states).toEqual([
      { phase: 'connecting', failures: 0 },
      { phase: 'refused', reason: 'mixed content' },
    ]);
  });
});
