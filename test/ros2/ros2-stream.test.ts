import { afterEach, describe, expect, it } from 'vitest';
import type { DepthFrame } from '../../src/depth/depth-frame.js';
import { cdrCodec } from '../../src/messages/cdr-codec.js';
import { toPointStamped } from '../../src/messages/points.js';
import { recordedCodec } from '../../src/messages/recorded-codec.js';
import { ros2BusOptions } from '../../src/node/ros2-bus-options.js';
import { trackerConfig } from '../../src/tracking/config.js';
import { depthFrames } from '../../src/tracking/depth-frames.js';
import type { BusEvent, BusMessage } from '../../src/transport/port/bus.js';
import { type Ros2Bus, ros2Bus } from '../../src/transport/ros2/ros2-bus.js';
import type { Ros2BusOptions } from '../../src/transport/ros2/ros2-bus-options.js';
import { noRos2, startCamera, startPeer, stopChildren, until } from '../helpers/real-ros2.js';

const DEPTH = '/depth/image_rect_raw';
const POINT = 'geometry_msgs/msg/PointStamped';

let buses: Ros2Bus[] = [];
afterEach(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  buses = [];
  await stopChildren();
});

async function start(options: Ros2BusOptions = {}) {
  const bus = await ros2Bus({ node: 'voxhand_test', watchPeriod: 0.1, ...options });
  buses.push(bus);
  const events: BusEvent[] = [];
  bus.onEvent((event) => events.push(event));
  const kinds = (topic: string) => events.filter((event) => event.topic === topic).map(({ kind }) => kind);
  return { bus, events, kinds };
}

function collect(bus: Ros2Bus, topics: readonly string[]) {
  const messages: BusMessage[] = [];
  void (async () => {
    for await (const message of bus.subscribe(topics)) messages.push(message);
  })();
  return messages;
}

describe.skipIf(noRos2 !== undefined)('a camera process on a real ROS 2', () => {
  it('loses no image of 640x480 at 30 Hz, and each decodes to metres with its camera', async () => {
    // reliable and with room at both ends, because the machine that tests this may be busy with other things
    const config = trackerConfig({ qos: { depth: { profile: 'reliable', depth: 60 } } });
    const { bus } = await start(ros2BusOptions(config));
    const frames: DepthFrame[] = [];
    void depthFrames(bus, config).forEach((frame) => void frames.push(frame));
    const camera = await startCamera({ count: 90, subscribers: 1, reliable: true, depth: 60 });
    await until(() => camera.state.done);
    const depth = () => bus.states().find(({ topic }) => topic === DEPTH);
    await until(() => depth()?.messages === 90);
    // an image may come before the first camera info, and newer ones may replace some: these are counted
    await until(() => frames.length + (depth()?.dropped.replaced ?? 0) >= 80);
    const [{ width, height, depth: metres, camera: model }] = frames;
    expect([width, height, model.fx, model.cx]).toEqual([640, 480, 600, 320]);
    expect([metres[0], metres[1], metres[699]]).toEqual([0.5, 0.501, 1.199].map(Math.fround));
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('that ends by %s is taken again when it comes back', async (signal) => {
    const { bus, kinds } = await start({ types: { [DEPTH]: ['sensor_msgs/msg/Image'] } });
    const messages = collect(bus, [DEPTH]);
    const first = await startCamera();
    await until(() => messages.length > 10);
    await first.stop(signal);
    const before = messages.length;
    await startCamera();
    await until(() => messages.length > before + 10);
    // a crash is seen when its lease runs out, some seconds later; an orderly end at once
    if (signal === 'SIGTERM') expect(kinds(DEPTH)).toContain('disconnected');
  });

  it('that comes back with another type and quality of service is taken with these', async () => {
    const config = trackerConfig();
    const { bus } = await start(ros2BusOptions(config));
    const messages = collect(bus, [DEPTH]);
    const first = await startCamera({ info: '', reliable: true });
    await until(() => messages.length > 3);
    await first.stop();
    const before = messages.length;
    await startCamera({ info: '', type: 'sensor_msgs/msg/CompressedImage' });
    await until(() => messages.length > before + 3);
    expect(messages.at(-1)?.schemaName).toBe('sensor_msgs/msg/CompressedImage');
  });

  it('that offers less than is asked for is explained by both', async () => {
    const config = trackerConfig({ qos: { depth: { profile: 'reliable' } } });
    const { bus, events } = await start(ros2BusOptions(config));
    const messages = collect(bus, [DEPTH]);
    await startCamera({ info: '' });
    await until(() => events.some(({ kind }) => kind === 'qos-incompatible'));
    expect(events.find(({ kind }) => kind === 'qos-incompatible')?.text).toMatch(
      /depth\/image_rect_raw gets nothing from \/camera\/driver: it offers best effort, volatile.*we ask for reliable.*qos.depth.profile to sensor_data/,
    );
    expect(messages).toEqual([]);
  });

  it('that sends another type is explained by the type', async () => {
    const { bus, events } = await start(ros2BusOptions(trackerConfig()));
    collect(bus, [DEPTH]);
    await startCamera({ info: '', type: 'sensor_msgs/msg/LaserScan' });
    await until(() => events.some(({ kind }) => kind === 'type-mismatch'));
    expect(events.find(({ kind }) => kind === 'type-mismatch')?.text).toMatch(
      /carries sensor_msgs\/msg\/LaserScan \(from \/camera\/driver\)/,
    );
  });

  it('that sends under another name is found', async () => {
    const { bus, events } = await start({ ...ros2BusOptions(trackerConfig()), silenceAfter: 2 });
    await startCamera({ info: '', topic: '/camera/depth/image_rect_raw' });
    await until(() => bus.topics().some(({ topic }) => topic === '/camera/depth/image_rect_raw'));
    collect(bus, [DEPTH]);
    await until(() => events.some(({ kind }) => kind === 'silent'));
    expect(events.find(({ kind }) => kind === 'silent')?.text).toMatch(
      /has no publisher. There are such messages on \/camera\/depth\/image_rect_raw: set topics.depth or remap/,
    );
  });

  it('that falls silent is explained', async () => {
    const { bus, kinds } = await start(ros2BusOptions(trackerConfig()));
    const messages = collect(bus, [DEPTH]);
    await startCamera({ info: '', count: 5, subscribers: 1 });
    await until(() => messages.length === 5);
    // a camera process that is slow to start may be missed before, too
    await until(() => /connected.*silent/.test(kinds(DEPTH).join()));
    expect(messages).toHaveLength(5);
  });

  it('may send images of 10 MB', async () => {
    const { bus } = await start(ros2BusOptions(trackerConfig({ qos: { depth: { profile: 'reliable' } } })));
    const messages = collect(bus, [DEPTH]);
    await startCamera({ info: '', width: 2560, height: 2048, rate: 2, count: 4, subscribers: 1, reliable: true });
    await until(() => messages.length === 4);
    expect((recordedCodec(messages[0]).decode(messages[0].data) as { data: Uint8Array }).data).toHaveLength(
      2560 * 2048 * 2,
    );
  });
});

describe.skipIf(noRos2 !== undefined)('messages on a real ROS 2', () => {
  it('go to a peer that reads them with its own deserialiser, when it wants them', async () => {
    const { bus } = await start();
    const peer = await startPeer();
    const points = bus.advertise('/p', cdrCodec(POINT));
    const hands = bus.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    expect([points.wanted(), hands.wanted()]).toEqual([false, false]);
    await peer.ask('listen', { type: POINT, topic: '/p' });
    await until(() => points.wanted());
    await points.publish(toPointStamped(1_500_000_007n, 'camera', [0.25, -1, 2]), 1n);
    let heard: { count: number; last: unknown } = { count: 0, last: undefined };
    await until(() => {
      void peer.ask<typeof heard>('heard', { topic: '/p' }).then((value) => {
        heard = value;
      });
      return heard.count === 1;
    });
    expect(heard.last).toEqual({
      header: { stamp: { sec: 1, nanosec: 500_000_007 }, frame_id: 'camera' },
      point: { x: 0.25, y: -1, z: 2 },
    });
    await peer.stop('SIGTERM');
    await until(() => !points.wanted());
  });

  it('that a peer asks too much for are explained', async () => {
    const { bus, events } = await start({
      qos: { '/p': { profile: 'sensor_data', depth: 1, durability: 'volatile' } },
    });
    bus.advertise('/p', cdrCodec(POINT));
    const peer = await startPeer({ node: 'recorder' });
    await peer.ask('listen', { type: POINT, topic: '/p', qos: { reliable: true, latched: true } });
    await until(() => events.some(({ kind }) => kind === 'qos-incompatible'));
    expect(events.find(({ kind }) => kind === 'qos-incompatible')?.text).toMatch(
      /\/recorder gets nothing from \/p: it asks for reliable, transient local/,
    );
  });

  it('come latched', async () => {
    const peer = await startPeer();
    await peer.ask('advertise', { type: POINT, topic: '/s', qos: { latched: true } });
    const message = { header: { stamp: { sec: 0, nanosec: 9 }, frame_id: 'late' }, point: { x: 0, y: 0, z: 0 } };
    await peer.ask('publish', { topic: '/s', message });
    // nothing is said of its quality of service: it is what the publisher offers
    const { bus } = await start();
    const messages = collect(bus, ['/s']);
    await until(() => messages.length === 1);
    expect(recordedCodec(messages[0]).decode(messages[0].data)).toMatchObject({ header: { frame_id: 'late' } });
  });

  it('of whatever bytes do not end the process', async () => {
    const { bus } = await start({ useSimTime: true, types: { '/p': [POINT] } });
    const messages = collect(bus, ['/p']);
    const peer = await startPeer();
    await peer.ask('advertise', { type: POINT, topic: '/p' });
    await peer.ask('advertise', { type: 'rosgraph_msgs/msg/Clock', topic: '/clock' });
    await until(() => bus.states()[0].publishers === 1);
    // behind a right header: Cyclone DDS does not pass on others
    const header = [0, 1, 0, 0];
    const garbage = [
      [...header, 255, 255, 255, 255],
      [...header, ...Array(1000).fill(255)],
    ];
    for (const bytes of garbage) {
      await peer.ask('publishRaw', { topic: '/p', bytes }).catch(() => undefined); // some the middleware does not send
      await peer.ask('publishRaw', { topic: '/clock', bytes }).catch(() => undefined);
    }
    const good = { header: { stamp: { sec: 4, nanosec: 0 }, frame_id: 'good' }, point: { x: 0, y: 0, z: 0 } };
    await peer.ask('publish', { topic: '/p', message: good });
    await until(() => messages.some(({ data }) => Buffer.from(data).includes('good')));
  });

  it.each([true, false])('carry simulated time on /clock, reliable: %s', async (reliable) => {
    const { bus } = await start({ useSimTime: true });
    expect(bus.now()).toBe(0n);
    const peer = await startPeer();
    await peer.ask('advertise', { type: 'rosgraph_msgs/msg/Clock', topic: '/clock', qos: { reliable } });
    const tick = async (sec: number) => {
      await peer.ask('publish', { topic: '/clock', message: { clock: { sec, nanosec: 5 } } });
      return bus.now();
    };
    for (const sec of [100, 20]) {
      await until(() => {
        void tick(sec);
        return bus.now() === BigInt(sec) * 1_000_000_000n + 5n;
      });
    }
  });

  it('of a package that is not built are refused with the remedy', async () => {
    const { bus } = await start();
    const codec = { ...cdrCodec(POINT), schemaName: 'voxhand_nothing_msgs/msg/Nothing' };
    expect(() => bus.advertise('/n', codec)).toThrow(
      expect.objectContaining({ code: 'ROS2_MESSAGES_MISSING', message: expect.stringMatching(/colcon build/) }),
    );
    expect(() => bus.advertise('/a b', cdrCodec(POINT))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('pass between two nodes of one process, remapped and in a namespace', async () => {
    const { bus } = await start({
      rosArguments: ['--ros-args', '-r', '__ns:=/cell', '-r', '__node:=left', '-r', 'p:=/shared'],
    });
    expect(bus.host.fullName).toBe('/cell/left');
    const other = await start({ node: 'other', types: { '/shared': [POINT] } });
    const messages = collect(other.bus, ['/shared']);
    const out = bus.advertise('p', cdrCodec(POINT));
    await until(() => out.wanted());
    await out.publish(toPointStamped(1n, 'a', [0, 0, 0]), 1n);
    await until(() => messages.length === 1);
    await bus.close();
    expect(other.bus.topics().map(({ topic }) => topic)).toContain('/shared');
  });
});
