import { fromBase64, type MessageSchema, toBase64 } from '../../../messages/index.js';
import { channelNumber, type Of, object, optional, string, text, uint32 } from './fields.js';

/** A topic as a server advertises it. */
export const channel = object({
  id: channelNumber,
  topic: string,
  /** Of messages: `cdr`, `json`, `protobuf`, `ros1`. */
  encoding: string,
  schemaName: string,
  /** Text, or base64 where the schema encoding is binary. */
  schema: text,
  /** `ros2msg`, `jsonschema`, `protobuf`...; left out, it follows from the encoding. */
  schemaEncoding: optional(string),
});
export type Channel = Of<typeof channel>;

/** A channel that a client wants to publish on; its schema may be left out. */
export const clientChannel = object({
  id: uint32,
  topic: string,
  encoding: string,
  schemaName: string,
  schema: optional(text),
  schemaEncoding: optional(string),
});
export type ClientChannel = Of<typeof clientChannel>;

/** Schemas in these encodings are bytes, and travel as base64 in JSON. */
const BINARY_SCHEMAS: readonly string[] = ['protobuf', 'flatbuffer'];

/** What a schema is written in where a channel does not say. */
const USUAL_SCHEMA_ENCODING: ReadonlyMap<string, string> = new Map([
  ['cdr', 'ros2msg'],
  ['json', 'jsonschema'],
  ['ros1', 'ros1msg'],
  ['protobuf', 'protobuf'],
  ['flatbuffer', 'flatbuffer'],
]);

/** A topic and its schema as a channel. */
export function toChannel(id: number, topic: string, schema: MessageSchema): Channel {
  const { schemaName, schemaEncoding, schemaData, messageEncoding: encoding } = schema;
  const text = BINARY_SCHEMAS.includes(schemaEncoding) ? toBase64(schemaData) : new TextDecoder().decode(schemaData);
  return { id, topic, encoding, schemaName, schema: text, ...(schemaEncoding !== '' && { schemaEncoding }) };
}

/**
 * What decodes the messages of a channel.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for a binary schema that is no base64.
 */
export function schemaOf(channel: ClientChannel): MessageSchema {
  const { schemaName, schema = '', encoding: messageEncoding } = channel;
  const usual = schema === '' ? '' : (USUAL_SCHEMA_ENCODING.get(messageEncoding) ?? '');
  const schemaEncoding = channel.schemaEncoding ?? usual;
  const schemaData = BINARY_SCHEMAS.includes(schemaEncoding)
    ? fromBase64(schema, `schema of ${channel.topic}`)
    : new TextEncoder().encode(schema);
  return { schemaName, schemaEncoding, schemaData, messageEncoding };
}
