import { describe, expect, it, test } from 'vitest';
import type { ParameterValue } from './host.js';
import type { TopicQos } from './qos.js';
import { overriddenQos, qosParameters } from './qos-overrides.js';

const GIVEN: TopicQos = { profile: 'reliable', depth: 10, durability: 'volatile' };
const joints = (overrides: Record<string, ParameterValue>) =>
  overriddenQos('/cell/hand/joints', 'publisher', GIVEN, new Map(Object.entries(overrides)));

describe('qos_overrides', () => {
  it('change the policies that they name, of one end of one topic', () => {
    expect(
      joints({
        'qos_overrides./cell/hand/joints.publisher.reliability': 'best_effort',
        'qos_overrides./cell/hand/joints.publisher.depth': 1,
        'qos_overrides./cell/hand/joints.publisher.history': 'keep_last',
        'qos_overrides./cell/hand/joints.subscription.durability': 'transient_local',
        'qos_overrides./hand/joints.publisher.durability': 'transient_local',
      }),
    ).toEqual({ profile: 'sensor_data', depth: 1, durability: 'volatile' });
  });

  test.each<[string, ParameterValue, RegExp]>([
    ['reliability', 'sure', /expected reliable or best_effort; found "sure"/],
    ['depth', 0, /expected an integer from 1 to 1000; found 0/],
    ['depth', 1.5, /found 1.5/],
    ['history', 'keep_all', /no queue here is without a bound/],
    ['deadline', 100, /rclnodejs passes no other policy to ROS 2; found deadline/],
    ['reliabilty', 'reliable', /found reliabilty.*reliability/],
    ['__proto__', 'reliable', /found __proto__/],
  ])('of %s: %s are refused, and the error says what can be had', (policy, value, text) => {
    const name = `qos_overrides./cell/hand/joints.publisher.${policy}`;
    expect(() => overriddenQos('/cell/hand/joints', 'publisher', GIVEN, new Map([[name, value]]))).toThrow(text);
  });

  it('are parameters under the names that nodes in C++ have for them', () => {
    const qos: TopicQos = { profile: 'sensor_data', depth: 3, durability: 'transient_local' };
    const parameters = qosParameters('/tf', 'subscription', qos);
    expect(Object.fromEntries(parameters.map(({ name, value }) => [name, value]))).toEqual({
      'qos_overrides./tf.subscription.reliability': 'best_effort',
      'qos_overrides./tf.subscription.durability': 'transient_local',
      'qos_overrides./tf.subscription.history': 'keep_last',
      'qos_overrides./tf.subscription.depth': 3,
    });
    const again = new Map(parameters.map(({ name, value }) => [name, value as ParameterValue]));
    expect(overriddenQos('/tf', 'subscription', GIVEN, again)).toEqual(qos);
  });
});
