import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { toVoxhandError, VoxhandError } from '../../../errors/index.js';
import type { ClientMessage, ServerMessage } from '../protocol/index.js';
import { encodeClientMessage, parseServerMessage, SUB_PROTOCOLS } from '../protocol/index.js';

export interface ConnectionOptions {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** PEM of an authority to trust, for a server with a certificate of its own. */
  readonly ca?: string | Buffer;
  /** Seconds to get through; 5 by default. */
  readonly timeout?: number;
  /** Seconds: a ping every `interval` (5); a server that is not heard of for `timeout` (20) is given up. */
  readonly heartbeat?: { readonly interval?: number; readonly timeout?: number };
  /** A server's message that is larger ends the connection; 32 MB by default. */
  readonly maxMessage?: number;
}

export interface ConnectionEvents {
  /** Before the first message. */
  opened(connection: Connection): void;
  message(message: ServerMessage): void;
  /** A message that breaks the protocol; it is left out. */
  bad(error: VoxhandError): void;
  closed(reason: string): void;
}

/** One connection to a server, from its handshake to its end. */
export class Connection {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /**
   * @throws VoxhandError `CONNECTION_FAILED` with the reason: no server there, refused, another protocol.
   */
  static open(url: string, options: ConnectionOptions, events: ConnectionEvents): Promise<Connection> {
    const { token, ca, timeout = 5, maxMessage = 32_000_000 } = options;
    return new Promise((resolve, reject) => {
      const fail = (found: string, cause?: unknown) => reject(failed(url, found, cause));
      let socket: WebSocket;
      try {
        socket = new WebSocket(url, [...SUB_PROTOCOLS], {
          perMessageDeflate: false,
          handshakeTimeout: timeout * 1000,
          maxPayload: maxMessage,
          ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
          ...(ca !== undefined && { ca }),
        });
      } catch (cause) {
        fail((cause as Error).message, cause);
        return;
      }
      let open = false;
      let reason = '';
      socket.on('open', () => {
        open = true;
        const connection = new Connection(socket);
        events.opened(connection);
        resolve(connection);
      });
      const beats = new Heartbeat(socket, options.heartbeat, (text) => {
        reason = text;
      });
      socket.on('unexpected-response', (request, response: IncomingMessage) => {
        void textOf(response).then((text) => {
          request.destroy();
          fail(`HTTP ${response.statusCode}${text === '' ? '' : `: ${text}`}`);
        });
      });
      socket.on('error', (cause) => {
        reason = cause.message;
        if (!open) fail(cause.message, cause);
      });
      socket.on('message', (data: Buffer, isBinary) => {
        beats.heard();
        try {
          const message = parseServerMessage(isBinary ? data : data.toString());
          if (message !== undefined) events.message(message);
        } catch (thrown) {
          events.bad(toVoxhandError(thrown, 'MESSAGE_INVALID'));
        }
      });
      socket.on('close', (code, text) => {
        if (open) events.closed(reason || text.toString() || `closed with code ${code}`);
      });
    });
  }

  /** Does nothing when the connection is closed. */
  send(message: ClientMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeClientMessage(message));
  }

  /** Bytes that the server has not taken yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** A server that does not answer the close is not waited for longer than a second. */
  close(): void {
    this.#socket.close(1000);
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }
}

/** Ends a connection that nobody is behind any more, as when a cable was pulled: it would else stay for hours. */
class Heartbeat {
  #lastHeard = performance.now();

  constructor(
    socket: WebSocket,
    { interval = 5, timeout = 20 }: NonNullable<ConnectionOptions['heartbeat']> = {},
    late: (text: string) => void,
  ) {
    const beat = () => {
      if (performance.now() - this.#lastHeard > timeout * 1000) {
        late(`not heard of for ${timeout} s`);
        socket.terminate();
      } else if (socket.readyState === WebSocket.OPEN) socket.ping();
    };
    const timer = setInterval(beat, interval * 1000).unref();
    socket.on('pong', () => this.heard());
    socket.on('open', () => this.heard());
    socket.on('close', () => clearInterval(timer));
  }

  heard(): void {
    this.#lastHeard = performance.now();
  }
}

/** The beginning of what a server says when it refuses. */
function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => resolve(text.slice(0, 200).trim());
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > 1000) done();
    });
    response.on('end', done);
    response.on('error', done);
  });
}

function failed(url: string, found: string, cause: unknown): VoxhandError {
  return new VoxhandError('CONNECTION_FAILED', 'no connection to the Foxglove server', {
    expected: 'a server that speaks foxglove.sdk.v1 or foxglove.websocket.v1',
    found,
    where: withoutToken(url),
    cause,
  });
}

/** An address as it may be shown. */
export function withoutToken(url: string): string {
  if (!URL.canParse(url)) return url;
  const shown = new URL(url);
  shown.search = '';
  shown.username = '';
  shown.password = '';
  return shown.href;
}
