import { backOff } from '../../timing/back-off.js';
import {
  type Channel,
  type ClientMessage,
  encodeClientMessage,
  type PlaybackStateMessage,
  parseServerMessage,
  type ServerInfo,
  type ServerMessage,
  type StatusLevel,
  SUB_PROTOCOLS,
} from '../../transport/foxglove/protocol/index.js';

/** `waiting`: the connection ended or never came about, and is tried again at `retryAt`. */
export type ConnectionState =
  | { readonly phase: 'connecting'; readonly failures: number }
  | { readonly phase: 'open' }
  | {
      readonly phase: 'waiting';
      /** Milliseconds on the connection's clock. */
      readonly retryAt: number;
      readonly failures: number;
      /** Whether there was a connection before. */
      readonly wasOpen: boolean;
      /** What the server gave as its reason, or empty. */
      readonly reason: string;
    }
  | { readonly phase: 'refused'; readonly reason: string };

export interface ConnectionEvents {
  state(state: ConnectionState): void;
  info(info: ServerInfo): void;
  /** Of all channels that the server offers now. */
  channels(channels: ReadonlyMap<number, Channel>): void;
  message(channel: Channel, data: Uint8Array, time: bigint): void;
  time(time: bigint): void;
  playback(state: PlaybackStateMessage): void;
  status(level: StatusLevel, message: string, id: string | undefined): void;
  removeStatus(ids: readonly string[]): void;
  /** A frame that breaks the protocol; it is left out and the connection goes on. */
  bad(error: Error): void;
}

/** Where what is shown comes from: a server, or a file that somebody has opened. */
export interface Source {
  connect(): void;
  /** Give the messages of exactly these channels. */
  want(channelIds: ReadonlySet<number>): void;
  /** @returns false where it cannot be sent. */
  send(message: ClientMessage): boolean;
  /** Nothing is heard of it any more. */
  close(): void;
}

/** What this needs of a browser's WebSocket. */
export interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: (() => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly open?: (address: string, protocols: string[]) => Socket;
  /** Milliseconds. */
  readonly now?: () => number;
  readonly random?: () => number;
}

/** More channels than this are not looked at: a server that offers them is not one for this page. */
const MAX_CHANNELS = 2000;

/** One server, kept connected: tries again with growing pauses, and asks for the wanted channels each time anew. */
export class Connection implements Source {
  readonly #address: string;
  readonly #events: ConnectionEvents;
  readonly #open: NonNullable<ConnectionOptions['open']>;
  readonly #now: () => number;
  readonly #random: () => number;
  #socket: Socket | undefined;
  #state: ConnectionState = { phase: 'connecting', failures: 0 };
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #channels = new Map<number, Channel>();
  /** By subscription. Numbers are not used twice in a connection, so that late messages are told apart. */
  readonly #subscriptions = new Map<number, Channel>();
  #nextSubscription = 1;

  constructor(address: string, events: ConnectionEvents, options: ConnectionOptions = {}) {
    const { open = openWebSocket, now = () => performance.now(), random = Math.random } = options;
    this.#address = address;
    this.#events = events;
    this.#open = open;
    this.#now = now;
    this.#random = random;
  }

  /** Connect, at once even where a pause is running. */
  connect(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#enter({ phase: 'connecting', failures: this.#failures });
    let socket: Socket;
    try {
      socket = this.#open(this.#address, [...SUB_PROTOCOLS]);
    } catch (error) {
      // The browser forbids it, as ws:// from a page on https://: trying again would not help.
      this.#enter({ phase: 'refused', reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    let wasOpen = false;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      wasOpen = true;
      this.#enter({ phase: 'open' });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = null;
    socket.onclose = ({ reason }) => {
      this.#drop();
      this.#failures++;
      const pause = backOff(this.#failures, {}, this.#random()) * 1000;
      this.#retry = setTimeout(() => this.connect(), pause);
      this.#enter({ phase: 'waiting', retryAt: this.#now() + pause, failures: this.#failures, wasOpen, reason });
    };
  }

  /** Subscribe to exactly these channels; others are unsubscribed. */
  want(channelIds: ReadonlySet<number>): void {
    if (this.#socket === undefined) return;
    const gone = [...this.#subscriptions].filter(([, { id }]) => !channelIds.has(id)).map(([id]) => id);
    const have = new Set([...this.#subscriptions.values()].map(({ id }) => id));
    const added = [...channelIds]
      .map((id) => this.#channels.get(id))
      .filter((channel) => channel !== undefined && !have.has(channel.id))
      .map((channel) => ({ id: this.#nextSubscription++, channel: channel as Channel }));
    for (const id of gone) this.#subscriptions.delete(id);
    for (const { id, channel } of added) this.#subscriptions.set(id, channel);
    if (gone.length > 0) this.send({ op: 'unsubscribe', subscriptionIds: gone });
    if (added.length > 0) {
      const subscriptions = added.map(({ id, channel }) => ({ id, channelId: channel.id }));
      this.send({ op: 'subscribe', subscriptions });
    }
  }

  /** @returns false where there is no connection to send on. */
  send(message: ClientMessage): boolean {
    if (this.#state.phase !== 'open') return false;
    this.#socket?.send(encodeClientMessage(message));
    return true;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#drop();
  }

  #receive(data: unknown): void {
    let message: ServerMessage | undefined;
    try {
      message = parseServerMessage(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
    } catch (error) {
      this.#events.bad(error as Error);
      return;
    }
    switch (message?.op) {
      case 'messageData': {
        const channel = this.#subscriptions.get(message.subscriptionId);
        if (channel !== undefined) this.#events.message(channel, message.data, message.timestamp);
        break;
      }
      case 'serverInfo':
        this.#failures = 0;
        this.#events.info(message);
        break;
      case 'advertise':
        for (const channel of message.channels) {
          if (this.#channels.size < MAX_CHANNELS) this.#channels.set(channel.id, channel);
        }
        this.#events.channels(this.#channels);
        break;
      case 'unadvertise':
        this.#forget(message.channelIds);
        break;
      case 'time':
        this.#events.time(message.timestamp);
        break;
      case 'playbackState':
        this.#events.playback(message);
        break;
      case 'status':
        this.#events.status(message.level, message.message, message.id);
        break;
      case 'removeStatus':
        this.#events.removeStatus(message.statusIds);
        break;
      default: // parameters, services, assets, and what later versions add: of no use to a page that only looks
    }
  }

  #forget(channelIds: readonly number[]): void {
    for (const id of channelIds) this.#channels.delete(id);
    for (const [id, channel] of this.#subscriptions) {
      if (channelIds.includes(channel.id)) this.#subscriptions.delete(id);
    }
    this.#events.channels(this.#channels);
  }

  /** Let go of the socket, whatever state it is in, without hearing of it again. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#channels.clear();
    this.#subscriptions.clear();
    if (socket === undefined) return;
    socket.onopen = socket.onclose = socket.onmessage = socket.onerror = null;
    socket.close();
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#events.state(state);
  }
}

function openWebSocket(address: string, protocols: string[]): Socket {
  return new WebSocket(address, protocols) as unknown as Socket;
}
