import type { BusMessage, BusSink, Publisher } from './bus.js';

/**
 * Several sinks as one: a ROS 2 graph, a viewer and a recording get the same messages.
 *
 * A message is encoded once where at least one sink wants it, and `publish` waits for all of them. A sink that fails does not
 * keep the others from theirs; the first error is thrown when all have had it. `close` closes all.
 */
export function teeSink(sinks: readonly BusSink[]): BusSink {
  if (sinks.length === 1) return sinks[0];
  return {
    advertise<T>(topic: string, codec: Parameters<BusSink['advertise']>[1]): Publisher<T> {
      const publishers = sinks.map((sink) => sink.advertise(topic, codec));
      return {
        topic,
        wanted: () => publishers.some((publisher) => publisher.wanted()),
        publish: (message, stamp) =>
          all(
            publishers.filter((publisher) => publisher.wanted()).map((publisher) => publisher.publish(message, stamp)),
          ),
      };
    },
    write: (message: BusMessage) => all(sinks.map((sink) => sink.write(message))),
    close: () => all(sinks.map((sink) => sink.close())),
  };
}

async function all(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
