/** What a server may offer in its `serverInfo`. */
const CAPABILITIES = [
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

/**
 * The names under which Foxglove's WebSocket protocol is spoken. The layouts are the same; playback control exists under
 * the newer name only.
 *
 * - `foxglove.sdk.v1`: Foxglove and its SDKs.
 * - `foxglove.websocket.v1`: the older library, foxglove_bridge before it moved to the SDK. Lichtblick asks for both.
 */
export const SUB_PROTOCOLS = ['foxglove.sdk.v1', 'foxglove.websocket.v1'] as const;

export type SubProtocol = (typeof SUB_PROTOCOLS)[number];

/** The first one on the client's list that we speak, or undefined. */
export function chooseSubProtocol(offered: Iterable<string>): SubProtocol | undefined {
  for (const name of offered) {
    if ((SUB_PROTOCOLS as readonly string[]).includes(name)) return name as SubProtocol;
  }
  return undefined;
}

/** Whether a client that speaks this one knows playback control and its binary opcodes. */
export function knowsPlayback(subProtocol: SubProtocol): boolean {
  return subProtocol === 'foxglove.sdk.v1';
}
