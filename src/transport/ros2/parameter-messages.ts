import type { ParameterDescriptor, ParameterType, ParameterValue } from './host.js';

/** Values and descriptors as `rcl_interfaces` has them, both ways. Field names and type numbers are theirs. */

export const TYPE_NUMBERS: Readonly<Record<ParameterType, number>> = {
  bool: 1,
  integer: 2,
  double: 3,
  string: 4,
  bool_array: 6,
  integer_array: 7,
  double_array: 8,
  string_array: 9,
};
const BYTE_ARRAY = 5;

/** `rcl_interfaces/msg/ParameterValue`; 64-bit integers are bigint. */
export interface ParameterValueMessage {
  readonly type: number;
  readonly bool_value: boolean;
  readonly integer_value: bigint;
  readonly double_value: number;
  readonly string_value: string;
  readonly byte_array_value: ArrayLike<number>;
  readonly bool_array_value: ArrayLike<boolean>;
  readonly integer_array_value: ArrayLike<bigint>;
  readonly double_array_value: ArrayLike<number>;
  readonly string_array_value: ArrayLike<string>;
}

const NOTHING: ParameterValueMessage = {
  type: 0,
  bool_value: false,
  integer_value: 0n,
  double_value: 0,
  string_value: '',
  byte_array_value: [],
  bool_array_value: [],
  integer_array_value: [],
  double_array_value: [],
  string_array_value: [],
};

/** @param type of the declared parameter, because a number does not say whether it is a double. */
export function toValueMessage(type: ParameterType, value: ParameterValue | undefined): ParameterValueMessage {
  if (value === undefined) return { ...NOTHING };
  const sent =
    type === 'integer'
      ? BigInt(value as number)
      : type === 'integer_array'
        ? (value as readonly number[]).map(BigInt)
        : Array.isArray(value)
          ? [...value]
          : value;
  return { ...NOTHING, type: TYPE_NUMBERS[type], [`${type}_value`]: sent };
}

/**
 * @returns undefined for a value that is not set.
 * @throws Error for a type that no parameter of ours has, and for an integer beyond 53 bits.
 */
export function fromValueMessage(message: ParameterValueMessage): ParameterValue | undefined {
  if (message.type === 0) return undefined;
  if (message.type === BYTE_ARRAY) return [...Array.from(message.byte_array_value, Number)];
  const type = (Object.keys(TYPE_NUMBERS) as ParameterType[]).find((name) => TYPE_NUMBERS[name] === message.type);
  if (type === undefined) throw new Error(`parameter type ${message.type} is none of ROS 2's`);
  const value = message[`${type}_value`];
  if (type === 'integer') return safe(value as bigint);
  if (type === 'integer_array') return Array.from(value as ArrayLike<bigint>, safe);
  return (typeof value === 'object' ? Array.from(value as ArrayLike<unknown>) : value) as ParameterValue;
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`integer ${value} is beyond 53 bits`);
  return number;
}

/** `rcl_interfaces/msg/ParameterDescriptor`; of an unknown parameter, its name and type 0. */
export function toDescriptorMessage(name: string, descriptor: ParameterDescriptor | undefined) {
  const { type, description = '', constraints = '', readOnly = false, range } = descriptor ?? {};
  const isInteger = type === 'integer' || type === 'integer_array';
  return {
    name,
    type: type === undefined ? 0 : TYPE_NUMBERS[type],
    description,
    additional_constraints: constraints,
    read_only: readOnly,
    dynamic_typing: false,
    floating_point_range:
      range === undefined || isInteger ? [] : [{ from_value: range.from, to_value: range.to, step: 0 }],
    integer_range:
      range === undefined || !isInteger
        ? []
        : [{ from_value: integer(Math.ceil(range.from)), to_value: integer(Math.floor(range.to)), step: 0n }],
  };
}

function integer(value: number): bigint {
  return BigInt(Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value)));
}
