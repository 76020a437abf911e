import { type Check, object, optional, record, refuse, string } from './fields.js';

export type ParameterValue =
  | number
  | boolean
  | string
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };

const PARAMETER_TYPES = ['byte_array', 'float64', 'float64_array'] as const;
/** Values within values, at most: a message must not be able to exhaust the stack. */
const MAX_DEPTH = 16;

const parameterType: Check<(typeof PARAMETER_TYPES)[number]> = (value, where) =>
  PARAMETER_TYPES.find((type) => type === value) ?? refuse(where, PARAMETER_TYPES.join(', '), value);

function valueUpTo(depth: number): Check<ParameterValue> {
  return (value, where) => {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
    if (depth === 0) refuse(where, `values nested ${MAX_DEPTH} deep at most`, 'more');
    const item = valueUpTo(depth - 1);
    if (Array.isArray(value)) return value.map((each, i) => item(each, `${where}[${i}]`));
    const entries = Object.entries(record(value, where));
    return Object.fromEntries(entries.map(([key, each]) => [key, item(each, `${where}.${key}`)]));
  };
}

export interface Parameter {
  readonly name: string;
  /** Absent: the parameter is not set, or is to be unset. A `byte_array` is base64. */
  readonly value?: ParameterValue;
  /** Where the value alone does not say it. */
  readonly type?: (typeof PARAMETER_TYPES)[number];
}

/** @throws VoxhandError `MESSAGE_INVALID` naming the field. */
export const parameter: Check<Parameter> = object({
  name: string,
  value: optional(valueUpTo(MAX_DEPTH)),
  type: optional(parameterType),
});
