import { cdrCodec } from '../../src/messages/cdr-codec.js';
import type {
  RclContext,
  RclEntityOptions,
  RclLibrary,
  RclNode,
  RclRuntime,
  RclTypeClass,
} from '../../src/transport/ros2/rcl.js';
import { FakeGraph, type FakeReader, type FakeWriter } from './fake-graph.js';

export interface FakeRuntime extends RclRuntime {
  readonly graph: FakeGraph;
  /** What was asked of the library. */
  readonly calls: { init: string[][]; shutdown: number; removeSignalHandlers: number };
  /** Let the middleware lose messages of a topic. */
  lose(topic: string, count: number): void;
}

/** 64-bit fields of the messages that services and parameters use: rclnodejs wants bigint there and throws at a number. */
const INT64 = ['integer_value', 'integer_array_value', 'from_value_int', 'timestamp'];

/**
 * rclnodejs over a {@link FakeGraph}, behaving as the real one was measured to: see docs of each method. A throw out of a
 * callback goes to `graph.aborts` and ends the node, as it would end the process.
 */
export function fakeRcl(graph = new FakeGraph(), { distro = 'jazzy' } = {}): FakeRuntime {
  const calls: FakeRuntime['calls'] = { init: [], shutdown: 0, removeSignalHandlers: 0 };
  const states = new WeakMap<RclContext, 'new' | 'up' | 'down'>();
  const nodes = new Set<FakeNode>();
  const lost = new Map<FakeSubscription, (count: number) => void>();

  class FakeContext {
    constructor() {
      states.set(this, 'new');
    }
  }

  class BoundNode extends FakeNode {
    /** The library's own, in the node's namespace. */
    readonly _parameterEventPublisher: object;

    constructor(
      name: string,
      namespace: string,
      context: RclContext,
      options: { readonly startParameterServices?: boolean },
      args: string[],
    ) {
      if (states.get(context) !== 'up') throw new Error('The node must be in a context that is initialized');
      super(graph, name, namespace, args);
      if (options.startParameterServices !== false)
        throw new Error('these parameter services end the process: see facts');
      const qos = {
        history: 1,
        depth: 10,
        reliability: 1,
        durability: 2,
        liveliness: 0,
        avoidRosNameSpaceConventions: false,
      };
      this._parameterEventPublisher = this.createPublisher('rcl_interfaces/msg/ParameterEvent', 'parameter_events', {
        qos,
      });
      nodes.add(this);
    }

    override destroy(): void {
      nodes.delete(this);
      super.destroy();
    }
  }

  const rcl = {
    Context: FakeContext,
    Node: BoundNode,
    init: async (context: RclContext, argv: string[]) => {
      if (states.get(context) !== 'new') throw new Error('The context has already been initialized.');
      calls.init.push(argv);
      const unknown = argv.filter(
        (arg) => arg.startsWith('-') && !/^--(ros-args|log-level|enclave|\w+-\w+-logs)$/.test(arg),
      );
      if (unknown.length > 0) throw new Error(`Unknown ROS arguments: [${unknown}]`);
      states.set(context, 'up');
    },
    shutdown: (context: RclContext) => {
      if (states.get(context) !== 'up') throw new Error('The context is not initialized');
      states.set(context, 'down');
      calls.shutdown++;
      for (const node of [...nodes]) node.destroy();
    },
    removeSignalHandlers: () => {
      calls.removeSignalHandlers++;
    },
  } as unknown as RclLibrary;

  return {
    rcl,
    distro,
    graph,
    calls,
    watchLosses: (_, subscription, onLost) => {
      lost.set(subscription as unknown as FakeSubscription, onLost);
      return true;
    },
    lose: (topic, count) => {
      for (const [subscription, onLost] of lost) if (subscription.reader.topic === topic) onLost(count);
    },
  };
}

interface FakeSubscription {
  readonly reader: FakeReader;
  readonly isRaw: boolean;
  readonly callback: (message: unknown) => void;
  readonly handle: object;
  readonly publisherCount: number;
  destroyed: boolean;
}

interface FakeService {
  readonly requests: { readonly request: unknown; readonly answer: (response: unknown) => void }[];
  readonly callback: (request: unknown, response: unknown) => unknown;
  readonly handle: object;
  readonly dispose: () => void;
}

/** As much of rclnodejs's node as we use, and as tests need for publishing. Types may be named as strings too. */
export class FakeNode {
  readonly graph: FakeGraph;
  readonly nodeName: string;
  readonly nodeNamespace: string;
  readonly #remaps: readonly (readonly [string, string])[];
  readonly #subscriptions = new Set<FakeSubscription>();
  readonly #publishers = new Map<object, FakeWriter>();
  readonly #services = new Set<FakeService>();
  #spinning = false;
  #scheduled = false;
  #destroyed = false;

  constructor(graph: FakeGraph, name: string, namespace = '/', args: readonly string[] = []) {
    this.graph = graph;
    const rules = args.flatMap((arg, i) => (args[i - 1] === '-r' ? [arg.split(':=') as [string, string]] : []));
    const renamed = new Map(rules);
    this.nodeName = renamed.get('__node') ?? name;
    this.nodeNamespace = `/${(renamed.get('__ns') ?? namespace).replace(/^\/|\/$/g, '')}`;
    if (!/^[A-Za-z_]\w*$/.test(this.nodeName)) throw new Error(`Invalid node name: ${this.nodeName}`);
    this.#remaps = rules
      .filter(([from]) => !from.startsWith('__'))
      .map(([from, to]) => [this.#expand(from), this.#expand(to)] as const);
  }

  name(): string {
    this.#alive('name');
    return this.nodeName;
  }

  namespace(): string {
    this.#alive('namespace');
    return this.nodeNamespace;
  }

  spin(): void {
    if (this.#spinning) throw new Error('The node is already spinning.');
    this.#spinning = true;
    this.#wake();
  }

  stop(): void {
    this.#spinning = false;
  }

  destroy(): void {
    this.#alive('destroy');
    this.#spinning = false;
    for (const subscription of this.#subscriptions) this.destroySubscription(subscription);
    for (const publisher of this.#publishers.keys()) this.destroyPublisher(publisher);
    for (const service of this.#services) this.destroyService(service);
    this.#destroyed = true;
  }

  /** Called by the native side with the handles that are ready; one message for each. */
  execute(handles: readonly unknown[]): void {
    for (const subscription of [...this.#subscriptions]) {
      if (subscription.destroyed || !handles.includes(subscription.handle)) continue;
      const bytes = subscription.reader.queue.shift();
      if (bytes === undefined) continue;
      // a fresh buffer for each message, its own and at offset 0
      const fresh = Buffer.from(new Uint8Array(bytes).buffer);
      subscription.callback(subscription.isRaw ? fresh : cdrCodec(subscription.reader.type).decode(fresh));
    }
    for (const service of [...this.#services]) {
      const next = handles.includes(service.handle) ? service.requests.shift() : undefined;
      if (next === undefined) continue;
      // a throw here is not caught; a rejection is, and then there is no answer
      Promise.resolve(service.callback(next.request, {}))
        .then((response) => {
          if (response === undefined) return;
          checkIntegers(response);
          next.answer(response);
        })
        .catch((error: unknown) => this.getLogger().error(String(error)));
    }
  }

  createPublisher(type: RclTypeClass | string, topic: string, options: RclEntityOptions) {
    const writer: FakeWriter = { ...this.#endpoint(type, topic, options), history: [] };
    this.graph.addWriter(writer);
    const { graph } = this;
    const alive = () => this.#publishers.has(publisher);
    const publisher = {
      publish: (message: unknown) => {
        if (!alive()) throw new Error('publisher is invalid');
        if (message instanceof Uint8Array && !Buffer.isBuffer(message)) {
          throw new TypeError('a Uint8Array is not taken for raw bytes: it must be a Buffer');
        }
        graph.send(writer, Buffer.isBuffer(message) ? message : Buffer.from(cdrCodec(writer.type).encode(message)));
      },
      get subscriptionCount() {
        if (!alive()) throw new Error('publisher is invalid');
        return graph.matchedReaders(writer);
      },
    };
    this.#publishers.set(publisher, writer);
    return publisher;
  }

  createSubscription(
    type: RclTypeClass | string,
    topic: string,
    options: RclEntityOptions,
    callback: (message: unknown) => void,
  ) {
    const reader: FakeReader = {
      ...this.#endpoint(type, topic, options),
      queue: [],
      onArrival: () => this.#wake(),
    };
    const { graph } = this;
    const subscription: FakeSubscription = {
      reader,
      isRaw: options.isRaw ?? false,
      callback,
      handle: {},
      get publisherCount() {
        if (subscription.destroyed) throw new Error('subscription is invalid');
        return graph.matchedWriters(reader);
      },
      destroyed: false,
    };
    this.#subscriptions.add(subscription);
    graph.addReader(reader);
    return subscription;
  }

  createService(type: string, name: string, callback: (request: unknown, response: unknown) => unknown) {
    this.#alive('createService');
    this.#refuseMissing(type);
    const requests: FakeService['requests'] = [];
    const server = {
      name: this.#expand(name),
      type,
      take: (request: unknown) =>
        new Promise<unknown>((answer) => {
          requests.push({ request, answer });
          this.#wake();
        }),
    };
    this.graph.servers.add(server);
    const service: FakeService = {
      requests,
      callback,
      handle: {},
      dispose: () => void this.graph.servers.delete(server),
    };
    this.#services.add(service);
    return service;
  }

  destroyPublisher(publisher: object): void {
    this.#alive('destroyPublisher');
    const writer = this.#publishers.get(publisher);
    if (writer !== undefined) this.graph.writers.delete(writer);
    this.#publishers.delete(publisher);
  }

  destroySubscription(subscription: FakeSubscription): void {
    this.#alive('destroySubscription');
    subscription.destroyed = true;
    this.graph.readers.delete(subscription.reader);
    this.#subscriptions.delete(subscription);
  }

  destroyService(service: FakeService): void {
    this.#alive('destroyService');
    service.dispose();
    this.#services.delete(service);
  }

  resolveTopicName(topic: string): string {
    this.#alive('resolveTopicName');
    if (!/^[~/]?[A-Za-z0-9_~/]*[A-Za-z0-9_]$/.test(topic)) throw new Error(`topic name is invalid: ${topic}`);
    const name = this.#expand(topic);
    return this.#remaps.find(([from]) => from === name)?.[1] ?? name;
  }

  getTopicNamesAndTypes() {
    this.#alive('getTopicNamesAndTypes');
    return this.graph.topics();
  }

  getPublishersInfoByTopic(topic: string) {
    return this.graph.publishers(this.resolveTopicName(topic));
  }

  getSubscriptionsInfoByTopic(topic: string) {
    return this.graph.subscribers(this.resolveTopicName(topic));
  }

  getClock() {
    this.#alive('getClock');
    return { now: () => ({ nanoseconds: this.graph.time }) };
  }

  getLogger() {
    this.#alive('getLogger');
    const log = (severity: string) => (text: string) =>
      void this.graph.log.push({ node: this.nodeName, severity, text });
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  }

  /** The real one takes a segmentation fault for most calls after `destroy`. */
  #alive(method: string): void {
    if (!this.#destroyed) return;
    const error = new Error(`segmentation fault: ${method} of a destroyed node`);
    this.graph.aborts.push(error);
    throw error;
  }

  #endpoint(type: RclTypeClass | string, topic: string, options: RclEntityOptions) {
    this.#alive('createPublisher or createSubscription');
    const name = typeof type === 'string' ? type : Object.values(type.type()).join('/');
    this.#refuseMissing(name);
    // the object that was passed is filled in, and kept
    Object.assign(options, { enableTypedArray: true, isRaw: options.isRaw ?? false, serializationMode: 'default' });
    return { node: this, topic: this.resolveTopicName(topic), type: name, qos: options.qos };
  }

  #refuseMissing(type: string): void {
    const [name] = type.split('/');
    if (!this.graph.missing.has(name)) return;
    const library = `lib${name}__rosidl_typesupport_c.so`;
    throw new Error(`${library}: cannot open shared object file: No such file or directory`);
  }

  #expand(topic: string): string {
    const prefix = this.nodeNamespace === '/' ? '' : this.nodeNamespace;
    if (topic.startsWith('/')) return topic;
    return topic.startsWith('~') ? `${prefix}/${this.nodeName}${topic.slice(1)}` : `${prefix}/${topic}`;
  }

  #wake(): void {
    if (this.#scheduled || !this.#spinning) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#spinning) return;
      const ready = [
        ...[...this.#subscriptions].filter(({ reader }) => reader.queue.length > 0),
        ...[...this.#services].filter(({ requests }) => requests.length > 0),
      ];
      if (ready.length === 0) return;
      try {
        this.execute(ready.map(({ handle }) => handle));
      } catch (error) {
        this.graph.aborts.push(error);
        this.destroy();
      }
      this.#wake();
    });
  }
}

/** A node of its own in the graph, for tests that play a camera or a listener. */
export function fakePeer(graph: FakeGraph, name = 'peer', namespace = '/'): FakeNode & RclNode {
  const node = new FakeNode(graph, name, namespace);
  node.spin();
  return node as unknown as FakeNode & RclNode;
}

function checkIntegers(value: unknown, field = ''): void {
  if (Array.isArray(value)) for (const item of value) checkIntegers(item, field);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) checkIntegers(inner, key);
  } else if (INT64.includes(field) && typeof value !== 'bigint') {
    throw new TypeError(`${field} must be a BigInt, found ${typeof value}`);
  }
}
