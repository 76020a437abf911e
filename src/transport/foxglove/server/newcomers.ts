import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that are no client's yet, of one address and of all. */
const MOST_OF_AN_ADDRESS = 256;
const MOST = 1024;

/** What tells a connection from others, under TLS too. */
type Peer = { readonly [Key in 'remoteAddress' | 'remotePort']?: Socket[Key] };

/**
 * The connections that have shown no token and asked for nothing yet. Where there are too many, the one that has waited longest
 * goes, of the address that has most of them: whoever opens many closes their own, and a new one always gets its turn.
 */
export class Newcomers {
  /** By address, the one that has waited longest first. */
  readonly #waiting = new Map<string, Map<number, Socket>>();
  readonly #onDrop: () => void;
  #count = 0;

  /** @param onDrop told of each connection that had to go */
  constructor(onDrop: () => void) {
    this.#onDrop = onDrop;
  }

  /** Look after the connections of a server. One that asks for a page waits anew for its next request. */
  attend(server: Server): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('request', ({ socket }) => this.#renew(socket));
  }

  /** It has become a client's. */
  release(peer: Peer): void {
    this.#forget(addressOf(peer), peer.remotePort ?? 0);
  }

  #add(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    // gone already, as a port scan leaves it
    if (remoteAddress === undefined || remotePort === undefined) return void socket.destroy();
    const address = addressOf({ remoteAddress });
    const waiting = this.#waiting.get(address) ?? new Map<number, Socket>();
    this.#waiting.set(address, waiting);
    waiting.set(remotePort, socket);
    this.#count++;
    socket.once('close', () => {
      if (this.#waiting.get(address)?.get(remotePort) === socket) this.#forget(address, remotePort);
    });
    if (waiting.size > MOST_OF_AN_ADDRESS) this.#drop(address);
    else if (this.#count > MOST) this.#drop(this.#crowd());
  }

  #renew(peer: Peer): void {
    const port = peer.remotePort ?? 0;
    const waiting = this.#waiting.get(addressOf(peer));
    const socket = waiting?.get(port);
    if (waiting === undefined || socket === undefined) return;
    waiting.delete(port);
    waiting.set(port, socket);
  }

  #drop(address: string): void {
    const [[port, socket]] = this.#waiting.get(address) ?? [];
    this.#forget(address, port);
    socket.destroy();
    this.#onDrop();
  }

  #forget(address: string, port: number): void {
    const waiting = this.#waiting.get(address);
    if (waiting?.delete(port) !== true) return;
    this.#count--;
    if (waiting.size === 0) this.#waiting.delete(address);
  }

  /** The address with most of them. */
  #crowd(): string {
    return [...this.#waiting].reduce((most, each) => (each[1].size > most[1].size ? each : most))[0];
  }
}

/** Of IPv6 the network (64 bits): whoever has one has all its addresses. */
function addressOf({ remoteAddress = '' }: Peer): string {
  if (!remoteAddress.includes(':') || remoteAddress.includes('.')) return remoteAddress;
  return remoteAddress
    .split('::', 1)[0]
    .split(':')
    .slice(0, 4)
    .join(':')
    .replace(/(:0)+$/, '');
}
