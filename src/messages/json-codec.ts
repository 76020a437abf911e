import type { FrameTransform, ImageAnnotations, SceneUpdate } from '@foxglove/schemas';
import * as foxgloveSchemas from '@foxglove/schemas/jsonschema.js';
import { VoxhandError } from '../errors/index.js';
import { fromBase64, toBase64 } from './base64.js';
import { checkJson, type JsonSchema } from './check-json.js';
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
