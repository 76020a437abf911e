import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { VoxhandError } from '../../../errors/index.js';
import { EVENTS_PATH } from './event-clients.js';
import type { Newcomers } from './newcomers.js';
import { SECURITY_HEADERS, sendText, serveFile } from './static-files.js';

/** PEM texts. */
export interface TlsOptions {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
  /** Folder of the page's files. */
  readonly page?: string | undefined;
  /** Looks after the connections. */
  readonly newcomers: Newcomers;
  /** Answers a GET of {@link EVENTS_PATH}. */
  readonly serveEvents: (request: IncomingMessage, response: ServerResponse) => void;
  /** What `/healthz` says. */
  readonly health: () => Readonly<Record<string, string | number>>;
}

/**
 * An HTTP or HTTPS server that listens: GET and HEAD of the page's files, of `/healthz` and of events, nothing else. Upgrades are left
 * to the caller.
 *
 * @throws VoxhandError `SERVER_FAILED` that names the port and the remedy, or what is wrong with the TLS files.
 */
export async function listen(options: HttpServerOptions): Promise<Server> {
  const { host, port, newcomers } = options;
  const server = create(options, (request, response) => {
    respond(options, request, response).catch(() => response.destroy());
  });
  newcomers.attend(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(cause, host, port)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
  server.removeAllListeners('error');
  // After it listens, an error is about one connection that could not be accepted: there are others.
  server.on('error', () => undefined);
  return server;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * How long a connection may take to say what it wants, milliseconds. Node looks only every `connectionsCheckingInterval`, by default
 * 30 s.
 */
const HANDSHAKE_TIME = 5000;
const TIMES = {
  headersTimeout: HANDSHAKE_TIME,
  requestTimeout: HANDSHAKE_TIME,
  keepAliveTimeout: HANDSHAKE_TIME,
  connectionsCheckingInterval: 1000,
} as const;

function create({ tls }: HttpServerOptions, handler: Handler): Server {
  if (tls === undefined) return createServer(TIMES, handler);
  try {
    if (tls.cert.length === 0 || tls.key.length === 0) throw new Error('an empty certificate or key');
    return createTlsServer({ ...TIMES, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIME }, handler);
  } catch (cause) {
    throw new VoxhandError('SERVER_FAILED', 'the TLS certificate and key cannot be used', {
      expected: 'a PEM certificate and its PEM private key',
      found: (cause as Error).message,
      where: 'tls',
      cause,
    });
  }
}

async function respond(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    response.setHeader('Connection', 'close');
    sendText(response, 405, 'this server is only read from');
  } else if (request.method === 'GET' && request.url?.split('?', 1)[0] === EVENTS_PATH) {
    options.serveEvents(request, response);
  } else if (request.url?.split('?', 1)[0] === '/healthz') {
    const body = `${JSON.stringify({ status: 'ok', ...options.health() })}\n`;
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  } else if (options.page === undefined && (request.url === '/' || request.url === '')) {
    sendText(response, 200, 'A Foxglove WebSocket server. Connect a viewer to it; it has no page of its own.');
  } else {
    await serveFile(options.page, request, response);
  }
}

const REMEDIES: Readonly<Record<string, readonly [found: string, expected: string]>> = {
  EADDRINUSE: ['a port in use', 'a free port: stop the program that has it, or choose another one (0 takes any)'],
  EACCES: ['a port that we may not have', 'a port above 1023'],
  EADDRNOTAVAIL: ['an address that this computer does not have', '127.0.0.1, 0.0.0.0 or an address of this computer'],
  ENOTFOUND: ['an unknown host name', '127.0.0.1, 0.0.0.0 or an address of this computer'],
};

function listenError(cause: Error, host: string, port: number): VoxhandError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const [found, expected] = REMEDIES[code] ?? [cause.message, 'an address and port that can be listened on'];
  return new VoxhandError('SERVER_FAILED', `cannot listen on port ${port}`, {
    expected,
    found,
    where: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    cause,
  });
}
