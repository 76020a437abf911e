import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Counts } from '../../../timing/index.js';
import type { BusMessage } from '../../port/index.js';
import type { ClientChannel, ServerMessage, StatusLevel, SubProtocol } from '../protocol/index.js';
import { encodeMessageHeader, encodeServerMessage } from '../protocol/index.js';
import { type ControlEntry, type DataEntry, Outbox, type OutboxLimits } from './outbox.js';

/** A client that has been let in. */
export interface Admitted {
  readonly socket: WebSocket;
  /** What the WebSocket is spoken over. */
  readonly stream: Duplex;
  readonly subProtocol: SubProtocol;
}

/** The socket is given more to send when fewer bytes than this wait in it; the rest waits in the outbox. */
const SOCKET_BYTES = 64 << 10;
/** A message up to this size is joined with its header: one frame costs less than a copy. */
const JOINED_BYTES = 4 << 10;

/**
 * One viewer: its subscriptions, and what waits to be sent to it. Sending never waits and never throws.
 *
 * Small messages of one turn of the event loop go to the network in one piece at its end: a system call for each would cost
 * more than all else here.
 */
export class ClientConnection {
  readonly id: number;
  readonly subProtocol: SubProtocol;
  /** Channel of each subscription, by the client's number for it. */
  readonly subscriptions = new Map<number, number>();
  /** Channels that the client publishes on. */
  readonly channels = new Map<number, ClientChannel>();
  /** Names of parameters whose changes it wants. */
  readonly parameters = new Set<string>();
  /** Service calls and settings of parameters that are not answered yet. */
  calls = 0;
  /** Parameters are set one after another: the one before. */
  setting: Promise<unknown> = Promise.resolve();
  /** Messages of it that were refused. */
  refused = 0;
  /** When something last came from it, seconds on the server's clock. */
  lastHeard: number;
  readonly #socket: WebSocket;
  /** Beneath the WebSocket. */
  readonly #stream: Duplex;
  readonly #outbox: Outbox;
  readonly #subscriptionOf = new Map<number, number>();
  #sent = 0;
  #pumping = false;
  #closing: { code: number; reason: string } | undefined;

  constructor(id: number, { socket, stream, subProtocol }: Admitted, limits: OutboxLimits, now: number) {
    this.id = id;
    this.subProtocol = subProtocol;
    this.lastHeard = now;
    this.#socket = socket;
    this.#stream = stream;
    this.#outbox = new Outbox(limits);
  }

  get name(): string {
    return `client-${this.id}`;
  }

  /** Data messages that were handed to the network. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes that wait, here and in the socket. */
  get waiting(): number {
    return this.#outbox.bytes + this.#socket.bufferedAmount;
  }

  /** Data messages that it lost because it was too slow, by topic. */
  get dropped(): Counts {
    return this.#outbox.dropped;
  }

  /** @returns false where the subscription's number or the channel is taken already. */
  subscribe(id: number, channelId: number): boolean {
    if (this.subscriptions.has(id) || this.#subscriptionOf.has(channelId)) return false;
    this.subscriptions.set(id, channelId);
    this.#subscriptionOf.set(channelId, id);
    return true;
  }

  /** @returns the channel, or undefined where there is no such subscription. */
  unsubscribe(id: number): number | undefined {
    const channelId = this.subscriptions.get(id);
    if (channelId === undefined) return undefined;
    this.subscriptions.delete(id);
    this.#subscriptionOf.delete(channelId);
    this.#outbox.forget(channelId);
    return channelId;
  }

  /** The channel is gone. @returns whether it was subscribed */
  leaveChannel(channelId: number): boolean {
    const id = this.#subscriptionOf.get(channelId);
    return id !== undefined && this.unsubscribe(id) !== undefined;
  }

  listensTo(channelId: number): boolean {
    return this.#subscriptionOf.has(channelId);
  }

  /** A message that it must not miss. */
  send(message: ServerMessage): void {
    this.sendEncoded(encodeServerMessage(message));
  }

  sendEncoded(message: ControlEntry): void {
    if (this.#outbox.control(message, this.#socket.bufferedAmount)) this.#pumpSoon();
    else this.#socket.terminate();
  }

  status(level: StatusLevel, message: string, id?: string): void {
    this.send({ op: 'status', level, message, ...(id !== undefined && { id }) });
  }

  /** A message of a channel, where it is subscribed: the oldest that wait are dropped where the client is too slow. */
  sendData(channelId: number, { topic, data, logTime }: BusMessage): void {
    const subscription = this.#subscriptionOf.get(channelId);
    if (subscription === undefined) return;
    const header = encodeMessageHeader(subscription, logTime);
    this.#outbox.data({ topic, channelId, header, data }, this.#socket.bufferedAmount);
    this.#pumpSoon();
  }

  /** The newest one is enough. */
  sendTime(encoded: Uint8Array): void {
    this.#outbox.time(encoded);
    this.#pumpSoon();
  }

  /** What waits does not lead up to what comes next. */
  forgetData(): void {
    this.#outbox.forget();
  }

  ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  /** Everything that waits is sent, if the client takes it, before the close. */
  close(code: number, reason: string): void {
    this.#closing = { code, reason };
    this.#pump();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** At the end of this turn, or now where much waits already. */
  #pumpSoon(): void {
    if (this.#outbox.bytes >= SOCKET_BYTES) this.#pump();
    if (this.#pumping || this.#outbox.isEmpty) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** Give the socket what it takes, in pieces that each are one write. */
  #pump(): void {
    const socket = this.#socket;
    const takes = () => socket.readyState === socket.OPEN && socket.bufferedAmount < SOCKET_BYTES;
    while (takes() && !this.#outbox.isEmpty) {
      this.#stream.cork();
      while (takes()) {
        const entry = this.#outbox.next();
        if (entry === undefined) break;
        this.#write(entry);
      }
      this.#stream.uncork();
    }
    if (this.#closing !== undefined && this.#outbox.isEmpty) socket.close(this.#closing.code, this.#closing.reason);
  }

  #write(entry: ControlEntry | DataEntry): void {
    // A message that could not be sent: the socket is closing, and its `close` is heard elsewhere.
    const done = () => {
      if (!this.#outbox.isEmpty || this.#closing !== undefined) this.#pump();
    };
    if (typeof entry === 'string' || entry instanceof Uint8Array) {
      this.#socket.send(entry, done);
      return;
    }
    this.#sent++;
    const { header, data } = entry;
    if (data.byteLength <= JOINED_BYTES) {
      const joined = new Uint8Array(header.byteLength + data.byteLength);
      joined.set(header);
      joined.set(data, header.byteLength);
      this.#socket.send(joined, done);
    } else {
      // Two frames of one message: the data, which all clients share, is not copied.
      this.#socket.send(header, { binary: true, fin: false });
      this.#socket.send(data, { binary: true, fin: true }, done);
    }
  }
}
