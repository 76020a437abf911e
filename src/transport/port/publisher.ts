import type { Codec } from '../../messages/index.js';
import type { BusSink, Publisher } from './bus.js';

/**
 * A publisher that encodes by its codec, counts, and hands the message to `write`. Every adapter's `advertise`.
 *
 * @param wanted see {@link Publisher.wanted}; always true by default.
 */
export function publisherOf<T>(
  topic: string,
  codec: Codec<T>,
  write: BusSink['write'],
  wanted: () => boolean = () => true,
): Publisher<T> {
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
  let sequence = 0;
  return {
    topic,
    wanted,
    publish: async (message, stamp) => {
      const data = codec.encode(message);
      await write({
        topic,
        schemaName,
        schemaEncoding,
        schemaData,
        messageEncoding,
        data,
        logTime: stamp,
        publishTime: stamp,
        sequence: sequence++,
      });
    },
  };
}
