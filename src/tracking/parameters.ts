import { z } from 'zod';
import { toFileKey, VoxhandError } from '../errors/index.js';
import { type TrackerConfig, type TrackerSettings, trackerConfig, trackerConfigSchema } from './config.js';
import { noteOf } from './parameter-notes.js';

/** What a setting can hold, as ROS 2 parameters can. */
export type SettingValue = boolean | number | string | readonly number[] | readonly string[];
export type SettingType = 'bool' | 'integer' | 'double' | 'string' | 'double_array' | 'string_array';

/** One leaf of the configuration, as a parameter of a node. */
export interface TrackerParameter {
  /** `heat_maps.min_confidence` */
  readonly name: string;
  /** Its place in a `TrackerConfig`: `['heatMaps', 'minConfidence']`. */
  readonly path: readonly string[];
  readonly type: SettingType;
  /** Value where nothing else is said. A setting that is not set is `''`, `[]` or `0`, none of which it can be set to. */
  readonly default: SettingValue;
  /** May be left unset. */
  readonly optional: boolean;
  /** Inclusive, for numbers and arrays of numbers; see `constraints` for bounds that are not. */
  readonly range?: { readonly from: number; readonly to: number };
  readonly choices?: readonly string[];
  /** What is allowed, in words; empty where the type says it all. */
  readonly constraints: string;
  readonly description: string;
  /** `live`: a running node takes a change between two frames. `fixed`: only an unconfigured one does. */
  readonly change: 'live' | 'fixed';
}

/** The parts of a JSON schema that settings use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly default?: SettingValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

let known: readonly TrackerParameter[] | undefined;

/**
 * Every setting as a parameter: name, type, default, range and description, read off the one configuration schema. In the
 * schema's order; the same array each time.
 *
 * @example
 * ```ts
 * trackerParameters().find(({ name }) => name === 'heat_maps.min_confidence')?.range; // { from: 0, to: 1 }
 * ```
 */
export function trackerParameters(): readonly TrackerParameter[] {
  known ??= leavesOf(z.toJSONSchema(trackerConfigSchema, { io: 'input' }) as Schema, []);
  return known;
}

/** A setting's value as a parameter. */
export function parameterValue(config: TrackerConfig, { path, type }: TrackerParameter): SettingValue {
  const value = path.reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], config);
  return (value as SettingValue | undefined) ?? unset(type);
}

/**
 * The configuration with some parameters changed, all of them or, where anything is wrong with one, none.
 *
 * Whole numbers may come as bigint and arrays as typed arrays, as ROS 2 has them.
 *
 * @param changes new values by parameter name; undefined, or what the parameter's `default` calls not set, unsets an optional one.
 * @param allowed says whether a parameter may be changed now; all may by default.
 * @returns a new configuration; the one given in stays as it is.
 * @throws VoxhandError `CONFIG_INVALID` that names each parameter that is unknown, fixed or out of range, and why.
 */
export function changeParameters(
  config: TrackerConfig,
  changes: ReadonlyMap<string, unknown>,
  allowed: (parameter: TrackerParameter) => boolean = () => true,
): TrackerConfig {
  const settings = structuredClone(config) as unknown as Tree;
  const problems: string[] = [];
  for (const [name, given] of changes) {
    const parameter = trackerParameters().find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      problems.push(`unknown parameter ${name}`);
      continue;
    }
    const value = plain(given);
    if (same(value ?? unset(parameter.type), parameterValue(config, parameter))) continue;
    if (!allowed(parameter)) {
      problems.push(
        `${name}: cannot be changed while the node is configured; clean it up first, or restart with the new value`,
      );
    }
    if (value === undefined && !parameter.optional) problems.push(`${name}: must be set`);
    place(settings, parameter.path, parameter.optional && isUnset(value) ? undefined : value);
  }
  if (problems.length > 0) throw new VoxhandError('CONFIG_INVALID', problems.join('; '), { where: 'parameters' });
  return trackerConfig(settings as TrackerSettings, 'parameters');
}

/** The names of the parameters in which two configurations differ. */
export function changedParameters(before: TrackerConfig, after: TrackerConfig): string[] {
  return trackerParameters()
    .filter((parameter) => !same(parameterValue(before, parameter), parameterValue(after, parameter)))
    .map(({ name }) => name);
}

type Tree = { [key: string]: unknown };

function leavesOf(schema: Schema, path: readonly string[]): TrackerParameter[] {
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  }
  const name = path.map((key) => toFileKey(key)).join('.');
  const note = noteOf(name);
  const type = typeOf(schema, name);
  const { items, default: fallback } = schema;
  const choices = (items ?? schema).enum;
  const range = rangeOf(items ?? schema);
  return [
    {
      name,
      path,
      type,
      default: fallback ?? unset(type),
      optional: fallback === undefined,
      ...(range && { range }),
      ...(choices && { choices }),
      constraints: constraintsOf(schema),
      description: note?.text ?? '',
      change: note?.change ?? 'fixed',
    },
  ];
}

function typeOf({ type, items }: Schema, name: string): SettingType {
  switch (type) {
    case 'boolean':
      return 'bool';
    case 'integer':
      return 'integer';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    case 'array':
      if (items?.type === 'number') return 'double_array';
      if (items?.type === 'string') return 'string_array';
  }
  throw new VoxhandError('INTERNAL', 'a setting that no parameter can hold', { found: String(type), where: name });
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): TrackerParameter['range'] {
  const from = minimum ?? exclusiveMinimum;
  return from === undefined || maximum === undefined ? undefined : { from, to: maximum };
}

function constraintsOf({ items, enum: choices, exclusiveMinimum, minItems, maxItems }: Schema): string {
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (items?.enum !== undefined) return `any of ${items.enum.join(', ')}`;
  if (minItems === 2 && maxItems === 2) return 'two numbers, the lower first';
  return exclusiveMinimum === undefined ? '' : `greater than ${exclusiveMinimum}`;
}

function unset(type: SettingType): SettingValue {
  if (type.endsWith('_array')) return [];
  return type === 'string' ? '' : type === 'bool' ? false : 0;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
}

/** Numbers for bigints, arrays for typed arrays. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    return Array.from(value as unknown as Iterable<unknown>, plain);
  }
  return value;
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => value === b[i]);
  return a === b;
}

function place(settings: Tree, path: readonly string[], value: unknown): void {
  let tree = settings;
  for (const key of path.slice(0, -1)) tree = tree[key] as Tree;
  const key = path[path.length - 1];
  if (value === undefined) delete tree[key];
  else tree[key] = value;
}
