import { toVoxhandError } from '../errors/index.js';
import { fromTfMessage, recordedCodec } from '../messages/index.js';
import type { TransformBuffer } from '../rig/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';

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
 * A recording is read in step with its frames instead: see `withTransforms`.
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
