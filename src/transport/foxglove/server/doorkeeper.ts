import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { Counts } from '../../../timing/index.js';
import { chooseSubProtocol } from '../protocol/index.js';
import { Access, type Refusal } from './access.js';
import type { Admitted } from './client-connection.js';
import { EVENT_SUB_PROTOCOL, EVENTS_PATH } from './event-clients.js';
import type { ServerSettings } from './options.js';
import { sendText } from './static-files.js';

export interface DoorEvents {
  /** Asked before a client is let in: how many are connected, and whether the server still takes any. */
  room(): { readonly clients: number; readonly closed: boolean };
  connected(client: Admitted): void;
  /** One that wants events and does not speak Foxglove's protocol. */
  eventsWanted(socket: WebSocket, stream: Duplex): void;
  refused(text: string): void;
}

/** Lets WebSocket clients in, or refuses them with the reason, by the head of their request. */
export class Doorkeeper {
  readonly #access: Access;
  readonly #maxClients: number;
  readonly #refusals = new Counts();

  /** @throws VoxhandError `USAGE` for a token that cannot be used. */
  constructor(settings: ServerSettings) {
    this.#access = new Access(settings);
    this.#maxClients = settings.maxClients;
  }

  /** Connections that were refused, by cause. */
  get refusals(): Counts {
    return this.#refusals;
  }

  /** @returns a function after which it takes no more connections */
  attend(http: Server, { maxClientMessage, server, path }: ServerSettings, events: DoorEvents): () => void {
    const webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxClientMessage,
      handleProtocols: (offered) =>
        offered.has(EVENT_SUB_PROTOCOL) ? EVENT_SUB_PROTOCOL : (chooseSubProtocol(offered) ?? false),
    });
    // A head that is no WebSocket handshake.
    webSockets.on('wsClientError', (error, socket) => {
      this.#refuse({ cause: 'bad-request', status: 400, text: error.message }, socket, events);
    });
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (server !== undefined && request.url?.split('?', 1)[0] !== path) {
        // somebody else's, if there is anybody else
        if (http.listenerCount('upgrade') === 1) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      socket.on('error', () => socket.destroy());
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      const subProtocol = chooseSubProtocol(offered);
      const refusal = this.#refusalOf(this.#access.check(request, offered), events);
      if (refusal !== undefined) this.#refuse(refusal, socket, events);
      else if (offered.includes(EVENT_SUB_PROTOCOL) || (subProtocol === undefined && isEventsPath(request))) {
        webSockets.handleUpgrade(request, socket, head, (client) => events.eventsWanted(client, socket));
      } else if (subProtocol === undefined) this.#refuse(NO_SUB_PROTOCOL, socket, events);
      else {
        webSockets.handleUpgrade(request, socket, head, (client) => {
          events.connected({ socket: client, stream: socket, subProtocol });
        });
      }
    };
    http.on('upgrade', upgrade);
    return () => http.off('upgrade', upgrade);
  }

  /**
   * Whether a plain request may have events; where not, it is answered with the reason. A page of another origin that may is told so, for
   * its browser asks.
   */
  admits(request: IncomingMessage, response: ServerResponse, events: Pick<DoorEvents, 'room' | 'refused'>): boolean {
    const refusal = this.#refusalOf(this.#access.checkRequest(request), events);
    if (refusal !== undefined) {
      if (refusal.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
      sendText(response, refusal.status, refusal.text);
      this.#count(refusal, events);
      return false;
    }
    const { origin } = request.headers;
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    return true;
  }

  #refusalOf(refusal: Refusal | undefined, events: Pick<DoorEvents, 'room'>): Refusal | undefined {
    const { clients, closed } = events.room();
    if (closed) return { cause: 'closed', status: 503, text: 'the server is ending' };
    if (refusal !== undefined || clients < this.#maxClients) return refusal;
    return { cause: 'too-many-clients', status: 503, text: `${clients} clients are connected already` };
  }

  #count({ cause, text }: Refusal, events: Pick<DoorEvents, 'refused'>): void {
    this.#refusals.add(cause);
    events.refused(`a client was refused (${cause}): ${text}`);
  }

  #refuse(refusal: Refusal, socket: Duplex, events: DoorEvents): void {
    const { status, text } = refusal;
    const body = `${text}\n`;
    const head = [
      `HTTP/1.1 ${status} Refused`,
      'Connection: close',
      'Content-Type: text/plain',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
    this.#count(refusal, events);
  }
}

function isEventsPath({ url = '' }: IncomingMessage): boolean {
  return url.split('?', 1)[0] === EVENTS_PATH;
}

const NO_SUB_PROTOCOL: Refusal = {
  cause: 'sub-protocol',
  status: 400,
  text: 'offer the sub-protocol foxglove.sdk.v1 or foxglove.websocket.v1',
};
