import { inWords, VoxhandError } from '../../errors/index.js';
import type { Codec, MessageSchema } from '../../messages/index.js';
import { Counts } from '../../timing/index.js';
import type { BusEvent, BusMessage, LiveBus, Publisher, TopicInfo } from '../port/index.js';
import { publisherOf } from '../port/index.js';
import { Graph } from './graph.js';
import { guarded, guardNode, type OnCallbackError } from './guard.js';
import type { Ros2Host } from './host.js';
import { loadRcl } from './load-rcl.js';
import { NodeHost } from './node-host.js';
import { OutputTopic } from './output-topic.js';
import { DEFAULT_QOS, type TopicQos } from './qos.js';
import { type Entity, isQosOverride, overriddenQos, qosParameters } from './qos-overrides.js';
import type { RclNode, RclPublisher, RclRuntime } from './rcl.js';
import { parseRosArguments, type RosArguments } from './ros-arguments.js';
import { RosClock } from './ros-clock.js';
import type { Ros2BusOptions } from './ros2-bus-options.js';
import { Ros2Subscription } from './ros2-subscription.js';
import { type ContextShare, shareContext } from './shared-context.js';
import { knownSchema, type Ros2TopicState, type TopicContext } from './topic-context.js';

/** How long the node's thread waits for work before it looks whether it shall end, milliseconds. */
const SPIN_MS = 10;

/**
 * Become a node in a ROS 2 graph.
 *
 * Messages are received and sent as CDR bytes by our own codec, so no generated code of rclnodejs is involved. Everything
 * runs on the main thread, which must be: a blocked event loop loses messages, up to what the queues of the middleware
 * hold. Several buses of one process are nodes of one participant.
 *
 * rclnodejs's SIGINT handler is taken away: whoever handles signals calls {@link Ros2Bus.close}.
 *
 * @throws VoxhandError `ROS2_UNAVAILABLE` that says what to source, install or build; `USAGE`, `FILE_NOT_FOUND` or
 * `CONFIG_INVALID` for `rosArguments`.
 * @example
 * ```ts
 * const bus = await ros2Bus({ node: 'hand_tracker', rosArguments: process.argv });
 * bus.onEvent(({ severity, text }) => console.error(severity, text));
 * for await (const message of bus.subscribe(['/camera/depth/image_rect_raw'])) console.log(message.logTime);
 * ```
 */
export async function ros2Bus(options: Ros2BusOptions = {}): Promise<Ros2Bus> {
  const { node: name = 'voxhand', namespace = '/', rosArguments = [], load = loadRcl } = options;
  const args = parseRosArguments(rosArguments, { name, namespace });
  const runtime = await load();
  const share = await shareContext(runtime.rcl, args.context);
  let node: RclNode | undefined;
  try {
    // remap rules stand in the node's own arguments, so the names are given as they were before renaming
    node = new runtime.rcl.Node(
      name,
      namespace,
      share.context,
      { startParameterServices: false },
      [...args.node],
      false,
    );
    return new Ros2Bus({ options, args, runtime, share, node });
  } catch (cause) {
    node?.destroy();
    share.release();
    if (cause instanceof VoxhandError) throw cause;
    throw new VoxhandError('CONFIG_INVALID', 'the node cannot be created', {
      found: (cause as Error).message,
      where: `${name} in ${namespace}`,
      cause,
    });
  }
}

interface Parts {
  readonly options: Ros2BusOptions;
  readonly args: RosArguments;
  readonly runtime: RclRuntime;
  readonly share: ContextShare;
  readonly node: RclNode;
}

/** A node in a ROS 2 graph as a bus. See {@link ros2Bus}. */
export class Ros2Bus implements LiveBus {
  readonly #options: Ros2BusOptions;
  readonly #share: ContextShare;
  readonly #node: RclNode;
  readonly #clock: RosClock;
  readonly #host: NodeHost;
  readonly #context: TopicContext;
  readonly #listeners = new Set<(event: BusEvent) => void>();
  readonly #subscriptions = new Set<Ros2Subscription>();
  readonly #outputs = new Map<string, OutputTopic | undefined>();
  /** Of the node itself: parameter events and the like. */
  readonly #ownOutputs = new Map<string, OutputTopic>();
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  /** Use {@link ros2Bus}. */
  constructor({ options, args, runtime, share, node }: Parts) {
    this.#options = options;
    this.#share = share;
    this.#node = node;
    const onError: OnCallbackError = (where, error) => this.#callbackFailed(where, error);
    guardNode(node, onError);
    guarded('parameter_events', onError, () => closeOwnEvents(node))();
    this.#clock = new RosClock(node, onError);
    this.#context = {
      node,
      runtime,
      graph: new Graph(node),
      now: () => this.now(),
      monotonic: () => performance.now() / 1000,
      onEvent: (event) => this.#tell(event),
      onError,
      settingOf: (topic) => options.settings?.[topic],
    };
    this.#host = new NodeHost({
      node,
      names: { name: node.name(), namespace: node.namespace() },
      distro: runtime.distro,
      overrides: args.overrides,
      now: this.#context.now,
      send: (topic, codec, qos, message) => this.#sendOwn(topic, codec, qos, message),
      onError,
    });
    this.#declareSimTime();
    const period = (options.watchPeriod ?? 0.25) * 1000;
    this.#timer = setInterval(
      guarded('watch', onError, () => this.#look()),
      period,
    ).unref();
    node.spin(SPIN_MS);
  }

  /** Parameters, services, life cycle and log of this node. */
  get host(): Ros2Host {
    return this.#host;
  }

  /** Nanoseconds: the system's time, or that of `/clock`, which is 0 until it says something. */
  now(): bigint {
    return this.#closing === undefined ? this.#clock.now() : BigInt(Date.now()) * 1_000_000n;
  }

  onEvent(listener: (event: BusEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Of every subscription under way and every advertised topic; a topic that is both, or twice, is listed once. */
  states(): readonly Ros2TopicState[] {
    const states = new Map<string, Ros2TopicState>();
    const all = [...this.#subscriptions].flatMap((subscription) => subscription.states());
    for (const output of this.#outputs.values()) if (output !== undefined) all.push(output.state);
    for (const state of all) {
      const other = states.get(state.topic);
      states.set(state.topic, other === undefined ? state : merged(other, state));
    }
    return [...states.values()];
  }

  /** The topics of the graph, under their names on the wire. One that we have no definition of comes without a schema. */
  topics(): readonly TopicInfo[] {
    if (this.#closing !== undefined) return [];
    const counts = new Map(this.states().map(({ topic, messages }) => [this.#context.graph.resolve(topic), messages]));
    return this.#context.graph.topics().flatMap(({ name: topic, types }) =>
      types.map((type) => {
        const messageCount = counts.get(topic);
        return { topic, ...schemaOf(type), ...(messageCount === undefined ? {} : { messageCount }) };
      }),
    );
  }

  /**
   * Messages as they come. Each loop has subscriptions of its own in the graph, from its first step to its end; what it
   * is too slow for is dropped by `latest` and `capacity` and counted in {@link states}. The times of a message are those
   * of its reception on the bus's clock, because rclnodejs does not tell when raw messages were published; its own stamp
   * is in its header. A topic's messages may begin, cease and come back; the loop ends with the bus.
   *
   * The loop's first step throws `CONFIG_INVALID` for a name that is no topic's.
   *
   * @param topics names before remapping; all that can be decoded, now and later, when left out.
   */
  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return { [Symbol.asyncIterator]: () => this.#open(topics) };
  }

  /**
   * A topic whose codec is not CDR has no type in ROS 2: it is reported once and then skipped, its `wanted()` is always false.
   * After {@link close} publishing does nothing, as on a topic without subscribers.
   *
   * @throws VoxhandError `ROS2_MESSAGES_MISSING` where the package of its messages is not built (unless `missingMessages` is
   * `skip`), `CONFIG_INVALID` for a name that is no topic's, `USAGE` for a topic that has another type already.
   */
  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    const output = this.#outputFor(topic, codec);
    if (output === undefined) return { topic, wanted: () => false, publish: async () => undefined };
    return publisherOf(
      topic,
      codec,
      async ({ data, logTime }) => output.send(data, logTime),
      () => output.wanted(),
    );
  }

  /** @throws VoxhandError as {@link advertise}, and `WRITE_FAILED` where ROS 2 refuses. */
  async write(message: BusMessage): Promise<void> {
    this.#outputFor(message.topic, message)?.send(message.data, message.logTime);
  }

  /** Ends subscriptions when they have had what waits for them, takes the node off the graph. Takes some milliseconds. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    clearInterval(this.#timer);
    const steps: (() => void)[] = [
      // while it spins, each of the following would wait for its thread
      () => this.#node.stop(),
      ...[...this.#subscriptions].map((subscription) => () => subscription.end()),
      () => this.#clock.close(),
      () => this.#host.close(),
      ...[...this.#outputs.values(), ...this.#ownOutputs.values()].map((output) => () => output?.close()),
      () => this.#node.destroy(),
      () => this.#share.release(),
    ];
    for (const step of steps) guarded('close', this.#context.onError, step)();
  }

  #open(topics: readonly string[] | undefined): AsyncIterator<BusMessage, undefined> {
    const { latest = [], capacity = 64, qos = {}, types = {}, steady, silenceAfter = 2 } = this.#options;
    const subscription = new Ros2Subscription(this.#context, {
      topics: this.#closing === undefined ? topics : [],
      isLatest: (topic) => latest.includes(topic),
      capacity,
      input: (topic) => {
        const isSteady = steady?.includes(topic) ?? qos[topic]?.durability !== 'transient_local';
        const isExplained = topics !== undefined && isSteady && silenceAfter > 0;
        return {
          qos: this.#qosOf(topic, 'subscription', qos[topic]),
          types: types[topic],
          silenceAfter: isExplained ? silenceAfter : undefined,
        };
      },
      onReturn: (ended) => this.#subscriptions.delete(ended),
    });
    if (this.#closing === undefined) this.#subscriptions.add(subscription);
    else subscription.end();
    return subscription;
  }

  /** @returns undefined for a topic that is skipped. */
  #outputFor(topic: string, schema: MessageSchema): OutputTopic | undefined {
    const { schemaName, messageEncoding } = schema;
    const known = this.#outputs.get(topic);
    if (known !== undefined && known.schemaName !== schemaName) {
      throw new VoxhandError('USAGE', 'a topic has one type', {
        expected: known.schemaName,
        found: schemaName,
        where: topic,
      });
    }
    if (known !== undefined || this.#outputs.has(topic) || this.#closing !== undefined) return known;
    const output = messageEncoding === 'cdr' ? this.#create(topic, schemaName) : this.#skip(topic, schemaName);
    this.#outputs.set(topic, output);
    return output;
  }

  #sendOwn<T>(topic: string, codec: Codec<T>, qos: TopicQos, message: T): void {
    if (this.#closing !== undefined) return;
    const output = this.#ownOutputs.get(topic) ?? new OutputTopic(this.#context, topic, codec.schemaName, qos);
    this.#ownOutputs.set(topic, output);
    output.send(codec.encode(message), this.now());
  }

  #create(topic: string, schemaName: string): OutputTopic | undefined {
    try {
      const qos = this.#qosOf(topic, 'publisher', this.#options.qos?.[topic] ?? DEFAULT_QOS.output);
      return new OutputTopic(this.#context, topic, schemaName, qos ?? DEFAULT_QOS.output);
    } catch (error) {
      const isMissing = error instanceof VoxhandError && error.code === 'ROS2_MESSAGES_MISSING';
      if (!isMissing || this.#options.missingMessages !== 'skip') throw error;
      this.#tell({
        severity: 'warn',
        kind: 'messages-missing',
        topic,
        text: `${topic} is skipped: ${inWords(error.message)}`,
      });
      return undefined;
    }
  }

  /** What a topic is opened with: as given, or as the node's parameters say, which are declared with it. */
  #qosOf(topic: string, entity: Entity, given: TopicQos | undefined): TopicQos | undefined {
    let name: string;
    try {
      name = this.#context.graph.resolve(topic);
    } catch {
      return given; // not a topic's name: opening it says so
    }
    const { overrides } = this.#host;
    const prefix = `${name}.${entity}.`;
    const isOverridden = [...overrides.keys()].some((key) => isQosOverride(key, prefix));
    if (given === undefined && !isOverridden) return undefined;
    const qos = overriddenQos(
      name,
      entity,
      given ?? DEFAULT_QOS[entity === 'publisher' ? 'output' : 'input'],
      overrides,
    );
    const missing = qosParameters(name, entity, qos).filter((one) => this.#host.parameter(one.name) === undefined);
    if (missing.length > 0) this.#host.declareOwn(missing, takeAll);
    return qos;
  }

  #skip(topic: string, schemaName: string): undefined {
    const text = `${topic} is not published on ROS 2: ${schemaName} is no ROS 2 message. Recordings and Foxglove have it`;
    this.#tell({ severity: 'info', kind: 'topic-skipped', topic, text });
  }

  #declareSimTime(): void {
    const { useSimTime } = this.#options;
    const descriptor = {
      name: 'use_sim_time',
      type: 'bool',
      value: useSimTime ?? false,
      description: 'Take the time from /clock.',
    } as const;
    this.#host.declareOwn([descriptor], (changes) => {
      if (this.#closing === undefined) this.#clock.simulate(changes.get('use_sim_time') === true);
      return { ok: true };
    });
    this.#clock.simulate(this.#host.parameter('use_sim_time') === true);
  }

  #look(): void {
    const { onError } = this.#context;
    for (const subscription of this.#subscriptions) guarded('watch', onError, () => subscription.look())();
    for (const output of this.#outputs.values()) guarded('watch', onError, () => output?.look())();
  }

  #callbackFailed(where: string, error: unknown): void {
    const text = `${where}: ${inWords(error instanceof Error ? error.message : String(error))}`;
    this.#tell({ severity: 'error', kind: 'callback-error', text });
  }

  #tell(event: BusEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // a listener that throws, though it must not, shall not keep the others from theirs
      }
    }
  }
}

/** Of parameters that can be given at start only, so that it is never asked. */
const takeAll = () => ({ ok: true });

/**
 * The library opens a topic `parameter_events` in the node's namespace, for parameters that we do not use: ours are told on
 * `/parameter_events`, as those of all nodes. Where it keeps that publisher elsewhere, it stays.
 */
function closeOwnEvents(node: RclNode): void {
  const { _parameterEventPublisher: own } = node as { _parameterEventPublisher?: RclPublisher | null };
  if (own) node.destroyPublisher(own);
}

function merged(a: Ros2TopicState, b: Ros2TopicState): Ros2TopicState {
  const dropped = new Counts(Object.entries(a.dropped));
  for (const [cause, count] of Object.entries(b.dropped)) dropped.add(cause, count);
  const lastMessage =
    a.lastMessage === undefined || (b.lastMessage ?? 0n) > a.lastMessage ? b.lastMessage : a.lastMessage;
  return {
    topic: a.topic,
    publishers: Math.max(a.publishers, b.publishers),
    subscribers: Math.max(a.subscribers, b.subscribers),
    messages: a.messages + b.messages,
    dropped: dropped.snapshot(),
    ...(lastMessage === undefined ? {} : { lastMessage }),
    trouble: a.trouble ?? b.trouble,
  };
}

function schemaOf(type: string): MessageSchema {
  const nothing = { schemaName: type, schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr' };
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = knownSchema(type) ?? nothing;
  return { schemaName, schemaEncoding, schemaData, messageEncoding };
}
