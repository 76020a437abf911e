import { didYouMean, setValue, type Tree, VoxhandError } from '../errors/index.js';
import { ANY_NAME, type SettingSchema, settingsOf } from '../errors/setting.js';
import { type TrackerConfig, type TrackerSettings, trackerConfig, trackerConfigSchema } from './config.js';

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
  /** `m`, `s`, `Hz`...; absent of counts, shares and scores. */
  readonly unit?: string;
  /** `live`: a running node takes a change between two frames. `fixed`: only an unconfigured one does. */
  readonly change: 'live' | 'fixed';
}

let known: readonly TrackerParameter[] | undefined;

/**
 * Every setting that has one name as a parameter: name, type, default, range and description, read off the one configuration schema. In the
 * schema's order; the same array each time. Settings of cameras that a user names are not among them: see {@link namedSettings}.
 *
 * @example
 * ```ts
 * trackerParameters().find(({ name }) => name === 'heat_maps.min_confidence')?.range; // { from: 0, to: 1 }
 * ```
 */
export function trackerParameters(): readonly TrackerParameter[] {
  known ??= allParameters().filter(({ name }) => !name.includes(ANY_NAME));
  return known;
}

/** The settings of each thing that a user names, with `<name>` in place of the name: `cameras.<name>.depth`. */
export function namedSettings(): readonly TrackerParameter[] {
  return allParameters().filter(({ name }) => name.includes(ANY_NAME));
}

function allParameters(): TrackerParameter[] {
  const defaults = trackerConfigSchema.parse({});
  return settingsOf(trackerConfigSchema).map(([name, path, schema]) => parameterOf(name, path, schema, defaults));
}

/** A setting's value as a parameter. */
export function parameterValue(
  config: TrackerConfig,
  { path, type }: Pick<TrackerParameter, 'path' | 'type'>,
): SettingValue {
  return valueAt(config, path) ?? unset(type);
}

function valueAt(config: TrackerConfig, path: readonly string[]): SettingValue | undefined {
  return path.reduce<unknown>((tree, key) => (tree as Tree | undefined)?.[key], config) as SettingValue | undefined;
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
  const names = trackerParameters().map(({ name }) => name);
  for (const [name, given] of changes) {
    const parameter = trackerParameters().find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      problems.push(`unknown parameter ${name}${didYouMean(name, names)}`);
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
    setValue(settings, parameter.path, parameter.optional && isUnset(value) ? undefined : value);
  }
  if (changes.has('smoothing.preset') && !changes.has('smoothing.stages')) {
    setValue(settings, ['smoothing', 'stages'], undefined); // those of before
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

function parameterOf(
  name: string,
  path: readonly string[],
  schema: SettingSchema,
  defaults: TrackerConfig,
): TrackerParameter {
  const { description = '', unit, runtime } = schema;
  const type = typeOf(schema, name);
  const element = elementOf(schema);
  const choices = element.enum;
  const range = rangeOf(element);
  return {
    name,
    path,
    type,
    default: valueAt(defaults, path) ?? unset(type),
    optional: valueAt(defaults, path) === undefined,
    ...(range && { range }),
    ...(choices && { choices }),
    constraints: constraintsOf(schema),
    description,
    ...(unit !== undefined && { unit }),
    change: runtime === true ? 'live' : 'fixed',
  };
}

/** What an array holds; else the setting itself. */
const elementOf = (schema: SettingSchema) => schema.prefixItems?.[0] ?? (schema.items || schema);

function typeOf(schema: SettingSchema, name: string): SettingType {
  const { type } = elementOf(schema);
  if (schema.type === 'array') {
    if (type === 'number') return 'double_array';
    if (type === 'string') return 'string_array';
  } else {
    if (type === 'boolean') return 'bool';
    if (type === 'number') return 'double';
    if (type === 'integer' || type === 'string') return type;
  }
  throw new VoxhandError('INTERNAL', 'a setting that no parameter can hold', { found: String(type), where: name });
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: SettingSchema): TrackerParameter['range'] {
  const from = minimum ?? exclusiveMinimum;
  return from === undefined || maximum === undefined ? undefined : { from, to: maximum };
}

function constraintsOf({ items, prefixItems, enum: choices, exclusiveMinimum }: SettingSchema): string {
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (prefixItems !== undefined) return 'two numbers, the lower first';
  if (items?.enum !== undefined) return `any of ${items.enum.join(', ')}`;
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
