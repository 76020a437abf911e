import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OracleViewer, until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { VoxhandError } from '../../../errors/voxhand-error.js';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import { toPointStamped } from '../../../messages/points.js';
import { recordedCodec } from '../../../messages/recorded-codec.js';
import type { BusMessage } from '../../port/bus.js';
import type { PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState } from '../../port/playback.js';
import type { ClientMessage, Parameter, PlaybackStateMessage, ServerMessage } from '../protocol/index.js';
import { encodeClientMessage, parseServerMessage } from '../protocol/index.js';
import type { FoxgloveServer } from './foxglove-server.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const text = (value: string) => new TextEncoder().encode(value);

const { ends, serve } = serving();

async function view(server: FoxgloveServer): Promise<OracleViewer> {
  const viewer = new OracleViewer(server.urls.socket);
  ends.push(() => viewer.socket.terminate());
  await until(() => viewer.heard.infos.length > 0, 'server info');
  return viewer;
}

describe('publishing by clients', () => {
  it('reaches the program on the topics that it has named, with what decodes it', async () => {
    const got: [BusMessage, string][] = [];
    const server = await serve({
      clientPublish: {
        topics: ['/goal/*'],
        encodings: ['cdr'],
        onMessage: (message, client) => got.push([message, client]),
      },
      now: () => 77n,
    });
    const viewer = await view(server);
    expect(viewer.heard.infos[0]).toMatchObject({ supportedEncodings: ['cdr'] });
    expect(viewer.heard.infos[0].capabilities).toContain('clientPublish');
    const channel = {
      topic: '/goal/left',
      encoding: 'cdr',
      schemaName: points.schemaName,
      schemaEncoding: 'ros2msg',
      schema: new TextDecoder().decode(points.schemaData),
    };
    const id = viewer.client.advertise(channel);
    const message = toPointStamped(5n, 'world', [1, 2, 3]);
    viewer.client.sendMessage(id, points.encode(message));
    viewer.client.unadvertise(id);
    viewer.client.sendMessage(id, points.encode(message));
    viewer.client.advertise({ topic: '/goal/a/b', encoding: 'cdr', schemaName: 'x' });
    viewer.client.advertise({ topic: '/goal/right', encoding: 'json', schemaName: 'x' });
    await until(() => viewer.heard.statuses.length === 3, 'refusals');
    expect(got).toHaveLength(1);
    const [[received, client]] = got;
    expect(client).toBe('client-1');
    expect(received).toMatchObject({ topic: '/goal/left', logTime: 77n, publishTime: 77n, sequence: 0 });
    expect(recordedCodec(received).decode(received.data)).toEqual(message);
    expect(viewer.heard.statuses.map((status) => status.message)).toEqual([
      `clients may not publish on channel ${id} without advertising it`,
      'clients may not publish on "/goal/a/b"',
      'clients may not publish in json, only in cdr',
    ]);
  });
});

describe('parameters', () => {
  const store = () => {
    const values = new Map<string, Parameter>([
      ['speed', { name: 'speed', value: 2, type: 'float64' }],
      ['zone', { name: 'zone', value: [0.2, 1] }],
      ['secret', { name: 'secret', value: 'x' }],
    ]);
    let listener: (changed: readonly Parameter[]) => void = () => undefined;
    return {
      values,
      change: (...changed: Parameter[]) => listener(changed),
      options: {
        readable: ['speed', 'zone'],
        writable: ['speed'],
        get: () => [...values.values()],
        set: (parameter: Parameter) => {
          if (typeof parameter.value !== 'number' || parameter.value > 10) {
            throw new VoxhandError('CONFIG_INVALID', 'too fast', { expected: '<= 10', found: String(parameter.value) });
          }
          values.set(parameter.name, parameter);
        },
        onChange: (told: (changed: readonly Parameter[]) => void) => {
          listener = told;
          return () => undefined;
        },
      },
    };
  };

  it('are shown where they may be read, all or by name', async () => {
    const viewer = await view(await serve({ parameters: store().options }));
    expect(viewer.heard.infos[0].capabilities).toEqual(['connectionGraph', 'parameters', 'parametersSubscribe']);
    const answers: unknown[] = [];
    viewer.client.on('parameterValues', ({ parameters, id }) => answers.push([id, parameters]));
    viewer.client.getParameters([], 'all');
    viewer.client.getParameters(['zone', 'secret', 'unknown'], 'some');
    await until(() => answers.length === 2, 'answers');
    expect(answers).toEqual([
      [
        'all',
        [
          { name: 'speed', value: 2, type: 'float64' },
          { name: 'zone', value: [0.2, 1] },
        ],
      ],
      ['some', [{ name: 'zone', value: [0.2, 1] }]],
    ]);
  });

  it('are set where they may be; one that is refused keeps its value, with the reason', async () => {
    const { values, options } = store();
    const viewer = await view(await serve({ parameters: options }));
    const answers: unknown[] = [];
    viewer.client.on('parameterValues', ({ parameters, id }) => answers.push([id, parameters]));
    const set = [
      { name: 'speed', value: 5 },
      { name: 'zone', value: [0, 9] },
      { name: 'secret', value: 'y' },
    ];
    viewer.client.setParameters(set, 'a');
    viewer.client.setParameters([{ name: 'speed', value: 11 }], 'b');
    await until(() => answers.length === 2 && viewer.heard.statuses.length === 3, 'answers');
    expect(answers).toEqual([
      [
        'a',
        [
          { name: 'speed', value: 5 },
          { name: 'zone', value: [0.2, 1] },
        ],
      ],
      ['b', [{ name: 'speed', value: 5 }]],
    ]);
    expect(viewer.heard.statuses.map(({ message }) => message)).toEqual([
      'clients may not set zone',
      'clients may not set secret',
      'too fast; expected <= 10; found 11',
    ]);
    expect(values.get('secret')?.value).toBe('x');
  });

  it('are told to those that watch them when they change', async () => {
    const { change, options } = store();
    const viewer = await view(await serve({ parameters: options }));
    const answers: unknown[] = [];
    viewer.client.on('parameterValues', ({ parameters, id }) => answers.push([id, parameters]));
    viewer.client.subscribeParameterUpdates(['speed', 'secret']);
    viewer.client.getParameters(['zone'], 'then');
    await until(() => answers.length === 1, 'answer');
    change({ name: 'speed', value: 3 }, { name: 'zone', value: [] }, { name: 'secret', value: 'z' });
    await until(() => answers.length === 2, 'update');
    expect(answers[1]).toEqual([undefined, [{ name: 'speed', value: 3 }]]);
    viewer.client.unsubscribeParameterUpdates(['speed']);
    viewer.client.getParameters(['zone'], 'then');
    await until(() => answers.length === 3, 'answer');
    change({ name: 'speed', value: 4 });
    viewer.client.getParameters(['zone'], 'then');
    await until(() => answers.length === 4, 'answer');
    const ids = answers.map((answer) => (answer as [string])[0]);
    expect(ids).toEqual(['then', undefined, 'then', 'then']);
  });
});

describe('services', () => {
  const schema = { encoding: 'json', schemaName: 'Any', schemaEncoding: 'jsonschema', schema: '{}' };

  it('are offered, called, answered, and fail with a reason', async () => {
    const server = await serve({
      services: [
        {
          name: '/reset',
          type: 'std_srvs/srv/Trigger',
          request: schema,
          response: schema,
          call: async (request, client) => {
            if (request.byteLength === 0) throw new Error('nothing asked');
            return text(`${client}: ${new TextDecoder().decode(request)}`);
          },
        },
      ],
    });
    const viewer = new OracleViewer(server.urls.socket);
    ends.push(() => viewer.socket.terminate());
    const offered: unknown[] = [];
    viewer.client.on('advertiseServices', (services) => offered.push(...services));
    await until(() => offered.length > 0, 'services');
    expect(offered).toEqual([
      { id: 1, name: '/reset', type: 'std_srvs/srv/Trigger', request: schema, response: schema },
    ]);
    const answers: unknown[] = [];
    viewer.client.on('serviceCallResponse', ({ callId, encoding, data }) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      answers.push([callId, encoding, new TextDecoder().decode(bytes)]);
    });
    viewer.client.on('serviceCallFailure', ({ callId, message }) => answers.push([callId, message]));
    const call = (serviceId: number, callId: number, encoding: string, data: string) =>
      viewer.client.sendServiceCallRequest({ serviceId, callId, encoding, data: text(data) });
    call(1, 1, 'json', '{"a":1}');
    await until(() => answers.length === 1, 'answer');
    call(1, 2, 'json', '');
    await until(() => answers.length === 2, 'failure');
    call(2, 3, 'json', '{}');
    call(1, 4, 'cdr', '{}');
    await until(() => answers.length === 4, 'failures');
    expect(answers).toEqual([
      [1, 'json', 'client-1: {"a":1}'],
      [2, 'nothing asked'],
      [3, 'clients may not call service 2: there is none'],
      [4, 'clients may not call /reset in "cdr", only in json'],
    ]);
  });

  it('of one client are bounded in number while they are under way', async () => {
    const waiting: (() => void)[] = [];
    const call = () => new Promise<Uint8Array>((resolve) => waiting.push(() => resolve(text('{}'))));
    const service = { name: '/slow', type: 't', request: schema, response: schema, call };
    const viewer = await view(await serve({ services: [service] }));
    const failures: string[] = [];
    let answers = 0;
    viewer.client.on('serviceCallResponse', () => answers++);
    viewer.client.on('serviceCallFailure', ({ message }) => failures.push(message));
    for (let callId = 0; callId < 40; callId++) {
      viewer.client.sendServiceCallRequest({ serviceId: 1, callId, encoding: 'json', data: text('{}') });
    }
    await until(() => failures.length === 8, 'failures');
    expect(failures[0]).toBe('clients may not have more than 32 requests under way');
    for (const answer of waiting) answer();
    await until(() => answers === 32, 'answers');
  });
});

it('assets are answered with an error', async () => {
  const viewer = await view(await serve());
  const answers: unknown[] = [];
  viewer.client.on('fetchAssetResponse', (answer) => answers.push(answer));
  viewer.client.fetchAsset('package://hand/hand.urdf', 9);
  await until(() => answers.length > 0, 'answer');
  expect(answers).toMatchObject([{ requestId: 9, status: 1, error: 'this server has no assets' }]);
});

/** A player that does what it is told, at once. */
class FakePlayer implements PlaybackControl {
  readonly told: PlaybackCommand[] = [];
  readonly #listeners = new Set<(change: PlaybackChange) => void>();
  #state: PlaybackState = {
    status: 'playing',
    currentTime: 1_500_000_000n,
    speed: 1,
    begin: 1_000_000_000n,
    end: 9_000_000_001n,
  };

  state(): PlaybackState {
    return this.#state;
  }

  async command(command: PlaybackCommand): Promise<void> {
    this.told.push(command);
    switch (command.kind) {
      case 'play':
        return this.set({ status: 'playing' });
      case 'pause':
        return this.set({ status: 'paused' });
      case 'seek':
        return this.set({ currentTime: command.time }, true);
      case 'step':
        return this.set(
          { status: 'paused', currentTime: this.#state.currentTime + 33n * BigInt(command.frames) },
          true,
        );
      case 'speed':
        if (command.speed > 10) throw new VoxhandError('USAGE', 'too fast', { expected: '10 at most' });
        return this.set({ speed: command.speed });
    }
  }

  onChange(listener: (change: PlaybackChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  set(change: Partial<PlaybackState>, didSeek = false): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener({ state: this.#state, didSeek });
  }
}

/** A viewer of the newer protocol, which no library but our own speaks. */
class SdkViewer {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[] = [];

  constructor(server: FoxgloveServer) {
    this.socket = new WebSocket(server.urls.socket, ['foxglove.sdk.v1']);
    this.socket.on('message', (data: Buffer, isBinary) => {
      this.heard.push(parseServerMessage(isBinary ? data : data.toString()) as ServerMessage);
    });
    ends.push(() => this.socket.terminate());
  }

  say(message: ClientMessage): void {
    this.socket.send(encodeClientMessage(message));
  }

  states(): PlaybackStateMessage[] {
    return this.heard.filter((message) => message.op === 'playbackState');
  }
}

describe('playback control', () => {
  async function play() {
    const player = new FakePlayer();
    const server = await serve({ playback: player });
    const viewer = new SdkViewer(server);
    await until(() => viewer.states().length === 1, 'state');
    return { player, server, viewer };
  }

  it('is offered with the range of the recording, and the state at once', async () => {
    const { viewer } = await play();
    expect(viewer.heard[0]).toMatchObject({
      op: 'serverInfo',
      capabilities: ['connectionGraph', 'time', 'playbackControl'],
      metadata: { 'voxhand.step': 'true' },
      dataStartTime: { sec: 1, nsec: 0 },
      dataEndTime: { sec: 9, nsec: 1 },
    });
    expect(viewer.states()).toEqual([
      { op: 'playbackState', status: 'playing', currentTime: 1_500_000_000n, speed: 1, didSeek: false },
    ]);
  });

  it('is not offered to viewers of the older protocol, which are told nothing of it', async () => {
    const { player, server } = await play();
    const old = await view(server);
    expect(old.heard.infos[0].capabilities).toEqual(['connectionGraph', 'time']);
    expect(old.heard.infos[0]).not.toHaveProperty('dataStartTime');
    player.set({ currentTime: 3n }, true);
    await until(() => old.heard.times.includes(3n), 'time');
    expect(old.heard.errors).toEqual([]);
  });

  it('pauses before it goes elsewhere, and goes there before it plays', async () => {
    const { player, viewer } = await play();
    const request = { op: 'playbackControlRequest', speed: 0.1, seekTime: 2_000_000_000n } as const;
    viewer.say({ ...request, command: 'pause', requestId: 'a' });
    await until(() => viewer.states().some(({ requestId }) => requestId === 'a'), 'answer');
    viewer.say({ ...request, command: 'play', requestId: 'b' });
    await until(() => viewer.states().some(({ requestId }) => requestId === 'b'), 'answer');
    expect(player.told.map(({ kind }) => kind)).toEqual(['pause', 'speed', 'seek', 'seek', 'play']);
    expect(viewer.states().find(({ requestId }) => requestId === 'a')).toMatchObject({
      status: 'paused',
      currentTime: 2_000_000_000n,
      speed: Math.fround(0.1),
      didSeek: true,
    });
    expect(viewer.states().at(-1)).toMatchObject({ status: 'playing', didSeek: true });
  });

  it('steps by frames', async () => {
    const { player, viewer } = await play();
    viewer.say({ op: 'voxhandStep', frames: -2, requestId: 's' });
    const answer = await until(() => viewer.states().find(({ requestId }) => requestId === 's'), 'answer');
    expect(player.told).toEqual([{ kind: 'step', frames: -2 }]);
    expect(answer).toMatchObject({ status: 'paused', currentTime: 1_500_000_000n - 66n, didSeek: true });
  });

  it('tells everybody what one has done, and what happens by itself', async () => {
    const { player, server, viewer } = await play();
    const other = new SdkViewer(server);
    await until(() => other.states().length === 1, 'state');
    viewer.say({ op: 'playbackControlRequest', command: 'pause', speed: 1, requestId: 'a' });
    await until(() => other.states().length === 2, 'change');
    expect(other.states()[1]).toMatchObject({ status: 'paused' });
    expect(other.states()[1]).not.toHaveProperty('requestId');
    player.set({ status: 'ended' });
    await until(() => other.states().length === 3, 'change');
    expect(other.states()[2]).toMatchObject({ status: 'ended', didSeek: false });
  });

  it('tells why something could not be done, and what is the state then', async () => {
    const { viewer } = await play();
    viewer.say({ op: 'playbackControlRequest', command: 'play', speed: 11, requestId: 'a' });
    const status = await until(() => viewer.heard.find(({ op }) => op === 'status'), 'status');
    expect(status).toMatchObject({ level: 'error', message: 'too fast; expected 10 at most' });
  });

  it('forgets what waits of the old place when the time jumps', async () => {
    const { player, server, viewer } = await play();
    await server.write(image(0));
    const { channels } = viewer.heard.find(({ op }) => op === 'advertise') as Extract<
      ServerMessage,
      { op: 'advertise' }
    >;
    expect(channels).toEqual([]);
    viewer.say({ op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] });
    await until(() => server.states()[0].subscribers === 1, 'subscription');
    viewer.socket.pause();
    for (let i = 1; i <= 200; i++) await server.write(image(i));
    player.set({ currentTime: 5n }, true);
    await server.write(image(1000));
    expect(server.states()[0].dropped['queue-full']).toBeGreaterThan(0);
    viewer.socket.resume();
    const isImage = (message: ServerMessage) => message.op === 'messageData';
    await until(
      () =>
        viewer.heard.filter(isImage).at(-1)?.op === 'messageData' &&
        viewer.heard.some((m) => isImage(m) && m.op === 'messageData' && m.timestamp === 1000n),
      'last image',
    );
    const times = viewer.heard.filter((m) => m.op === 'messageData').map(({ timestamp }) => Number(timestamp));
    expect(times.slice(-2)[0]).toBeLessThan(198);
  });

  it('asks for nothing more when the server ends', async () => {
    const { player, server } = await play();
    expect(player.listeners).toBe(1);
    await server.close();
    expect(player.listeners).toBe(0);
  });

  it('is refused where nothing is played back', async () => {
    const server = await serve();
    const viewer = new SdkViewer(server);
    await until(() => viewer.heard.length > 0, 'server info');
    viewer.say({ op: 'voxhandStep', frames: 1 });
    const status = await until(() => viewer.heard.find(({ op }) => op === 'status'), 'status');
    expect(status).toMatchObject({ message: 'clients may not control playback: nothing is played back' });
  });
});

function image(i: number): BusMessage {
  return {
    topic: '/image',
    schemaName: 'x',
    schemaEncoding: '',
    schemaData: new Uint8Array(0),
    messageEncoding: 'x',
    data: new Uint8Array(600_000),
    logTime: BigInt(i),
    publishTime: BigInt(i),
    sequence: i,
  };
}
