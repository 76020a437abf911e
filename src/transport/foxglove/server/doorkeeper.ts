import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Counts } from '../../../timing/index.js';
import { chooseSubProtocol } from '../protocol/index.js';
import { Access, type Refusal } from './access.js';
import type { Admitted } from './client-connection.js';
import type { ServerSettings } from './options.js';

export interface DoorEvents {
  /** Asked before a client is let in: how many are connected, and whether the server still takes any. */
  room(): { readonly clients: number; readonly closed: boolean };
  connected(client: Admitted): void;
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
      handleProtocols: (offered) => chooseSubProtocol(offered) ?? false,
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
      const refusal = this.#refusalOf(request, offered, events);
      if (refusal !== undefined) this.#refuse(refusal, socket, events);
      else if (subProtocol === undefined) this.#refuse(NO_SUB_PROTOCOL, socket, events);
      else {
        webSockets.handleUpgrade(request, socket, head, (client) => {
          events.connected({ socket: client, stream: socket, subProtocol });
        });
      }
    };
    http.on('upgrade', upgrade);
    return () => http.off('upgrade', upgrade);
  }

  #refusalOf(request: IncomingMessage, offered: readonly string[], events: DoorEvents): Refusal | undefined {
    const { clients, closed } = events.room();
    if (closed) return { cause: 'closed', status: 503, text: 'the server is ending' };
    const refusal = this.#access.check(request, offered);
    if (refusal !== undefined || clients < this.#maxClients) return refusal;
    return { cause: 'too-many-clients', status: 503, text: `${clients} clients are connected already` };
  }

  #refuse({ cause, status, text }: Refusal, socket: Duplex, events: DoorEvents): void {
    this.#refusals.add(cause);
    const body = `${text}\n`;
    const head = [
      `HTTP/1.1 ${status} Refused`,
      'Connection: close',
      'Content-Type: text/plain',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
    events.refused(`a client was refused (${cause}): ${text}`);
  }
}

const NO_SUB_PROTOCOL: Refusal = {
  cause: 'sub-protocol',
  status: 400,
  text: 'offer the sub-protocol foxglove.sdk.v1 or foxglove.websocket.v1',
};
