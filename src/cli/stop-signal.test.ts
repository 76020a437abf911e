import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StopSignal, stopSignal } from './stop-signal.js';

describe('a request to stop', () => {
  let stop: StopSignal;
  let exit: ReturnType<typeof vi.fn>;
  let now: number;

  beforeEach(() => {
    now = 1000;
    exit = vi.fn();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    vi.spyOn(process, 'exit').mockImplementation(exit as never);
    stop = stopSignal();
  });
  afterEach(() => {
    stop.release();
    vi.restoreAllMocks();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s aborts and ends with %d', (signal, code) => {
    process.emit(signal, signal);
    expect(stop.signal.aborted).toBe(true);
    expect(stop.exitCode()).toBe(code);
    expect(exit).not.toHaveBeenCalled();
  });

  it('that comes twice at once, as from a launch file, is one', () => {
    process.emit('SIGTERM', 'SIGTERM');
    now += 400;
    process.emit('SIGINT', 'SIGINT');
    expect(exit).not.toHaveBeenCalled();
    expect(stop.exitCode()).toBe(143);
  });

  it('of a process that ends by itself is not hurried by a second one, but ends in time', () => {
    stop.release();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      stop = stopSignal({ endsWithin: 1.8 });
      process.emit('SIGINT', 'SIGINT');
      now += 600;
      process.emit('SIGINT', 'SIGINT');
      expect(exit).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1800);
      expect(exit).toHaveBeenCalledWith(130);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is repeated a moment later ends the process', () => {
    process.emit('SIGINT', 'SIGINT');
    now += 600;
    process.emit('SIGTERM', 'SIGTERM');
    expect(exit).toHaveBeenCalledWith(130);
  });
});
