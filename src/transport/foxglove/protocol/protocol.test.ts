import { describe, expect, it, test } from 'vitest';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import { jsonCodec } from '../../../messages/json-codec.js';
import {
  type ClientMessage,
  chooseSubProtocol,
  encodeClientMessage,
  encodeServerMessage,
  knowsPlayback,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
  schemaOf,
  toChannel,
} from './index.js';

const hex = (data: string | Uint8Array) => (typeof data === 'string' ? data : Buffer.from(data).toString('hex'));
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const ascii = (text: string) => new TextEncoder().encode(text);

/** Layouts as foxglove's own tests have them, and their limits. */
const SERVER_BINARY: readonly [string, ServerMessage, string][] = [
  [
    'message data',
    { op: 'messageData', subscriptionId: 30, timestamp: 1234n, data: ascii('{"key": "value"}') },
    '01 1e000000 d204000000000000 7b226b6579223a202276616c7565227d',
  ],
  [
    'message data at its limits',
    { op: 'messageData', subscriptionId: 0xffffffff, timestamp: 2n ** 64n - 1n, data: new Uint8Array(0) },
    '01 ffffffff ffffffffffffffff',
  ],
  ['time', { op: 'time', timestamp: 1234567890n }, '02 d202964900000000'],
  [
    'a service response',
    { op: 'serviceCallResponse', serviceId: 10, callId: 12, encoding: 'json', data: ascii('{}') },
    '03 0a000000 0c000000 04000000 6a736f6e 7b7d',
  ],
  ['an asset', { op: 'fetchAssetResponse', requestId: 10, data: ascii('data') }, '04 0a000000 00 00000000 64617461'],
  ['no asset', { op: 'fetchAssetResponse', requestId: 10, error: 'oh no' }, '04 0a000000 01 05000000 6f68206e6f'],
  [
    'a playback state',
    { op: 'playbackState', status: 'playing', currentTime: 12345n, speed: 1, didSeek: false },
    '05 00 3930000000000000 0000803f 00 00000000',
  ],
  [
    'a playback state that answers',
    { op: 'playbackState', status: 'ended', currentTime: 12345n, speed: 0.5, didSeek: true, requestId: 'i-am' },
    '05 03 3930000000000000 0000003f 01 04000000 692d616d',
  ],
];

const CLIENT_BINARY: readonly [string, ClientMessage, string][] = [
  ['message data', { op: 'messageData', channelId: 30, data: ascii('{}') }, '01 1e000000 7b7d'],
  [
    'a service call',
    { op: 'serviceCallRequest', serviceId: 10, callId: 12, encoding: 'json', data: ascii('{}') },
    '02 0a000000 0c000000 04000000 6a736f6e 7b7d',
  ],
  [
    'play',
    { op: 'playbackControlRequest', command: 'play', speed: 1, requestId: 'some-id' },
    '03 00 0000803f 00 0000000000000000 07000000 736f6d652d6964',
  ],
  [
    'pause at another time',
    { op: 'playbackControlRequest', command: 'pause', speed: 1, seekTime: 123_456_789n, requestId: 'some-id' },
    '03 01 0000803f 01 15cd5b0700000000 07000000 736f6d652d6964',
  ],
];

const CHANNEL = { id: 7, topic: 't', encoding: 'json', schemaName: 'S', schema: '{}', schemaEncoding: 'jsonschema' };

const SERVER_TEXT: readonly [ServerMessage, object][] = [
  [
    {
      op: 'serverInfo',
      name: 'n',
      capabilities: ['time', 'playbackControl'],
      supportedEncodings: ['cdr'],
      metadata: { a: 'b' },
      sessionId: 's',
      dataStartTime: { sec: 1, nsec: 2 },
      dataEndTime: { sec: 3, nsec: 4 },
    },
    {
      op: 'serverInfo',
      name: 'n',
      capabilities: ['time', 'playbackControl'],
      supportedEncodings: ['cdr'],
      metadata: { a: 'b' },
      sessionId: 's',
      dataStartTime: { sec: 1, nsec: 2 },
      dataEndTime: { sec: 3, nsec: 4 },
    },
  ],
  [
    { op: 'status', level: 'info', message: 'm' },
    { op: 'status', level: 0, message: 'm' },
  ],
  [
    { op: 'status', level: 'error', message: 'm', id: 'i' },
    { op: 'status', level: 2, message: 'm', id: 'i' },
  ],
  [
    { op: 'removeStatus', statusIds: ['a'] },
    { op: 'removeStatus', statusIds: ['a'] },
  ],
  [
    { op: 'advertise', channels: [CHANNEL] },
    { op: 'advertise', channels: [CHANNEL] },
  ],
  [
    { op: 'unadvertise', channelIds: [7] },
    { op: 'unadvertise', channelIds: [7] },
  ],
  [
    {
      op: 'parameterValues',
      parameters: [{ name: 'p', value: [1, 'a', { b: true }], type: 'float64_array' }],
      id: 'i',
    },
    {
      op: 'parameterValues',
      parameters: [{ name: 'p', value: [1, 'a', { b: true }], type: 'float64_array' }],
      id: 'i',
    },
  ],
  [
    { op: 'advertiseServices', services: [{ id: 1, name: 's', type: 't', requestSchema: '', responseSchema: '' }] },
    { op: 'advertiseServices', services: [{ id: 1, name: 's', type: 't', requestSchema: '', responseSchema: '' }] },
  ],
  [
    { op: 'unadvertiseServices', serviceIds: [1] },
    { op: 'unadvertiseServices', serviceIds: [1] },
  ],
  [
    { op: 'serviceCallFailure', serviceId: 1, callId: 2, message: 'm' },
    { op: 'serviceCallFailure', serviceId: 1, callId: 2, message: 'm' },
  ],
  [
    {
      op: 'connectionGraphUpdate',
      publishedTopics: [{ name: 'a', publisherIds: ['p'] }],
      subscribedTopics: [{ name: 'a', subscriberIds: ['c'] }],
      advertisedServices: [{ name: 's', providerIds: ['p'] }],
      removedTopics: ['b'],
      removedServices: ['d'],
    },
    {
      op: 'connectionGraphUpdate',
      publishedTopics: [{ name: 'a', publisherIds: ['p'] }],
      subscribedTopics: [{ name: 'a', subscriberIds: ['c'] }],
      advertisedServices: [{ name: 's', providerIds: ['p'] }],
      removedTopics: ['b'],
      removedServices: ['d'],
    },
  ],
];

const CLIENT_TEXT: readonly ClientMessage[] = [
  { op: 'subscribe', subscriptions: [{ id: 0xffffffff, channelId: Number.MAX_SAFE_INTEGER }] },
  { op: 'subscribe', subscriptions: [] },
  { op: 'unsubscribe', subscriptionIds: [0, 1] },
  { op: 'advertise', channels: [CHANNEL, { id: 1, topic: 't', encoding: 'json', schemaName: 'S' }] },
  { op: 'unadvertise', channelIds: [7] },
  { op: 'getParameters', parameterNames: [] },
  { op: 'getParameters', parameterNames: ['p'], id: 'i' },
  { op: 'setParameters', parameters: [{ name: 'p' }, { name: 'q', value: false }], id: 'i' },
  { op: 'subscribeParameterUpdates', parameterNames: ['p'] },
  { op: 'unsubscribeParameterUpdates', parameterNames: ['p'] },
  { op: 'subscribeConnectionGraph' },
  { op: 'unsubscribeConnectionGraph' },
  { op: 'fetchAsset', uri: 'package://a/b', requestId: 3 },
  { op: 'voxhandStep', frames: -1, requestId: 'r' },
];

describe('binary messages', () => {
  test.each(SERVER_BINARY)('%s of a server has its layout, both ways', (_, message, layout) => {
    expect(hex(encodeServerMessage(message))).toBe(layout.replaceAll(' ', ''));
    expect(parseServerMessage(bytes(layout))).toEqual(message);
  });

  test.each(CLIENT_BINARY)('%s of a client has its layout, both ways', (_, message, layout) => {
    expect(hex(encodeClientMessage(message))).toBe(layout.replaceAll(' ', ''));
    expect(parseClientMessage(bytes(layout))).toEqual(message);
  });

  it('is read where it lies in a larger buffer', () => {
    const buffer = bytes(`ff ${CLIENT_BINARY[1][2]}`);
    expect(parseClientMessage(buffer.subarray(1))).toEqual(CLIENT_BINARY[1][1]);
  });

  const cutOff = CLIENT_BINARY.flatMap(([name, message, layout]) => {
    const whole = bytes(layout);
    // What follows the last field of fixed size may have any length, none included.
    const fixed = 'data' in message ? whole.length - message.data.length : whole.length;
    return Array.from({ length: fixed }, (_, length) => [name, length, whole.subarray(0, length)] as const);
  });

  test.each(cutOff)('%s of a client cut off at byte %i is refused', (_, __, cut) => {
    expect(() => parseClientMessage(cut)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});

describe('text messages', () => {
  test.each(SERVER_TEXT)('of a server carry the words of the protocol: %j', (message, wire) => {
    expect(JSON.parse(encodeServerMessage(message) as string)).toEqual(wire);
    expect(parseServerMessage(JSON.stringify(wire))).toEqual(message);
  });

  test.each(CLIENT_TEXT)('of a client carry the words of the protocol: %j', (message) => {
    const wire = encodeClientMessage(message) as string;
    expect(JSON.parse(wire)).toEqual(message);
    expect(parseClientMessage(wire)).toEqual(message);
  });

  it('of a client may say null for what it leaves out', () => {
    const wire = '{"op":"setParameters","id":null,"parameters":[{"name":"p","value":null,"type":null}]}';
    expect(parseClientMessage(wire)).toEqual({ op: 'setParameters', parameters: [{ name: 'p' }] });
  });

  it('carry along nothing that the protocol does not know', () => {
    expect(parseClientMessage('{"op":"subscribeConnectionGraph","__proto__":{"x":1},"y":2}')).toEqual({
      op: 'subscribeConnectionGraph',
    });
  });
});

describe('a client message is refused', () => {
  test.each([
    ['not JSON', '{', 'text message'],
    ['nothing', '', 'text message'],
    ['a list', '[]', 'text message'],
    ['null', 'null', 'text message'],
    ['no op', '{}', 'op'],
    ["a server's op", '{"op":"serverInfo"}', 'op'],
    ['an op that is no text', '{"op":1}', 'op'],
    ['no list', '{"op":"subscribe"}', 'subscribe.subscriptions'],
    ['no object in the list', '{"op":"subscribe","subscriptions":[1]}', 'subscribe.subscriptions[0]'],
    ['a negative id', '{"op":"subscribe","subscriptions":[{"id":-1,"channelId":1}]}', 'subscribe.subscriptions[0].id'],
    ['an id of 33 bits', '{"op":"unsubscribe","subscriptionIds":[1,4294967296]}', 'unsubscribe.subscriptionIds[1]'],
    ['a fraction', '{"op":"unsubscribe","subscriptionIds":[0.5]}', 'unsubscribe.subscriptionIds[0]'],
    ['a number as text', '{"op":"fetchAsset","uri":"a","requestId":"1"}', 'fetchAsset.requestId'],
    ['an endless name', `{"op":"fetchAsset","requestId":1,"uri":"${'x'.repeat(5000)}"}`, 'fetchAsset.uri'],
    [
      'values without end',
      `{"op":"setParameters","parameters":[{"name":"p","value":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}`,
      `setParameters.parameters[0].value${'[0]'.repeat(16)}`,
    ],
    [
      'a parameter type',
      '{"op":"setParameters","parameters":[{"name":"p","value":1,"type":"int"}]}',
      'setParameters.parameters[0].type',
    ],
    ['a step of half a frame', '{"op":"voxhandStep","frames":0.5}', 'voxhandStep.frames'],
    ['no bytes', new Uint8Array(0), 'binary message, byte 0'],
    ["a server's opcode", Uint8Array.of(4, 0, 0, 0, 0), 'binary message, byte 0'],
    ['a length beyond the end', bytes('02 00000000 00000000 ffffffff 6a'), 'serviceCallRequest, byte 13'],
    ['no UTF-8', bytes('02 00000000 00000000 01000000 ff'), 'serviceCallRequest.encoding'],
    ['a command of the future', bytes('03 02 0000803f 00 0000000000000000 00000000'), 'playbackControlRequest.command'],
    ['speed 0', bytes('03 00 00000000 00 0000000000000000 00000000'), 'playbackControlRequest.speed'],
    ['speed NaN', bytes('03 00 0000c07f 00 0000000000000000 00000000'), 'playbackControlRequest.speed'],
    ['speed infinity', bytes('03 00 0000807f 00 0000000000000000 00000000'), 'playbackControlRequest.speed'],
  ])('for %s', (_, data, where) => {
    expect(() => parseClientMessage(data)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID', where }));
  });
});

describe('a server message', () => {
  it('of a later protocol is left alone', () => {
    expect(parseServerMessage('{"op":"futureThing","a":1}')).toBeUndefined();
    expect(parseServerMessage(Uint8Array.of(99, 1, 2, 3))).toBeUndefined();
  });

  test.each(SERVER_BINARY)('%s that is cut off is refused', (_, __, layout) => {
    const whole = bytes(layout);
    for (const length of [0, 1, 4]) {
      expect(() => parseServerMessage(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'MESSAGE_INVALID' }),
      );
    }
  });
});

describe('a channel', () => {
  it('carries a text schema as text', () => {
    const codec = cdrCodec('geometry_msgs/msg/PointStamped');
    const channel = toChannel(3, '/point', codec);
    expect(channel).toMatchObject({ id: 3, topic: '/point', encoding: 'cdr', schemaEncoding: 'ros2msg' });
    expect(channel.schema).toContain('MSG: std_msgs/Header');
    expect(schemaOf(channel)).toEqual({
      schemaName: codec.schemaName,
      schemaEncoding: 'ros2msg',
      schemaData: codec.schemaData,
      messageEncoding: 'cdr',
    });
  });

  it('carries a binary schema as base64', () => {
    const schema = {
      schemaName: 'foxglove.Log',
      schemaEncoding: 'protobuf',
      schemaData: Uint8Array.of(0, 255, 128, 10),
      messageEncoding: 'protobuf',
    };
    const channel = toChannel(1, '/log', schema);
    expect(channel.schema).toBe('AP+ACg==');
    expect(schemaOf(channel)).toEqual(schema);
  });

  it('without schema stays without', () => {
    const schema = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'json' };
    expect(schemaOf(toChannel(1, '/any', schema))).toEqual(schema);
    expect(toChannel(1, '/any', schema)).not.toHaveProperty('schemaEncoding');
  });

  test.each([
    ['json', 'jsonschema'],
    ['cdr', 'ros2msg'],
    ['ros1', 'ros1msg'],
  ])('in %s that does not name its schema encoding has %s', (encoding, schemaEncoding) => {
    const { schema } = toChannel(1, 't', jsonCodec('foxglove.SceneUpdate'));
    expect(schemaOf({ id: 1, topic: 't', encoding, schemaName: 'S', schema })).toMatchObject({ schemaEncoding });
  });

  it('with a binary schema that is no base64 is refused', () => {
    const channel = { id: 1, topic: '/log', encoding: 'protobuf', schemaName: 'S', schema: '!!' };
    expect(() => schemaOf(channel)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});

describe('sub-protocols', () => {
  test.each([
    [['foxglove.sdk.v1'], 'foxglove.sdk.v1', true],
    [['foxglove.websocket.v1', 'foxglove.sdk.v1'], 'foxglove.websocket.v1', false],
    [['other', 'foxglove.sdk.v1'], 'foxglove.sdk.v1', true],
  ] as const)('%j: the first that we know is %s', (offered, chosen, playback) => {
    expect(chooseSubProtocol(offered)).toBe(chosen);
    expect(knowsPlayback(chosen)).toBe(playback);
  });

  it('that we do not know are none', () => {
    expect(chooseSubProtocol([])).toBeUndefined();
    expect(chooseSubProtocol(['foxglove.sdk.v2', 'toString'])).toBeUndefined();
  });
});
