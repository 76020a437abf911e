import { type Channel, FoxgloveClient, type ServerInfo, type StatusMessage } from '@foxglove/ws-protocol';
import { WebSocket } from 'ws';

/** What a viewer has been told, kept by kind. */
export interface Heard {
  readonly infos: ServerInfo[];
  /** By topic. */
  readonly channels: Map<string, Channel>;
  readonly statuses: StatusMessage[];
  readonly messages: { topic: string; subscriptionId: number; timestamp: bigint; data: Uint8Array }[];
  readonly times: bigint[];
  readonly errors: Error[];
}

/** Foxglove's own client library on a real socket: the oracle for everything that it knows. */
export class OracleViewer {
  readonly client: FoxgloveClient;
  readonly socket: WebSocket;
  readonly heard: Heard = { infos: [], channels: new Map(), statuses: [], messages: [], times: [], errors: [] };
  readonly #topicOf = new Map<number, string>();
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;

  constructor(url: string, { protocols = [FoxgloveClient.SUPPORTED_SUBPROTOCOL], ...options }: OracleOptions = {}) {
    this.socket = new WebSocket(url, protocols, options);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.client = new FoxgloveClient({ ws: this.socket as never });
    const { infos, channels, statuses, messages, times, errors } = this.heard;
    this.client.on('serverInfo', (info) => infos.push(info));
    this.client.on('status', (status) => statuses.push(status));
    this.client.on('error', (error) => errors.push(error));
    this.client.on('time', ({ timestamp }) => times.push(timestamp));
    this.client.on('advertise', (some) => {
      for (const channel of some) channels.set(channel.topic, channel);
    });
    this.client.on('unadvertise', (ids) => {
      for (const { topic, id } of channels.values()) if (ids.includes(id)) channels.delete(topic);
    });
    this.client.on('message', ({ subscriptionId, timestamp, data }) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      messages.push({ topic: this.#topicOf.get(subscriptionId) ?? '?', subscriptionId, timestamp, data: bytes });
    });
  }

  /** Subscribe to a topic as soon as it is there. */
  async subscribe(topic: string): Promise<number> {
    const { id } = await until(() => this.heard.channels.get(topic), `channel ${topic}`);
    const subscription = this.client.subscribe(id);
    this.#topicOf.set(subscription, topic);
    return subscription;
  }

  /** The next messages of a topic beyond those that were taken before: waits until there are as many. */
  async messages(topic: string, count: number): Promise<Heard['messages']> {
    const ofTopic = () => this.heard.messages.filter((message) => message.topic === topic);
    return until(() => (ofTopic().length >= count ? ofTopic() : undefined), `${count} messages on ${topic}`);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

export interface OracleOptions {
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
  readonly origin?: string;
  readonly rejectUnauthorized?: boolean;
  readonly ca?: string;
}

/** Looks until there is something; fails by name after a while. */
export async function until<T>(look: () => T | undefined | false, what: string, milliseconds = 100_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Connect and hear how it is refused: the HTTP status and text. */
export function refusalOf(url: string, protocols: string[], options: Omit<OracleOptions, 'protocols'> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const socket = new WebSocket(url, protocols, options);
    socket.once('open', () => {
      socket.terminate();
      reject(new Error('was let in'));
    });
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        request.destroy();
        resolve({ status: response.statusCode ?? 0, text: text.trim() });
      });
    });
  });
}
