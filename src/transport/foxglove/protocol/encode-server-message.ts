import { bytes, f32, pack, sized, u8, u32, u64 } from './binary.js';
import { PLAYBACK_STATUSES, SERVER_OPCODES, STATUS_LEVELS } from './opcodes.js';
import type { ServerBinaryMessage, ServerMessage, ServerTextMessage } from './server-messages.js';

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
