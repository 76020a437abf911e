import { VoxhandError, writeFailed } from '../../errors/index.js';
import { qosConflicts, type TopicQos, toRclQos } from './qos.js';
import { outputConflict } from './qos-texts.js';
import { type RclPublisher, rclTypeClass } from './rcl.js';
import { type Ros2TopicState, type TopicContext, Trouble } from './topic-context.js';

/** Subscribers are counted again after this long, seconds. */
const RECOUNT_AFTER = 0.1;
/** The graph is asked this often for subscribers that do not match, seconds. */
const LOOK_EVERY = 1;

/** One topic that is published on: sends bytes, knows whether there are subscribers. */
export class OutputTopic {
  readonly topic: string;
  readonly schemaName: string;
  readonly #context: TopicContext;
  readonly #qos: TopicQos;
  readonly #publisher: RclPublisher;
  readonly #trouble: Trouble;
  #subscribers = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #messages = 0;
  #lastMessage: bigint | undefined;
  #closed = false;

  /**
   * @throws VoxhandError `ROS2_MESSAGES_MISSING` where the type's package is not built or not sourced; `CONFIG_INVALID` for
   * a name that is no topic's.
   */
  constructor(context: TopicContext, topic: string, schemaName: string, qos: TopicQos) {
    this.#context = context;
    this.#qos = qos;
    this.topic = topic;
    this.schemaName = schemaName;
    this.#trouble = new Trouble(context.onEvent);
    try {
      this.#publisher = context.node.createPublisher(rclTypeClass(schemaName), topic, { qos: toRclQos(qos) });
    } catch (cause) {
      throw creationFailed(topic, schemaName, cause as Error);
    }
  }

  get state(): Ros2TopicState {
    return {
      topic: this.topic,
      publishers: 0,
      subscribers: this.#closed ? 0 : this.#count(),
      messages: this.#messages,
      dropped: {},
      ...(this.#lastMessage === undefined ? {} : { lastMessage: this.#lastMessage }),
      trouble: this.#trouble.event,
    };
  }

  /** Where last messages are kept for those that come later, everything is wanted. */
  wanted(): boolean {
    return !this.#closed && (this.#qos.durability === 'transient_local' || this.#count() > 0);
  }

  /**
   * Does nothing once closed.
   *
   * @throws VoxhandError `WRITE_FAILED` where ROS 2 refuses.
   */
  send(data: Uint8Array, stamp: bigint): void {
    if (this.#closed) return;
    try {
      // only a Buffer is taken for bytes; this is a view, not a copy
      this.#publisher.publish(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    } catch (cause) {
      throw writeFailed(cause, this.topic);
    }
    this.#messages++;
    this.#lastMessage = stamp;
  }

  /** See whether there are subscribers with an incompatible QoS. To be called a few times per second. */
  look(): void {
    const now = this.#context.monotonic();
    if (this.#closed || now - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = now;
    const offered = toRclQos(this.#qos);
    for (const subscriber of this.#context.graph.subscribersOf(this.topic)) {
      const { node, type, qos } = subscriber;
      if (type !== this.schemaName) {
        const text = `${node} subscribes to ${this.topic} as ${type} and gets nothing: it carries ${this.schemaName}`;
        this.#trouble.begin(`type:${node}`, { severity: 'warn', kind: 'type-mismatch', topic: this.topic, text });
        return;
      }
      const conflicts = qosConflicts(offered, qos);
      if (conflicts.length > 0) {
        const text = outputConflict(this.topic, subscriber, offered, conflicts, this.#context.settingOf(this.topic));
        this.#trouble.begin(`qos:${node}`, { severity: 'warn', kind: 'qos-incompatible', topic: this.topic, text });
        return;
      }
    }
    this.#trouble.end(this.topic, `${this.topic}: all its subscribers match now`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.node.destroyPublisher(this.#publisher);
  }

  #count(): number {
    const now = this.#context.monotonic();
    if (now - this.#countedAt >= RECOUNT_AFTER) {
      this.#countedAt = now;
      this.#subscribers = this.#publisher.subscriptionCount;
    }
    return this.#subscribers;
  }
}

function creationFailed(topic: string, schemaName: string, cause: Error): VoxhandError {
  const [packageName] = schemaName.split('/');
  if (/topic name|namespace|invalid/i.test(cause.message) && !/shared object|typesupport/i.test(cause.message)) {
    return new VoxhandError('CONFIG_INVALID', 'not a topic name', { found: cause.message, where: topic, cause });
  }
  const build = packageName.startsWith('voxhand')
    ? `run colcon build --packages-select ${packageName} in a workspace with voxhand's msgs/ and source install/setup.bash`
    : `install ros-$ROS_DISTRO-${packageName.replaceAll('_', '-')} and source setup.bash again`;
  return new VoxhandError('ROS2_MESSAGES_MISSING', `the messages of ${packageName} are not installed`, {
    expected: `${schemaName}: ${build}`,
    found: cause.message.split('\n')[0],
    where: topic,
    cause,
  });
}
