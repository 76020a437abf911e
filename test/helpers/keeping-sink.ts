import type { BusMessage, BusSink } from '../../src/transport/port/bus.js';
import { publisherOf } from '../../src/transport/port/publisher.js';

/** A sink that keeps what it is given, the newest last. */
export function keepingSink(): { readonly sink: BusSink; readonly got: BusMessage[] } {
  const got: BusMessage[] = [];
  const write = async (message: BusMessage) => void got.push(message);
  const sink: BusSink = {
    advertise: (topic, codec) => publisherOf(topic, codec, write),
    write,
    close: async () => undefined,
  };
  return { sink, got };
}
