import { afterEach, describe, expect, it } from 'vitest';
import { toValueMessage } from '../../src/transport/ros2/parameter-messages.js';
import { type Ros2Bus, ros2Bus } from '../../src/transport/ros2/ros2-bus.js';
import { noRos2, startPeer, start as startProcess, stop, stopChildren, until } from '../helpers/real-ros2.js';
import { slowness } from '../helpers/slowness.js';

let bus: Ros2Bus | undefined;
afterEach(async () => {
  await bus?.close();
  bus = undefined;
  await stopChildren();
});

async function start(rosArguments: string[] = []) {
  const opened = await ros2Bus({ node: 'tracker', namespace: '/cell', rosArguments });
  bus = opened;
  const errors: string[] = [];
  opened.onEvent(({ kind, text }) => kind === 'callback-error' && errors.push(text));
  const peer = await startPeer();
  const call = (type: string, name: string, request: object = {}) =>
    peer.ask<Record<string, never>>('call', { type, service: `/cell/tracker/${name}`, request });
  return { host: opened.host, call, errors };
}

const INTERFACES = 'rcl_interfaces/srv';
const LIFECYCLE = 'lifecycle_msgs/srv';

describe.skipIf(noRos2 !== undefined)('a node on a real ROS 2', () => {
  it('serves its parameters with all types, ranges and refusals', async () => {
    const { host, call, errors } = await start(['--ros-args', '-p', 'ints:=[7, 8]']);
    host.declareParameters(
      [
        { name: 'confidence', type: 'double', value: 0.4, range: { from: 0, to: 1 }, description: 'How sure.' },
        { name: 'queue', type: 'integer', value: 5, range: { from: 1, to: 9 } },
        { name: 'model', type: 'string', value: 'compact', readOnly: true },
        { name: 'ints', type: 'integer_array', value: [1] },
        { name: 'zone', type: 'double_array', value: [0.2, 1] },
        { name: 'names', type: 'string_array', value: ['a'] },
        { name: 'flags', type: 'bool_array', value: [true, false] },
        { name: 'optional', type: 'double_array', value: undefined },
      ],
      () => ({ ok: true }),
    );
    const list = await call(`${INTERFACES}/ListParameters`, 'list_parameters', { prefixes: [], depth: 0n });
    expect(list.result).toMatchObject({ names: expect.arrayContaining(['use_sim_time', 'confidence', 'zone']) });
    const wrong = { ...toValueMessage('integer', 1), type: 42 };
    const set = await call(`${INTERFACES}/SetParameters`, 'set_parameters', {
      parameters: [
        { name: 'confidence', value: toValueMessage('double', 0.75) },
        { name: 'confidence', value: toValueMessage('double', 7) },
        { name: 'queue', value: toValueMessage('integer', 9) },
        { name: 'zone', value: toValueMessage('double_array', [0.5, 1.5]) },
        { name: 'names', value: toValueMessage('string_array', ['b', 'c']) },
        { name: 'flags', value: toValueMessage('bool_array', [false]) },
        { name: 'model', value: toValueMessage('string', 'v2v') },
        { name: 'queue', value: wrong },
        { name: '', value: wrong },
      ],
    });
    const results = set.results as { successful: boolean; reason: string }[];
    expect(results.map(({ successful }) => successful)).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(results[1].reason).toBe('confidence: expected a double from 0 to 1, found 7');
    const values = ['confidence', 'queue', 'zone', 'names', 'flags', 'ints', 'optional'].map((name) =>
      host.parameter(name),
    );
    expect(values).toEqual([0.75, 9, [0.5, 1.5], ['b', 'c'], [false], [7, 8], undefined]);
    const got = await call(`${INTERFACES}/GetParameters`, 'get_parameters', { names: ['queue', 'zone', 'optional'] });
    expect(got.values).toMatchObject([{ type: 2, integer_value: 9n }, { type: 8 }, { type: 0 }]);
    const described = await call(`${INTERFACES}/DescribeParameters`, 'describe_parameters', {
      names: ['confidence', 'queue'],
    });
    expect(described.descriptors).toMatchObject([
      { description: 'How sure.', floating_point_range: [{ from_value: 0, to_value: 1 }] },
      { integer_range: [{ from_value: 1n, to_value: 9n }] },
    ]);
    expect(errors).toEqual([]);
  });

  it('has a life cycle that no request can end', async () => {
    const { host, call, errors } = await start();
    const lifecycle = host.lifecycle({
      onConfigure: () => new Promise((resolve) => setTimeout(() => resolve('success'), 300)),
      onActivate: () => {
        throw new Error('no camera');
      },
      onError: () => 'success',
    });
    const change = async (id: number, label = '') =>
      (await call(`${LIFECYCLE}/ChangeState`, 'change_state', { transition: { id, label } })).success;
    for (const hostile of [0, 2, 3, 4, 6, 7, 8, 10, 60, 99, 255]) expect(await change(hostile)).toBe(false);
    for (const label of ['activate', 'destroy', 'transition_success', 'x'.repeat(1000)])
      expect(await change(0, label)).toBe(false);
    const configuring = change(1);
    await until(() => lifecycle.state === 'configuring');
    expect(await change(5)).toBe(false);
    expect(await configuring).toBe(true);
    expect(await change(0, 'activate')).toBe(false);
    expect(lifecycle.state).toBe('unconfigured');
    expect(await call(`${LIFECYCLE}/GetState`, 'get_state')).toEqual({
      current_state: { id: 1, label: 'unconfigured' },
    });
    const states = await call(`${LIFECYCLE}/GetAvailableStates`, 'get_available_states');
    expect(states.available_states).toHaveLength(11);
    expect(errors).toEqual([]);
  });

  it('answers triggers, with what they throw too', async () => {
    const { host, call } = await start();
    host.trigger('~/reset', async () => 'forgotten');
    host.trigger('~/pause', () => {
      throw new Error('not running');
    });
    expect(await call('std_srvs/srv/Trigger', 'reset')).toEqual({ success: true, message: 'forgotten' });
    expect(await call('std_srvs/srv/Trigger', 'pause')).toEqual({ success: false, message: 'not running' });
  });

  it('can be opened and closed again and again, whatever is under way', async () => {
    for (let i = 0; i < 5; i++) {
      const { host } = await start();
      const loop = bus?.subscribe()[Symbol.asyncIterator]();
      const pending = loop?.next();
      void host.lifecycle({ onConfigure: () => new Promise(() => undefined) }).change('configure');
      await bus?.close();
      await pending;
      await stopChildren();
    }
  });
});

describe.skipIf(noRos2 !== undefined)('a process with a node', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends by %s within 2 s and is off the graph at once', async (signal) => {
    const watcher = await ros2Bus({ node: 'watcher' });
    bus = watcher;
    const child = await startProcess('ros2-listener.mjs', {});
    const there = () => watcher.topics().some(({ topic }) => topic === '/listener/out');
    await until(there);
    const begin = performance.now();
    expect(await stop(child, signal)).toBe(0);
    expect(performance.now() - begin).toBeLessThan(2000 * slowness());
    await until(() => !there(), 2000);
  });
});
