import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/helpers/manual-clock.js';
import { StaleWatch } from './stale-watch.js';

function watched() {
  const clock = new ManualClock();
  const stale: number[] = [];
  const watch = new StaleWatch(clock, () => stale.push(clock.seconds()));
  return { clock, stale, watch };
}

/** Frames with their results right away. */
async function stream({ clock, watch }: ReturnType<typeof watched>, frames: number, period: number, took = 0.01) {
  for (let i = 0; i < frames; i++) {
    watch.frame();
    watch.took(took);
    watch.shown();
    await clock.advance(period);
  }
}

describe('the watch for stale hands', () => {
  it.each([
    ['30 Hz', 1 / 30, 0.25],
    ['60 Hz', 1 / 60, 0.25],
    ['10 Hz', 0.1, 0.3],
    ['2 Hz', 0.5, 1.5],
  ])('speaks once within max(3 periods, 250 ms) after the last frame at %s', async (_, period, limit) => {
    const bench = watched();
    await stream(bench, 20, period);
    const last = bench.clock.seconds() - period;
    // the period is not known before the second frame: a camera slower than 4 Hz is said to be lost after its first
    expect(bench.stale.splice(0)).toHaveLength(period > 0.25 ? 1 : 0);
    await bench.clock.advance(10);
    expect(bench.stale).toHaveLength(1);
    expect(bench.stale[0] - last).toBeLessThanOrEqual(limit);
    expect(bench.stale[0] - last).toBeGreaterThan(0.8 * limit);
    expect(bench.clock.waiting).toBe(0);
  });

  it('speaks again after the stream has come back and stopped again, by the same period', async () => {
    const bench = watched();
    await stream(bench, 10, 1 / 30);
    await bench.clock.advance(10);
    await stream(bench, 3, 1 / 30);
    const last = bench.clock.seconds() - 1 / 30;
    await bench.clock.advance(10);
    expect(bench.stale).toHaveLength(2);
    expect(bench.stale[1] - last).toBeLessThanOrEqual(0.25);
  });

  it('speaks when results stop although frames come', async () => {
    const bench = watched();
    await stream(bench, 10, 1 / 30);
    const last = bench.clock.seconds() - 1 / 30;
    for (let i = 0; i < 30; i++) {
      bench.watch.frame();
      await bench.clock.advance(1 / 30);
    }
    expect(bench.stale).toHaveLength(1);
    expect(bench.stale[0] - last).toBeLessThanOrEqual(0.25);
  });

  it('does not take a slow network for a dead one, from its first result on', async () => {
    const bench = watched();
    for (let i = 0; i < 5; i++) {
      for (let frame = 0; frame < 21; frame++) {
        bench.watch.frame();
        await bench.clock.advance(1 / 30);
      }
      expect(bench.watch.took(0.7)).toBe(true);
      bench.watch.shown();
    }
    expect(bench.stale).toEqual([]);
    await bench.clock.advance(5);
    expect(bench.stale).toHaveLength(1); // the frames have stopped: by their period, not by the network's
    expect(bench.stale[0] - 5 * 0.7).toBeLessThanOrEqual(0.25);
  });

  it('refuses a result that took much longer than results do, and takes a network that became slow for what it is', async () => {
    const bench = watched();
    await stream(bench, 10, 1 / 30);
    expect(bench.watch.took(5)).toBe(false);
    const recent = Array.from({ length: 8 }, () => bench.watch.took(1));
    expect(recent.indexOf(true)).toBeGreaterThan(0);
    expect(recent.at(-1)).toBe(true);
    expect(watched().watch.took(5)).toBe(true); // the first of all: nobody knows better
  });

  it('forgives one late frame within the limit', async () => {
    const bench = watched();
    await stream(bench, 10, 1 / 30);
    await bench.clock.advance(0.15);
    await stream(bench, 10, 1 / 30);
    expect(bench.stale).toEqual([]);
  });

  it('says nothing before the first result, nor after it was stopped', async () => {
    const bench = watched();
    bench.watch.frame();
    await bench.clock.advance(5);
    bench.watch.shown();
    bench.watch.stop();
    await bench.clock.advance(5);
    expect(bench.stale).toEqual([]);
    expect(bench.clock.waiting).toBe(0);
  });
});
