import { describe, expect, it, test } from 'vitest';
import type { ParameterDescriptor, ParameterType, ParameterValue, SetResult } from './host.js';
import { fromValueMessage, toDescriptorMessage, toValueMessage } from './parameter-messages.js';
import { checkValue, Parameters } from './parameters.js';

const DESCRIPTORS: ParameterDescriptor[] = [
  { name: 'heat_maps.min_confidence', type: 'double', value: 0.4, range: { from: 0, to: 1 } },
  { name: 'inference.model', type: 'string', value: 'compact', readOnly: true },
  { name: 'queue_size', type: 'integer', value: 64, range: { from: 1, to: 10_000 } },
  { name: 'reference.zone.z', type: 'double_array', value: [0.2, 1] },
  { name: 'reference.zone.x', type: 'double_array', value: undefined },
];

function declared(onSet: () => SetResult = () => ({ ok: true }), overrides?: [string, ParameterValue][]) {
  const parameters = new Parameters(new Map(overrides));
  parameters.declare(DESCRIPTORS, onSet);
  return parameters;
}

describe('parameters', () => {
  it('have the declared values, or the overrides in their place', () => {
    const parameters = declared(undefined, [
      ['queue_size', 3],
      ['reference.zone.x', [-1, 1]],
    ]);
    expect(parameters.get('heat_maps.min_confidence')).toBe(0.4);
    expect(parameters.get('queue_size')).toBe(3);
    expect(parameters.get('reference.zone.x')).toEqual([-1, 1]);
    expect(declared().get('reference.zone.x')).toBeUndefined();
  });

  it('know which overrides nobody declares', () => {
    expect(declared(undefined, [['queue_sice', 3]]).undeclaredOverrides()).toEqual(['queue_sice']);
  });

  it('refuse all overrides that are not allowed in one error, and declare nothing', () => {
    const parameters = new Parameters(
      new Map<string, ParameterValue>([
        ['queue_size', 0],
        ['heat_maps.min_confidence', 'high'],
      ]),
    );
    expect(() => parameters.declare(DESCRIPTORS, () => ({ ok: true }))).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/min_confidence.*queue_size/s),
      }),
    );
    expect(parameters.names()).toEqual([]);
  });

  it('change when nobody refuses, and only then', () => {
    const asked: unknown[] = [];
    let answer: { ok: boolean; reason?: string } = { ok: true };
    const parameters = declared((...changes: unknown[]) => {
      asked.push(changes[0]);
      return answer;
    });
    expect(parameters.set(new Map([['queue_size', 5]]))).toEqual({ ok: true });
    expect(parameters.get('queue_size')).toBe(5);
    answer = { ok: false, reason: 'not while recording' };
    expect(parameters.set(new Map([['queue_size', 6]]))).toEqual(answer);
    expect(parameters.get('queue_size')).toBe(5);
    expect(asked).toEqual([new Map([['queue_size', 5]]), new Map([['queue_size', 6]])]);
  });

  it('take over what changed beside what was asked for, and say so', () => {
    const also = new Map([['reference.zone.x', [-1, 1]]]);
    const parameters = declared(() => ({ ok: true, also }));
    expect(parameters.set(new Map([['queue_size', 5]]))).toEqual({ ok: true, also });
    expect(parameters.get('reference.zone.x')).toEqual([-1, 1]);
  });

  it('take a throw for a refusal', () => {
    const parameters = declared(() => {
      throw new Error('no such model');
    });
    expect(parameters.set(new Map([['queue_size', 5]]))).toEqual({ ok: false, reason: 'no such model' });
  });

  test.each<[string, [string, ParameterValue | undefined][], RegExp]>([
    ['unknown', [['min_confidence', 1]], /no parameter min_confidence; did you mean heat_maps.min_confidence/],
    ['read only', [['inference.model', 'v2v']], /at start only/],
    ['of another type', [['queue_size', 'many']], /queue_size: expected an integer from 1 to 10000, found "many"/],
    ['a fraction', [['queue_size', 1.5]], /expected an integer/],
    ['below the range', [['heat_maps.min_confidence', -0.1]], /a double from 0 to 1, found -0.1/],
    ['above the range', [['heat_maps.min_confidence', 1.1]], /found 1.1/],
    ['not a number', [['heat_maps.min_confidence', Number.NaN]], /expected a double from 0 to 1/],
    ['an array for a scalar', [['queue_size', [1]]], /expected an integer/],
    ['a scalar for an array', [['reference.zone.z', 1]], /an array of doubles/],
    [
      'right, together with a wrong one',
      [
        ['queue_size', 5],
        ['heat_maps.min_confidence', 9],
      ],
      /min_confidence/,
    ],
  ])('refuse a change to one that is %s, and keep the old value', (_, changes, reason) => {
    const parameters = declared();
    expect(parameters.set(new Map(changes))).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    expect(parameters.get('queue_size')).toBe(64);
    expect(parameters.get('heat_maps.min_confidence')).toBe(0.4);
  });

  it('take integers for doubles and empty arrays for any, as ROS 2 tools send them', () => {
    expect(checkValue(DESCRIPTORS[0], 1)).toEqual({ value: 1 });
    expect(checkValue({ name: 'a', type: 'string_array' }, [])).toEqual({ value: [] });
  });

  it('can be taken away', () => {
    const parameters = declared(undefined, [['reference.zone.x', [0, 1]]]);
    expect(parameters.set(new Map([['reference.zone.x', undefined]]))).toEqual({ ok: true });
    expect(parameters.get('reference.zone.x')).toBeUndefined();
  });
});

describe('parameter messages', () => {
  test.each<[ParameterType, ParameterValue | undefined]>([
    ['bool', true],
    ['integer', -7],
    ['integer', Number.MAX_SAFE_INTEGER],
    ['double', 0.25],
    ['double', 3],
    ['string', 'compact'],
    ['bool_array', [true, false]],
    ['integer_array', [1, -2]],
    ['double_array', [0.5, 2]],
    ['string_array', ['a', '']],
    ['double_array', []],
    ['double', undefined],
  ])('hold %s %s', (type, value) => {
    expect(fromValueMessage(toValueMessage(type, value))).toEqual(value);
  });

  it('have 64-bit integers as bigint', () => {
    expect(toValueMessage('integer', 5).integer_value).toBe(5n);
    expect(toValueMessage('integer_array', [5]).integer_array_value).toEqual([5n]);
    const { integer_range } = toDescriptorMessage('queue_size', DESCRIPTORS[2]);
    expect(integer_range).toEqual([{ from_value: 1n, to_value: 10_000n, step: 0n }]);
  });

  it('read typed arrays, as rclnodejs gives them', () => {
    const message = { ...toValueMessage('double_array', []), double_array_value: Float64Array.of(1, 2) };
    expect(fromValueMessage(message)).toEqual([1, 2]);
    const integers = { ...toValueMessage('integer_array', []), integer_array_value: BigInt64Array.of(3n) };
    expect(fromValueMessage(integers)).toEqual([3]);
  });

  it('refuse types that are none, and integers beyond 53 bits', () => {
    expect(() => fromValueMessage({ ...toValueMessage('bool', true), type: 42 })).toThrow(/type 42/);
    const large = { ...toValueMessage('integer', 1), integer_value: 2n ** 60n };
    expect(() => fromValueMessage(large)).toThrow(/53 bits/);
  });

  it('clamp endless ranges of integers', () => {
    const { integer_range } = toDescriptorMessage('n', {
      name: 'n',
      type: 'integer',
      value: 1,
      range: { from: 0.5, to: Number.POSITIVE_INFINITY },
    });
    expect(integer_range).toEqual([{ from_value: 1n, to_value: BigInt(Number.MAX_SAFE_INTEGER), step: 0n }]);
  });
});
