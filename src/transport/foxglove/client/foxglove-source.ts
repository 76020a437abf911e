import type { VoxhandError } from '../../../errors/index.js';
import type { Codec } from '../../../messages/index.js';
import { type BackOffOptions, backOff } from '../../../timing/back-off.js';
import { BoundedQueue } from '../../port/bounded-queue.js';
import type { BusEvent, BusMessage, LiveBus, Publisher, TopicInfo, TopicState } from '../../port/index.js';
import { publisherOf } from '../../port/index.js';
import type { ServerInfo, ServerMessage } from '../protocol/index.js';
import { Connection, type ConnectionOptions, withoutToken } from './connection.js';
import { type Greeted, Publications, refused } from './publications.js';
import { RemoteChannels } from './remote-channels.js';
import { SilenceWatch } from './silence-watch.js';
import { WireSubscriptions } from './wire-subscriptions.js';

/** The first list of topics is not waited for longer than this, milliseconds. */
const FIRST_LIST = 1000;

export interface FoxgloveSourceOptions extends ConnectionOptions {
  /** Messages that wait for each loop over a subscription, at most; the oldest beyond that is dropped and counted. Default 16. */
  readonly queueSize?: number;
  readonly backOff?: BackOffOptions;
  /** Bytes that wait to be published, at most; a message beyond that is refused. Default 8,000,000. */
  readonly publishBytes?: number;
  /** A topic that is not there, or silent, for so many seconds is reported once; 2 by default. */
  readonly silenceAfter?: number;
  /** The system's clock, nanoseconds; for tests. */
  readonly systemTime?: () => bigint;
  /** In [0, 1); for tests. */
  readonly random?: () => number;
}

interface Subscription {
  readonly topics: ReadonlySet<string> | undefined;
  readonly queue: BoundedQueue<BusMessage>;
}

/** What is known of a topic, over all connections. */
interface Tally {
  messages: number;
  dropped: number;
  lastMessage?: bigint;
}

/**
 * Connect to a Foxglove server: a foxglove_bridge next to a ROS 2 graph, or another voxhand. Its topics are then a source as
 * any other, where rclnodejs cannot be installed.
 *
 * @param url `ws://robot:8765` or `wss://...`; a server's token may be in its query.
 * @throws VoxhandError `CONNECTION_FAILED` where there is no such server at this moment. A connection that is lost later is
 * tried again for as long as the source is open.
 * @example
 * ```ts
 * const source = await connectFoxglove('ws://robot:8765');
 * depthFrames(source, config).pipe(trackHands(config)).subscribe(console.log);
 * ```
 */
export async function connectFoxglove(url: string, options: FoxgloveSourceOptions = {}): Promise<FoxgloveSource> {
  const source = new FoxgloveSource(url, options);
  await source.connect();
  return source;
}

/**
 * A server's topics as a live bus.
 *
 * Subscriptions go by topic, not by channel: they outlive a server's restart, and a topic that comes later is subscribed to
 * when it comes. Messages wait in a bounded queue for each loop; what a slow loop misses is counted in `states()`.
 */
export class FoxgloveSource implements LiveBus {
  readonly #url: string;
  readonly #options: FoxgloveSourceOptions;
  readonly #channels = new RemoteChannels();
  readonly #wire = new WireSubscriptions();
  readonly #publications: Publications;
  readonly #silence: SilenceWatch;
  readonly #subscriptions = new Set<Subscription>();
  readonly #tallies = new Map<string, Tally>();
  readonly #listeners = new Set<(event: BusEvent) => void>();
  #connection: Connection | undefined;
  #server: ServerInfo | undefined;
  #listed: (() => void) | undefined;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #time: bigint | undefined;
  #closed = false;

  /** Use {@link connectFoxglove}. */
  constructor(url: string, options: FoxgloveSourceOptions) {
    const { publishBytes = 8_000_000, silenceAfter = 2 } = options;
    this.#url = url;
    this.#options = options;
    this.#publications = new Publications(publishBytes);
    this.#silence = new SilenceWatch(silenceAfter, (topic) => this.#explain(topic, silenceAfter));
  }

  /** The server's description of itself; undefined while there is no connection. */
  get server(): ServerInfo | undefined {
    return this.#server;
  }

  /** The first connection, with its first list of topics; {@link connectFoxglove} does it. */
  async connect(): Promise<void> {
    const listed = new Promise<void>((resolve) => {
      this.#listed = resolve;
    });
    await this.#connect();
    // Every server advertises at once, even if nothing; one that does not is not waited for.
    await Promise.race([listed, new Promise((resolve) => setTimeout(resolve, FIRST_LIST).unref())]);
  }

  topics(): readonly TopicInfo[] {
    return this.#channels.topics();
  }

  /** A topic that the server does not have yet is waited for. The loop ends with {@link FoxgloveSource.close}. */
  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return { [Symbol.asyncIterator]: () => this.#open(topics) };
  }

  /** The last time that the server has sent, where it sends any; else the system's. */
  now(): bigint {
    return this.#time ?? this.#options.systemTime?.() ?? BigInt(Date.now()) * 1_000_000n;
  }

  /** Of `connected`, `disconnected`, `unreachable`, `silent`, `bad-message` and `server-status`. */
  onEvent(listener: (event: BusEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  states(): readonly TopicState[] {
    const incoming = [...this.#tallies].map(([topic, { messages, dropped, lastMessage }]) => ({
      topic,
      publishers: this.#channels.get(topic) === undefined ? 0 : 1,
      messages,
      dropped: dropped === 0 ? {} : { 'queue-full': dropped },
      ...(lastMessage !== undefined && { lastMessage }),
    }));
    return [...incoming, ...this.#publications.states()];
  }

  /** Publish on the server, where it lets clients do so; see {@link FoxgloveSource.write}. */
  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    this.#publications.offer(topic, codec, this.#greeted());
    return publisherOf(topic, codec, (message) => this.write(message));
  }

  /**
   * @throws VoxhandError `WRITE_FAILED` while there is no connection, and where the server lets no client publish or takes no
   * more.
   */
  async write(message: BusMessage): Promise<void> {
    const greeted = this.#greeted();
    if (greeted === undefined) {
      const found = this.#closed ? 'a closed one' : 'none at this moment';
      throw refused(message.topic, `a connection to ${withoutToken(this.#url)}`, found);
    }
    this.#publications.write(message, greeted);
  }

  /** Ends every loop when it has had what waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#silence.close();
    this.#connection?.close();
    this.#forget();
    for (const { queue } of this.#subscriptions) queue.close();
  }

  #greeted(): Greeted | undefined {
    const connection = this.#connection;
    return connection && this.#server && { connection, server: this.#server };
  }

  #open(topics: readonly string[] | undefined): AsyncIterator<BusMessage, undefined> {
    const { queueSize = 16 } = this.#options;
    const queue = new BoundedQueue<BusMessage>(queueSize, 'drop-oldest', ({ topic }) => {
      this.#tallyOf(topic).dropped++;
    });
    const subscription: Subscription = { topics: topics && new Set(topics), queue };
    if (this.#closed) queue.close();
    else this.#subscriptions.add(subscription);
    for (const topic of topics ?? []) {
      this.#tallyOf(topic);
      this.#silence.expect(topic);
    }
    this.#settle();
    return {
      next: () => queue.next(),
      return: () => {
        this.#subscriptions.delete(subscription);
        this.#settle();
        return queue.return();
      },
    };
  }

  async #connect(): Promise<void> {
    const connection = await Connection.open(this.#url, this.#options, {
      opened: (opened) => {
        this.#connection = opened;
      },
      message: (message) => this.#receive(message),
      bad: (error) => this.#say('warn', 'bad-message', `a message of the server was left out: ${error.message}`),
      closed: (reason) => this.#lost(reason),
    });
    if (this.#closed) connection.close();
  }

  #lost(reason: string): void {
    this.#forget();
    if (this.#closed) return;
    this.#say('warn', 'disconnected', `the connection to ${withoutToken(this.#url)} is lost: ${reason}`);
    this.#tryAgain();
  }

  /** What was known of this connection is worth nothing in the next one. */
  #forget(): void {
    this.#connection = undefined;
    this.#server = undefined;
    this.#time = undefined;
    this.#channels.clear();
    this.#wire.clear();
  }

  #tryAgain(): void {
    const { backOff: options = {}, random = Math.random } = this.#options;
    this.#failures++;
    const connect = () => {
      this.#connect().catch((error: VoxhandError) => {
        if (this.#closed) return;
        // Reported the first time and then with each doubling of the tries.
        if ((this.#failures & (this.#failures - 1)) === 0) this.#say('warn', 'unreachable', error.message);
        this.#tryAgain();
      });
    };
    this.#retry = setTimeout(connect, backOff(this.#failures, options, random()) * 1000);
  }

  #receive(message: ServerMessage): void {
    switch (message.op) {
      case 'messageData':
        this.#deliver(message.subscriptionId, message.timestamp, message.data);
        break;
      case 'serverInfo':
        this.#greet(message);
        break;
      case 'advertise':
        for (const channel of message.channels) {
          try {
            this.#channels.add(channel);
          } catch (error) {
            this.#say('warn', 'bad-message', (error as Error).message, channel.topic);
          }
        }
        this.#settle();
        this.#listed?.();
        break;
      case 'unadvertise':
        for (const id of message.channelIds) this.#channels.remove(id);
        this.#settle();
        break;
      case 'time':
        // some servers send 0 where they have no time to tell
        if (message.timestamp > 0n || this.#server?.capabilities.includes('time')) this.#time = message.timestamp;
        break;
      case 'status':
        this.#say(message.level === 'warning' ? 'warn' : message.level, 'server-status', message.message);
        break;
      default:
        break; // not for a source
    }
  }

  #greet(server: ServerInfo): void {
    this.#server = server;
    this.#failures = 0;
    this.#say('info', 'connected', `connected to ${server.name || 'a server'} at ${withoutToken(this.#url)}`);
    const greeted = this.#greeted();
    if (greeted !== undefined) this.#publications.greeted(greeted);
  }

  #deliver(wireId: number, logTime: bigint, data: Uint8Array): void {
    const info = this.#wire.infoOf(wireId);
    if (info === undefined) return;
    const { topic } = info;
    const tally = this.#tallyOf(topic);
    const message = { ...info, data, logTime, publishTime: logTime, sequence: tally.messages++ };
    tally.lastMessage = logTime;
    this.#silence.heard(topic);
    for (const { topics, queue } of this.#subscriptions) {
      if (topics?.has(topic) ?? true) void queue.push(message);
    }
  }

  /** Let the subscriptions on the wire be those that the loops want of what there is. */
  #settle(): void {
    const wanted = new Map<string, NonNullable<ReturnType<RemoteChannels['get']>>>();
    for (const { topics } of this.#subscriptions) {
      for (const topic of topics ?? this.#channels.topics().map((info) => info.topic)) {
        const channel = this.#channels.get(topic);
        if (channel !== undefined) wanted.set(topic, channel);
      }
    }
    if (this.#connection === undefined) return;
    for (const message of this.#wire.change(wanted)) this.#connection.send(message);
  }

  #explain(topic: string, seconds: number): void {
    const offered = this.#channels.get(topic);
    const others = this.topics().map((info) => `${info.topic} (${info.schemaName})`);
    const text =
      this.#connection === undefined
        ? `there is no connection to ${withoutToken(this.#url)}`
        : offered === undefined
          ? `the server has no such topic; it has ${others.join(', ') || 'none'}`
          : `no message for ${seconds} s, though the server offers ${offered.info.schemaName} there: does anybody publish?`;
    this.#say('warn', 'silent', text, topic);
  }

  #tallyOf(topic: string): Tally {
    let tally = this.#tallies.get(topic);
    if (tally === undefined) {
      tally = { messages: 0, dropped: 0 };
      this.#tallies.set(topic, tally);
    }
    return tally;
  }

  #say(severity: BusEvent['severity'], kind: string, text: string, topic?: string): void {
    const event: BusEvent = { severity, kind, text, ...(topic !== undefined && { topic }) };
    for (const listener of this.#listeners) listener(event);
  }
}
