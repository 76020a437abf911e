import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { VoxhandError } from '../../../errors/index.js';
import type { Codec, MessageSchema } from '../../../messages/index.js';
import { VERSION } from '../../../version.js';
import type { BusEvent, BusMessage, BusSink, Publisher, TopicState } from '../../port/index.js';
import { publisherOf } from '../../port/index.js';
import type { ServerMessage, StatusLevel, StatusMessage, SubProtocol } from '../protocol/index.js';
import { encodeServerMessage, knowsPlayback, stateMessage } from '../protocol/index.js';
import { ChannelBook, type ServedTopic } from './channel-book.js';
import { type Admitted, ClientConnection } from './client-connection.js';
import { Doorkeeper } from './doorkeeper.js';
import { type EventClientState, EventClients } from './event-clients.js';
import { type Graph, GraphWatch } from './graph-watch.js';
import { listen } from './http-server.js';
import { Newcomers } from './newcomers.js';
import { type FoxgloveServerOptions, type ServerSettings, serverSettings } from './options.js';
import { RequestHandler } from './request-handler.js';
import { serverInfo, serviceOffers } from './server-info.js';
import { SlowClients, StatusBoard } from './status-board.js';

/** Channels in one `advertise`. */
const ADVERTISE_BATCH = 100;
/** The time is sent to viewers in steps of this, nanoseconds. */
const TIME_STEP = 5_000_000n;
/** How long clients may take to receive the rest when the server ends, milliseconds. */
const CLOSE_TIME = 1000;

/** What a client does, for logs and diagnostics. */
export interface ClientState {
  readonly name: string;
  readonly subProtocol: SubProtocol;
  readonly subscriptions: number;
  /** Data messages that were handed to the network. */
  readonly sent: number;
  /** Bytes that wait to be sent to it. */
  readonly waiting: number;
  /** Data messages that it lost because it was too slow, by topic. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Messages of it that were refused. */
  readonly refused: number;
}

/**
 * Serve messages to Foxglove, Lichtblick and everything else that speaks Foxglove's WebSocket protocol, and a page to
 * browsers that have neither.
 *
 * @throws VoxhandError `SERVER_FAILED` where it cannot listen, naming port and remedy, or where it would be open to everybody;
 * `USAGE` for options that cannot be.
 * @example
 * ```ts
 * const server = await createFoxgloveServer({ page: 'dist/viewer' });
 * const joints = server.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
 * if (joints.wanted()) await joints.publish(toHandJointsMessage(hand), hand.stamp);
 * console.log(server.urls.page, server.urls.socket);
 * await server.close();
 * ```
 */
export function createFoxgloveServer(options: FoxgloveServerOptions = {}): Promise<FoxgloveServer> {
  return FoxgloveServer.listen(options);
}

/**
 * The server. As a sink it takes any message of any encoding: what has no subscribers is not encoded, and what is
 * published never waits for a client. A client that is too slow loses its oldest data, counted by topic, and no other client
 * notices.
 */
export class FoxgloveServer implements BusSink {
  /** The one that it listens on. */
  readonly port: number;
  readonly #settings: ServerSettings;
  readonly #door: Doorkeeper;
  readonly #http: Server;
  readonly #clients: Map<WebSocket, ClientConnection>;
  readonly #newcomers: Newcomers;
  readonly #book: ChannelBook;
  readonly #requests: RequestHandler;
  readonly #sessionId = randomUUID();
  readonly #statuses = new StatusBoard();
  readonly #events: EventClients;
  readonly #graph = new GraphWatch(() => this.#look());
  readonly #slow = new SlowClients();
  readonly #listeners = new Set<(event: BusEvent) => void>();
  readonly #ends: (() => void)[] = [];
  readonly #doorEvents = {
    room: () => ({ clients: this.clientCount, closed: this.#closing !== undefined }),
    refused: (text: string) => this.#say('warn', 'refused', text),
  };
  #time: bigint | undefined;
  #nextClient = 1;
  #closing: Promise<void> | undefined;

  private constructor(
    settings: ServerSettings,
    door: Doorkeeper,
    http: Server,
    clients: Map<WebSocket, ClientConnection>,
    newcomers: Newcomers,
  ) {
    this.#settings = settings;
    this.#door = door;
    this.#http = http;
    this.port = (http.address() as AddressInfo).port;
    this.#clients = clients;
    this.#newcomers = newcomers;
    this.#book = new ChannelBook(settings);
    this.#requests = new RequestHandler(settings, this.#book, {
      subscribed: (client, channelId) => this.#subscribed(client, channelId),
      unsubscribed: (_, channelId) => this.#unsubscribed(channelId),
      graph: (client, wanted) => (wanted ? this.#graph.add(client) : this.#graph.delete(client)),
    });
    this.#events = new EventClients({ ...settings, say: (...event) => this.#say(...event) });
    const leave = door.attend(http, settings, {
      ...this.#doorEvents,
      connected: (admitted) => this.#connected(admitted),
      eventsWanted: (socket, stream) => {
        newcomers.release(stream as Socket);
        this.#events.addWebSocket(socket);
      },
    });
    // an HTTP server that ends refuses by itself, and says why
    if (settings.server !== undefined) this.#ends.push(leave);
    const beat = setInterval(() => this.#beat(), settings.heartbeat.interval * 1000).unref();
    this.#ends.push(() => clearInterval(beat));
    const { playback, parameters } = settings;
    if (playback !== undefined) this.#ends.push(playback.onChange((change) => this.#played(change)));
    const stopWatching = parameters?.onChange?.((changed) => {
      this.#requests.parametersChanged(this.#clients.values(), changed);
    });
    if (stopWatching !== undefined) this.#ends.push(stopWatching);
  }

  /** See {@link createFoxgloveServer}. */
  static async listen(options: FoxgloveServerOptions): Promise<FoxgloveServer> {
    const settings = serverSettings(options);
    const door = new Doorkeeper(settings);
    const clients = new Map<WebSocket, ClientConnection>();
    const health = () => ({ name: settings.name, version: VERSION, clients: made?.clientCount ?? 0 });
    const newcomers = new Newcomers(() => door.refusals.add('too-many-connections'));
    const serveEvents = (request: IncomingMessage, response: ServerResponse) =>
      made === undefined ? response.destroy() : made.serveEvents(request, response);
    let made: FoxgloveServer | undefined;
    const http = settings.server ?? (await listen({ ...settings, newcomers, health, serveEvents }));
    made = new FoxgloveServer(settings, door, http, clients, newcomers);
    return made;
  }

  /**
   * Answer a GET of a `server` of the program's own with gesture and pointer events as Server-Sent Events, or refuse it. A server without
   * one does so by itself at `/events`.
   */
  serveEvents(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#door.admits(request, response, this.#doorEvents)) return;
    this.#newcomers.release(request.socket);
    this.#events.addResponse(request, response);
  }

  /** Where to find it, with its token where it has one: the page, the socket, and the web viewer of Foxglove. */
  get urls(): { readonly page: string; readonly socket: string; readonly foxglove: string } {
    const { host, tls, token, path } = this.#settings;
    const s = tls === undefined ? '' : 's';
    const anywhere = host === '0.0.0.0' || host === '::';
    const name = anywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    const query = token === undefined ? '' : `?token=${token}`;
    const socket = `ws${s}://${name}:${this.port}${path}${query}`;
    return {
      page: `http${s}://${name}:${this.port}/${query}`,
      socket,
      foxglove: `https://app.foxglove.dev/?ds=foxglove-websocket&ds.url=${encodeURIComponent(socket)}`,
    };
  }

  /** `wanted()` is true while there are subscribers, and always for a latched topic; else publishing does nothing. */
  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    this.#open(topic, codec);
    const wanted = () => (this.#book.byTopic(topic)?.wanted ?? false) || this.#events.wants(topic, codec.schemaName);
    const publisher = publisherOf(topic, codec, (message) => this.write(message), wanted);
    return {
      ...publisher,
      publish: async (message, stamp) => {
        if (wanted() || this.#closing !== undefined) await publisher.publish(message, stamp);
      },
    };
  }

  /**
   * A topic that has not been advertised is so by its first message. Resolves at once: no client is waited for.
   *
   * @throws VoxhandError `WRITE_FAILED` when the server is closed.
   */
  async write(message: BusMessage): Promise<void> {
    if (this.#closing !== undefined) {
      throw new VoxhandError('WRITE_FAILED', 'the server is closed', { where: message.topic });
    }
    const served = this.#open(message.topic, message);
    if (served === undefined) return;
    served.saw(message);
    if (this.#settings.time) this.#tick(message.logTime);
    this.#events.write(message);
    if (served.subscribers === 0) return;
    for (const client of this.#clients.values()) client.sendData(served.channel.id, message);
  }

  /** Viewers forget the topic; publishing on it brings it back. */
  unadvertise(topic: string): void {
    const served = this.#book.byTopic(topic);
    if (served === undefined) return;
    this.#book.remove(served);
    this.#left(served);
  }

  /** A line for the users of viewers. One with an id replaces the one before, and is shown to viewers that come later. */
  status(level: StatusLevel, message: string, id?: string): void {
    const status: StatusMessage = { op: 'status', level, message, ...(id !== undefined && { id }) };
    const gone = this.#statuses.add(status);
    if (gone.length > 0) this.#broadcast({ op: 'removeStatus', statusIds: gone });
    this.#broadcast(status);
  }

  /** Take statuses back. */
  removeStatus(...ids: readonly string[]): void {
    const statusIds = this.#statuses.remove(ids);
    if (statusIds.length > 0) this.#broadcast({ op: 'removeStatus', statusIds });
  }

  /** Tell viewers the time, nanoseconds, where `time` is on. Messages do so by themselves; this is for when there are none. */
  publishTime(time: bigint): void {
    if (!this.#settings.time) return;
    this.#time = time;
    const encoded = encodeServerMessage({ op: 'time', timestamp: time });
    for (const client of this.#clients.values()) client.sendTime(encoded);
  }

  /** Clients of both kinds that are connected. */
  get clientCount(): number {
    return this.#clients.size + this.#events.size;
  }

  /** The viewers that are connected. */
  clients(): readonly ClientState[] {
    return [...this.#clients.values()].map((client) => ({
      name: client.name,
      subProtocol: client.subProtocol,
      subscriptions: client.subscriptions.size,
      sent: client.sent,
      waiting: client.waiting,
      dropped: client.dropped.snapshot(),
      refused: client.refused,
    }));
  }

  /** The clients that get gesture and pointer events as JSON. */
  eventClients(): readonly EventClientState[] {
    return this.#events.states();
  }

  /** Connections that were refused, by cause: `origin`, `token`, `sub-protocol`, `too-many-clients`, `too-many-connections`, `bad-request`. */
  refusals(): Readonly<Record<string, number>> {
    return this.#door.refusals.snapshot();
  }

  /** Of every topic that is served; `dropped` counts what clients were too slow for, once for each client. */
  states(): readonly TopicState[] {
    return [...this.#book.all()].map((served) => {
      let dropped = 0;
      for (const client of this.#clients.values()) dropped += client.dropped.of(served.info.topic);
      return served.state(dropped);
    });
  }

  /** What was not sent: `dropped TOPIC`, see `states`; `undecodable TOPIC`, of which there should have been events. */
  losses(): Readonly<Record<string, number>> {
    const dropped = this.states().map(
      ({ topic, dropped: { 'queue-full': count = 0 } }) => [`dropped ${topic}`, count] as const,
    );
    return { ...Object.fromEntries(dropped.filter(([, count]) => count > 0)), ...this.#events.losses() };
  }

  /**
   * Listen to clients: `connected`, `disconnected`, `refused`, `slow`, `dead`, `bad-frame`. Returns a function that ends
   * it. Listeners must not throw.
   */
  onEvent(listener: (event: BusEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Clients that take what waits for them within a second get it; then the port is free, or your `server` without them. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const end of this.#ends) end();
    const { server } = this.#settings;
    const closed =
      server === undefined ? new Promise<void>((resolve) => this.#http.close(() => resolve())) : this.#clientsGone();
    for (const client of this.#clients.values()) client.close(1001, 'the server has ended');
    this.#events.close('the server has ended');
    const late = setTimeout(() => {
      for (const client of this.#clients.values()) client.terminate();
      this.#events.terminate();
      if (server === undefined) this.#http.closeAllConnections();
    }, CLOSE_TIME);
    if (server === undefined) this.#http.closeIdleConnections();
    await closed;
    clearTimeout(late);
  }

  async #clientsGone(): Promise<void> {
    await Promise.all([
      this.#events.gone(),
      ...[...this.#clients.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    ]);
  }

  #open(topic: string, schema: MessageSchema): ServedTopic | undefined {
    const opened = this.#book.open(topic, schema);
    if (opened === undefined) return undefined;
    if (opened.replaced !== undefined) this.#left(opened.replaced);
    if (opened.added) {
      this.#broadcast({ op: 'advertise', channels: [opened.served.channel] });
      this.#graph.touch();
    }
    return opened.served;
  }

  /** A channel is gone: its subscriptions too. */
  #left({ channel: { id } }: ServedTopic): void {
    for (const client of this.#clients.values()) client.leaveChannel(id);
    this.#broadcast({ op: 'unadvertise', channelIds: [id] });
    this.#graph.touch();
  }

  #connected(admitted: Admitted): void {
    const { backlog, stopwatch } = this.#settings;
    const { socket, stream, subProtocol } = admitted;
    this.#newcomers.release(stream as Socket);
    const client = new ClientConnection(this.#nextClient++, admitted, backlog, stopwatch());
    this.#clients.set(socket, client);
    const heard = () => {
      client.lastHeard = stopwatch();
    };
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      heard();
      this.#requests.handle(client, isBinary ? data : data.toString());
    });
    socket.on('pong', heard);
    // A frame that breaks the WebSocket protocol or is too large: the connection is closed with the code that says so.
    socket.on('error', (error) => this.#say('warn', 'bad-frame', `${client.name}: ${error.message}`));
    socket.on('close', (code) => this.#disconnected(socket, client, code));
    this.#greet(client);
    this.#say('info', 'connected', `${client.name} connected (${subProtocol})`);
  }

  #greet(client: ClientConnection): void {
    client.send(serverInfo(this.#settings, client.subProtocol, this.#sessionId));
    const channels = [...this.#book.all()].map(({ channel }) => channel);
    for (let i = 0; i === 0 || i < channels.length; i += ADVERTISE_BATCH) {
      client.send({ op: 'advertise', channels: channels.slice(i, i + ADVERTISE_BATCH) });
    }
    const { services, playback, time } = this.#settings;
    if (services.length > 0) client.send({ op: 'advertiseServices', services: serviceOffers(services) });
    for (const status of this.#statuses.all()) client.send(status);
    if (time && this.#time !== undefined) client.sendTime(encodeServerMessage({ op: 'time', timestamp: this.#time }));
    if (playback !== undefined && knowsPlayback(client.subProtocol)) {
      client.send(stateMessage({ state: playback.state(), didSeek: false }));
    }
  }

  #disconnected(socket: WebSocket, client: ClientConnection, code: number): void {
    this.#clients.delete(socket);
    this.#graph.delete(client);
    for (const channelId of client.subscriptions.values()) this.#unsubscribed(channelId);
    let lost = 0;
    for (const [topic, dropped] of client.dropped) {
      lost += dropped;
      const served = this.#book.byTopic(topic);
      if (served !== undefined) served.droppedBefore += dropped;
    }
    this.#graph.touch();
    this.#say('info', 'disconnected', `${client.name} is gone (${code}); it was too slow for ${lost} messages`);
  }

  #subscribed(client: ClientConnection, channelId: number): void {
    const served = this.#book.byId(channelId) as ServedTopic;
    served.subscribers++;
    for (const message of served.latched) client.sendData(channelId, message);
    this.#graph.touch();
    this.#settings.onSubscribe?.(served.info.topic);
  }

  #unsubscribed(channelId: number): void {
    const served = this.#book.byId(channelId);
    if (served !== undefined) served.subscribers--;
    this.#graph.touch();
  }

  #broadcast(message: ServerMessage): void {
    if (this.#clients.size === 0) return;
    const encoded = encodeServerMessage(message);
    for (const client of this.#clients.values()) client.sendEncoded(encoded);
  }

  #tick(time: bigint): void {
    if (this.#time === undefined || time >= this.#time + TIME_STEP || time < this.#time) this.publishTime(time);
  }

  #played(change: Parameters<typeof stateMessage>[0]): void {
    if (change.didSeek) for (const client of this.#clients.values()) client.forgetData();
    if (change.didSeek) this.publishTime(change.state.currentTime);
    const encoded = encodeServerMessage(stateMessage(change));
    for (const client of this.#clients.values()) if (knowsPlayback(client.subProtocol)) client.sendEncoded(encoded);
  }

  #look(): Graph {
    const { name, services } = this.#settings;
    const topics = [...this.#book.all()];
    const listeners = ({ channel }: ServedTopic) =>
      [...this.#clients.values()].filter((client) => client.listensTo(channel.id)).map((client) => client.name);
    return {
      published: new Map(topics.map(({ info }) => [info.topic, [name]])),
      subscribed: new Map(
        topics.flatMap((served) => {
          const names = served.subscribers > 0 ? listeners(served) : [];
          return names.length > 0 ? [[served.info.topic, names] as const] : [];
        }),
      ),
      services: new Map(services.map((service) => [service.name, [name]])),
    };
  }

  /** Clients that are not heard of any more go; those that are too slow get a warning. */
  #beat(): void {
    const { heartbeat, stopwatch } = this.#settings;
    this.#events.beat(heartbeat.timeout);
    for (const client of this.#clients.values()) {
      if (stopwatch() - client.lastHeard > heartbeat.timeout) {
        this.#say('warn', 'dead', `${client.name} was not heard of for ${heartbeat.timeout} s`);
        client.terminate();
        continue;
      }
      client.ping();
      const slow = this.#slow.check(client);
      if (slow !== undefined) this.#say('warn', 'slow', slow);
    }
  }

  #say(severity: BusEvent['severity'], kind: string, text: string): void {
    for (const listener of this.#listeners) listener({ severity, kind, text });
  }
}
