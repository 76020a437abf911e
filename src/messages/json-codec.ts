import type { FrameTransform, ImageAnnotations, SceneUpdate } from '@foxglove/schemas';
import * as foxgloveSchemas from '@foxglove/schemas/jsonschema.js';
import { VoxhandError } from '../errors/index.js';
import { fromBase64, toBase64 } from './base64.js';
import type { Codec } from './codec.js';

/** Message types by schema name. The other foxglove schemas are known to the codec too, untyped. */
export interface FoxgloveMessages {
  'foxglove.SceneUpdate': SceneUpdate;
  'foxglove.FrameTransform': FrameTransform;
  'foxglove.ImageAnnotations': ImageAnnotations;
}

const PREFIX = 'foxglove.';
const known = new Map<string, Codec<unknown>>();

/**
 * The codec of a foxglove message: JSON, with its JSON schema. Binary fields (`data` of a RawImage) are `Uint8Array`
 * on our side and base64 in JSON.
 *
 * @param schemaName `foxglove.SceneUpdate` and the like.
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a name that foxglove has no schema for.
 */
export function jsonCodec<Name extends keyof FoxgloveMessages>(schemaName: Name): Codec<FoxgloveMessages[Name]>;
export function jsonCodec(schemaName: string): Codec<unknown>;
export function jsonCodec(schemaName: string): Codec<unknown> {
  let codec = known.get(schemaName);
  if (codec === undefined) {
    const name = schemaName.startsWith(PREFIX) ? schemaName.slice(PREFIX.length) : '';
    const schema =
      name !== 'default' && Object.hasOwn(foxgloveSchemas, name)
        ? (foxgloveSchemas as unknown as Record<string, JsonSchema>)[name]
        : undefined;
    if (schema === undefined) {
      throw new VoxhandError('SCHEMA_UNSUPPORTED', 'no such foxglove schema', { found: JSON.stringify(schemaName) });
    }
    codec = codecOf(schemaName, schema, JSON.stringify(schema));
    known.set(schemaName, codec);
  }
  return codec;
}

/**
 * The codec of JSON messages by the JSON schema that came with them; an empty text is a channel without schema, of
 * which any JSON object is a message.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a text that is no JSON object.
 */
export function jsonCodecFromText(schemaName: string, text: string): Codec<unknown> {
  let schema: unknown = {};
  try {
    if (text !== '') schema = JSON.parse(text);
  } catch (cause) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'this JSON schema does not parse', { where: schemaName, cause });
  }
  if (typeof schema !== 'object' || schema === null) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'this JSON schema is no object', { where: schemaName });
  }
  return codecOf(schemaName, schema, text);
}

function codecOf(schemaName: string, schema: JsonSchema, text: string): Codec<unknown> {
  const binary = Object.keys(schema.properties ?? {}).filter(
    (key) => schema.properties?.[key]?.contentEncoding === 'base64',
  );
  const orInvalid = <T>(action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      if (cause instanceof VoxhandError) throw cause;
      throw new VoxhandError('MESSAGE_INVALID', (cause as Error).message, { where: schemaName, cause });
    }
  };
  return {
    schemaName,
    schemaEncoding: text === '' ? '' : 'jsonschema',
    schemaData: new TextEncoder().encode(text),
    messageEncoding: 'json',
    encode: (message) =>
      orInvalid(() => {
        const plain = mapFields(message, binary, (value) => (value instanceof Uint8Array ? toBase64(value) : value));
        checkJson(schema, plain, schemaName);
        return new TextEncoder().encode(JSON.stringify(plain));
      }),
    decode: (bytes) =>
      orInvalid(() => {
        const plain: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        checkJson(schema, plain, schemaName);
        return mapFields(plain, binary, (value) => (typeof value === 'string' ? fromBase64(value, schemaName) : value));
      }),
  };
}

function mapFields(message: unknown, keys: readonly string[], map: (value: unknown) => unknown): unknown {
  if (keys.length === 0 || typeof message !== 'object' || message === null) return message;
  const copy: Record<string, unknown> = { ...message };
  for (const key of keys) copy[key] = map(copy[key]);
  return copy;
}

/** As much of a JSON schema as foxglove's schemas use. */
interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly contentEncoding?: string;
}

/**
 * Compare a value with its JSON schema: types, required properties, items. Numbers must be finite, for JSON has no
 * other.
 *
 * @throws VoxhandError `MESSAGE_INVALID` naming the property.
 */
function checkJson(schema: JsonSchema, value: unknown, where: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(where, 'a finite number', String(value));
  const { type } = schema;
  if (type !== undefined && TYPES.get(type)?.(value) === false) throw invalid(where, type, kindOf(value));
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [i, item] of value.entries()) checkJson(items, item, `${where}[${i}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const key of schema.required ?? []) {
      if (!Object.hasOwn(value, key)) throw invalid(where, `property ${key}`, 'none');
    }
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const member = (value as Record<string, unknown>)[key];
      if (member !== undefined) checkJson(property, member, `${where}.${key}`);
    }
  }
}

const TYPES = new Map<string, (value: unknown) => boolean>([
  ['object', (value) => kindOf(value) === 'object'],
  ['array', Array.isArray],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', Number.isInteger],
  ['boolean', (value) => typeof value === 'boolean'],
]);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function invalid(where: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MESSAGE_INVALID', 'JSON message does not fit its schema', { expected, found, where });
}
