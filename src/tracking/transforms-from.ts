import { toVoxhandError } from '../errors/index.js';
import { fromTfMessage, recordedCodec } from '../messages/index.js';
import type { TransformBuffer } from '../rig/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';

/** Static transforms are said once, at the start, or once by each of their publishers. */
const STATIC_AHEAD = 100;

export interface TransformsOptions {
  /** Told of each message that is no transform, and of each transform that the buffer refuses. */
  readonly onDrop?: (cause: string, text: string, topic: string) => void;
}

/** A buffer that is being fed. */
export interface TransformFeed {
  /** Resolves when the bus has no more messages or after {@link stop}; rejects with what the bus throws. */
  readonly done: Promise<void>;
  /** Messages so far that are no transforms. */
  unreadable(): number;
  /** End the subscription. The buffer keeps what it has. */
  stop(): Promise<void>;
}

/**
 * Keep a buffer filled from a live bus: from `topics.tf` and `topics.tf_static`, by a subscription of its own that runs beside
 * the pipeline.
 *
 * A recording is read in step with its frames instead: see {@link withTransforms}.
 *
 * @example
 * ```ts
 * const buffer = new TransformBuffer(config.transforms);
 * const feed = transformsFrom(bus, config, buffer);
 * // ... and at the end
 * await feed.stop();
 * ```
 */
export function transformsFrom(
  bus: BusSource,
  { topics }: Pick<TrackerConfig, 'topics'>,
  buffer: TransformBuffer,
  options: TransformsOptions = {},
): TransformFeed {
  const messages = bus.subscribe([topics.tf, topics.tfStatic])[Symbol.asyncIterator]();
  let unreadable = 0;
  const run = async () => {
    for (let step = await messages.next(); step.done !== true; step = await messages.next()) {
      if (!takeTransforms(buffer, step.value, topics.tfStatic, options)) unreadable++;
    }
  };
  const done = run();
  done.catch(() => undefined); // whoever cares awaits `done`
  return {
    done,
    unreadable: () => unreadable,
    async stop() {
      await messages.return?.();
      await done.catch(() => undefined);
    },
  };
}

export interface WithTransformsOptions extends TransformsOptions {
  /** Where static transforms are read ahead: the recording itself, where `source` does something with what it reads. */
  readonly ahead?: BusSource;
}

/**
 * A recording whose transforms go into a buffer in step with the messages that are read, so that the same recording gives the
 * same results however fast it is read. Whoever subscribes to it gets the topics asked for, and those of the transforms only
 * where they are among them.
 *
 * Static transforms hold for all times, but may have been recorded after the first frames: up to 100 such messages are read
 * ahead.
 */
export function withTransforms(
  source: BusSource,
  { topics: { tf, tfStatic } }: Pick<TrackerConfig, 'topics'>,
  buffer: TransformBuffer,
  { ahead = source, ...options }: WithTransformsOptions = {},
): BusSource {
  return {
    topics: () => source.topics(),
    close: () => source.close(),
    async *subscribe(topics?: readonly string[]): AsyncGenerator<BusMessage, void, void> {
      // a recording refuses topics that it does not have
      const there = (topic: string) => ahead.topics().some((known) => known.topic === topic);
      let read = 0;
      for await (const message of there(tfStatic) ? ahead.subscribe([tfStatic]) : []) {
        takeTransforms(buffer, message, tfStatic, options);
        if (++read === STATIC_AHEAD) break;
      }
      const all = topics && [...new Set([...topics, ...[tf, tfStatic].filter(there)])];
      for await (const message of source.subscribe(all)) {
        if (message.topic === tf || message.topic === tfStatic) takeTransforms(buffer, message, tfStatic, options);
        if (topics?.includes(message.topic) ?? true) yield message;
      }
    },
  };
}

/** Put a message's transforms into the buffer. Returns false for a message that holds none. */
export function takeTransforms(
  buffer: TransformBuffer,
  message: BusMessage,
  staticTopic: string,
  { onDrop }: TransformsOptions = {},
): boolean {
  try {
    for (const record of fromTfMessage(recordedCodec(message).decode(message.data))) {
      const fault = buffer.add(record, message.topic === staticTopic);
      if (fault === undefined || fault === 'repeated') continue;
      onDrop?.(fault, `transform ${name(record.parent)} to ${name(record.child)} refused: ${fault}`, message.topic);
    }
    return true;
  } catch (thrown) {
    const { code, message: text } = toVoxhandError(thrown, 'MESSAGE_INVALID');
    onDrop?.(code, text, message.topic);
    return false;
  }
}

function name(frame: string): string {
  return JSON.stringify(frame.slice(0, 100));
}
