import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VoxhandError } from '../../../errors/index.js';
import { EVENT_TOPICS } from '../../port/event-maker.js';
import type { BusMessage, PlaybackControl } from '../../port/index.js';
import type { Parameter, ServiceSchema } from '../protocol/index.js';
import { DEFAULT_ORIGINS, isLoopback } from './access.js';
import type { TlsOptions } from './http-server.js';
import type { OutboxLimits } from './outbox.js';

/** What clients may publish. */
export interface ClientPublishOptions {
  /** Names or patterns of the topics. */
  readonly topics: readonly string[];
  /** Encodings that are taken: `json`, `cdr`. */
  readonly encodings: readonly string[];
  /** Called with each message; must not throw. Its times are those of the server's clock. */
  readonly onMessage: (message: BusMessage, client: string) => void;
}

/** Parameters that clients may see and set. */
export interface ParameterOptions {
  /** Names or patterns of those that may be read. */
  readonly readable: readonly string[];
  /** Names or patterns of those that may be set; none by default. */
  readonly writable?: readonly string[];
  /** All there are. */
  readonly get: () => readonly Parameter[];
  /** Set one. @throws VoxhandError with the reason where it is refused: the client gets it, and the old value stays. */
  readonly set?: (parameter: Parameter) => void | Promise<void>;
  /** Listen to changes, to pass them on. Returns a function that ends it. */
  readonly onChange?: (listener: (changed: readonly Parameter[]) => void) => () => void;
}

/** A service that clients may call. */
export interface ServiceOptions {
  readonly name: string;
  /** `std_srvs/srv/Trigger` */
  readonly type: string;
  readonly request: ServiceSchema;
  readonly response: ServiceSchema;
  /** @returns the encoded response. @throws to fail the call: the client gets the error's text. */
  readonly call: (request: Uint8Array, client: string) => Promise<Uint8Array>;
}

export interface FoxgloveServerOptions {
  /** Address to listen on; 127.0.0.1 by default, which only this computer can reach. */
  readonly host?: string;
  /** 8765 by default; 0 takes any free one. */
  readonly port?: number;
  /**
   * An HTTP server of your own, which listens already, in place of a new one: only the WebSocket connections to `path` are taken from it, and
   * `close` leaves it open. `host`, `port`, `page` and `tls` are then its own business.
   */
  readonly server?: Server;
  /** Where viewers connect on `server`; `/` by default. */
  readonly path?: string;
  /** Shown by viewers; `voxhand` by default. */
  readonly name?: string;
  /** Sent to every client: model, provider, configuration hash... */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Topics that are served, names or patterns (`*`, `**`, `?`); all that are published here by default. */
  readonly topics?: readonly string[];
  /**
   * Topics whose newest messages are kept for viewers that come later, names or patterns, each with how many different
   * messages; by default `/tf_static` (64) and camera infos (1).
   */
  readonly latched?: Readonly<Record<string, number>>;
  /**
   * Topics whose messages go out as JSON too, by Server-Sent Events and WebSockets (docs/contactless.md), names or patterns: gesture and
   * pointer events, enabling states, and joints, of which it is said when a hand comes and goes.
   */
  readonly events?: readonly string[];
  /** Tell viewers the messages' time, so that they show it in place of the clock's; by default where `playback` is given. */
  readonly time?: boolean;
  /** Folder of a page's files, served on the same port: `dist/viewer` of this package. */
  readonly page?: string;
  /** What a client must show: 16 to 256 of the characters A-Z a-z 0-9 . _ ~ -. None by default. */
  readonly token?: string;
  /** Pages that may connect beside the server's own; see `DEFAULT_ORIGINS`. `*` stands for one name or port. */
  readonly origins?: readonly string[];
  /** Listen on an address that others can reach, without a token. */
  readonly allowUnprotected?: boolean;
  /** Speak https and wss. */
  readonly tls?: TlsOptions;
  /** Viewers at a time; 16 by default. */
  readonly maxClients?: number;
  /** A client that sends a larger message is disconnected; bytes, 1,000,000 by default. */
  readonly maxClientMessage?: number;
  /**
   * What waits for one client at most: 8,000,000 bytes and 1,024 messages by default, and 3 messages of one topic that are
   * large (above 64 KiB: images, point clouds), so that a slow viewer sees few pictures rather than old ones.
   */
  readonly backlog?: { readonly bytes?: number; readonly messages?: number; readonly large?: number };
  /** Seconds: a ping every `interval` (10), and a client that is not heard of for `timeout` (120) is disconnected. */
  readonly heartbeat?: { readonly interval?: number; readonly timeout?: number };
  /** A player that viewers may control. */
  readonly playback?: PlaybackControl;
  readonly clientPublish?: ClientPublishOptions;
  readonly parameters?: ParameterOptions;
  readonly services?: readonly ServiceOptions[];
  /** Called when a topic gets a subscriber: for a player that is paused, to publish once more. Must not throw. */
  readonly onSubscribe?: (topic: string) => void;
  /** The bus's clock, nanoseconds, for what clients publish; the system's by default. */
  readonly now?: () => bigint;
  /** Seconds of a monotonic clock, for heartbeats; for tests. */
  readonly stopwatch?: () => number;
}

const OPTIONAL = ['server', 'page', 'token', 'tls', 'playback', 'clientPublish', 'parameters', 'onSubscribe'] as const;

/** All options with their defaults. */
export type ServerSettings = Required<
  Omit<FoxgloveServerOptions, (typeof OPTIONAL)[number] | 'backlog' | 'heartbeat'>
> &
  Pick<FoxgloveServerOptions, (typeof OPTIONAL)[number]> & {
    readonly backlog: OutboxLimits;
    readonly heartbeat: { readonly interval: number; readonly timeout: number };
  };

/**
 * @throws VoxhandError `USAGE` for numbers that cannot be, and for a `server` that does not listen; `SERVER_FAILED` for an address that others can reach, without a
 * token.
 */
export function serverSettings(options: FoxgloveServerOptions): ServerSettings {
  const { server, path = '/', name = 'voxhand', metadata = {} } = options;
  const { host, port } =
    server === undefined
      ? { host: options.host ?? '127.0.0.1', port: options.port ?? 8765 }
      : addressOf(options, server);
  const { topics = ['**'], latched = { '/tf_static': 64, '**/camera_info': 1 } } = options;
  const { events = EVENT_TOPICS } = options;
  const { time = options.playback !== undefined, origins = DEFAULT_ORIGINS, allowUnprotected = false } = options;
  const { maxClients = 16, maxClientMessage = 1_000_000, services = [] } = options;
  const { backlog: { bytes = 8_000_000, messages = 1024, large = 3 } = {} } = options;
  const { heartbeat: { interval = 10, timeout = 120 } = {} } = options;
  const { now = () => BigInt(Date.now()) * 1_000_000n, stopwatch = () => performance.now() / 1000 } = options;
  whole('port', port, 0, 65_535);
  whole('maxClients', maxClients, 1, 1000);
  whole('maxClientMessage', maxClientMessage, 1000, 2 ** 30);
  whole('backlog.bytes', bytes, 100_000, 2 ** 30);
  whole('backlog.messages', messages, 1, 1e6);
  whole('backlog.large', large, 1, 1e6);
  if (!(interval > 0 && timeout > interval)) {
    throw usage('heartbeat', 'an interval > 0 and a longer timeout', `${interval}, ${timeout}`);
  }
  if (!isLoopback(host) && options.token === undefined && !allowUnprotected) {
    throw new VoxhandError('SERVER_FAILED', 'others could reach this server, and nothing keeps them out', {
      expected: 'a token, or 127.0.0.1, or allowUnprotected where that is intended',
      found: `the address ${host} without a token`,
      where: 'host',
    });
  }
  return {
    ...options,
    ...{ host, port, path, name, metadata, topics, latched, events, time, origins, allowUnprotected },
    ...{ maxClients, maxClientMessage, services, now, stopwatch },
    backlog: { bytes, messages, large },
    heartbeat: { interval, timeout },
  };
}

/** Where a server of the program's own listens. */
function addressOf(options: FoxgloveServerOptions, server: Server): { readonly host: string; readonly port: number } {
  for (const key of ['host', 'port', 'page', 'tls'] as const) {
    if (options[key] !== undefined)
      throw usage(key, 'nothing beside `server`, which has its own', String(options[key]));
  }
  const address = server.address() as AddressInfo | string | null;
  if (address === null || typeof address === 'string') {
    throw usage(
      'server',
      'a server that listens on a port: wait for its `listening` event',
      address ?? 'one that does not listen',
    );
  }
  return { host: address.address, port: address.port };
}

function whole(where: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw usage(where, `an integer from ${low} to ${high}`, String(value));
}

function usage(where: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('USAGE', 'impossible server option', { expected, found, where });
}
