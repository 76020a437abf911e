import { afterEach, describe, expect, it, test, vi } from 'vitest';
import type { FakeGraph } from '../../../test/helpers/fake-graph.js';
import { type FakeNode, type FakeRuntime, fakePeer, fakeRcl } from '../../../test/helpers/fake-rcl.js';
import { until } from '../../../test/helpers/until.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { jsonCodec } from '../../messages/json-codec.js';
import { toPointStamped } from '../../messages/points.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { ros2BusOptions } from '../../node/ros2-bus-options.js';
import { trackerConfig } from '../../tracking/config.js';
import type { BusEvent, BusMessage } from '../port/bus.js';
import { type TopicQos, toRclQos } from './qos.js';
import type { Ros2Bus } from './ros2-bus.js';
import { ros2Bus } from './ros2-bus.js';
import type { Ros2BusOptions } from './ros2-bus-options.js';

const POINT = 'geometry_msgs/msg/PointStamped';
const IMAGE = 'sensor_msgs/msg/Image';
const points = cdrCodec(POINT);
const point = (i: number) => toPointStamped(BigInt(i), 'camera', [0, 0, 1]);
const bytes = (i: number) => Buffer.from(points.encode(point(i)));
const secondsOf = (message: BusMessage) => {
  const { header } = recordedCodec(message).decode(message.data) as ReturnType<typeof point>;
  return header.stamp.nanosec;
};

const open: Ros2Bus[] = [];
const graphs: FakeGraph[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close()));
  // nothing that a test does may throw out of a callback: a real process would have ended
  for (const { aborts } of graphs.splice(0)) expect(aborts).toEqual([]);
});

async function start(options: Ros2BusOptions = {}, runtime: FakeRuntime = fakeRcl()) {
  const bus = await ros2Bus({ watchPeriod: 0.005, silenceAfter: 0.05, load: async () => runtime, ...options });
  open.push(bus);
  graphs.push(runtime.graph);
  const events: BusEvent[] = [];
  bus.onEvent((event) => events.push(event));
  const { graph } = runtime;
  return { bus, events, graph, runtime, peer: fakePeer(graph, 'driver', '/camera') };
}

const qosOf = (profile: TopicQos['profile'], durability: TopicQos['durability'] = 'volatile', depth = 50) =>
  toRclQos({ profile, durability, depth });
const publisher = (node: FakeNode, topic: string, type = POINT, qos = qosOf('reliable')) =>
  node.createPublisher(type, topic, { qos });

const pause = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

function collect(bus: Ros2Bus, topics?: readonly string[]) {
  const messages: BusMessage[] = [];
  const iterator = bus.subscribe(topics)[Symbol.asyncIterator]();
  const done = (async () => {
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) messages.push(step.value);
  })();
  return { messages, done, stop: async () => void (await iterator.return?.()) };
}

describe('messages on a ROS 2 bus', () => {
  it('come as CDR bytes with all that decodes them, on the bus clock', async () => {
    const { bus, graph, peer } = await start();
    const camera = publisher(peer, '/p');
    const { messages } = collect(bus, ['/p']);
    graph.time = 5_000n;
    camera.publish(bytes(7));
    await until(() => messages.length === 1);
    const [message] = messages;
    expect(message).toMatchObject({
      topic: '/p',
      schemaName: POINT,
      messageEncoding: 'cdr',
      logTime: 5_000n,
      sequence: 0,
    });
    expect(secondsOf(message)).toBe(7);
  });

  it('come from a topic whose type is not known before its publisher is there', async () => {
    const { bus, peer, events } = await start();
    const { messages } = collect(bus, ['/p']);
    await pause();
    const camera = publisher(peer, '/p');
    await until(() => events.some(({ kind }) => kind === 'connected'));
    camera.publish(bytes(1));
    await until(() => messages.length === 1);
  });

  it('come from the first one on where the type is expected, before there is a publisher', async () => {
    const { bus, peer } = await start({ types: { '/p': [POINT] } });
    const { messages } = collect(bus, ['/p']);
    const camera = publisher(peer, '/p');
    camera.publish(bytes(1));
    await until(() => messages.length === 1);
  });

  it('come latched, where nothing is said and all publishers keep their last ones', async () => {
    const { bus, peer, graph } = await start({ types: { '/s': [POINT] }, steady: [] });
    const { messages } = collect(bus, ['/s']);
    publisher(peer, '/s', POINT, qosOf('reliable', 'transient_local', 3)).publish(bytes(1));
    await until(() => messages.length > 0);
    // one that keeps nothing comes in addition: it must be heard too
    const other = publisher(fakePeer(graph, 'other'), '/s', POINT, qosOf('sensor_data'));
    await until(() => bus.states()[0].publishers === 2);
    const before = messages.length;
    other.publish(bytes(2));
    await until(() => messages.length > before);
  });

  it('come latched to a reader that asks for it', async () => {
    const { bus, peer } = await start({
      qos: { '/s': { profile: 'reliable', depth: 10, durability: 'transient_local' } },
    });
    const latched = publisher(peer, '/s', POINT, qosOf('reliable', 'transient_local', 3));
    for (let i = 0; i < 5; i++) latched.publish(bytes(i));
    const { messages } = collect(bus, ['/s']);
    await until(() => messages.length === 3);
    expect(messages.map(secondsOf)).toEqual([2, 3, 4]);
  });

  it('wait as the newest one only, where a topic is `latest`, and the replaced ones are counted', async () => {
    const { bus, peer } = await start({ latest: ['/d'], capacity: 2, types: { '/d': [POINT], '/i': [POINT] } });
    const iterator = bus.subscribe(['/d', '/i'])[Symbol.asyncIterator]();
    const [depth, info] = [publisher(peer, '/d'), publisher(peer, '/i')];
    for (let i = 0; i < 5; i++) {
      depth.publish(bytes(i));
      info.publish(bytes(i));
      await pause(2);
    }
    await until(() => bus.states().every(({ messages }) => messages === 5));
    const left: [string, number][] = [];
    for (let i = 0; i < 3; i++) {
      const { value } = await iterator.next();
      left.push([value.topic, secondsOf(value)]);
    }
    expect(left.sort()).toEqual([
      ['/d', 4],
      ['/i', 3],
      ['/i', 4],
    ]);
    const dropped = Object.fromEntries(bus.states().map((state) => [state.topic, state.dropped]));
    expect(dropped).toEqual({ '/d': { replaced: 4 }, '/i': { 'queue-full': 3 } });
  });

  it('that the middleware lost are counted and told, not one by one', async () => {
    const { bus, runtime, events, peer } = await start();
    publisher(peer, '/p');
    collect(bus, ['/p']);
    await until(() => events.some(({ kind }) => kind === 'connected'));
    runtime.lose('/p', 3);
    runtime.lose('/p', 4);
    await until(() => events.some(({ kind }) => kind === 'message-lost'));
    runtime.lose('/p', 1);
    await pause();
    const losses = events.filter(({ kind }) => kind === 'message-lost');
    expect(losses).toHaveLength(1);
    expect(losses[0].text).toMatch(/lost 7 messages.*rmem_max/);
    expect(bus.states()[0].dropped).toEqual({ lost: 8 });
  });

  it('go out as bytes, by a Buffer, to those who listen', async () => {
    const { bus, peer } = await start();
    const heard: unknown[] = [];
    peer.createSubscription(POINT as never, '/out', { qos: qosOf('reliable') }, (message) => heard.push(message));
    await bus.advertise('/out', points).publish(point(3), 3n);
    await until(() => heard.length === 1);
    expect(heard[0]).toEqual(point(3));
  });

  it('are wanted while somebody listens, and always where late subscribers get the last ones', async () => {
    const { bus, peer } = await start({
      qos: { '/l': { profile: 'reliable', depth: 1, durability: 'transient_local' } },
    });
    const out = bus.advertise('/out', points);
    expect([out.wanted(), bus.advertise('/l', points).wanted()]).toEqual([false, true]);
    const listener = peer.createSubscription(POINT as never, '/out', { qos: qosOf('reliable') }, () => undefined);
    await until(() => out.wanted());
    peer.destroySubscription(listener as never);
    await until(() => !out.wanted());
  });

  it('that are no ROS 2 messages are skipped, and that is said once', async () => {
    const { bus, events, graph } = await start();
    const scene = bus.advertise('/scene', jsonCodec('foxglove.SceneUpdate'));
    bus.advertise('/scene', jsonCodec('foxglove.SceneUpdate'));
    expect(scene.wanted()).toBe(false);
    await scene.publish({ deletions: [], entities: [] }, 0n);
    expect(graph.topics().map(({ name }) => name)).not.toContain('/scene');
    expect(events.map(({ kind, topic }) => [kind, topic])).toEqual([['topic-skipped', '/scene']]);
  });

  it('that are encoded already are passed on', async () => {
    const { bus, peer } = await start();
    const other = await start({ node: 'other' }, fakeRcl(graphs[0]));
    const { messages } = collect(other.bus, ['/copy']);
    publisher(peer, '/p');
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = points;
    const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
    const message = { topic: '/copy', ...schema, data: bytes(1), logTime: 1n, publishTime: 1n, sequence: 0 };
    await bus.write(message);
    await until(() => other.events.some(({ kind }) => kind === 'connected'));
    await bus.write(message);
    await until(() => messages.length === 1);
  });

  it('of a package that is not built are refused with the remedy, or skipped by option', async () => {
    const runtime = fakeRcl();
    runtime.graph.missing.add('voxhand_msgs');
    const codec = cdrCodec('voxhand_msgs/msg/HandJoints');
    const { bus } = await start({}, runtime);
    expect(() => bus.advertise('/hand/joints', codec)).toThrow(
      expect.objectContaining({
        code: 'ROS2_MESSAGES_MISSING',
        message: expect.stringMatching(/colcon build.*voxhand_msgs.*source/),
      }),
    );
    const skipping = await start({ missingMessages: 'skip' }, runtime);
    expect(skipping.bus.advertise('/hand/joints', codec).wanted()).toBe(false);
    expect(skipping.events).toMatchObject([{ kind: 'messages-missing', topic: '/hand/joints' }]);
  });

  test.each([
    ['a name that is none', (bus: Ros2Bus) => bus.advertise('/a b', points), 'CONFIG_INVALID'],
    [
      'a second type on a topic',
      (bus: Ros2Bus) => {
        bus.advertise('/a', points);
        bus.advertise('/a', cdrCodec('geometry_msgs/msg/PoseArray') as never);
      },
      'USAGE',
    ],
  ])('cannot be advertised under %s', async (_, advertise, code) => {
    const { bus } = await start();
    expect(() => advertise(bus)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a topic that gives no messages', () => {
  it('without a publisher is explained by where such messages are', async () => {
    const config = trackerConfig();
    const { bus, events, peer } = await start({ ...ros2BusOptions(config), silenceAfter: 0.03 });
    publisher(peer, '/camera/depth/image_rect_raw', IMAGE);
    publisher(peer, '/camera/color/image_raw', IMAGE);
    publisher(peer, '/chatter', POINT);
    collect(bus, [config.topics.depth]);
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ kind: 'silent', topic: '/depth/image_rect_raw', severity: 'warn' }]);
    expect(events[0].text).toBe(
      '/depth/image_rect_raw has no publisher. There are such messages on /camera/depth/image_rect_raw, ' +
        '/camera/color/image_raw: set topics.depth or remap with -r /depth/image_rect_raw:=/camera/depth/image_rect_raw',
    );
  });

  it('of a quality of service that does not fit is explained by both', async () => {
    const config = trackerConfig({ qos: { depth: { profile: 'reliable' } } });
    const { bus, events, peer } = await start(ros2BusOptions(config));
    const camera = publisher(peer, config.topics.depth, IMAGE, qosOf('sensor_data'));
    const { messages } = collect(bus, [config.topics.depth]);
    camera.publish(Buffer.alloc(64));
    await until(() => events.length > 0);
    expect(events).toEqual([
      {
        severity: 'error',
        kind: 'qos-incompatible',
        topic: '/depth/image_rect_raw',
        text:
          '/depth/image_rect_raw gets nothing from /camera/driver: it offers best effort, volatile, keep last 50; we ask for ' +
          'reliable, volatile, keep last 10. To get it, set qos.depth.profile to sensor_data or make the publisher reliable',
      },
    ]);
    expect(bus.states()[0]).toMatchObject({ publishers: 0, trouble: { kind: 'qos-incompatible' } });
    await pause(80);
    expect(messages).toEqual([]);
    expect(events).toHaveLength(1); // told once, and not as silence on top of it
  });

  it('of another type is explained by the type found', async () => {
    const config = trackerConfig();
    const { bus, events, peer } = await start(ros2BusOptions(config));
    publisher(peer, config.topics.depth, 'sensor_msgs/msg/LaserScan');
    collect(bus, [config.topics.depth]);
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ severity: 'error', kind: 'type-mismatch', topic: config.topics.depth }]);
    expect(events[0].text).toMatch(
      /carries sensor_msgs\/msg\/LaserScan \(from \/camera\/driver\), expected sensor_msgs\/msg\/Image or/,
    );
  });

  it('of a type that we have no definition of is explained too', async () => {
    const { bus, events, peer } = await start();
    publisher(peer, '/p', 'px4_msgs/msg/SensorCombined');
    collect(bus, ['/p']);
    await until(() => events.length > 0);
    expect(events[0].text).toMatch(/px4_msgs\/msg\/SensorCombined.*expected a type that voxhand has a definition of/);
  });

  it('because its package is not installed is explained, once', async () => {
    const runtime = fakeRcl();
    runtime.graph.missing.add('geometry_msgs');
    const { bus, events } = await start({ types: { '/p': [POINT] } }, runtime);
    collect(bus, ['/p']);
    await until(() => events.length > 0);
    await pause(50);
    expect(events).toMatchObject([{ severity: 'error', kind: 'type-mismatch', topic: '/p' }]);
    expect(events[0].text).toMatch(
      /geometry_msgs\/msg\/PointStamped is not installed here \(libgeometry_msgs.*source it/,
    );
  });

  it('because its name is none is refused', async () => {
    const { bus } = await start();
    await expect(
      (async () => {
        for await (const _ of bus.subscribe(['/a b'])) throw new Error('never');
      })(),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID', where: '/a b' });
  });

  it('is called by both of its names where it is remapped', async () => {
    const { bus, events } = await start({ rosArguments: ['--ros-args', '-r', '/in:=/camera/in'] });
    collect(bus, ['/in']);
    await until(() => events.length > 0);
    expect(events[0]).toMatchObject({
      topic: '/in',
      text: expect.stringMatching(/^\/in \(\/camera\/in on the wire\) has no publisher/),
    });
  });

  it('although its publisher matches is explained by both, and it is said when messages come again', async () => {
    const { bus, events, peer } = await start({ types: { '/p': [POINT] } });
    const camera = publisher(peer, '/p', POINT, qosOf('sensor_data'));
    const { messages } = collect(bus, ['/p']);
    await until(() => events.some(({ kind }) => kind === 'silent'));
    expect(events.at(-1)?.text).toMatch(
      /\/p: no message for 0.05 s. \/camera\/driver offers best effort.*we ask for best effort.*which matches/,
    );
    camera.publish(bytes(1));
    await until(() => events.some(({ kind }) => kind === 'recovered'));
    expect(messages).toHaveLength(1);
    expect(bus.states()[0].trouble).toBeUndefined();
    await until(() => events.filter(({ kind }) => kind === 'silent').length === 2);
  });

  it('is not explained where silence is nothing unusual', async () => {
    const { bus, events, peer } = await start({ steady: [] });
    publisher(peer, '/p');
    collect(bus, ['/p']);
    await until(() => events.length > 0);
    await pause(100);
    expect(events.map(({ kind }) => kind)).toEqual(['connected']);
  });

  it('to a subscriber of ours that asks for more than we offer is told', async () => {
    const config = trackerConfig({ qos: { joints: { profile: 'sensor_data' } } });
    const { bus, events, peer } = await start(ros2BusOptions(config));
    bus.advertise(config.topics.joints, cdrCodec('voxhand_msgs/msg/HandJoints'));
    peer.createSubscription(
      'voxhand_msgs/msg/HandJoints' as never,
      config.topics.joints,
      { qos: qosOf('reliable') },
      () => undefined,
    );
    await until(() => events.length > 0);
    expect(events[0]).toMatchObject({ kind: 'qos-incompatible', topic: config.topics.joints });
    expect(events[0].text).toMatch(
      /\/camera\/driver gets nothing.*asks for reliable.*we offer best effort.*qos.joints.profile to reliable/,
    );
  });
});

describe('a publisher that comes back', () => {
  it('is taken again', async () => {
    const { bus, events, peer, graph } = await start();
    publisher(peer, '/p').publish(bytes(1));
    const { messages } = collect(bus, ['/p']);
    await until(() => events.some(({ kind }) => kind === 'connected'));
    peer.destroy();
    await until(() => events.some(({ kind }) => kind === 'disconnected'));
    const again = publisher(fakePeer(graph, 'driver', '/camera'), '/p');
    await until(() => events.filter(({ kind }) => kind === 'connected').length === 2);
    again.publish(bytes(2));
    await until(() => messages.length === 1);
    expect(secondsOf(messages[0])).toBe(2);
  });

  it('is taken with its new type and quality of service', async () => {
    const topic = '/depth';
    const { bus, events, peer, graph } = await start({
      types: { [topic]: [IMAGE, 'sensor_msgs/msg/CompressedImage'] },
    });
    publisher(peer, topic, IMAGE, qosOf('reliable'));
    const { messages } = collect(bus, [topic]);
    await until(() => events.some(({ kind }) => kind === 'connected'));
    peer.destroy();
    const again = publisher(fakePeer(graph), topic, 'sensor_msgs/msg/CompressedImage', qosOf('sensor_data'));
    await until(() => events.filter(({ kind }) => kind === 'connected').length === 2);
    again.publish(Buffer.alloc(40));
    await until(() => messages.length === 1);
    expect(messages[0].schemaName).toBe('sensor_msgs/msg/CompressedImage');
  });
});

describe('a loop over messages', () => {
  it('ends its subscriptions when it is left', async () => {
    const { bus, graph } = await start({ types: { '/p': [POINT], '/q': [POINT] } });
    const mine = () => [...graph.readers].filter(({ topic }) => topic === '/p' || topic === '/q').length;
    const { stop, done } = collect(bus, ['/p', '/q']);
    expect(mine()).toBe(2);
    await stop();
    await done;
    expect(mine()).toBe(0);
    expect(bus.states()).toEqual([]);
  });

  it('without topics takes all there are, those that come later too, but hidden ones', async () => {
    const { bus, peer } = await start({ steady: [] });
    const early = publisher(peer, '/early');
    publisher(peer, '/_hidden');
    const { messages } = collect(bus);
    early.publish(bytes(1));
    await until(() => messages.some(({ topic }) => topic === '/early'));
    const late = publisher(peer, '/late');
    await until(() => bus.states().some(({ topic, publishers }) => topic === '/late' && publishers === 1));
    late.publish(bytes(2));
    await until(() => messages.some(({ topic }) => topic === '/late'));
    expect(bus.states().map(({ topic }) => topic)).not.toContain('/_hidden');
    expect(bus.topics()).toContainEqual(
      expect.objectContaining({ topic: '/late', schemaName: POINT, messageCount: 1 }),
    );
  });

  it('ends with the bus, after what waits', async () => {
    const { bus, peer } = await start({ types: { '/p': [POINT] } });
    const iterator = bus.subscribe(['/p'])[Symbol.asyncIterator]();
    publisher(peer, '/p').publish(bytes(1));
    await until(() => bus.states()[0].messages === 1);
    await bus.close();
    expect((await iterator.next()).done).toBe(false);
    expect((await iterator.next()).done).toBe(true);
    expect((await bus.subscribe(['/p'])[Symbol.asyncIterator]().next()).done).toBe(true);
  });

  it('that does not decode what came does not disturb the bus', async () => {
    const { bus, peer } = await start({ types: { '/p': [POINT] } });
    const { messages } = collect(bus, ['/p']);
    publisher(peer, '/p').publish(Buffer.alloc(0));
    await until(() => messages.length === 1);
    expect(() => recordedCodec(messages[0]).decode(messages[0].data)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID' }),
    );
  });
});

describe('the clock of a ROS 2 bus', () => {
  const CLOCK = 'rosgraph_msgs/msg/Clock';
  const tick = (sec: number, nanosec = 0) => Buffer.from(cdrCodec(CLOCK).encode({ clock: { sec, nanosec } }));

  it('is the system time', async () => {
    const { bus, graph } = await start();
    graph.time = 77n;
    expect(bus.now()).toBe(77n);
  });

  it.each(['sensor_data', 'reliable'] as const)(
    'is that of a %s /clock where time is simulated, backwards too',
    async (profile) => {
      const { bus, peer } = await start({ useSimTime: true });
      expect(bus.now()).toBe(0n);
      const clock = publisher(peer, '/clock', CLOCK, qosOf(profile));
      for (const [tickBytes, now] of [
        [tick(5, 7), 5_000_000_007n],
        [tick(2), 2_000_000_000n],
      ] as const) {
        clock.publish(tickBytes);
        await until(() => bus.now() === now);
      }
      clock.publish(Buffer.alloc(3)); // no clock message: the time stays, the process lives
      await pause();
      expect(bus.now()).toBe(2_000_000_000n);
    },
  );

  it('can be simulated by an argument, and switched at run time', async () => {
    const { bus, graph } = await start({ rosArguments: ['--ros-args', '-p', 'use_sim_time:=true'] });
    expect([bus.now(), bus.host.parameter('use_sim_time')]).toEqual([0n, true]);
    expect(bus.host.setParameters(new Map([['use_sim_time', false]]))).toEqual({ ok: true });
    expect(bus.now()).toBe(graph.time);
  });
});

describe('the node of a ROS 2 bus', () => {
  it('is called what the arguments say, and remaps topics under the names that callers use', async () => {
    const { bus, peer } = await start({
      node: 'hand_tracker',
      rosArguments: [
        'voxhand',
        '--ros-args',
        '-r',
        '__ns:=/cell',
        '-r',
        '__node:=left',
        '-r',
        '/in:=/camera/in',
        '-r',
        'out:=result',
      ],
    });
    expect([bus.host.name, bus.host.namespace, bus.host.fullName]).toEqual(['left', '/cell', '/cell/left']);
    const { messages } = collect(bus, ['/in']);
    const heard: unknown[] = [];
    peer.createSubscription(POINT as never, '/cell/result', { qos: qosOf('reliable') }, (message) =>
      heard.push(message),
    );
    const camera = publisher(peer, '/camera/in');
    await until(() => bus.states()[0].publishers === 1);
    camera.publish(bytes(1));
    await bus.advertise('out', points).publish(point(1), 1n);
    await until(() => messages.length === 1 && heard.length === 1);
    expect(messages[0].topic).toBe('/in');
  });

  it('opens topics with the quality of service that its parameters say of their names on the wire, and shows it', async () => {
    const { bus, graph } = await start({
      ...ros2BusOptions(trackerConfig()),
      rosArguments: [
        ...['--ros-args', '-r', '/hand/reference:=/cell/palm', '-p', 'speling:=1'],
        ...['-p', 'qos_overrides./cell/palm.publisher.reliability:=best_effort'],
        ...['-p', 'qos_overrides./depth/image_rect_raw.subscription.depth:=3'],
      ],
    });
    bus.advertise('/hand/reference', points);
    expect(graph.publishers('/cell/palm')[0].qos_profile).toMatchObject({ reliability: 2, depth: 10 });
    expect(bus.host.parameter('qos_overrides./cell/palm.publisher.reliability')).toBe('best_effort');
    expect(bus.host.parameter('qos_overrides./cell/palm.publisher.depth')).toBe(10);
    // twice, as a managed node that is activated again subscribes again
    for (let i = 0; i < 2; i++) {
      const { stop } = collect(bus, ['/depth/image_rect_raw']);
      expect(graph.subscribers('/depth/image_rect_raw')[0].qos_profile).toMatchObject({ reliability: 2, depth: 3 });
      await stop();
    }
    expect(bus.host.parameter('qos_overrides./depth/image_rect_raw.subscription.depth')).toBe(3);
    expect(bus.host.undeclaredOverrides()).toEqual(['speling']);
  });

  it('subscribes to a transport of an image where the image itself is remapped to', async () => {
    const { bus, graph } = await start({
      ...ros2BusOptions(trackerConfig({ topics: { depth: '/depth/image/compressedDepth' } })),
      rosArguments: ['--ros-args', '-r', 'depth/image:=/cam/depth/raw', '-r', '/a/image/compressedDepth:=/b/image'],
    });
    const { stop } = collect(bus, ['/depth/image/compressedDepth', '/a/image/compressedDepth']);
    const [reader] = graph.subscribers('/cam/depth/raw/compressedDepth');
    expect(reader.topic_type).toBe('sensor_msgs/msg/CompressedImage');
    publisher(fakePeer(graph), '/b/image', 'sensor_msgs/msg/CompressedImage');
    await until(() => graph.subscribers('/b/image').length === 1);
    await stop();
  });

  it('refuses a quality of service that cannot be had, when the topic is opened', async () => {
    const { bus } = await start({
      rosArguments: ['--ros-args', '-p', 'qos_overrides./hand/reference.publisher.deadline:=100'],
    });
    expect(() => bus.advertise('hand/reference', points)).toThrow(
      /rclnodejs passes no other policy to ROS 2; found deadline/,
    );
  });

  it('leaves no topic of the library in its namespace', async () => {
    const { bus, graph, peer } = await start({ namespace: '/cell', node: 'left' });
    bus.host.declareParameters([{ name: 'rate', type: 'double', value: 1 }], () => ({ ok: true }));
    const publishers = (topic: string) => peer.getPublishersInfoByTopic(topic).map(({ node_name: name }) => name);
    expect(publishers('/parameter_events')).toEqual(['left']);
    expect(publishers('/cell/parameter_events')).toEqual([]);
    expect(graph.aborts).toEqual([]);
  });

  it('shares one context with the other nodes of its process, and the last one shuts it down', async () => {
    const runtime = fakeRcl();
    const [first, second] = [await start({}, runtime), await start({ node: 'second' }, runtime)];
    expect(runtime.calls.init).toEqual([[]]);
    await first.bus.close();
    expect(runtime.calls.shutdown).toBe(0);
    expect(second.bus.now()).toBe(runtime.graph.time);
    await second.bus.close();
    expect(runtime.calls.shutdown).toBe(1);
    const third = await start({ node: 'third' }, runtime);
    await third.bus.close();
    expect([runtime.calls.init.length, runtime.calls.shutdown]).toEqual([2, 2]);
  });

  it('leaves nothing in the graph when it is closed, and is closed once', async () => {
    const { bus, graph, peer } = await start({ types: { '/p': [POINT] } });
    collect(bus, ['/p']);
    const out = bus.advertise('/out', points);
    peer.createSubscription(POINT as never, '/out', { qos: qosOf('reliable') }, () => undefined);
    await Promise.all([bus.close(), bus.close()]);
    expect([graph.writers.size, graph.servers.size]).toEqual([0, 0]);
    expect([...graph.readers].map(({ node }) => node.nodeName)).toEqual(['driver']);
    expect(out.wanted()).toBe(false);
    await expect(out.publish(point(1), 1n)).resolves.toBeUndefined();
    // nothing of this may reach the node, which would end the process
    const { host } = bus;
    host.log('info', 'nobody hears this');
    host.trigger('~/late', () => '')();
    host.setParameters(new Map([['use_sim_time', true]]));
    await host.lifecycle({}).change('configure');
    expect([bus.topics(), bus.states().map(({ subscribers }) => subscribers)]).toEqual([[], [0]]);
    expect(bus.now()).toBeGreaterThan(0n);
    expect(bus.advertise('/late', points).wanted()).toBe(false);
    await bus.write({ ...points, topic: '/later', data: bytes(1), logTime: 1n, publishTime: 1n, sequence: 0 });
  });

  test.each([
    ['an argument that nobody knows', { rosArguments: ['--ros-args', '--colour'] }, 'USAGE'],
    ['a name that is none', { node: '1st hand' }, 'CONFIG_INVALID'],
  ])('is not started with %s, and nothing is left behind', async (_, options, code) => {
    const runtime = fakeRcl();
    await expect(ros2Bus({ load: async () => runtime, ...options })).rejects.toMatchObject({ code });
    expect(runtime.graph.servers.size).toBe(0);
    await start({}, runtime);
  });

  it('is not started without ROS 2, and says what to do', async () => {
    vi.stubEnv('AMENT_PREFIX_PATH', '');
    await expect(ros2Bus()).rejects.toMatchObject({
      code: 'ROS2_UNAVAILABLE',
      message: expect.stringMatching(/source/),
    });
    vi.unstubAllEnvs();
  });

  it('lives on when a listener of its events throws', async () => {
    const { bus, events, peer } = await start();
    bus.onEvent(() => {
      throw new Error('listener');
    });
    publisher(peer, '/p');
    collect(bus, ['/p']);
    await until(() => events.some(({ kind }) => kind === 'connected'));
  });

  it('lives on when the library throws while it works, and tells it', async () => {
    const { bus, events, graph } = await start();
    // as rclnodejs does for a request that does not convert
    const server = [...graph.servers].find(({ name }) => name.endsWith('/get_parameters'));
    void server?.take(undefined);
    await until(() => events.some(({ kind }) => kind === 'callback-error'));
    expect(bus.now()).toBe(graph.time);
  });
});
