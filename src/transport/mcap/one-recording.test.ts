import { describe, expect, it, test } from 'vitest';
import { refuseOverlap, refuseSeveral } from './one-recording.js';

describe('the files of a folder', () => {
  test.each([
    [['/r/cell_0.mcap', '/r/cell_1.mcap', '/r/cell_10.mcap.partial']],
    [['/r/2026-11-28-001.mcap', '/r/2026-11-28-002.mcap']],
    [['/r/0.mcap', '/r/1.mcap']],
    [['/r/demo.mcap']],
  ])('are one recording by their names: %j', (files) => {
    expect(() => refuseSeveral('/r', files)).not.toThrow();
  });

  it('are several recordings where their names differ, and one of them is proposed', () => {
    expect(() => refuseSeveral('/r', ['/r/demo.mcap', '/r/hard.mcap', '/r/sr305.mcap'])).toThrow(
      /several recordings.*such as \/r\/demo\.mcap;.*found 3 files of 3 names: demo\.mcap, hard\.mcap, sr305\.mcap; at \/r/,
    );
  });

  const part = (i: number, start: number, end: number, values?: Record<string, string>) => ({
    path: `/r/cell_${i}.mcap`,
    startTime: BigInt(start) * 1_000_000_000n,
    endTime: BigInt(end) * 1_000_000_000n,
    metadata: values === undefined ? [] : [{ name: 'voxhand', values }],
  });

  it('are several recordings where they were recorded at the same time', () => {
    expect(() => refuseOverlap('/r', [part(0, 5, 9), part(1, 1, 7)])).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        found: 'cell_1.mcap and cell_0.mcap, which overlap by at least 2.0 s',
      }),
    );
    for (const sound of [[part(0, 1, 5), part(1, 5, 9)], [part(1, 4, 9), part(0, 1, 5)], []]) {
      expect(() => refuseOverlap('/r', sound)).not.toThrow();
    }
  });

  it('are one, also where they overlap, where one recorder says that it has split it', () => {
    const split = (i: number, seed = '1') => part(i, 1, 9, { seed, part: String(i) });
    expect(() => refuseOverlap('/r', [split(0), split(1)])).not.toThrow();
    expect(() => refuseOverlap('/r', [split(0), split(1, '2')])).toThrow(/several recordings/);
  });
});
