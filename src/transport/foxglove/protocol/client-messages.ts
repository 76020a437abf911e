import { checked, f32, layout, oneOf, optionalU64, readBinary, rest, u32, utf8, writeBinary } from './binary.js';
import { clientChannel } from './channel.js';
import {
  type Check,
  channelNumber,
  list,
  type MessageOf,
  object,
  optional,
  parseObject,
  refuse,
  string,
  uint32,
} from './fields.js';
import { parameter } from './parameter.js';

/** A step farther than this is a seek. */
const MAX_STEP = 1_000_000;

const step: Check<number> = (frames, where) =>
  Number.isInteger(frames) && Math.abs(frames as number) <= MAX_STEP
    ? (frames as number)
    : refuse(where, `an integer of at most ${MAX_STEP} frames`, frames);
const positive: Check<number> = (value, where) =>
  (value as number) > 0 && (value as number) < Infinity ? (value as number) : refuse(where, 'a positive number', value);

const names = object({ parameterNames: list(string) });

/** Messages that travel as JSON, with the fields of the wire, word for word. */
const TEXT = {
  /** The ids are chosen by the client, 32 bits. */
  subscribe: object({ subscriptions: list(object({ id: uint32, channelId: channelNumber })) }),
  unsubscribe: object({ subscriptionIds: list(uint32) }),
  advertise: object({ channels: list(clientChannel) }),
  unadvertise: object({ channelIds: list(uint32) }),
  getParameters: object({ parameterNames: list(string), id: optional(string) }),
  setParameters: object({ parameters: list(parameter), id: optional(string) }),
  subscribeParameterUpdates: names,
  unsubscribeParameterUpdates: names,
  subscribeConnectionGraph: object({}),
  unsubscribeConnectionGraph: object({}),
  fetchAsset: object({ uri: string, requestId: uint32 }),
  /**
   * Pause and go this many frames on, or back where negative. This one is voxhand's own: Foxglove's protocol has no step. A
   * server that understands it says `"voxhand.step": "true"` in its metadata.
   */
  voxhandStep: object({ frames: step, requestId: optional(string) }),
};

const BINARY = {
  messageData: layout(1, { channelId: u32, data: rest }),
  serviceCallRequest: layout(2, { serviceId: u32, callId: u32, encoding: utf8, data: rest }),
  /**
   * All at once: go to `seekTime`, nanoseconds, where it is given, then play or pause at this speed, times real time. The request's id comes
   * back in the state that answers.
   */
  playbackControlRequest: layout(3, {
    command: oneOf(['play', 'pause']),
    speed: checked(f32, positive),
    seekTime: optionalU64,
    requestId: checked(utf8, string),
  }),
};

/** What a client says, named by `op`. */
export type ClientMessage = MessageOf<typeof TEXT> | MessageOf<typeof BINARY>;
export type PlaybackControlRequest = Extract<ClientMessage, { op: 'playbackControlRequest' }>;
export type StepRequest = Extract<ClientMessage, { op: 'voxhandStep' }>;

/** A client's message as it goes over the wire: text, or bytes that the caller owns. */
export function encodeClientMessage(message: ClientMessage): string | Uint8Array<ArrayBuffer> {
  return writeBinary(BINARY, message) ?? JSON.stringify(message);
}

/**
 * A client's message, checked field by field: whatever a client sends, it is one of these messages or a typed error, and
 * nothing beyond the message's own size is allocated for it.
 *
 * @param data text as received, or the bytes of a binary message; views of them may be in the result.
 * @throws VoxhandError `MESSAGE_INVALID` naming the field.
 */
export function parseClientMessage(data: string | Uint8Array): ClientMessage {
  if (typeof data !== 'string') {
    const message =
      readBinary(BINARY, data) ??
      refuse('binary message, byte 0', 'an opcode of a client (1, 2, 3)', data[0] ?? 'no bytes');
    return message as ClientMessage;
  }
  const message = parseObject(data);
  const op = message.op as keyof typeof TEXT;
  if (!Object.hasOwn(TEXT, op)) refuse('op', 'an operation of the Foxglove protocol', op);
  return { op, ...TEXT[op](message, op) } as ClientMessage;
}
