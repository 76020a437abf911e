import { VoxhandError } from '../../errors/index.js';
import type { MessageSchema } from '../../messages/index.js';
import type { BusEvent, BusMessage } from '../port/index.js';
import { diagnoseInput } from './diagnose-input.js';
import type { Endpoint } from './graph.js';
import { guarded } from './guard.js';
import { DEFAULT_QOS, describeQos, suitableQos, type TopicQos, toRclQos } from './qos.js';
import { type RclSubscription, rclTypeClass } from './rcl.js';
import { knownSchema, type Ros2TopicState, type TopicContext, Trouble } from './topic-context.js';

export interface InputTopicOptions {
  readonly topic: string;
  /** undefined for what suits the publishers: see {@link suitableQos}. */
  readonly qos: TopicQos | undefined;
  /** Types that will do, the likeliest first; undefined for any that we have a definition of. */
  readonly types: readonly string[] | undefined;
  /** Seconds without a message after which it is explained; undefined for a topic that may be silent. */
  readonly silenceAfter: number | undefined;
  readonly onMessage: (message: BusMessage) => void;
}

/** With messages flowing, the graph is asked this often, seconds: for publishers that do not match. */
const LOOK_WHILE_FLOWING = 5;
/** Lost messages are reported at most this often, seconds. */
const TELL_LOSSES_EVERY = 10;

/**
 * One topic that is subscribed to: finds out its type, subscribes, and watches what becomes of it. A publisher that comes
 * back, with another type or quality of service too, is taken again.
 */
export class InputTopic {
  readonly #context: TopicContext;
  readonly #options: InputTopicOptions;
  readonly #trouble: Trouble;
  /** The topic in texts: with its name on the wire, where remapping has given it another. */
  readonly #shown: string;
  #subscription: RclSubscription | undefined;
  #schema: MessageSchema | undefined;
  #qos: TopicQos;
  /** A type that could not be subscribed to, and why. It is not tried again. */
  #unavailable: { readonly type: string; readonly text: string } | undefined;
  #messages = 0;
  #messagesAtLook = 0;
  #lost = 0;
  #lostReported = 0;
  #lossesReportedAt = Number.NEGATIVE_INFINITY;
  #lastMessage: bigint | undefined;
  /** Monotonic seconds of the newest message, or of the beginning. */
  #aliveAt: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #matched = 0;
  #closed = false;

  /** @throws VoxhandError `CONFIG_INVALID` for a name that is no topic's. */
  constructor(context: TopicContext, options: InputTopicOptions) {
    this.#context = context;
    this.#options = options;
    this.#shown = shownName(context, options.topic);
    this.#qos = options.qos ?? DEFAULT_QOS.input;
    this.#trouble = new Trouble(context.onEvent);
    this.#aliveAt = context.monotonic();
    this.look();
  }

  get topic(): string {
    return this.#options.topic;
  }

  get state(): Ros2TopicState {
    return {
      topic: this.topic,
      publishers: this.#matched,
      subscribers: 0,
      messages: this.#messages,
      dropped: this.#lost === 0 ? {} : { lost: this.#lost },
      ...(this.#lastMessage === undefined ? {} : { lastMessage: this.#lastMessage }),
      trouble: this.#trouble.event,
    };
  }

  /** See what has changed. To be called a few times per second. */
  look(): void {
    if (this.#closed) return;
    const now = this.#context.monotonic();
    const matched = this.#subscription?.publisherCount ?? 0;
    const flowing = this.#messages !== this.#messagesAtLook;
    this.#messagesAtLook = this.#messages;
    this.#tellLosses(now);
    if (flowing && matched === this.#matched && now - this.#lookedAt < LOOK_WHILE_FLOWING) {
      if (this.#trouble.event?.kind === 'silent') this.#trouble.end(this.topic, `${this.#shown}: messages again`);
      return;
    }
    this.#lookedAt = now;
    const publishers = this.#context.graph.publishersOf(this.topic);
    this.#subscribeTo(this.#choose(publishers), publishers);
    this.#tellMatch(matched, publishers);
    this.#judge(publishers, now, flowing);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
  }

  /** The type to subscribe to: what is published, if it will do; what we have, or expect, until something is. */
  #choose(publishers: readonly Endpoint[]): string | undefined {
    const types = new Set(publishers.map(({ type }) => type));
    const present = this.#schema?.schemaName;
    if (present !== undefined && (types.size === 0 || types.has(present))) return present;
    const usable = [...types].find((type) => this.#accepts(type));
    return usable ?? present ?? expectedType(this.topic, this.#options.types);
  }

  #accepts(type: string): boolean {
    return (this.#options.types?.includes(type) ?? true) && knownSchema(type) !== undefined;
  }

  #subscribeTo(type: string | undefined, publishers: readonly Endpoint[]): void {
    const schema = type === undefined || type === this.#unavailable?.type ? undefined : knownSchema(type);
    if (type === undefined || schema === undefined) return;
    const offers = publishers.filter((publisher) => publisher.type === type).map(({ qos }) => qos);
    const present = this.#subscription === undefined ? undefined : this.#qos;
    const qos = this.#options.qos ?? suitableQos(offers, present);
    if (type === this.#schema?.schemaName && qos === present) return;
    this.#unsubscribe();
    const { node, runtime, onError } = this.#context;
    const options = { qos: toRclQos(qos), isRaw: true };
    const callback = guarded(this.topic, onError, (bytes: unknown) => this.#take(bytes as Uint8Array, schema));
    try {
      const name = this.#context.graph.resolve(this.topic);
      this.#subscription = node.createSubscription(rclTypeClass(type), name, options, callback);
    } catch (error) {
      const text = `${this.#shown}: ${type} is not installed here (${firstLine(error)}). Install or build its package and source it`;
      this.#unavailable = { type, text };
      return;
    }
    this.#schema = schema;
    this.#qos = qos;
    const onLost = guarded(this.topic, onError, (count: number) => {
      this.#lost += count;
    });
    runtime.watchLosses?.(node, this.#subscription, onLost);
  }

  #unsubscribe(): void {
    if (this.#subscription === undefined) return;
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#schema = undefined;
    guarded(this.topic, this.#context.onError, () => this.#context.node.destroySubscription(subscription))();
  }

  #take(data: Uint8Array, schema: MessageSchema): void {
    // a round of callbacks may still hold one for a subscription that was destroyed in it
    if (this.#closed || schema !== this.#schema) return;
    const now = this.#context.now();
    this.#messages++;
    this.#lastMessage = now;
    this.#aliveAt = this.#context.monotonic();
    this.#options.onMessage({
      topic: this.topic,
      schemaName: schema.schemaName,
      schemaEncoding: schema.schemaEncoding,
      schemaData: schema.schemaData,
      messageEncoding: schema.messageEncoding,
      data,
      ...(data.byteLength === data.buffer.byteLength && { own: true as const }),
      logTime: now,
      publishTime: now,
      sequence: 0,
    });
  }

  #tellMatch(matched: number, publishers: readonly Endpoint[]): void {
    const before = this.#matched;
    this.#matched = matched;
    if (before === 0 && matched > 0) {
      const from = publishers.map(({ node, qos }) => `${node} (${describeQos(qos)})`).join(', ');
      this.#tell('info', 'connected', `${this.#shown}: ${this.#schema?.schemaName} from ${from || 'a publisher'}`);
    } else if (before > 0 && matched === 0) {
      this.#tell(
        'warn',
        'disconnected',
        `${this.#shown}: its publisher has left; the subscription is renewed when it comes back`,
      );
    }
  }

  #judge(publishers: readonly Endpoint[], now: number, flowing: boolean): void {
    const { topic } = this;
    if (this.#unavailable !== undefined && this.#subscription === undefined) {
      const { type, text } = this.#unavailable;
      this.#trouble.begin(`unavailable:${type}`, { severity: 'error', kind: 'type-mismatch', topic, text });
      return;
    }
    const diagnosis = diagnoseInput({
      topic,
      shown: this.#shown,
      publishers,
      type: this.#schema?.schemaName,
      accepts: (type) => this.#accepts(type),
      types: this.#options.types,
      requested: toRclQos(this.#qos),
      flowing,
      silentFor: now - this.#aliveAt,
      silenceAfter: this.#options.silenceAfter,
      setting: this.#context.settingOf(topic),
      similar: (wanted) => this.#context.graph.similar(topic, wanted),
    });
    if (diagnosis !== undefined) {
      this.#trouble.begin(diagnosis.key, diagnosis.event);
    } else if (flowing || this.#trouble.event?.kind !== 'silent') {
      this.#trouble.end(topic, `${this.#shown}: ${flowing ? 'messages again' : 'its publisher matches now'}`);
    }
  }

  #tellLosses(now: number): void {
    if (this.#lost === this.#lostReported || now - this.#lossesReportedAt < TELL_LOSSES_EVERY) return;
    const count = this.#lost - this.#lostReported;
    this.#lostReported = this.#lost;
    this.#lossesReportedAt = now;
    this.#tell(
      'warn',
      'message-lost',
      `${this.#shown}: the middleware lost ${count} message${count === 1 ? '' : 's'}. Use a reliable profile at both ends, a deeper queue, or larger socket buffers (net.core.rmem_max)`,
    );
  }

  #tell(severity: BusEvent['severity'], kind: string, text: string): void {
    this.#context.onEvent({ severity, kind, topic: this.topic, text });
  }
}

/** What will likely be published: image transport's names say which of two kinds of image. */
function expectedType(topic: string, types: readonly string[] | undefined): string | undefined {
  const compressed = types?.find((type) => type.endsWith('/CompressedImage'));
  return /\/compressed(Depth)?$/.test(topic) && compressed !== undefined ? compressed : types?.[0];
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0];
}

function shownName({ graph }: TopicContext, topic: string): string {
  try {
    const resolved = graph.resolve(topic);
    return resolved === topic ? topic : `${topic} (${resolved} on the wire)`;
  } catch (cause) {
    throw new VoxhandError('CONFIG_INVALID', 'not a topic name', { found: firstLine(cause), where: topic, cause });
  }
}
