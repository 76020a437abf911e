import type { TransformBuffer } from '../rig/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { type TransformsOptions, takeTransforms } from './transforms-from.js';

/** Static transforms are said once, at the start, or once by each of their publishers. */
const STATIC_AHEAD = 100;

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
