import { afterEach, describe, expect, it, test } from 'vitest';
import { fakePeer, fakeRcl } from '../../../test/helpers/fake-rcl.js';
import { until } from '../../../test/helpers/until.js';
import { type BondStatus, bondStatusCodec } from './bond.js';
import type { ParameterDescriptor } from './host.js';
import { toValueMessage } from './parameter-messages.js';
import { toRclQos } from './qos.js';
import { type Ros2Bus, ros2Bus } from './ros2-bus.js';

let bus: Ros2Bus | undefined;
let runtime = fakeRcl();
afterEach(async () => {
  await bus?.close();
  expect(runtime.graph.aborts).toEqual([]);
});

async function start(rosArguments: string[] = []) {
  runtime = fakeRcl();
  bus = await ros2Bus({ node: 'tracker', namespace: '/cell', load: async () => runtime, rosArguments });
  const call = <T>(name: string, request: unknown = {}) => runtime.graph.call<T>(`/cell/tracker/${name}`, request);
  const heard: unknown[] = [];
  const listen = (type: string, topic: string) =>
    fakePeer(runtime.graph).createSubscription(
      type as never,
      topic,
      { qos: toRclQos({ profile: 'reliable', depth: 100, durability: 'volatile' }) },
      (message) => heard.push(message),
    );
  const listenRaw = (type: string, topic: string, decode: (bytes: Uint8Array) => unknown) =>
    fakePeer(runtime.graph).createSubscription(
      type as never,
      topic,
      { qos: toRclQos({ profile: 'reliable', depth: 100, durability: 'volatile' }), isRaw: true },
      (bytes) => heard.push(decode(bytes as Uint8Array)),
    );
  return { host: bus.host, call, heard, listen, listenRaw };
}

const DESCRIPTORS: ParameterDescriptor[] = [
  {
    name: 'heat_maps.min_confidence',
    type: 'double',
    value: 0.4,
    range: { from: 0, to: 1 },
    description: 'Below this a hand is lost.',
  },
  { name: 'heat_maps.n', type: 'integer', value: 20, range: { from: 1, to: 1000 } },
  { name: 'policy', type: 'string', value: 'latest', readOnly: true, constraints: 'latest or every' },
];
const set = (name: string, value: Parameters<typeof toValueMessage>) => ({ name, value: toValueMessage(...value) });
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('the parameter services of a node', () => {
  it('list, get and describe what is declared', async () => {
    const { host, call } = await start(['--ros-args', '-p', 'heat_maps.n:=5']);
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    const names = ['use_sim_time', 'heat_maps.min_confidence', 'heat_maps.n', 'policy'];
    expect(await call('list_parameters', { prefixes: [], depth: 0n })).toEqual({
      result: { names, prefixes: ['heat_maps'] },
    });
    expect(await call('list_parameters', { prefixes: ['heat_maps'], depth: 1n })).toEqual({
      result: { names: names.slice(1, 3), prefixes: ['heat_maps'] },
    });
    expect(await call('list_parameters', { prefixes: [], depth: 1n })).toEqual({
      result: { names: ['use_sim_time', 'policy'], prefixes: [] },
    });
    expect(await call('get_parameters', { names: ['heat_maps.n', 'policy', 'nothing'] })).toMatchObject({
      values: [{ type: 2, integer_value: 5n }, { type: 4, string_value: 'latest' }, { type: 0 }],
    });
    expect(await call('get_parameter_types', { names: ['heat_maps.min_confidence', 'nothing'] })).toEqual({
      types: [3, 0],
    });
    expect(
      await call('describe_parameters', { names: ['heat_maps.min_confidence', 'heat_maps.n', 'policy'] }),
    ).toMatchObject({
      descriptors: [
        { type: 3, description: 'Below this a hand is lost.', floating_point_range: [{ from_value: 0, to_value: 1 }] },
        { type: 2, integer_range: [{ from_value: 1n, to_value: 1000n }], floating_point_range: [] },
        { type: 4, read_only: true, additional_constraints: 'latest or every' },
      ],
    });
  });

  it('change what may be changed, refuse the rest with the reason, and tell the graph', async () => {
    const { host, call, heard, listen } = await start();
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    listen('rcl_interfaces/msg/ParameterEvent', '/parameter_events');
    const answer = await call('set_parameters', {
      parameters: [
        set('heat_maps.min_confidence', ['double', 0.7]),
        set('heat_maps.min_confidence', ['double', 7]),
        set('policy', ['string', 'every']),
        set('nothing', ['bool', true]),
      ],
    });
    expect(answer).toEqual({
      results: [
        { successful: true, reason: '' },
        { successful: false, reason: 'heat_maps.min_confidence: expected a double from 0 to 1, found 7' },
        { successful: false, reason: 'policy can be given at start only' },
        { successful: false, reason: 'there is no parameter nothing' },
      ],
    });
    expect(host.parameter('heat_maps.min_confidence')).toBe(0.7);
    await until(() => heard.length > 0);
    expect(heard).toMatchObject([
      {
        node: '/cell/tracker',
        changed_parameters: [{ name: 'heat_maps.min_confidence', value: { double_value: 0.7 } }],
      },
    ]);
  });

  it('change all or nothing where that is asked for', async () => {
    const { host, call } = await start();
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    const both = [set('heat_maps.n', ['integer', 7]), set('heat_maps.min_confidence', ['double', 7])];
    expect(await call('set_parameters_atomically', { parameters: both })).toMatchObject({
      result: { successful: false },
    });
    expect(host.parameter('heat_maps.n')).toBe(20);
    expect(await call('set_parameters_atomically', { parameters: both.slice(0, 1) })).toMatchObject({
      result: { successful: true },
    });
    expect(host.parameter('heat_maps.n')).toBe(7);
  });

  test.each([
    ['a type that is none', { name: 'heat_maps.n', value: { ...toValueMessage('integer', 1), type: 42 } }],
    ['bytes', { name: 'heat_maps.n', value: { ...toValueMessage('integer', 1), type: 5 } }],
    ['no name', { name: '', value: toValueMessage('integer', 1) }],
    [
      'an integer beyond 53 bits',
      { name: 'heat_maps.n', value: { ...toValueMessage('integer', 1), integer_value: 2n ** 62n } },
    ],
    ['NaN', { name: 'heat_maps.min_confidence', value: toValueMessage('double', Number.NaN) }],
  ])('survive %s', async (_, parameter) => {
    const { host, call } = await start();
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    const answer = await call('set_parameters', { parameters: [parameter] });
    expect(answer).toMatchObject({ results: [{ successful: false, reason: expect.stringMatching(/./) }] });
    expect(host.parameter('heat_maps.n')).toBe(20);
  });

  it('tell the graph of what the node changes itself', async () => {
    const { host, heard, listen } = await start();
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    listen('rcl_interfaces/msg/ParameterEvent', '/parameter_events');
    expect(host.setParameters(new Map([['heat_maps.n', 3]])).ok).toBe(true);
    expect(host.setParameters(new Map([['heat_maps.n', 0]])).ok).toBe(false);
    await until(() => heard.length > 0);
    await settle();
    expect(heard).toMatchObject([{ changed_parameters: [{ name: 'heat_maps.n', value: { integer_value: 3n } }] }]);
  });

  it('name overrides that nobody declares', async () => {
    const { host } = await start(['--ros-args', '-p', 'heat_maps.m:=5', '-p', 'use_sim_time:=false']);
    host.declareParameters(DESCRIPTORS, () => ({ ok: true }));
    expect(host.undeclaredOverrides()).toEqual(['heat_maps.m']);
  });
});

describe('a trigger service', () => {
  it('answers with what its action says, or with what it throws', async () => {
    const { host, call } = await start();
    host.trigger('~/reset', () => 'reset');
    const end = host.trigger('~/pause', async () => {
      throw new Error('not active');
    });
    expect(await call('reset')).toEqual({ success: true, message: 'reset' });
    expect(await call('pause')).toEqual({ success: false, message: 'not active' });
    end();
    end();
    await expect(call('pause')).rejects.toThrow('no service');
  });
});

describe('the life cycle services of a node', () => {
  const change = (label: string, id = 0) => ({ transition: { id, label } });

  it('drive it, by label and by number, and tell each step', async () => {
    const { host, call, heard, listen } = await start();
    const lifecycle = host.lifecycle({});
    listen('lifecycle_msgs/msg/TransitionEvent', '/cell/tracker/transition_event');
    expect(await call('get_state')).toEqual({ current_state: { id: 1, label: 'unconfigured' } });
    expect(await call('change_state', change('configure'))).toEqual({ success: true });
    expect(await call('change_state', change('', 3))).toEqual({ success: true });
    expect(lifecycle.state).toBe('active');
    expect(await call('get_available_transitions')).toMatchObject({
      available_transitions: [
        { transition: { id: 4, label: 'deactivate' }, start_state: { id: 3 }, goal_state: { id: 14 } },
        { transition: { id: 7, label: 'shutdown' } },
      ],
    });
    const { available_states } = await call<{ available_states: unknown[] }>('get_available_states');
    expect(available_states).toHaveLength(11);
    const graph = await call<{ available_transitions: unknown[] }>('get_transition_graph');
    expect(graph.available_transitions.length).toBeGreaterThan(20);
    await until(() => heard.length >= 4);
    expect(heard).toHaveLength(4);
    expect(heard[3]).toMatchObject({ start_state: { label: 'activating' }, goal_state: { label: 'active' } });
  });

  test.each([
    ['a number that is none', change('', 255)],
    ['a transition of another state', change('deactivate')],
    ['a label that is none', change('explode')],
    ['an outcome', change('transition_success', 10)],
    ['create', change('', 0)],
    ['destroy', change('destroy', 8)],
  ])('survive %s', async (_, request) => {
    const { host, call } = await start();
    const lifecycle = host.lifecycle({});
    expect(await call('change_state', request)).toEqual({ success: false });
    expect(lifecycle.state).toBe('unconfigured');
    expect(await call('change_state', change('configure'))).toEqual({ success: true });
  });

  it('answer when an asynchronous handler has finished, and refuse others meanwhile', async () => {
    const { host, call } = await start();
    let finish: () => void = () => undefined;
    host.lifecycle({ onConfigure: () => new Promise((resolve) => (finish = () => resolve('success'))) });
    const first = call('change_state', change('configure'));
    await settle();
    expect(await call('get_state')).toEqual({ current_state: { id: 10, label: 'configuring' } });
    expect(await call('change_state', change('shutdown'))).toEqual({ success: false });
    finish();
    expect(await first).toEqual({ success: true });
  });

  it('do not answer when the node has gone meanwhile', async () => {
    const { host, call } = await start();
    let finish: () => void = () => undefined;
    host.lifecycle({ onConfigure: () => new Promise((resolve) => (finish = () => resolve('success'))) });
    const answers: unknown[] = [];
    void call('change_state', change('configure')).then((answer) => answers.push(answer));
    await settle();
    await bus?.close();
    finish();
    await settle();
    expect(answers).toEqual([]);
  });

  it('keep a bond with a lifecycle manager while the node is active, and leave it with the node', async () => {
    const { host, call, heard, listenRaw } = await start(['--ros-args', '-p', 'bond_heartbeat_period:=0.02']);
    host.lifecycle({});
    listenRaw('bond/msg/Status', '/cell/bond', (bytes) => bondStatusCodec().decode(bytes));
    await call('change_state', change('configure'));
    await settle();
    expect(heard).toEqual([]);
    await call('change_state', change('activate'));
    await until(() => heard.length > 2);
    await call('change_state', change('deactivate'));
    await until(() => heard.some((status) => !(status as BondStatus).active));
    await settle();
    const active = heard.map((status) => (status as BondStatus).active);
    expect(active.indexOf(false)).toBe(active.length - 1);
    expect(heard[0]).toMatchObject({ id: 'tracker', heartbeat_timeout: 4 });
    expect(new Set(heard.map((status) => (status as BondStatus).instance_id)).size).toBe(1);
  });

  it('keep none where the period is 0', async () => {
    const { host, call, heard, listenRaw } = await start(['--ros-args', '-p', 'bond_heartbeat_period:=0']);
    host.lifecycle({});
    listenRaw('bond/msg/Status', '/cell/bond', (bytes) => bondStatusCodec().decode(bytes));
    await call('change_state', change('configure'));
    await call('change_state', change('activate'));
    await settle();
    expect(heard).toEqual([]);
  });
});
