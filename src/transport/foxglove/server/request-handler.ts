import { toVoxhandError, VoxhandError } from '../../../errors/index.js';
import type { BusMessage } from '../../port/index.js';
import { topicMatcher } from '../../port/topic-pattern.js';
import { type ClientMessage, carryOut, type Parameter, parseClientMessage, schemaOf } from '../protocol/index.js';
import type { ChannelBook } from './channel-book.js';
import type { ClientConnection } from './client-connection.js';
import type { ServerSettings } from './options.js';

/** Channels that one client may publish on, and parameters whose changes it may want. */
const MAX_PER_CLIENT = 1024;
/** Service calls and settings of parameters of one client that may be under way. */
const MAX_CALLS = 32;

/** What a server does about subscriptions. */
export interface SubscriptionEvents {
  subscribed(client: ClientConnection, channelId: number): void;
  unsubscribed(client: ClientConnection, channelId: number): void;
  /** The client wants to know who is connected to what, or does not any more. */
  graph(client: ClientConnection, wanted: boolean): void;
}

type Of<Op extends ClientMessage['op']> = Extract<ClientMessage, { op: Op }>;

/**
 * Does what a client asks, where that is allowed. Whatever comes, it ends here: a message that is none, or that asks for
 * what is not allowed, is answered with a status and counted, and the connection goes on.
 */
export class RequestHandler {
  readonly #settings: ServerSettings;
  readonly #book: ChannelBook;
  readonly #events: SubscriptionEvents;
  readonly #mayPublish: (topic: string) => boolean;
  readonly #mayRead: (parameter: string) => boolean;
  readonly #mayWrite: (parameter: string) => boolean;
  #published = 0;

  constructor(settings: ServerSettings, book: ChannelBook, events: SubscriptionEvents) {
    this.#settings = settings;
    this.#book = book;
    this.#events = events;
    this.#mayPublish = matcher(settings.clientPublish?.topics);
    this.#mayRead = matcher(settings.parameters?.readable);
    this.#mayWrite = matcher(settings.parameters?.writable);
  }

  handle(client: ClientConnection, data: string | Uint8Array): void {
    const refuse = (thrown: unknown) => this.#refuse(client, thrown);
    try {
      this.#carryOut(client, parseClientMessage(data))?.catch(refuse);
    } catch (thrown) {
      refuse(thrown);
    }
  }

  /** Tell of parameters that have changed, each client of those it has asked for. */
  parametersChanged(clients: Iterable<ClientConnection>, changed: readonly Parameter[]): void {
    const shown = changed.filter(({ name }) => this.#mayRead(name));
    for (const client of clients) {
      const parameters = shown.filter(({ name }) => client.parameters.has(name));
      if (parameters.length > 0) client.send({ op: 'parameterValues', parameters });
    }
  }

  /** @returns a promise where the work goes on in the background */
  #carryOut(client: ClientConnection, message: ClientMessage): Promise<void> | undefined {
    switch (message.op) {
      case 'subscribe':
        this.#subscribe(client, message);
        break;
      case 'unsubscribe':
        this.#unsubscribe(client, message);
        break;
      case 'advertise':
        this.#advertise(client, message);
        break;
      case 'unadvertise':
        for (const id of message.channelIds) client.channels.delete(id);
        break;
      case 'messageData':
        this.#publish(client, message);
        break;
      case 'getParameters':
        this.#getParameters(client, message);
        break;
      case 'setParameters': {
        const before = client.setting;
        const setting = this.#underWay(client, () => before.then(() => this.#setParameters(client, message)));
        client.setting = setting.catch(() => undefined);
        return setting;
      }
      case 'subscribeParameterUpdates':
        this.#watchParameters(client, message);
        break;
      case 'unsubscribeParameterUpdates':
        if (message.parameterNames.length === 0) client.parameters.clear();
        for (const name of message.parameterNames) client.parameters.delete(name);
        break;
      case 'subscribeConnectionGraph':
      case 'unsubscribeConnectionGraph':
        this.#events.graph(client, message.op === 'subscribeConnectionGraph');
        break;
      case 'serviceCallRequest':
        return this.#call(client, message);
      case 'playbackControlRequest':
      case 'voxhandStep':
        return this.#play(client, message);
      case 'fetchAsset': {
        const { requestId } = message;
        client.send({ op: 'fetchAssetResponse', requestId, error: 'this server has no assets' });
      }
    }
    return undefined;
  }

  #subscribe(client: ClientConnection, { subscriptions }: Of<'subscribe'>): void {
    for (const { id, channelId } of subscriptions) {
      // A channel that has just gone is no fault of the client's: it has not heard of it yet.
      if (this.#book.byId(channelId) === undefined) {
        this.#tell(client, 'warning', 'subscribe', `there is no channel ${channelId}`);
      } else if (client.subscribe(id, channelId)) this.#events.subscribed(client, channelId);
      else this.#tell(client, 'error', 'subscribe', `subscription ${id} or channel ${channelId} is taken already`);
    }
  }

  #unsubscribe(client: ClientConnection, { subscriptionIds }: Of<'unsubscribe'>): void {
    for (const id of subscriptionIds) {
      const channelId = client.unsubscribe(id);
      if (channelId !== undefined) this.#events.unsubscribed(client, channelId);
    }
  }

  #advertise(client: ClientConnection, { channels }: Of<'advertise'>): void {
    const { encodings = [] } = this.#settings.clientPublish ?? {};
    for (const channel of channels) {
      const { topic, encoding } = channel;
      if (!this.#mayPublish(topic)) throw notAllowed(`publish on ${JSON.stringify(topic)}`);
      if (!encodings.includes(encoding)) throw notAllowed(`publish in ${encoding}, only in ${encodings.join(', ')}`);
      if (client.channels.size >= MAX_PER_CLIENT) throw notAllowed(`publish on more than ${MAX_PER_CLIENT} channels`);
      schemaOf(channel);
      client.channels.set(channel.id, channel);
    }
  }

  #publish(client: ClientConnection, { channelId, data }: Of<'messageData'>): void {
    const { clientPublish, now } = this.#settings;
    if (clientPublish === undefined) throw notAllowed('publish');
    const channel = client.channels.get(channelId);
    if (channel === undefined) throw notAllowed(`publish on channel ${channelId} without advertising it`);
    const time = now();
    const message: BusMessage = {
      topic: channel.topic,
      ...schemaOf(channel),
      data: data.slice(),
      logTime: time,
      publishTime: time,
      sequence: this.#published++,
    };
    clientPublish.onMessage(message, client.name);
  }

  #getParameters(client: ClientConnection, { parameterNames, id }: Of<'getParameters'>): void {
    const parameters = this.#readable(parameterNames, 'read parameters');
    client.send({ op: 'parameterValues', parameters, ...(id !== undefined && { id }) });
  }

  /** Those of these names, or all of them for no name, that may be read. */
  #readable(names: readonly string[], what: string): Parameter[] {
    const { parameters } = this.#settings;
    if (parameters === undefined) throw notAllowed(what);
    const wanted = new Set(names);
    return parameters.get().filter(({ name }) => this.#mayRead(name) && (wanted.size === 0 || wanted.has(name)));
  }

  async #setParameters(client: ClientConnection, { parameters, id }: Of<'setParameters'>): Promise<void> {
    const { set } = this.#settings.parameters ?? {};
    const failures: unknown[] = [];
    for (const parameter of parameters) {
      try {
        if (set === undefined || !this.#mayWrite(parameter.name)) throw notAllowed(`set ${parameter.name}`);
        await set(parameter);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    // The answer shows the values as they are now: of one that was refused, the old one.
    if (id !== undefined && this.#settings.parameters !== undefined) {
      const names = parameters.map(({ name }) => name);
      client.send({ op: 'parameterValues', parameters: this.#readable(names, 'read parameters'), id });
    }
    for (const failure of failures) this.#refuse(client, failure);
  }

  #watchParameters(client: ClientConnection, { parameterNames }: Of<'subscribeParameterUpdates'>): void {
    for (const { name } of this.#readable(parameterNames, 'watch parameters')) {
      if (client.parameters.size < MAX_PER_CLIENT) client.parameters.add(name);
    }
  }

  async #call(client: ClientConnection, request: Of<'serviceCallRequest'>): Promise<void> {
    const { serviceId, callId, encoding } = request;
    try {
      // Services are numbered as they were given, from 1.
      const service = this.#settings.services[serviceId - 1];
      if (service === undefined) throw notAllowed(`call service ${serviceId}: there is none`);
      const wanted = service.request.encoding;
      if (encoding !== wanted)
        throw notAllowed(`call ${service.name} in ${JSON.stringify(encoding)}, only in ${wanted}`);
      const data = await this.#underWay(client, () => service.call(request.data.slice(), client.name));
      client.send({ op: 'serviceCallResponse', serviceId, callId, encoding: service.response.encoding, data });
    } catch (thrown) {
      const { message } = toVoxhandError(thrown);
      client.send({ op: 'serviceCallFailure', serviceId, callId, message });
    }
  }

  /** Work that goes on in the background, of which one client may ask for so much at a time. */
  async #underWay<T>(client: ClientConnection, work: () => Promise<T>): Promise<T> {
    if (client.calls >= MAX_CALLS) throw notAllowed(`have more than ${MAX_CALLS} requests under way`);
    client.calls++;
    try {
      return await work();
    } finally {
      client.calls--;
    }
  }

  async #play(client: ClientConnection, request: Of<'playbackControlRequest'> | Of<'voxhandStep'>): Promise<void> {
    const { playback } = this.#settings;
    if (playback === undefined) throw notAllowed('control playback: nothing is played back');
    client.send(await carryOut(playback, request));
  }

  #refuse(client: ClientConnection, thrown: unknown): void {
    const { code, message } = toVoxhandError(thrown);
    this.#tell(client, 'error', code, message);
  }

  /** One status a kind: a later one replaces it in the viewer, so that they do not pile up. */
  #tell(client: ClientConnection, level: 'warning' | 'error', kind: string, text: string): void {
    client.refused++;
    client.status(level, text, `voxhand.request.${kind}`);
  }
}

function matcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  return patterns === undefined || patterns.length === 0 ? () => false : topicMatcher(patterns);
}

function notAllowed(what: string): VoxhandError {
  return new VoxhandError('USAGE', `clients may not ${what}`);
}
