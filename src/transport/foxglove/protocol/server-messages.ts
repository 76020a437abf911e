import type { PlaybackStatus } from '../../port/playback.js';
import { bytes, f32, pack, sized, u8, u32, u64 } from './binary.js';
import type { Channel } from './channel.js';
import { PLAYBACK_STATUSES, SERVER_OPCODES, STATUS_LEVELS, type StatusLevel } from './opcodes.js';
import type { Parameter } from './parameter.js';

/** What a server says, named by `op`. Those that travel as JSON carry the fields of the wire, word for word. */
export type ServerMessage = ServerTextMessage | ServerBinaryMessage;

export type ServerTextMessage =
  | ServerInfo
  | StatusMessage
  | { readonly op: 'removeStatus'; readonly statusIds: readonly string[] }
  | { readonly op: 'advertise'; readonly channels: readonly Channel[] }
  | { readonly op: 'unadvertise'; readonly channelIds: readonly number[] }
  | { readonly op: 'parameterValues'; readonly parameters: readonly Parameter[]; readonly id?: string }
  | { readonly op: 'advertiseServices'; readonly services: readonly ServiceOffer[] }
  | { readonly op: 'unadvertiseServices'; readonly serviceIds: readonly number[] }
  | ServiceCallFailure
  | ConnectionGraphUpdate;

export type ServerBinaryMessage =
  | MessageData
  | { readonly op: 'time'; readonly timestamp: bigint }
  | ServiceCallPayload<'serviceCallResponse'>
  | FetchAssetResponse
  | PlaybackStateMessage;

/** The first message to a client. */
export interface ServerInfo {
  readonly op: 'serverInfo';
  readonly name: string;
  /** See `CAPABILITIES`; a client leaves alone what it does not know. */
  readonly capabilities: readonly string[];
  /** For what clients publish and for services. */
  readonly supportedEncodings?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Another one after a reconnect means another server process. */
  readonly sessionId?: string;
  /** First and last moment of what is played back; with the capability `playbackControl` only. */
  readonly dataStartTime?: WireTime;
  readonly dataEndTime?: WireTime;
}

export interface WireTime {
  readonly sec: number;
  readonly nsec: number;
}

/** Something for the user of the viewer to read. One with an id replaces the one before and can be taken back. */
export interface StatusMessage {
  readonly op: 'status';
  readonly level: StatusLevel;
  readonly message: string;
  readonly id?: string;
}

/** One message on one subscription. */
export interface MessageData {
  readonly op: 'messageData';
  readonly subscriptionId: number;
  /** Nanoseconds. */
  readonly timestamp: bigint;
  readonly data: Uint8Array;
}

/** How requests or responses of a service are encoded. */
export interface ServiceSchema {
  readonly encoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schema: string;
}

export interface ServiceOffer {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly request?: ServiceSchema;
  readonly response?: ServiceSchema;
  /** As older servers say it: the schema's text alone. */
  readonly requestSchema?: string;
  readonly responseSchema?: string;
}

/** A call of a service and its answer have the same layout. */
export interface ServiceCallPayload<Op extends string> {
  readonly op: Op;
  readonly serviceId: number;
  readonly callId: number;
  readonly encoding: string;
  readonly data: Uint8Array;
}

export interface ServiceCallFailure {
  readonly op: 'serviceCallFailure';
  readonly serviceId: number;
  readonly callId: number;
  readonly message: string;
}

export type FetchAssetResponse =
  | { readonly op: 'fetchAssetResponse'; readonly requestId: number; readonly data: Uint8Array }
  | { readonly op: 'fetchAssetResponse'; readonly requestId: number; readonly error: string };

/** What changed in the graph since the last update, or all of it in the first one. */
export interface ConnectionGraphUpdate {
  readonly op: 'connectionGraphUpdate';
  readonly publishedTopics: readonly { readonly name: string; readonly publisherIds: readonly string[] }[];
  readonly subscribedTopics: readonly { readonly name: string; readonly subscriberIds: readonly string[] }[];
  readonly advertisedServices: readonly { readonly name: string; readonly providerIds: readonly string[] }[];
  readonly removedTopics: readonly string[];
  readonly removedServices: readonly string[];
}

export interface PlaybackStateMessage {
  readonly op: 'playbackState';
  readonly status: PlaybackStatus;
  /** Nanoseconds. */
  readonly currentTime: bigint;
  /** Times real time; 32 bits on the wire. */
  readonly speed: number;
  /** The time jumped: what was sent before does not lead up to it. */
  readonly didSeek: boolean;
  /** Of the request that this answers; absent where something else changed the state. */
  readonly requestId?: string;
}

/** Bytes in front of a message's own in `messageData`. */
export const MESSAGE_HEADER_BYTES = 13;

/** A server's message as it goes over the wire: text, or bytes that the caller owns. */
export function encodeServerMessage(message: ServerTextMessage): string;
export function encodeServerMessage(message: ServerBinaryMessage): Uint8Array<ArrayBuffer>;
export function encodeServerMessage(message: ServerMessage): string | Uint8Array<ArrayBuffer>;
export function encodeServerMessage(message: ServerMessage): string | Uint8Array<ArrayBuffer> {
  switch (message.op) {
    case 'messageData':
      return pack(bytes(encodeMessageHeader(message.subscriptionId, message.timestamp)), bytes(message.data));
    case 'time':
      return pack(u8(SERVER_OPCODES.time), u64(message.timestamp));
    case 'serviceCallResponse':
      return pack(
        u8(SERVER_OPCODES.serviceCallResponse),
        u32(message.serviceId),
        u32(message.callId),
        ...sized(message.encoding),
        bytes(message.data),
      );
    case 'fetchAssetResponse':
      return 'data' in message
        ? pack(u8(SERVER_OPCODES.fetchAssetResponse), u32(message.requestId), u8(0), u32(0), bytes(message.data))
        : pack(u8(SERVER_OPCODES.fetchAssetResponse), u32(message.requestId), u8(1), ...sized(message.error));
    case 'playbackState':
      return pack(
        u8(SERVER_OPCODES.playbackState),
        u8(PLAYBACK_STATUSES.indexOf(message.status)),
        u64(message.currentTime),
        f32(message.speed),
        u8(message.didSeek ? 1 : 0),
        ...sized(message.requestId ?? ''),
      );
    case 'status':
      return JSON.stringify({ ...message, level: STATUS_LEVELS.indexOf(message.level) });
    default:
      return JSON.stringify(message);
  }
}

/**
 * The first part of a `messageData`; the message's own bytes follow. One encoded message can so be sent to many clients
 * without being copied for each.
 */
export function encodeMessageHeader(subscriptionId: number, timestamp: bigint): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(MESSAGE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, SERVER_OPCODES.messageData);
  view.setUint32(1, subscriptionId, true);
  view.setBigUint64(5, BigInt.asUintN(64, timestamp), true);
  return header;
}
