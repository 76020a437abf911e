import { BinaryReader } from './binary.js';
import type { ClientChannel } from './channel.js';
import type { ClientMessage } from './client-messages.js';
import {
  channelNumber,
  type Fields,
  list,
  oneOf,
  optionalString,
  optionalText,
  parseObject,
  record,
  refuse,
  string,
  strings,
  uint32,
} from './fields.js';
import { CLIENT_OPCODES, PLAYBACK_COMMANDS } from './opcodes.js';
import { parseParameter } from './parameter.js';

/** A step farther than this is a seek. */
const MAX_STEP = 1_000_000;

/**
 * A client's message, checked field by field: whatever a client sends, it is one of these messages or a typed error, and
 * nothing beyond the message's own size is allocated for it.
 *
 * @param data text as received, or the bytes of a binary message; views of them may be in the result.
 * @throws VoxhandError `MESSAGE_INVALID` naming the field.
 */
export function parseClientMessage(data: string | Uint8Array): ClientMessage {
  return typeof data === 'string' ? parseText(parseObject(data)) : parseBinary(data);
}

function parseText(message: Fields): ClientMessage {
  const { op } = message;
  switch (op) {
    case 'subscribe':
      return {
        op,
        subscriptions: list(message.subscriptions, `${op}.subscriptions`, (value, where) => {
          const { id, channelId } = record(value, where);
          return { id: uint32(id, `${where}.id`), channelId: channelNumber(channelId, `${where}.channelId`) };
        }),
      };
    case 'unsubscribe':
      return { op, subscriptionIds: list(message.subscriptionIds, `${op}.subscriptionIds`, uint32) };
    case 'advertise':
      return { op, channels: list(message.channels, `${op}.channels`, clientChannel) };
    case 'unadvertise':
      return { op, channelIds: list(message.channelIds, `${op}.channelIds`, uint32) };
    case 'getParameters':
      return { op, parameterNames: strings(message.parameterNames, `${op}.parameterNames`), ...idOf(message, op) };
    case 'setParameters':
      return { op, parameters: list(message.parameters, `${op}.parameters`, parseParameter), ...idOf(message, op) };
    case 'subscribeParameterUpdates':
    case 'unsubscribeParameterUpdates':
      return { op, parameterNames: strings(message.parameterNames, `${op}.parameterNames`) };
    case 'subscribeConnectionGraph':
    case 'unsubscribeConnectionGraph':
      return { op };
    case 'fetchAsset':
      return { op, uri: string(message.uri, `${op}.uri`), requestId: uint32(message.requestId, `${op}.requestId`) };
    case 'voxhandStep': {
      const { frames } = message;
      if (!Number.isInteger(frames) || Math.abs(frames as number) > MAX_STEP) {
        refuse(`${op}.frames`, `an integer of at most ${MAX_STEP} frames`, frames);
      }
      const requestId = optionalString(message.requestId, `${op}.requestId`);
      return { op, frames: frames as number, ...(requestId !== undefined && { requestId }) };
    }
    default:
      return refuse('op', 'an operation of the Foxglove protocol', op);
  }
}

function idOf(message: Fields, op: string): { id?: string } {
  const id = optionalString(message.id, `${op}.id`);
  return id === undefined ? {} : { id };
}

function clientChannel(value: unknown, where: string): ClientChannel {
  const channel = record(value, where);
  const schema = optionalText(channel.schema, `${where}.schema`);
  const schemaEncoding = optionalString(channel.schemaEncoding, `${where}.schemaEncoding`);
  return {
    id: uint32(channel.id, `${where}.id`),
    topic: string(channel.topic, `${where}.topic`),
    encoding: string(channel.encoding, `${where}.encoding`),
    schemaName: string(channel.schemaName, `${where}.schemaName`),
    ...(schema !== undefined && { schema }),
    ...(schemaEncoding !== undefined && { schemaEncoding }),
  };
}

function parseBinary(data: Uint8Array): ClientMessage {
  switch (data[0]) {
    case CLIENT_OPCODES.messageData: {
      const reader = new BinaryReader(data, 'messageData');
      return { op: 'messageData', channelId: reader.uint32(), data: reader.rest() };
    }
    case CLIENT_OPCODES.serviceCallRequest: {
      const reader = new BinaryReader(data, 'serviceCallRequest');
      const serviceId = reader.uint32();
      const callId = reader.uint32();
      const encoding = reader.string('encoding');
      return { op: 'serviceCallRequest', serviceId, callId, encoding, data: reader.rest() };
    }
    case CLIENT_OPCODES.playbackControlRequest: {
      const what = 'playbackControlRequest';
      const reader = new BinaryReader(data, what);
      const command = oneOf(PLAYBACK_COMMANDS, reader.uint8(), `${what}.command`);
      const speed = reader.float32();
      if (!(speed > 0 && speed < Infinity)) refuse(`${what}.speed`, 'a positive number', speed);
      const seeks = reader.uint8() !== 0;
      const seekTime = reader.uint64();
      const requestId = string(reader.string('requestId'), `${what}.requestId`);
      return { op: what, command, speed, ...(seeks && { seekTime }), requestId };
    }
    default:
      return refuse('binary message, byte 0', 'an opcode of a client (1, 2, 3)', data[0] ?? 'no bytes');
  }
}
