import {
  f32,
  flag,
  type Layout,
  layout,
  oneOf,
  optionalUtf8,
  readBinary,
  rest,
  u32,
  u64,
  utf8,
  writeBinary,
} from './binary.js';
import { channel } from './channel.js';
import {
  type Check,
  channelNumber,
  list,
  type MessageOf,
  oneOf as nameOf,
  type Of,
  object,
  optional,
  parseObject,
  record,
  refuse,
  string,
  text,
  uint32,
} from './fields.js';
import { parameter } from './parameter.js';

/** By their number on the wire. */
const STATUS_LEVELS = ['info', 'warning', 'error'] as const;
export type StatusLevel = (typeof STATUS_LEVELS)[number];

const time = object({ sec: uint32, nsec: uint32 });
export type WireTime = Of<typeof time>;
/** What is no object is left alone: nobody needs it. */
const optionalTime: Check<WireTime | undefined> = (value, where) =>
  typeof value === 'object' && !Array.isArray(value) ? optional(time)(value, where) : undefined;

const texts: Check<Readonly<Record<string, string>>> = (value, where) =>
  Object.fromEntries(Object.entries(record(value, where)).map(([key, each]) => [key, text(each, `${where}.${key}`)]));

const serviceSchema = object({ encoding: string, schemaName: string, schemaEncoding: string, schema: text });
/** How requests or responses of a service are encoded. */
export type ServiceSchema = Of<typeof serviceSchema>;

const service = object({
  id: uint32,
  name: string,
  type: string,
  request: optional(serviceSchema),
  response: optional(serviceSchema),
  /** As older servers say it: the schema's text alone. */
  requestSchema: optional(text),
  responseSchema: optional(text),
});
export type ServiceOffer = Of<typeof service>;

/** Messages that travel as JSON, with the fields of the wire, word for word. */
const TEXT = {
  /** The first message to a client. */
  serverInfo: object({
    name: text,
    /** See `Capability`; a client leaves alone what it does not know. */
    capabilities: list(string),
    /** For what clients publish and for services. */
    supportedEncodings: optional(list(string)),
    metadata: optional(texts),
    /** Another one after a reconnect means another server process. */
    sessionId: optional(string),
    /** First and last moment of what is played back; with the capability `playbackControl` only. */
    dataStartTime: optionalTime,
    dataEndTime: optionalTime,
  }),
  /** Something for the user of the viewer to read. One with an id replaces the one before and can be taken back. */
  status: object({ level: nameOf(STATUS_LEVELS), message: text, id: optional(string) }),
  removeStatus: object({ statusIds: list(string) }),
  advertise: object({ channels: list(channel) }),
  unadvertise: object({ channelIds: list(channelNumber) }),
  parameterValues: object({ parameters: list(parameter), id: optional(string) }),
  advertiseServices: object({ services: list(service) }),
  unadvertiseServices: object({ serviceIds: list(uint32) }),
  serviceCallFailure: object({ serviceId: uint32, callId: uint32, message: text }),
  /** What changed in the graph since the last update, or all of it in the first one: names with the ids of the other side. */
  connectionGraphUpdate: object({
    publishedTopics: list(object({ name: string, publisherIds: list(string) })),
    subscribedTopics: list(object({ name: string, subscriberIds: list(string) })),
    advertisedServices: list(object({ name: string, providerIds: list(string) })),
    removedTopics: list(string),
    removedServices: list(string),
  }),
};

type Asset = { readonly requestId: number } & ({ readonly data: Uint8Array } | { readonly error: string });
const assetWire = layout(4, { requestId: u32, status: oneOf(['success', 'error']), error: utf8, data: rest });
const asset: Layout<Asset> = {
  ...assetWire,
  read: (bytes, what) => {
    const { requestId, status, error, data } = assetWire.read(bytes, what);
    return status === 'success' ? { requestId, data } : { requestId, error };
  },
  write: (message) => {
    const isThere = 'data' in message;
    return assetWire.write({ status: isThere ? 'success' : 'error', error: '', data: new Uint8Array(0), ...message });
  },
};

/** Times are in nanoseconds. */
const BINARY = {
  /** One message on one subscription. */
  messageData: layout(1, { subscriptionId: u32, timestamp: u64, data: rest }),
  time: layout(2, { timestamp: u64 }),
  serviceCallResponse: layout(3, { serviceId: u32, callId: u32, encoding: utf8, data: rest }),
  fetchAssetResponse: asset,
  /**
   * The speed is times real time. `didSeek`: the time jumped, what was sent before does not lead up to it. The id is that of the request
   * that this answers; absent where something else changed the state.
   */
  playbackState: layout(5, {
    status: oneOf(['playing', 'paused', 'buffering', 'ended']),
    currentTime: u64,
    speed: f32,
    didSeek: flag,
    requestId: optionalUtf8,
  }),
};

export type ServerTextMessage = MessageOf<typeof TEXT>;
export type ServerBinaryMessage = MessageOf<typeof BINARY>;
/** What a server says, named by `op`. */
export type ServerMessage = ServerTextMessage | ServerBinaryMessage;
export type ServerInfo = Extract<ServerMessage, { op: 'serverInfo' }>;
export type StatusMessage = Extract<ServerMessage, { op: 'status' }>;
export type ConnectionGraphUpdate = Extract<ServerMessage, { op: 'connectionGraphUpdate' }>;
export type PlaybackStateMessage = Extract<ServerMessage, { op: 'playbackState' }>;

/** A server's message as it goes over the wire: text, or bytes that the caller owns. */
export function encodeServerMessage(message: ServerTextMessage): string;
export function encodeServerMessage(message: ServerBinaryMessage): Uint8Array<ArrayBuffer>;
export function encodeServerMessage(message: ServerMessage): string | Uint8Array<ArrayBuffer>;
export function encodeServerMessage(message: ServerMessage): string | Uint8Array<ArrayBuffer> {
  if (message.op === 'status') return JSON.stringify({ ...message, level: STATUS_LEVELS.indexOf(message.level) });
  return writeBinary(BINARY, message) ?? JSON.stringify(message);
}

/**
 * The first part of a `messageData`; the message's own bytes follow. One encoded message can so be sent to many clients
 * without being copied for each.
 */
export function encodeMessageHeader(subscriptionId: number, timestamp: bigint): Uint8Array<ArrayBuffer> {
  return BINARY.messageData.write({ subscriptionId, timestamp, data: new Uint8Array(0) });
}

/**
 * A server's message, checked field by field.
 *
 * @param data text as received, or the bytes of a binary message; views of them may be in the result.
 * @returns undefined for an operation or opcode that we do not know: later servers may say more, and a client leaves it.
 * @throws VoxhandError `MESSAGE_INVALID` naming the field.
 */
export function parseServerMessage(data: string | Uint8Array): ServerMessage | undefined {
  if (typeof data !== 'string') {
    if (data.byteLength === 0) refuse('binary message, byte 0', 'an opcode', 'no bytes');
    return readBinary(BINARY, data) as ServerMessage | undefined;
  }
  const message = parseObject(data);
  const op = string(message.op, 'op') as keyof typeof TEXT;
  return Object.hasOwn(TEXT, op) ? ({ op, ...TEXT[op](message, op) } as ServerMessage) : undefined;
}
