import { VoxhandError } from '../errors/index.js';
import { cdrCodec, cdrCodecFromText } from './cdr-codec.js';
import type { Codec, MessageSchema } from './codec.js';
import type { RosMessages } from './generated.js';
import { type FoxgloveMessages, jsonCodec, jsonCodecFromText } from './json-codec.js';

/** Message types by schema name: those of ROS 2 and those of foxglove. */
export interface MessageTypes extends RosMessages, FoxgloveMessages {}

/** The codec of a message of one of these types: CDR for ROS 2, JSON for foxglove. */
export function codecFor<Name extends keyof MessageTypes>(schemaName: Name): Codec<MessageTypes[Name]>;
export function codecFor(schemaName: string): Codec<unknown> {
  return schemaName.startsWith('foxglove.') ? jsonCodec(schemaName) : cdrCodec(schemaName);
}

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
