import { constants } from 'node:os';

/** A request from outside to stop. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** What the process should say when it ends, once it was asked to stop: 130 for SIGINT, 143 for SIGTERM. */
  exitCode(): number | undefined;
  /** Leave signals to Node again. */
  release(): void;
}

/** The first SIGINT or SIGTERM asks to stop after the work in hand; a second one ends the process at once. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (name: 'SIGINT' | 'SIGTERM') => {
    if (exitCode !== undefined) process.exit(exitCode);
    exitCode = 128 + constants.signals[name];
    controller.abort();
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
