import { VoxhandError } from '../../../errors/index.js';

/** The pieces that messages of either side are checked with. Each throws VoxhandError `MESSAGE_INVALID` naming the field. */

export type Fields = Readonly<Record<string, unknown>>;

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
export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('text message', 'JSON', text);
  }
  return record(value, 'text message');
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown, where: string): Fields {
  return isRecord(value) ? value : refuse(where, 'an object', value);
}

/** JSON has two ways to leave something out. */
export function nothing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

export function text(value: unknown, where: string): string {
  return typeof value === 'string' ? value : refuse(where, 'a string', value);
}

export function optionalText(value: unknown, where: string): string | undefined {
  return nothing(value) ? undefined : text(value, where);
}

export function string(value: unknown, where: string): string {
  const name = text(value, where);
  return name.length <= MAX_NAME ? name : refuse(where, `${MAX_NAME} characters at most`, `${name.length}`);
}

export function optionalString(value: unknown, where: string): string | undefined {
  return nothing(value) ? undefined : string(value, where);
}

export function uint32(value: unknown, where: string): number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
    ? (value as number)
    : refuse(where, 'an integer of 32 bits, not negative', value);
}

/** Channels of the SDK are numbered with more than 32 bits. */
export function channelNumber(value: unknown, where: string): number {
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(where, 'an integer, not negative', value);
}

export function oneOf<T extends string>(names: readonly T[], index: number, where: string): T {
  return names[index] ?? refuse(where, names.map((name, i) => `${i} (${name})`).join(', '), index);
}

export function list<T>(value: unknown, where: string, item: (value: unknown, where: string) => T): T[] {
  if (!Array.isArray(value)) return refuse(where, 'a list', value);
  return value.map((entry, i) => item(entry, `${where}[${i}]`));
}

export function strings(value: unknown, where: string): string[] {
  return list(value, where, string);
}

/** A value for an error text: short, and harmless however it was made. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
