import { VoxhandError } from '../errors/index.js';
import { cdrCodecFromText } from './cdr-codec.js';
import type { Codec, MessageSchema } from './codec.js';
import { jsonCodecFromText } from './json-codec.js';

const byData = new WeakMap<Uint8Array, Codec<unknown>>();

/**
 * The codec of a topic by the schema that came with it, whoever wrote it: CDR with ros2msg, or JSON with or without a
 * JSON schema.
 *
 * Codecs are kept as long as the schema's bytes are, so asking for every message is cheap.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for any other encoding.
 * @example
 * ```ts
 * for await (const message of bus.subscribe(['hand/joints'])) {
 *   console.log(recordedCodec(message).decode(message.data));
 * }
 * ```
 */
export function recordedCodec(schema: MessageSchema): Codec<unknown> {
  let codec = byData.get(schema.schemaData);
  if (codec === undefined) {
    codec = codecOf(schema);
    byData.set(schema.schemaData, codec);
  }
  return codec;
}

function codecOf({ schemaName, schemaEncoding, schemaData, messageEncoding }: MessageSchema): Codec<unknown> {
  const text = new TextDecoder().decode(schemaData);
  if (messageEncoding === 'cdr' && schemaEncoding === 'ros2msg') return cdrCodecFromText(schemaName, text);
  if (messageEncoding === 'json' && (schemaEncoding === 'jsonschema' || schemaData.byteLength === 0)) {
    return jsonCodecFromText(schemaName, text);
  }
  throw new VoxhandError('SCHEMA_UNSUPPORTED', 'cannot decode messages of this encoding', {
    expected: 'cdr with ros2msg, or json with jsonschema',
    found: `${messageEncoding || 'nothing'} with ${schemaEncoding || 'nothing'}`,
    where: schemaName,
  });
}
