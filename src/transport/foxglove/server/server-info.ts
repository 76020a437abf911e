import { VERSION } from '../../../version.js';
import type { Capability, ServerInfo, ServiceOffer, SubProtocol } from '../protocol/index.js';
import { dataRange, knowsPlayback } from '../protocol/index.js';
import type { ServerSettings } from './options.js';

/** The first message to a client: nothing is offered that is not switched on, or that the client does not know. */
export function serverInfo(settings: ServerSettings, subProtocol: SubProtocol, sessionId: string): ServerInfo {
  const { name, metadata, time, playback, clientPublish, parameters, services } = settings;
  const plays = playback !== undefined && knowsPlayback(subProtocol);
  const offers: Record<Capability, boolean> = {
    connectionGraph: true,
    time,
    playbackControl: plays,
    clientPublish: clientPublish !== undefined,
    parameters: parameters !== undefined,
    parametersSubscribe: parameters?.onChange !== undefined,
    services: services.length > 0,
    assets: false,
  };
  const encodings = new Set([
    ...(clientPublish === undefined ? [] : clientPublish.encodings),
    ...services.map(({ request }) => request.encoding),
  ]);
  return {
    op: 'serverInfo',
    name,
    capabilities: Object.entries(offers).flatMap(([capability, offered]) => (offered ? [capability] : [])),
    ...(encodings.size > 0 && { supportedEncodings: [...encodings] }),
    metadata: { voxhand: VERSION, ...(plays && { 'voxhand.step': 'true' }), ...metadata },
    sessionId,
    ...(plays && dataRange(playback.state())),
  };
}

/** Services are numbered as they were given, from 1. */
export function serviceOffers(services: ServerSettings['services']): ServiceOffer[] {
  return services.map(({ name, type, request, response }, i) => ({ id: i + 1, name, type, request, response }));
}
