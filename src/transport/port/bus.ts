import type { Codec, MessageSchema } from '../../messages/index.js';

/** One message as it lies on a bus or in a recording, with all that is needed to decode it. */
export interface BusMessage extends MessageSchema {
  readonly topic: string;
  /** Encoded. Nobody writes to these bytes afterwards; they may be a part of a larger buffer: do not transfer it, unless they are {@link own}. */
  readonly data: Uint8Array;
  /** The whole buffer of `data` belongs to whoever takes the message, and to nobody else. */
  readonly own?: true;
  /** When it was received or recorded, nanoseconds on the bus's clock. */
  readonly logTime: bigint;
  /** When it was published, nanoseconds. */
  readonly publishTime: bigint;
  /** Counted by the publisher, 0 where it does not count. */
  readonly sequence: number;
  /** What its channel says beside the schema: rosbag2 keeps the offered quality of service there. */
  readonly channelMetadata?: Readonly<Record<string, string>>;
}

/** A topic that messages have been seen or announced on. */
export interface TopicInfo extends MessageSchema {
  readonly topic: string;
  /** Messages there, where that is known. */
  readonly messageCount?: number;
  /** See {@link BusMessage.channelMetadata}. */
  readonly channelMetadata?: Readonly<Record<string, string>>;
}

/** The half of a bus that messages come from. */
export interface BusSource {
  /** The topics known at this moment. */
  topics(): readonly TopicInfo[];
  /**
   * Messages in order, pulled: the next one is not fetched before it is asked for, so a slow consumer holds up a
   * recording and lets a live source queue or drop by its own bound.
   *
   * Each loop over the result is a subscription of its own; leaving the loop ends it. Errors come out of the loop.
   *
   * @param topics their exact names; all topics when left out.
   */
  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage>;
  close(): Promise<void>;
}

/** One topic to publish on. */
export interface Publisher<T> {
  readonly topic: string;
  /**
   * Encode and send. Wait for the promise before publishing the next message: it is the back-pressure.
   *
   * @param stamp nanoseconds, the message's time on the bus's clock.
   * @throws VoxhandError `MESSAGE_INVALID` from the codec; `WRITE_FAILED` where the bus takes no more.
   */
  publish(message: T, stamp: bigint): Promise<void>;
  /**
   * Whether anybody would get a message now. Where it is false, building and encoding one is wasted work, and publishing
   * it does nothing. Recordings always want everything; a live bus knows its subscribers.
   */
  wanted(): boolean;
}

/** The half of a bus that messages go to. */
export interface BusSink {
  advertise<T>(topic: string, codec: Codec<T>): Publisher<T>;
  /** Send a message that is encoded already, under its own topic, schema and times. */
  write(message: BusMessage): Promise<void>;
  /** All that was written before is safe when this resolves. */
  close(): Promise<void>;
}

/** What a pipeline is connected to. */
export interface Bus extends BusSource, BusSink {}

/** Something that an operator of a live bus should know. */
export interface BusEvent {
  readonly severity: 'info' | 'warn' | 'error';
  /** Stable, for counting: `qos-incompatible`, `message-lost`, `type-mismatch`, `silent`, `connected`, `disconnected`. */
  readonly kind: string;
  readonly topic?: string;
  /** What happened and what to do about it, in plain words. */
  readonly text: string;
}

/** What a live bus knows of a topic that it is subscribed to or publishes on. */
export interface TopicState {
  readonly topic: string;
  /** Others that publish on it and match; undefined where the bus cannot know. */
  readonly publishers?: number;
  /** Others that listen to it and match; undefined where the bus cannot know. */
  readonly subscribers?: number;
  /** Messages that came in, or went out. */
  readonly messages: number;
  /** Messages that came in and were replaced or dropped before anybody took them, by cause: `replaced`, `queue-full`, `lost`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Bus time of the newest message, nanoseconds. */
  readonly lastMessage?: bigint;
  /** What keeps messages from coming or going at this moment, as its event has reported it; absent where the bus does not say. */
  readonly trouble?: BusEvent | undefined;
}

/** A bus with a clock and a life of its own: a ROS 2 graph, a connection to a Foxglove server. */
export interface LiveBus extends Bus {
  /** The bus's time, nanoseconds: the ROS clock, simulated where that is configured. */
  now(): bigint;
  /** Listen to what happens on the bus. Returns a function that ends it. Listeners must not throw. */
  onEvent(listener: (event: BusEvent) => void): () => void;
  /** Of every topic that is subscribed to or advertised here. */
  states(): readonly TopicState[];
}
