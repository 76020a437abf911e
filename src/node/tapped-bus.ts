import type { BusMessage, BusSink, LiveBus } from '../transport/port/index.js';

/** A sink that gets what comes in. */
export interface Tap {
  readonly sink: BusSink;
  /** Which topics; all that are subscribed to by default. */
  readonly topics?: readonly string[];
}

/**
 * A bus whose incoming messages also go to other sinks as they are: what a tracker sees becomes part of its recording, and can be
 * looked at in a viewer. Messages that no subscription takes are not seen here, nor waited for there.
 */
export function tappedBus(bus: LiveBus, taps: readonly Tap[]): LiveBus {
  if (taps.length === 0) return bus;
  const tap = (message: BusMessage) => {
    // a sink that fails says so where results go to it
    for (const { sink, topics } of taps) {
      if (topics?.includes(message.topic) ?? true) sink.write(message).catch(() => undefined);
    }
  };
  return {
    topics: () => bus.topics(),
    states: () => bus.states(),
    now: () => bus.now(),
    onEvent: (listener) => bus.onEvent(listener),
    advertise: (topic, codec) => bus.advertise(topic, codec),
    write: (message) => bus.write(message),
    close: () => bus.close(),
    subscribe: (topics) => ({
      [Symbol.asyncIterator](): AsyncIterator<BusMessage> {
        const messages = bus.subscribe(topics)[Symbol.asyncIterator]();
        return {
          async next() {
            const step = await messages.next();
            if (step.done === true) return step;
            const { own: _, ...shared } = step.value;
            tap(shared);
            return { done: false, value: shared };
          },
          async return() {
            await messages.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    }),
  };
}
