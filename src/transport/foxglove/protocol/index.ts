// For: the wire format of the Foxglove WebSocket protocol, for server, client and viewer.
// In and out: frames as text or bytes in; typed messages out, and back.
// Must not know: sockets, Node, buses.

/**
 * The Foxglove WebSocket protocol, v1, both ways, as pure code: messages as plain objects, to the wire and back, checked.
 *
 * The layouts are those of foxglove/ws-protocol's specification and, for playback control, of foxglove-sdk. Integers are
 * little endian; strings in binary messages are UTF-8 behind a length of 32 bits.
 *
 * ```text
 * server  1 messageData          u32 subscription, u64 time, message
 *         2 time                 u64 time
 *         3 serviceCallResponse  u32 service, u32 call, string encoding, response
 *         4 fetchAssetResponse   u32 request, u8 status (0 success, 1 error), string error, asset
 *         5 playbackState        u8 status, u64 time, f32 speed, u8 did seek, string request
 * client  1 messageData          u32 channel, message
 *         2 serviceCallRequest   u32 service, u32 call, string encoding, request
 *         3 playbackControl      u8 command, f32 speed, u8 seeks, u64 time, string request
 * ```
 */
export { type Channel, type ClientChannel, schemaOf, toChannel } from './channel.js';
export type * from './client-messages.js';
export { encodeClientMessage, parseClientMessage } from './client-messages.js';
export type { Parameter } from './parameter.js';
export { carryOut, dataRange, stateMessage } from './playback-bridge.js';
export type * from './server-messages.js';
export { encodeMessageHeader, encodeServerMessage, parseServerMessage } from './server-messages.js';
export { type Capability, chooseSubProtocol, knowsPlayback, SUB_PROTOCOLS, type SubProtocol } from './sub-protocols.js';
