import { VoxhandError } from '../errors/index.js';
import { cdrCodec, cdrCodecFromText } from './cdr-codec.js';
import type { Codec, MessageSchema } from './codec.js';
import type { RosMessages } from './generated.js';
import { type FoxgloveMessages, jsonCodec, jsonCodecFromText } from './json-codec.js';
import { protobufCodec } from './protobuf-codec.js';
import { ros1CodecFromText } from './ros1-codec.js';

/** Message types by schema name: those of ROS 2 and those of foxglove. */
export interface MessageTypes extends RosMessages, FoxgloveMessages {}

/** The codec of a message of one of these types: CDR for ROS 2, JSON for foxglove. */
export function codecFor<Name extends keyof MessageTypes>(schemaName: Name): Codec<MessageTypes[Name]>;
export function codecFor(schemaName: string): Codec<unknown> {
  return schemaName.startsWith('foxglove.') ? jsonCodec(schemaName) : cdrCodec(schemaName);
}

const byData = new WeakMap<Uint8Array, Codec<unknown>>();

/**
 * The codec of a topic by the schema that came with it, whoever wrote it: CDR with ros2msg, ROS 1 with ros1msg (read
 * only), JSON with or without a JSON schema, or protobuf. CDR without a definition, or with one in IDL, is read by our own
 * definition of the type where we have one.
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
  const found = byData.get(schema.schemaData);
  // several topics may share the bytes of an empty schema
  if (found?.schemaName === schema.schemaName && found.messageEncoding === schema.messageEncoding) return found;
  const codec = codecOf(schema);
  byData.set(schema.schemaData, codec);
  return codec;
}

function codecOf({ schemaName, schemaEncoding, schemaData, messageEncoding }: MessageSchema): Codec<unknown> {
  const text = () => new TextDecoder().decode(schemaData);
  const isEmpty = schemaData.byteLength === 0;
  if (messageEncoding === 'cdr' && schemaEncoding === 'ros2msg' && !isEmpty) {
    return cdrCodecFromText(schemaName, text());
  }
  if (messageEncoding === 'cdr' && (isEmpty || IDL.includes(schemaEncoding))) {
    return builtInCodec(schemaName, isEmpty ? 'no definition' : `a definition in ${schemaEncoding}`);
  }
  if (messageEncoding === 'ros1' && schemaEncoding === 'ros1msg') return ros1CodecFromText(schemaName, text());
  if (messageEncoding === 'json' && (schemaEncoding === 'jsonschema' || isEmpty)) {
    return jsonCodecFromText(schemaName, text());
  }
  if (messageEncoding === 'protobuf' && schemaEncoding === 'protobuf') return protobufCodec(schemaName, schemaData);
  throw new VoxhandError('SCHEMA_UNSUPPORTED', 'cannot decode messages of this encoding', {
    expected: 'cdr with ros2msg, ros1 with ros1msg, json with jsonschema, or protobuf',
    found: `${messageEncoding || 'nothing'} with ${schemaEncoding || 'nothing'}`,
    where: schemaName,
  });
}

/** Definitions that we do not read, of messages in CDR. */
const IDL = ['ros2idl', 'omgidl'];

/** A type that everybody defines alike, by our own definition. */
function builtInCodec(schemaName: string, found: string): Codec<unknown> {
  try {
    return cdrCodec(schemaName);
  } catch (cause) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'the definition of this message type is missing', {
      expected: 'its definition as ros2msg, or a type of common_interfaces or voxhand_msgs',
      found,
      where: schemaName || 'a topic without a schema',
      cause,
    });
  }
}
