import { describe, expect, test } from 'vitest';
import { FrameOrder, type FrameOrderOptions } from './ordered-frames.js';

const SECOND = 1_000_000_000;

function ordered(stamps: readonly number[], options?: FrameOrderOptions) {
  const order = new FrameOrder<{ stamp: bigint }>(options);
  const frames = stamps.flatMap((stamp) => [...order.push({ stamp: BigInt(stamp) })]);
  frames.push(...order.flush());
  return { frames: frames.map(({ epoch, stamp, items }) => [epoch, Number(stamp), items.length]), ...order.order() };
}

describe('frames in order of stamps', () => {
  test('rising stamps stay as they are', () => {
    expect(ordered([1, 2, 3])).toEqual({
      frames: [
        [0, 1, 1],
        [0, 2, 1],
        [0, 3, 1],
      ],
      outOfOrder: 0,
      tooLate: 0,
      jumpsBack: 0,
    });
  });

  test('results of one stamp are one frame', () => {
    expect(ordered([1, 1, 2, 2]).frames).toEqual([
      [0, 1, 2],
      [0, 2, 2],
    ]);
  });

  test('small disorder is put right and counted', () => {
    expect(ordered([1, 3, 2, 4])).toMatchObject({
      frames: [
        [0, 1, 1],
        [0, 2, 1],
        [0, 3, 1],
        [0, 4, 1],
      ],
      outOfOrder: 1,
      tooLate: 0,
    });
  });

  test('what comes after its place is given away comes by itself, and is counted', () => {
    expect(ordered([1, 3, 4, 2], { window: 1 })).toMatchObject({ outOfOrder: 1, tooLate: 1 });
  });

  test('a jump back in time begins a new epoch', () => {
    const { frames, jumpsBack, outOfOrder } = ordered([0, SECOND, 2 * SECOND, 0, SECOND]);
    expect(frames.map(([epoch]) => epoch)).toEqual([0, 0, 0, 1, 1]);
    expect([jumpsBack, outOfOrder]).toEqual([1, 0]);
  });

  test('a stamp that never changes fills no frame without end', () => {
    const order = new FrameOrder<{ stamp: bigint }>();
    const items = Array.from({ length: 10_000 }, () => ({ stamp: 0n }));
    const sizes = [...items.flatMap((item) => [...order.push(item)]), ...order.flush()].map(
      (frame) => frame.items.length,
    );
    expect(Math.max(...sizes)).toBe(64);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
    expect(order.order()).toEqual({ outOfOrder: 0, tooLate: 0, jumpsBack: 0 });
  });

  test('never more than a window waits', () => {
    const order = new FrameOrder<{ stamp: bigint }>({ window: 3 });
    const given = Array.from({ length: 10 }, (_, i) => order.push({ stamp: BigInt(i) }).length);
    expect(given).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
  });
});
