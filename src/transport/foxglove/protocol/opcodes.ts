/** First byte of a binary message from a server. */
export const SERVER_OPCODES = {
  messageData: 1,
  time: 2,
  serviceCallResponse: 3,
  fetchAssetResponse: 4,
  playbackState: 5,
} as const;

/** First byte of a binary message from a client. */
export const CLIENT_OPCODES = {
  messageData: 1,
  serviceCallRequest: 2,
  playbackControlRequest: 3,
} as const;

/** By their number on the wire. */
export const STATUS_LEVELS = ['info', 'warning', 'error'] as const;
export type StatusLevel = (typeof STATUS_LEVELS)[number];

/** By their number on the wire. */
export const PLAYBACK_STATUSES = ['playing', 'paused', 'buffering', 'ended'] as const;

/** By their number on the wire. */
export const PLAYBACK_COMMANDS = ['play', 'pause'] as const;

/** By their number on the wire. */
export const ASSET_STATUSES = ['success', 'error'] as const;

/** What a server may offer in its `serverInfo`. */
export const CAPABILITIES = [
  'clientPublish',
  'parameters',
  'parametersSubscribe',
  'time',
  'services',
  'connectionGraph',
  'assets',
  'playbackControl',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
