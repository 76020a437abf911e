import { BinaryReader } from './binary.js';
import type { Channel } from './channel.js';
import {
  channelNumber,
  type Fields,
  isRecord,
  list,
  nothing,
  oneOf,
  optionalString,
  optionalText,
  parseObject,
  record,
  refuse,
  string,
  strings,
  text,
  uint32,
} from './fields.js';
import { ASSET_STATUSES, PLAYBACK_STATUSES, SERVER_OPCODES, STATUS_LEVELS } from './opcodes.js';
import { parseParameter } from './parameter.js';
import type {
  FetchAssetResponse,
  ServerInfo,
  ServerMessage,
  ServiceOffer,
  ServiceSchema,
  WireTime,
} from './server-messages.js';

/**
 * A server's message, checked field by field.
 *
 * @param data text as received, or the bytes of a binary message; views of them may be in the result.
 * @returns undefined for an operation or opcode that we do not know: later servers may say more, and a client leaves it.
 * @throws VoxhandError `MESSAGE_INVALID` naming the field.
 */
export function parseServerMessage(data: string | Uint8Array): ServerMessage | undefined {
  return typeof data === 'string' ? parseText(parseObject(data)) : parseBinary(data);
}

function parseText(message: Fields): ServerMessage | undefined {
  const { op } = message;
  switch (op) {
    case 'serverInfo':
      return serverInfo(message);
    case 'status': {
      const id = optionalString(message.id, `${op}.id`);
      const level = oneOf(STATUS_LEVELS, uint32(message.level, `${op}.level`), `${op}.level`);
      return { op, level, message: text(message.message, `${op}.message`), ...(id !== undefined && { id }) };
    }
    case 'removeStatus':
      return { op, statusIds: strings(message.statusIds, `${op}.statusIds`) };
    case 'advertise':
      return { op, channels: list(message.channels, `${op}.channels`, channel) };
    case 'unadvertise':
      return { op, channelIds: list(message.channelIds, `${op}.channelIds`, channelNumber) };
    case 'parameterValues': {
      const id = optionalString(message.id, `${op}.id`);
      const parameters = list(message.parameters, `${op}.parameters`, parseParameter);
      return { op, parameters, ...(id !== undefined && { id }) };
    }
    case 'advertiseServices':
      return { op, services: list(message.services, `${op}.services`, service) };
    case 'unadvertiseServices':
      return { op, serviceIds: list(message.serviceIds, `${op}.serviceIds`, uint32) };
    case 'serviceCallFailure':
      return {
        op,
        serviceId: uint32(message.serviceId, `${op}.serviceId`),
        callId: uint32(message.callId, `${op}.callId`),
        message: text(message.message, `${op}.message`),
      };
    case 'connectionGraphUpdate':
      return {
        op,
        publishedTopics: edges(message, 'publishedTopics', 'publisherIds'),
        subscribedTopics: edges(message, 'subscribedTopics', 'subscriberIds'),
        advertisedServices: edges(message, 'advertisedServices', 'providerIds'),
        removedTopics: strings(message.removedTopics, `${op}.removedTopics`),
        removedServices: strings(message.removedServices, `${op}.removedServices`),
      };
    default:
      string(op, 'op');
      return undefined;
  }
}

function serverInfo(message: Fields): ServerInfo {
  const op = 'serverInfo';
  const metadata = nothing(message.metadata) ? undefined : Object.entries(record(message.metadata, `${op}.metadata`));
  const encodings = nothing(message.supportedEncodings)
    ? undefined
    : strings(message.supportedEncodings, `${op}.supportedEncodings`);
  const sessionId = optionalString(message.sessionId, `${op}.sessionId`);
  const dataStartTime = wireTime(message.dataStartTime);
  const dataEndTime = wireTime(message.dataEndTime);
  return {
    op,
    name: text(message.name, `${op}.name`),
    capabilities: strings(message.capabilities, `${op}.capabilities`),
    ...(encodings !== undefined && { supportedEncodings: encodings }),
    ...(metadata !== undefined && {
      metadata: Object.fromEntries(metadata.map(([key, value]) => [key, text(value, `${op}.metadata.${key}`)])),
    }),
    ...(sessionId !== undefined && { sessionId }),
    ...(dataStartTime !== undefined && { dataStartTime }),
    ...(dataEndTime !== undefined && { dataEndTime }),
  };
}

function wireTime(value: unknown): WireTime | undefined {
  if (!isRecord(value)) return undefined;
  return { sec: uint32(value.sec, 'serverInfo time, sec'), nsec: uint32(value.nsec, 'serverInfo time, nsec') };
}

function channel(value: unknown, where: string): Channel {
  const fields = record(value, where);
  const schemaEncoding = optionalString(fields.schemaEncoding, `${where}.schemaEncoding`);
  return {
    id: channelNumber(fields.id, `${where}.id`),
    topic: string(fields.topic, `${where}.topic`),
    encoding: string(fields.encoding, `${where}.encoding`),
    schemaName: string(fields.schemaName, `${where}.schemaName`),
    schema: text(fields.schema, `${where}.schema`),
    ...(schemaEncoding !== undefined && { schemaEncoding }),
  };
}

function service(value: unknown, where: string): ServiceOffer {
  const fields = record(value, where);
  const request = serviceSchema(fields.request, `${where}.request`);
  const response = serviceSchema(fields.response, `${where}.response`);
  const requestSchema = optionalText(fields.requestSchema, `${where}.requestSchema`);
  const responseSchema = optionalText(fields.responseSchema, `${where}.responseSchema`);
  return {
    id: uint32(fields.id, `${where}.id`),
    name: string(fields.name, `${where}.name`),
    type: string(fields.type, `${where}.type`),
    ...(request !== undefined && { request }),
    ...(response !== undefined && { response }),
    ...(requestSchema !== undefined && { requestSchema }),
    ...(responseSchema !== undefined && { responseSchema }),
  };
}

function serviceSchema(value: unknown, where: string): ServiceSchema | undefined {
  if (nothing(value)) return undefined;
  const { encoding, schemaName, schemaEncoding, schema } = record(value, where);
  return {
    encoding: string(encoding, `${where}.encoding`),
    schemaName: string(schemaName, `${where}.schemaName`),
    schemaEncoding: string(schemaEncoding, `${where}.schemaEncoding`),
    schema: text(schema, `${where}.schema`),
  };
}

/** Who is connected to what: a list of names, each with the ids of the other side. */
function edges<Key extends string>(
  message: Fields,
  field: string,
  ids: Key,
): ({ readonly name: string } & Readonly<Record<Key, readonly string[]>>)[] {
  return list(message[field], `connectionGraphUpdate.${field}`, (value, where) => {
    const entry = record(value, where);
    return {
      name: string(entry.name, `${where}.name`),
      [ids]: strings(entry[ids], `${where}.${ids}`),
    } as { readonly name: string } & Readonly<Record<Key, readonly string[]>>;
  });
}

function parseBinary(data: Uint8Array): ServerMessage | undefined {
  switch (data[0]) {
    case undefined:
      return refuse('binary message, byte 0', 'an opcode', 'no bytes');
    case SERVER_OPCODES.messageData: {
      const reader = new BinaryReader(data, 'messageData');
      const subscriptionId = reader.uint32();
      const timestamp = reader.uint64();
      return { op: 'messageData', subscriptionId, timestamp, data: reader.rest() };
    }
    case SERVER_OPCODES.time:
      return { op: 'time', timestamp: new BinaryReader(data, 'time').uint64() };
    case SERVER_OPCODES.serviceCallResponse: {
      const reader = new BinaryReader(data, 'serviceCallResponse');
      const serviceId = reader.uint32();
      const callId = reader.uint32();
      const encoding = reader.string('encoding');
      return { op: 'serviceCallResponse', serviceId, callId, encoding, data: reader.rest() };
    }
    case SERVER_OPCODES.fetchAssetResponse:
      return fetchAssetResponse(new BinaryReader(data, 'fetchAssetResponse'));
    case SERVER_OPCODES.playbackState: {
      const reader = new BinaryReader(data, 'playbackState');
      const status = oneOf(PLAYBACK_STATUSES, reader.uint8(), 'playbackState.status');
      const currentTime = reader.uint64();
      const speed = reader.float32();
      const didSeek = reader.uint8() !== 0;
      const requestId = reader.string('requestId');
      return { op: 'playbackState', status, currentTime, speed, didSeek, ...(requestId !== '' && { requestId }) };
    }
    default:
      return undefined;
  }
}

function fetchAssetResponse(reader: BinaryReader): FetchAssetResponse {
  const op = 'fetchAssetResponse';
  const requestId = reader.uint32();
  const status = oneOf(ASSET_STATUSES, reader.uint8(), `${op}.status`);
  const error = reader.string('error');
  return status === 'success' ? { op, requestId, data: reader.rest() } : { op, requestId, error };
}
