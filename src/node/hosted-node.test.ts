import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type FakeNode, fakePeer, fakeRcl } from '../../test/helpers/fake-rcl.js';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { smallFrames } from '../../test/helpers/recordings.js';
import { benchInference } from '../../test/helpers/tracker-bench.js';
import { until } from '../../test/helpers/until.js';
import { setValue } from '../errors/file-keys.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { DiagnosticArrayMessage } from '../messages/generated.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../messages/images.js';
import { parseConfig, usesSimTime } from '../tracking/config-file.js';
import { toValueMessage } from '../transport/ros2/parameter-messages.js';
import { toRclQos } from '../transport/ros2/qos.js';
import { parseRosArguments } from '../transport/ros2/ros-arguments.js';
import { ros2Bus } from '../transport/ros2/ros2-bus.js';
import { hostedNode, parameterDescriptors, withOverrides } from './hosted-node.js';
import { wholeSession } from './live-tracker.js';
import { ros2BusOptions } from './ros2-bus-options.js';
import type { TrackerNode } from './tracker-node.js';

const running: { node: TrackerNode; close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { node, close } of running.splice(0)) {
    await node.close();
    await close();
  }
});

const set = (name: string, value: Parameters<typeof toValueMessage>) => ({ name, value: toValueMessage(...value) });

interface StartOptions {
  readonly managed?: boolean;
  readonly rosArguments?: string[];
  readonly snapshot?: () => Promise<string>;
}

async function start({ managed = false, rosArguments = [], snapshot }: StartOptions = {}) {
  const runtime = fakeRcl();
  const names = parseRosArguments(rosArguments, { name: 'hand_tracker', namespace: '/' });
  const base = geometricConfig({
    namespace: names.namespace.slice(1),
    smoothing: { stages: [] },
    output: { lazy: false },
    diagnostics: { period: 0.1 },
  });
  const config = withOverrides(base, names.overrides);
  const bus = await ros2Bus({
    node: 'hand_tracker',
    load: async () => runtime,
    rosArguments,
    ...ros2BusOptions(config),
  });
  const open = wholeSession(async () => ({ inference: benchInference(), close: async () => undefined }));
  const node = hostedNode({ bus, host: bus.host, config, managed, open, ...(snapshot && { snapshot }) });
  running.push({
    node,
    close: async () => {
      await bus.close();
      expect(runtime.graph.aborts).toEqual([]);
    },
  });
  const { fullName } = bus.host;
  const call = <T>(name: string, request: unknown = {}) => runtime.graph.call<T>(`${fullName}/${name}`, request);
  const peer = fakePeer(runtime.graph, 'driver', '/camera');
  return { node, call, camera: camera(peer, config.topics), listener: listener(peer, config.topics), config };
}

/** Publishes depth images with their camera info. */
function camera(peer: FakeNode, topics: { depth: string; cameraInfo: string }) {
  const [{ frame }] = smallFrames(1);
  const qos = toRclQos({ profile: 'sensor_data', depth: 5, durability: 'volatile' });
  const images = peer.createPublisher('sensor_msgs/msg/Image', topics.depth, { qos });
  const infos = peer.createPublisher('sensor_msgs/msg/CameraInfo', topics.cameraInfo, { qos });
  const [image, info] = [cdrCodec('sensor_msgs/msg/Image'), cdrCodec('sensor_msgs/msg/CameraInfo')];
  let stamp = 1_000_000_000n;
  let heard = false;
  return async (frames: number) => {
    if (!heard) await until(() => images.subscriptionCount > 0 && infos.subscriptionCount > 0);
    heard = true;
    for (let i = 0; i < frames; i++) {
      stamp += 33_333_333n;
      const origin = { ...frame, ...frame.camera, stamp, frameId: 'camera' };
      infos.publish(Buffer.from(info.encode(toCameraInfoMessage(origin))));
      images.publish(Buffer.from(image.encode(toDepthImageMessage(origin))));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

function listener(peer: FakeNode, topics: { joints: string; diagnostics: string }) {
  const qos = toRclQos({ profile: 'reliable', depth: 100, durability: 'volatile' });
  const hands: HandJoints[] = [];
  const diagnostics: DiagnosticArrayMessage[] = [];
  const joints = cdrCodec('voxhand_msgs/msg/HandJoints');
  const arrays = cdrCodec('diagnostic_msgs/msg/DiagnosticArray');
  const raw = { qos, isRaw: true };
  peer.createSubscription('voxhand_msgs/msg/HandJoints' as never, topics.joints, raw, (data) =>
    hands.push(fromHandJointsMessage(joints.decode(data as Uint8Array))),
  );
  peer.createSubscription('diagnostic_msgs/msg/DiagnosticArray' as never, topics.diagnostics, raw, (data) =>
    diagnostics.push(arrays.decode(data as Uint8Array)),
  );
  return { hands, diagnostics };
}

describe('a tracker as a ROS 2 node', () => {
  it('takes the transport of its images by the parameter that image_transport has for it', async () => {
    const { config, call } = await start({ rosArguments: ['--ros-args', '-p', 'image_transport:=compressedDepth'] });
    expect(config.topics.depth).toBe('/depth/image_rect_raw/compressedDepth');
    expect(await call('get_parameters', { names: ['image_transport', 'topics.depth'] })).toMatchObject({
      values: [{ string_value: 'compressedDepth' }, { string_value: '/depth/image_rect_raw/compressedDepth' }],
    });
    const theora = new Map([['image_transport', 'theora']]);
    expect(() => withOverrides(config, theora)).toThrow(/expected raw or compressedDepth; found "theora"/);
    expect(withOverrides(config, new Map([['image_transport', 'compressedDepth']])).topics).toEqual(config.topics);
  });

  it('tracks, says how it is, and answers its services', async () => {
    const { node, call, camera, listener } = await start();
    await node.start();
    await camera(10);
    await until(() => listener.hands.some(({ tracked }) => tracked));
    expect(await call('pause')).toEqual({ success: true, message: 'paused' });
    await until(() => listener.hands.at(-1)?.tracked === false);
    expect(await call('resume')).toEqual({ success: true, message: 'resumed' });
    expect(await call('reset')).toEqual({ success: true, message: 'reset' });
    const before = listener.hands.length;
    await camera(5);
    await until(() => listener.hands.slice(before).some(({ tracked }) => tracked));
    await until(() => listener.diagnostics.at(-1)?.status.some(({ name }) => name === '/hand_tracker: input'));
    expect(await call('get_state').catch((error: Error) => error.message)).toMatch(/get_state|service/);
  });

  it('offers ~/snapshot where a recording has a ring, whatever state it is in', async () => {
    const asked = ['cell_0.mcap', undefined];
    const { call } = await start({
      managed: true,
      snapshot: async () => {
        const path = asked.shift();
        if (path === undefined) throw new Error('nothing has come');
        return path;
      },
    });
    expect(await call('snapshot')).toEqual({ success: true, message: 'cell_0.mcap' });
    expect(await call('snapshot')).toEqual({ success: false, message: 'nothing has come' });
    const without = await start();
    await expect(without.call('snapshot')).rejects.toThrow('no service');
  });

  it('takes parameters from its command line, changes live ones, and refuses the others with the reason', async () => {
    const rosArguments = ['--ros-args', '-p', 'reference.zone.z:=[0.2, 1.0]', '-p', 'typo:=1', '-r', '__ns:=/cell'];
    const { node, call, config } = await start({ rosArguments });
    expect(config.topics.joints).toBe('/cell/hand/joints');
    await node.start();
    expect(node.config.reference.zone.z).toEqual([0.2, 1]);
    const answer = await call('set_parameters', {
      parameters: [
        set('reference.zone.z', ['double_array', [0.3, 0.9]]),
        set('reference.zone.z', ['double_array', [0.9, 0.3]]),
        set('reference.zone.x', ['double_array', [-0.2, 0.2]]),
        set('smoothing.stages', ['string_array', ['gate', 'prior']]),
        set('inference.model', ['string', 'light']),
        set('smoothing.window.k', ['integer', 2]),
      ],
    });
    expect(answer).toMatchObject({
      results: [
        { successful: true },
        { successful: false, reason: expect.stringContaining('the lower first') },
        { successful: true },
        { successful: false, reason: expect.stringContaining('prior was not loaded') },
        { successful: false, reason: 'inference.model can be given at start only' },
        { successful: true },
      ],
    });
    expect(node.config.reference.zone).toEqual({ z: [0.3, 0.9], x: [-0.2, 0.2] });
    expect(node.config.smoothing.window.k).toBe(2);
    const values = await call('get_parameters', { names: ['reference.zone.z', 'inference.model'] });
    expect(values).toMatchObject({
      values: [{ type: 8, double_array_value: [0.3, 0.9] }, { string_value: 'compact' }],
    });
  });

  it('takes back what ros2 param dump writes of it', async () => {
    const config = geometricConfig({ reference: { zone: { z: [0.2, 0.9] } }, namespace: 'cell' });
    const values = new Map<string, unknown>([
      ['use_sim_time', true],
      ['image_transport', 'raw'],
      ['bond_heartbeat_period', 0.1],
    ]);
    for (const { name, value } of parameterDescriptors(config, false)) values.set(name, value ?? null);
    expect([...values.values()]).toContain(null);
    const dumped = {};
    for (const [name, value] of values) setValue(dumped, name.split('.'), value);
    const text = stringify({ '/cell/left': { ros__parameters: dumped } });
    expect(parseConfig(text, 'left.yaml')).toEqual(config);
    expect([usesSimTime(text, 'left.yaml'), usesSimTime('handedness: left', 'right.yaml')]).toEqual([true, false]);
    expect(() => parseConfig(text.replace('use_sim_time', 'use_sin_time'))).toThrow(/use_sin_time/);
  });

  it('has the stages of a smoothing preset among its parameters, and units in their descriptions', async () => {
    const { call } = await start({ managed: true });
    const preset = { parameters: [set('smoothing.preset', ['string', 'accurate'])] };
    expect(await call('set_parameters', preset)).toMatchObject({ results: [{ successful: true }] });
    expect(await call('get_parameters', { names: ['smoothing.stages'] })).toMatchObject({
      values: [{ string_array_value: ['gate', 'prior', 'window'] }],
    });
    expect(await call('describe_parameters', { names: ['smoothing.one_euro.min_cutoff'] })).toMatchObject({
      descriptors: [{ description: expect.stringMatching(/^Cut-off frequency at rest.* Unit: Hz\.$/) }],
    });
    const typo = { parameters: [set('smoothing.presett', ['string', 'calm'])] };
    expect(await call('set_parameters', typo)).toMatchObject({
      results: [{ successful: false, reason: expect.stringContaining('did you mean smoothing.preset?') }],
    });
  });

  it('is driven by its manager when it is managed, and cannot be killed by requests', async () => {
    const { node, call, camera, listener } = await start({ managed: true });
    const change = (id: number) => call('change_state', { transition: { id, label: '' } });
    expect(await change(3)).toEqual({ success: false }); // activate before configure
    expect(await change(99)).toEqual({ success: false });
    const model = { parameters: [set('inference.model', ['string', 'compact-light'])] };
    expect(await call('set_parameters', model)).toMatchObject({ results: [{ successful: true }] });
    expect(await change(1)).toEqual({ success: true });
    expect(await call('set_parameters', model)).toMatchObject({ results: [{ successful: true }] }); // stays as it is
    const other = { parameters: [set('inference.model', ['string', 'compact'])] };
    expect(await call('set_parameters', other)).toMatchObject({
      results: [{ successful: false, reason: expect.stringContaining('while the node is configured') }],
    });
    expect(await call('pause')).toEqual({
      success: false,
      message: 'cannot pause: expected an active node, found inactive',
    });
    expect(await change(3)).toEqual({ success: true });
    await camera(10);
    await until(() => listener.hands.some(({ tracked }) => tracked));
    expect(await change(4)).toEqual({ success: true });
    await until(() => listener.hands.at(-1)?.tracked === false);
    const heard = listener.hands.length;
    await camera(5);
    expect(listener.hands).toHaveLength(heard);
    expect(await call('get_state')).toMatchObject({ current_state: { label: 'inactive' } });
    expect(await change(6)).toEqual({ success: true });
    expect(node.lifecycle.state).toBe('finalized');
  });
});
