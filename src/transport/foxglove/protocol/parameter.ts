import { isRecord, nothing, optionalString, record, refuse, string } from './fields.js';

export type ParameterValue =
  | number
  | boolean
  | string
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };

export const PARAMETER_TYPES = ['byte_array', 'float64', 'float64_array'] as const;

export interface Parameter {
  readonly name: string;
  /** Absent: the parameter is not set, or is to be unset. A `byte_array` is base64. */
  readonly value?: ParameterValue;
  /** Where the value alone does not say it. */
  readonly type?: (typeof PARAMETER_TYPES)[number];
}

/** Values within values, at most: a message must not be able to exhaust the stack. */
const MAX_DEPTH = 16;

/** @throws VoxhandError `MESSAGE_INVALID` naming the field. */
export function parseParameter(value: unknown, where: string): Parameter {
  const { name, value: content, type } = record(value, where);
  const known = optionalString(type, `${where}.type`);
  if (known !== undefined && !(PARAMETER_TYPES as readonly string[]).includes(known)) {
    refuse(`${where}.type`, PARAMETER_TYPES.join(', '), known);
  }
  return {
    name: string(name, `${where}.name`),
    ...(!nothing(content) && { value: parameterValue(content, `${where}.value`, MAX_DEPTH) }),
    ...(known !== undefined && { type: known as NonNullable<Parameter['type']> }),
  };
}

function parameterValue(value: unknown, where: string, depth: number): ParameterValue {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (depth === 0) refuse(where, `values nested ${MAX_DEPTH} deep at most`, 'more');
  if (Array.isArray(value)) return value.map((item, i) => parameterValue(item, `${where}[${i}]`, depth - 1));
  if (!isRecord(value)) refuse(where, 'a parameter value', value);
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([key, item]) => [key, parameterValue(item, `${where}.${key}`, depth - 1)]));
}
