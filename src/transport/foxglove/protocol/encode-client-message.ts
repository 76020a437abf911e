import { bytes, f32, pack, sized, u8, u32, u64 } from './binary.js';
import type { ClientMessage } from './client-messages.js';
import { CLIENT_OPCODES, PLAYBACK_COMMANDS } from './opcodes.js';

/** A client's message as it goes over the wire: text, or bytes that the caller owns. */
export function encodeClientMessage(message: ClientMessage): string | Uint8Array<ArrayBuffer> {
  switch (message.op) {
    case 'messageData':
      return pack(u8(CLIENT_OPCODES.messageData), u32(message.channelId), bytes(message.data));
    case 'serviceCallRequest':
      return pack(
        u8(CLIENT_OPCODES.serviceCallRequest),
        u32(message.serviceId),
        u32(message.callId),
        ...sized(message.encoding),
        bytes(message.data),
      );
    case 'playbackControlRequest':
      return pack(
        u8(CLIENT_OPCODES.playbackControlRequest),
        u8(PLAYBACK_COMMANDS.indexOf(message.command)),
        f32(message.speed),
        u8(message.seekTime === undefined ? 0 : 1),
        u64(message.seekTime ?? 0n),
        ...sized(message.requestId),
      );
    default:
      return JSON.stringify(message);
  }
}
