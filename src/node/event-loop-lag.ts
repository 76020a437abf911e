import { monitorEventLoopDelay } from 'node:perf_hooks';

/** By how much the main thread was late, seconds. */
export interface LoopLag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The timer that is watched comes this often, milliseconds; it is that much late by itself. */
const RESOLUTION = 5;

/**
 * Measure by how much the main thread is late: a message that comes while it is busy waits so long.
 *
 * @returns its figures since the start or the last `reset`, and a way to end it.
 */
export function watchEventLoop(): { lag(): LoopLag | undefined; reset(): void; stop(): void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
  return {
    lag: () =>
      histogram.count === 0
        ? undefined
        : {
            p50: seconds(histogram.percentile(50)),
            p99: seconds(histogram.percentile(99)),
            max: seconds(histogram.max),
          },
    reset: () => histogram.reset(),
    stop: () => void histogram.disable(),
  };
}
