import { describe, expect, it, test } from 'vitest';
import type { EndpointQos, TopicQos } from './qos.js';
import { DEFAULT_QOS, describeQos, qosConflicts, suitableQos, toRclQos } from './qos.js';

const qos = (profile: TopicQos['profile'], durability: TopicQos['durability'] = 'volatile', depth = 5) =>
  toRclQos({ profile, durability, depth });

describe('quality of service', () => {
  it('has the numbers of rmw/types.h', () => {
    expect(qos('sensor_data')).toMatchObject({ history: 1, depth: 5, reliability: 2, durability: 2 });
    expect(qos('reliable', 'transient_local')).toMatchObject({ reliability: 1, durability: 1 });
  });

  it('is a new object each time, because the library keeps and changes what it gets', () => {
    expect(qos('reliable')).not.toBe(qos('reliable'));
  });

  test.each<[string, EndpointQos, string]>([
    ['ours', qos('sensor_data'), 'best effort, volatile, keep last 5'],
    ['latched', qos('reliable', 'transient_local', 1), 'reliable, transient local, keep last 1'],
    ['as discovery tells it, without history', { ...qos('reliable'), history: 3, depth: 0 }, 'reliable, volatile'],
    ['keeping all', { ...qos('reliable'), history: 2 }, 'reliable, volatile, keep all'],
    [
      'with a deadline',
      { ...qos('reliable'), history: 0, deadline: { seconds: 0n, nanoseconds: 33_000_000 } },
      'reliable, volatile, with a deadline',
    ],
    [
      'with the longest deadline, which is none',
      { ...qos('reliable'), history: 0, deadline: { seconds: 9_223_372_036n, nanoseconds: 854_775_807 } },
      'reliable, volatile',
    ],
    [
      'unknown',
      { ...qos('reliable'), history: 0, reliability: 3, durability: 3 },
      'reliability unknown, durability unknown',
    ],
  ])('is described in words: %s', (_, value, text) => {
    expect(describeQos(value)).toBe(text);
  });

  const deadline = { seconds: 1n, nanoseconds: 0 };
  test.each<[string, EndpointQos, EndpointQos, string[]]>([
    ['the same at both ends', qos('reliable'), qos('reliable'), []],
    ['more than is asked for', qos('reliable', 'transient_local'), qos('sensor_data'), []],
    ['best effort where reliable is asked for', qos('sensor_data'), qos('reliable'), ['reliability']],
    ['volatile where latched is asked for', qos('reliable'), qos('reliable', 'transient_local'), ['durability']],
    ['both', qos('sensor_data'), qos('reliable', 'transient_local'), ['reliability', 'durability']],
    ['no deadline where one is asked for', qos('reliable'), { ...qos('reliable'), deadline }, ['deadline']],
    ['a deadline that nobody asks for', { ...qos('reliable'), deadline }, qos('reliable'), []],
    [
      'automatic liveliness where manual is asked for',
      qos('reliable'),
      { ...qos('reliable'), liveliness: 3 },
      ['liveliness'],
    ],
  ])('matches or not by the rule of DDS: %s', (_, offered, requested, policies) => {
    expect(qosConflicts(offered, requested).map(({ policy }) => policy)).toEqual(policies);
  });

  const [best, reliable, latched] = [qos('sensor_data'), qos('reliable'), qos('reliable', 'transient_local')];
  const kept: TopicQos = { profile: 'sensor_data', depth: 3, durability: 'volatile' };
  test.each<[string, EndpointQos[], TopicQos | undefined, string]>([
    ['nobody', [], undefined, 'sensor_data volatile 10'],
    ['nobody any more', [], kept, 'sensor_data volatile 3'],
    ['best effort', [best], undefined, 'sensor_data volatile 10'],
    ['reliable', [reliable], undefined, 'reliable volatile 10'],
    ['both', [reliable, best], undefined, 'sensor_data volatile 10'],
    ['latched', [latched, latched], undefined, 'reliable transient_local 100'],
    ['latched and not', [latched, reliable], undefined, 'reliable volatile 10'],
    ['reliable, when best effort has worked', [reliable], kept, 'sensor_data volatile 3'],
    ['latched, when volatile has worked', [latched], kept, 'reliable transient_local 100'],
    ['best effort, when reliable was asked for', [best], { ...kept, profile: 'reliable' }, 'sensor_data volatile 10'],
  ])('suits publishers that are %s', (_, offers, present, expected) => {
    const { profile, durability, depth } = suitableQos(offers, present);
    expect(`${profile} ${durability} ${depth}`).toBe(expected);
  });

  it('takes what any publisher sends and suits any subscriber when nothing is said', () => {
    const [input, output] = [toRclQos(DEFAULT_QOS.input), toRclQos(DEFAULT_QOS.output)];
    for (const other of [qos('sensor_data'), qos('reliable'), qos('reliable', 'transient_local')]) {
      expect(qosConflicts(other, input)).toEqual([]);
    }
    for (const other of [qos('sensor_data'), qos('reliable')]) expect(qosConflicts(output, other)).toEqual([]);
  });
});
