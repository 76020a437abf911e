import { VoxhandError } from '../../../errors/index.js';

/**
 * What messages of either side are checked with: the value as what it is, or VoxhandError `MESSAGE_INVALID` naming the field. The types of
 * the messages follow from their checks.
 */
export type Check<T> = (value: unknown, where: string) => T;

/** What a check, or a binary field or layout, gives. */
export type Of<E> = E extends Check<infer T> ? T : E extends { read(...given: never[]): infer T } ? T : never;

type OptionalKeys<F> = { [K in keyof F]: undefined extends Of<F[K]> ? K : never }[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** The object with these fields; those that may be undefined may be left out. */
export type Shape<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: Of<F[K]> } & {
    [K in OptionalKeys<F>]?: Exclude<Of<F[K]>, undefined>;
  }
>;

/** The messages that a table describes, each named by its `op`. */
export type MessageOf<Table> = {
  [Op in keyof Table]: Of<Table[Op]> extends infer T ? (T extends unknown ? Flat<{ op: Op } & T> : never) : never;
}[keyof Table];

/** A name, a topic, an id: longer ones are refused. Schemas and texts are not bound by it. */
const MAX_NAME = 4096;

export function refuse(where: string, expected: string, found: unknown): never {
  throw new VoxhandError('MESSAGE_INVALID', 'not a message of the Foxglove protocol', {
    expected,
    found: shown(found),
    where,
  });
}

/** A JSON object, from text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('text message', 'JSON', text);
  }
  return record(value, 'text message');
}

export const record: Check<Readonly<Record<string, unknown>>> = (value, where) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(where, 'an object', value);

export const text: Check<string> = (value, where) =>
  typeof value === 'string' ? value : refuse(where, 'a string', value);

export const string: Check<string> = (value, where) => {
  const { length } = text(value, where);
  return length <= MAX_NAME ? (value as string) : refuse(where, `${MAX_NAME} characters at most`, `${length}`);
};

export const uint32: Check<number> = (value, where) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
    ? (value as number)
    : refuse(where, 'an integer of 32 bits, not negative', value);

/** Channels of the SDK are numbered with more than 32 bits. */
export const channelNumber: Check<number> = (value, where) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(where, 'an integer, not negative', value);

/** One of these names, by its number on the wire. */
export function oneOf<T extends string>(names: readonly T[]): Check<T> {
  return (value, where) =>
    names[uint32(value, where)] ?? refuse(where, names.map((name, i) => `${i} (${name})`).join(', '), value);
}

/** JSON has two ways to leave something out. */
export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, where) => (value === undefined || value === null ? undefined : check(value, where));
}

export function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value, where) =>
    Array.isArray(value) ? value.map((entry, i) => item(entry, `${where}[${i}]`)) : refuse(where, 'a list', value);
}

/** These fields, and nothing else that the object may hold. */
export function object<F extends Readonly<Record<string, Check<unknown>>>>(fields: F): Check<Shape<F>> {
  return (value, where) => {
    const given = record(value, where);
    const checked = Object.entries(fields).map(([name, check]) => [name, check(given[name], `${where}.${name}`)]);
    return Object.fromEntries(checked.filter(([, found]) => found !== undefined)) as Shape<F>;
  };
}

/** A value for an error text: short, and harmless however it was made. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
