/**
 * What we use of rclnodejs, by shape. It is an optional package whose types must not reach ours, and a test may put
 * something else in its place.
 */

/** A message class as rclnodejs knows it; for raw bytes this much of one is enough. */
export interface RclTypeClass {
  type(): { readonly pkgName: string; readonly subFolder: string; readonly interfaceName: string };
}

/** Numbers as in `rmw/types.h`. */
export interface RclQos {
  readonly history: number;
  readonly depth: number;
  readonly reliability: number;
  readonly durability: number;
  readonly liveliness: number;
  readonly avoidRosNameSpaceConventions: boolean;
}

export interface RclPublisher {
  /** Bytes are sent as they are if they are a `Buffer`, and only then. Throws after the node or context has ended. */
  publish(message: unknown): void;
  /** Subscribers that match. */
  readonly subscriptionCount: number;
}

export interface RclSubscription {
  /** Publishers that match. */
  readonly publisherCount: number;
  readonly handle: unknown;
}

export type RclService = object;

export interface RclDuration {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** One publisher or subscriber as the graph sees it, matching or not. */
export interface RclEndpoint {
  readonly node_name: string;
  readonly node_namespace: string;
  readonly topic_type: string;
  readonly qos_profile: {
    readonly depth: number;
    readonly history: number;
    readonly reliability: number;
    readonly durability: number;
    readonly liveliness: number;
    readonly deadline?: RclDuration;
  };
}

/** rclnodejs fills in this object's missing fields: give each call its own. */
export interface RclEntityOptions {
  qos: RclQos;
  isRaw?: boolean;
}

export interface RclNode {
  name(): string;
  namespace(): string;
  /** Wait for work in a thread of its own, this many milliseconds at a time, and call back on the main thread. */
  spin(timeout?: number): void;
  stop(): void;
  /** Afterwards nothing of the node must be used: most of its methods end the process then. */
  destroy(): void;
  /** Called on the main thread with what is ready. A throw out of it ends the process. */
  execute(handles: unknown): void;
  createPublisher(type: RclTypeClass, topic: string, options: RclEntityOptions): RclPublisher;
  createSubscription(
    type: RclTypeClass,
    topic: string,
    options: RclEntityOptions,
    callback: (message: unknown) => void,
  ): RclSubscription;
  /** A returned value, or what a returned promise gives, is the answer. */
  createService(type: string, name: string, callback: (request: unknown) => unknown): RclService;
  destroyPublisher(publisher: RclPublisher): void;
  destroySubscription(subscription: RclSubscription): void;
  destroyService(service: RclService): void;
  resolveTopicName(topic: string): string;
  getTopicNamesAndTypes(): readonly { readonly name: string; readonly types: readonly string[] }[];
  getPublishersInfoByTopic(topic: string): readonly RclEndpoint[];
  getSubscriptionsInfoByTopic(topic: string): readonly RclEndpoint[];
  getClock(): { now(): { readonly nanoseconds: bigint } };
  getLogger(): Record<'debug' | 'info' | 'warn' | 'error', (text: string) => unknown>;
}

export interface RclNodeOptions {
  readonly startParameterServices: boolean;
}

export type RclContext = object;

export interface RclLibrary {
  readonly Context: new () => RclContext;
  readonly Node: new (
    name: string,
    namespace: string,
    context: RclContext,
    options: RclNodeOptions,
    args: string[],
    useGlobalArguments: boolean,
  ) => RclNode;
  /** Once for each context. Generates the message classes where that was not done yet, which takes a while. */
  init(context: RclContext, argv: string[]): Promise<void>;
  shutdown(context: RclContext): void;
  /** Importing the library has installed a SIGINT handler that ends all contexts and lets the process go on. */
  removeSignalHandlers(): void;
}

/** Listen to messages that the middleware lost for a subscription, until that is destroyed. False where it cannot be. */
export type WatchLosses = (node: RclNode, subscription: RclSubscription, onLost: (count: number) => void) => boolean;

/** The library, loaded, and what goes with it. */
export interface RclRuntime {
  readonly rcl: RclLibrary;
  /** `jazzy` */
  readonly distro: string;
  /** Missing where the distribution or the library does not tell. */
  readonly watchLosses?: WatchLosses;
}

/**
 * Enough of a message class to create publishers and raw subscriptions of a type. The generated class is not needed for
 * that, so a type works as soon as its package is built and sourced, and stale generated code cannot do harm.
 *
 * @param schemaName `sensor_msgs/msg/Image`
 */
export function rclTypeClass(schemaName: string): RclTypeClass {
  const [pkgName, subFolder, interfaceName] = schemaName.split('/');
  // a function, because that is what rclnodejs takes for a class
  return Object.assign(() => undefined, { type: () => ({ pkgName, subFolder, interfaceName }) });
}
