import { bytes, f32, pack, sized, u8, u32, u64 } from './binary.js';
import type { ClientChannel } from './channel.js';
import { CLIENT_OPCODES, PLAYBACK_COMMANDS } from './opcodes.js';
import type { Parameter } from './parameter.js';
import type { ServiceCallPayload } from './server-messages.js';

/** What a client says, named by `op`. Those that travel as JSON carry the fields of the wire, word for word. */
export type ClientMessage = ClientTextMessage | ClientBinaryMessage;

export type ClientTextMessage =
  | { readonly op: 'subscribe'; readonly subscriptions: readonly SubscriptionRequest[] }
  | { readonly op: 'unsubscribe'; readonly subscriptionIds: readonly number[] }
  | { readonly op: 'advertise'; readonly channels: readonly ClientChannel[] }
  | { readonly op: 'unadvertise'; readonly channelIds: readonly number[] }
  | { readonly op: 'getParameters'; readonly parameterNames: readonly string[]; readonly id?: string }
  | { readonly op: 'setParameters'; readonly parameters: readonly Parameter[]; readonly id?: string }
  | { readonly op: 'subscribeParameterUpdates'; readonly parameterNames: readonly string[] }
  | { readonly op: 'unsubscribeParameterUpdates'; readonly parameterNames: readonly string[] }
  | { readonly op: 'subscribeConnectionGraph' }
  | { readonly op: 'unsubscribeConnectionGraph' }
  | { readonly op: 'fetchAsset'; readonly uri: string; readonly requestId: number }
  | StepRequest;

export type ClientBinaryMessage =
  | { readonly op: 'messageData'; readonly channelId: number; readonly data: Uint8Array }
  | ServiceCallPayload<'serviceCallRequest'>
  | PlaybackControlRequest;

export interface SubscriptionRequest {
  /** Chosen by the client, 32 bits. */
  readonly id: number;
  readonly channelId: number;
}

/** All at once: go to `seekTime` where it is given, then play or pause at this speed. */
export interface PlaybackControlRequest {
  readonly op: 'playbackControlRequest';
  readonly command: (typeof PLAYBACK_COMMANDS)[number];
  /** Times real time; 32 bits on the wire. */
  readonly speed: number;
  /** Nanoseconds. */
  readonly seekTime?: bigint;
  /** Comes back in the state that answers. */
  readonly requestId: string;
}

/**
 * Pause and go this many frames on, or back where negative. This one is voxhand's own: Foxglove's protocol has no step. A
 * server that understands it says `"voxhand.step": "true"` in its metadata.
 */
export interface StepRequest {
  readonly op: 'voxhandStep';
  readonly frames: number;
  readonly requestId?: string;
}

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
