import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { STREAM_VERSION, type StreamEvent } from '../../../messages/index.js';
import { VERSION } from '../../../version.js';
import { EventMaker } from '../../port/event-maker.js';
import type { BusMessage } from '../../port/index.js';
import { EventOutbox } from './event-outbox.js';

/** A WebSocket that offers this sub-protocol gets events, and nothing of Foxglove's protocol. */
export const EVENT_SUB_PROTOCOL = 'voxhand.events.v1';
/** Where events are on a server of ours: GET is answered by Server-Sent Events, an upgrade by a WebSocket. */
export const EVENTS_PATH = '/events';

/** No more is given to the network while so many bytes wait there. */
const NETWORK_BYTES = 16 << 10;

/** How events get to one client. */
interface Line {
  /** Bytes that wait in the socket. */
  waiting(): number;
  send(text: string, done: () => void): void;
  /** Something small that the client answers, or that fails where it is gone. */
  ping(done: () => void): void;
  close(reason: string): void;
  terminate(): void;
}

/** What an event client does, for logs and diagnostics. */
export interface EventClientState {
  readonly name: string;
  readonly kind: 'websocket' | 'server-sent-events';
  /** Events that were handed to the network. */
  readonly sent: number;
  /** Events that wait. */
  readonly waiting: number;
  /** Events that were left out because it was too slow, by type. */
  readonly dropped: Readonly<Record<string, number>>;
}

class EventClient {
  readonly name: string;
  readonly kind: EventClientState['kind'];
  readonly line: Line;
  readonly outbox = new EventOutbox();
  /** When the network last took something, or the client was heard of; seconds on the server's clock. */
  lastHeard: number;
  #sent = 0;
  #told = 0;

  constructor(name: string, kind: EventClientState['kind'], line: Line, now: number) {
    this.name = name;
    this.kind = kind;
    this.line = line;
    this.lastHeard = now;
  }

  state(): EventClientState {
    const { name, kind, outbox } = this;
    return { name, kind, sent: this.#sent, waiting: outbox.waiting, dropped: outbox.dropped.snapshot() };
  }

  send(event: StreamEvent, text: string): void {
    if (this.outbox.put(event, text)) this.pump();
    else this.line.terminate();
  }

  pump(): void {
    while (this.line.waiting() < NETWORK_BYTES) {
      const text = this.outbox.next() ?? this.#losses();
      if (text === undefined) return;
      this.#sent++;
      this.line.send(text, () => this.pump());
    }
  }

  /** Said when the client has caught up. */
  #losses(): string | undefined {
    const dropped = this.outbox.dropped.total;
    if (dropped === this.#told) return undefined;
    this.#told = dropped;
    return JSON.stringify({ v: STREAM_VERSION, type: 'dropped', dropped } satisfies StreamEvent);
  }
}

export interface EventClientsOptions {
  /** Of the server. */
  readonly name: string;
  /** Names or patterns of the topics whose messages become events. */
  readonly events: readonly string[];
  /** Seconds of a monotonic clock. */
  readonly stopwatch: () => number;
  /** Told when a client comes, goes or is given up. */
  readonly say: (severity: 'info' | 'warn', kind: string, text: string) => void;
}

/**
 * The clients that get gesture and pointer events as JSON: web pages and gateways. Nothing is decoded while there are none. Each has a
 * bounded queue of its own; what it loses is counted, and no other client notices.
 */
export class EventClients {
  readonly #options: EventClientsOptions;
  readonly #maker: EventMaker;
  readonly #clients = new Set<EventClient>();
  #next = 1;
  #onGone: (() => void) | undefined;

  constructor(options: EventClientsOptions) {
    this.#options = options;
    this.#maker = new EventMaker(options.events);
  }

  get size(): number {
    return this.#clients.size;
  }

  states(): readonly EventClientState[] {
    return [...this.#clients].map((client) => client.state());
  }

  /** `undecodable TOPIC`: messages that made no event. */
  losses(): Readonly<Record<string, number>> {
    return this.#maker.losses();
  }

  /** Whether a message of this topic and type would be of use. */
  wants(topic: string, schemaName: string): boolean {
    return this.#clients.size > 0 && this.#maker.takes(topic, schemaName);
  }

  /** Never throws and never waits. */
  write(message: BusMessage): void {
    const event = this.#clients.size === 0 ? undefined : this.#maker.eventOf(message);
    if (event === undefined) return;
    const text = JSON.stringify(event);
    for (const client of this.#clients) client.send(event, text);
  }

  addWebSocket(socket: WebSocket): void {
    const client = this.#add('websocket', {
      waiting: () => socket.bufferedAmount,
      send: (text, done) => socket.send(text, (error) => error ?? done()),
      ping: () => socket.readyState === socket.OPEN && socket.ping(),
      close: (reason) => socket.close(1001, reason),
      terminate: () => socket.terminate(),
    });
    const heard = () => {
      client.lastHeard = this.#options.stopwatch();
    };
    socket.on('message', heard); // what it says has no meaning
    socket.on('pong', heard);
    socket.on('error', (error) => this.#options.say('warn', 'bad-frame', `${client.name}: ${error.message}`));
    socket.on('close', () => this.#left(client));
  }

  /** Answer a request by Server-Sent Events; whoever calls has checked that it may. */
  addResponse(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    const client: EventClient = this.#add('server-sent-events', {
      waiting: () => response.writableLength,
      send: (text, done) => response.write(`data: ${text}\n\n`, (error) => error ?? done()),
      ping: (done) => response.write(': still here\n\n', (error) => error ?? done()),
      close: () => response.end(),
      terminate: () => response.destroy(),
    });
    response.on('error', () => undefined); // its close is heard
    response.on('close', () => this.#left(client));
    request.resume();
  }

  /** Clients that are not heard of for `timeout` seconds go. */
  beat(timeout: number): void {
    const { stopwatch, say } = this.#options;
    for (const client of this.#clients) {
      if (stopwatch() - client.lastHeard > timeout) {
        say('warn', 'dead', `${client.name} was not heard of for ${timeout} s`);
        client.line.terminate();
      } else {
        client.line.ping(() => {
          client.lastHeard = stopwatch();
        });
      }
    }
  }

  close(reason: string): void {
    for (const { line } of this.#clients) line.close(reason);
  }

  /** Resolves when no client is left. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      this.#onGone = resolve;
      if (this.#clients.size === 0) resolve();
    });
  }

  terminate(): void {
    for (const { line } of this.#clients) line.terminate();
  }

  #add(kind: EventClientState['kind'], line: Line): EventClient {
    const { name, stopwatch, say } = this.#options;
    const client = new EventClient(`events-${this.#next++}`, kind, line, stopwatch());
    this.#clients.add(client);
    this.#maker.repeat();
    const hello: StreamEvent = { v: STREAM_VERSION, type: 'hello', server: name, version: VERSION };
    client.send(hello, JSON.stringify(hello));
    say('info', 'connected', `${client.name} connected (${kind})`);
    return client;
  }

  #left(client: EventClient): void {
    if (!this.#clients.delete(client)) return;
    if (this.#clients.size === 0) this.#onGone?.();
    const lost = client.outbox.dropped.total;
    this.#options.say('info', 'disconnected', `${client.name} is gone; it was too slow for ${lost} events`);
  }
}
