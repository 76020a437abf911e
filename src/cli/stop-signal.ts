import { constants } from 'node:os';

/** A request from outside to stop. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** What the process should say when it ends, once it was asked to stop: 130 for SIGINT, 143 for SIGTERM. */
  exitCode(): number | undefined;
  /** Leave signals to Node again. */
  release(): void;
}

/**
 * Signals within this time are one request, milliseconds: under `ros2 launch`, systemd or `timeout`, a process is signalled by its
 * parent and as a member of its group, and a recording must not lose its footer by that.
 */
const ONE_REQUEST = 500;

export interface StopSignalOptions {
  /**
   * Seconds in which a process that was asked to stop ends by itself: until then, a second request changes nothing. By default a
   * second one ends the process at once.
   */
  readonly endsWithin?: number;
}

/** The first SIGINT or SIGTERM asks to stop after the work in hand; a second one, a moment later, ends the process at once. */
export function stopSignal({ endsWithin }: StopSignalOptions = {}): StopSignal {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let askedAt = 0;
  const stop = (name: 'SIGINT' | 'SIGTERM') => {
    if (exitCode === undefined) {
      exitCode = 128 + constants.signals[name];
      askedAt = performance.now();
      controller.abort();
      if (endsWithin !== undefined) setTimeout(() => process.exit(exitCode), 1000 * endsWithin).unref();
    } else if (endsWithin === undefined && performance.now() - askedAt > ONE_REQUEST) {
      process.exit(exitCode);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
