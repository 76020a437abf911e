import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../depth/index.js';
import { SeededRandom } from '../geometry/index.js';
import { FrameSync, type FrameSyncOptions, type SyncedSet } from './frame-sync.js';

const camera = { width: 1, height: 1, fx: 1, fy: 1, cx: 0, cy: 0 };

function frameAt(seconds: number): DepthFrame {
  const stamp = BigInt(Math.round(seconds * 1e9));
  return { stamp, frameId: 'camera', width: 1, height: 1, depth: new Float32Array(1), camera };
}

interface Sent {
  readonly camera: string;
  readonly at: number;
  /** On the receiver's clock; as the stamp by default. */
  readonly arrived?: number;
}

/** Frames of a camera from `from` to `to` seconds. */
function sends(
  name: string,
  rate: number,
  from: number,
  to: number,
  more: Partial<{ jitter: number; phase: number }> = {},
) {
  const { jitter = 0, phase = 0 } = more;
  const random = new SeededRandom(5, rate);
  const count = Math.round((to - from) * rate);
  return Array.from({ length: count }, (_, i): Sent => {
    return { camera: name, at: from + i / rate + phase + jitter * random.normal() };
  });
}

function run(options: Partial<FrameSyncOptions>, ...sent: readonly (readonly Sent[])[]) {
  const sync = new FrameSync({ cameras: ['left', 'right'], ...options });
  const sets: (SyncedSet & { readonly after: number })[] = [];
  const arrival = ({ at, arrived = at }: Sent) => arrived;
  for (const one of sent.flat().sort((a, b) => arrival(a) - arrival(b))) {
    const given = sync.push(one.camera, frameAt(one.at), BigInt(Math.round(arrival(one) * 1e9)));
    sets.push(...given.map((set) => ({ ...set, after: arrival(one) })));
  }
  const rest = sync.flush().map((set) => ({ ...set, after: Infinity }));
  return { sync, sets: [...sets, ...rest] };
}

const shown = ({ frames }: SyncedSet) => frames.map(({ camera }) => camera).join('+');

function exact(sync: FrameSync): void {
  for (const { frames, fused, waiting, lost } of sync.facts()) {
    expect(frames).toBe(fused + waiting + Object.values(lost).reduce((sum, n) => sum + n, 0));
  }
}

describe('frames of several cameras', () => {
  it('of one rate make one set a period, given out with the later frame', () => {
    const { sync, sets } = run({}, sends('left', 30, 0, 1), sends('right', 30, 0, 1, { phase: 0.008 }));
    expect(sets.map(shown)).toEqual(Array(30).fill('left+right'));
    expect(Number(sets[3].stamp) / 1e9).toBeCloseTo(0.1, 9);
    expect(sets[3].after).toBeCloseTo(0.108, 9);
    expect(sync.facts()).toMatchObject([
      { name: 'left', frames: 30, fused: 30, missing: 0, state: 'delivering' },
      { name: 'right', frames: 30, fused: 30, missing: 0, lost: {} },
    ]);
    expect(sync.facts()[0].period).toBeCloseTo(1 / 30, 6);
  });

  it('of 30 and 15 Hz make a set for each frame of the faster one, which does not wait for the slower', () => {
    const { sync, sets } = run({}, sends('left', 30, 0, 2), sends('right', 15, 0, 2, { phase: 0.004 }));
    const settled = sets.slice(8);
    expect(settled.map(shown).slice(0, 4)).toEqual(['left+right', 'left', 'left+right', 'left']);
    for (const { stamp, frames, after } of settled.slice(0, -1)) {
      expect(after - Number(stamp) / 1e9).toBeLessThan(frames.length === 2 ? 0.005 : 0.001);
    }
    expect(sync.facts()[1].missing).toBeLessThanOrEqual(2); // before its period is known
    exact(sync);
  });

  it('of a camera whose frames come later than the next ones of the other are waited for, once that is known', () => {
    const late = sends('right', 30, 0, 1).map((one) => ({ ...one, arrived: one.at + 0.04 }));
    const { sync, sets } = run({}, sends('left', 30, 0, 2), late);
    const settled = sets.slice(2, 30);
    expect(settled.map(shown)).toEqual(Array(28).fill('left+right'));
    for (const { stamp, after } of settled) expect(after - Number(stamp) / 1e9).toBeCloseTo(0.04, 9);
    expect(sync.facts()[1].lost.late).toBeLessThanOrEqual(2);
    // it dies: its frames are waited for as long as they were late, and after three periods not at all
    const alone = sets.slice(30);
    expect(alone.map(shown)).toEqual(Array(30).fill('left'));
    for (const { stamp, after } of alone.slice(0, 5)) expect(after - Number(stamp) / 1e9).toBeLessThan(0.068);
    for (const { stamp, after } of alone.slice(5, -1)) expect(after - Number(stamp) / 1e9).toBeLessThan(0.001);
    exact(sync);
  });

  it('that are not taken on time still pair', () => {
    const { sync, sets } = run(
      {},
      sends('left', 30, 0, 10),
      sends('right', 30, 0, 10, { phase: 0.006, jitter: 0.003 }),
    );
    expect(sets.filter(({ frames }) => frames.length === 2).length).toBeGreaterThan(295);
    const stamps = sets.map(({ stamp }) => stamp);
    expect(stamps).toEqual([...stamps].sort((a, b) => (a < b ? -1 : 1)));
    exact(sync);
  });

  it('go on within a frame when a camera dies, and are fused again when it returns', () => {
    const dead = [...sends('right', 30, 0, 1), ...sends('right', 30, 2, 3)];
    const { sync, sets } = run({}, sends('left', 30, 0, 3), dead);
    const alone = sets.filter(({ frames }) => frames.length === 1);
    // its first frame finds that its moment is gone: it was not expected any more
    expect(alone).toHaveLength(31);
    expect(sync.facts()[1].lost).toEqual({ late: 1 });
    // waited for until the next frame at first, and not at all once it is known to be silent
    const delays = alone.map(({ after, stamp }) => after - Number(stamp) / 1e9);
    expect(Math.max(...delays)).toBeLessThan(0.0334);
    expect(Math.max(...delays.slice(4))).toBeLessThan(1e-8);
    expect(sync.facts()[1].missing).toBe(3);
    expect(shown(sets.find(({ stamp }) => stamp > 2_000_000_000n) as SyncedSet)).toBe('left+right');
    exact(sync);
  });

  it('of the first camera may be the ones that end', () => {
    const { sync, sets } = run({}, sends('left', 30, 0, 1), sends('right', 30, 0, 2));
    expect(sets.slice(-20).map(shown)).toEqual(Array(20).fill('right'));
    expect(sync.facts().map(({ state }) => state)).toEqual(['silent', 'delivering']);
  });

  it('that start late are not waited for', () => {
    const { sets } = run({}, sends('left', 30, 0, 2), sends('right', 30, 1, 2));
    for (const { after, stamp } of sets.slice(10, 20)) expect(after - Number(stamp) / 1e9).toBeCloseTo(0, 8);
    expect(sets).toHaveLength(60);
  });

  it('whose clock is known to differ are brought to one time, in their stamps too', () => {
    const late = sends('right', 30, 0, 1, { phase: 0.5 });
    const received = late.map((one) => ({ ...one, arrived: one.at - 0.5 }));
    const { sets } = run({ clockOffsets: { right: -0.5 } }, sends('left', 30, 0, 1), received);
    expect(sets.map(shown)).toEqual(Array(30).fill('left+right'));
    expect(sets[7].frames[1].frame.stamp).toBe(sets[7].frames[0].frame.stamp);
  });

  it('whose clock differs unknown to us are told by the difference at arrival', () => {
    const ahead = sends('right', 30, 0, 1, { phase: 3 }).map((one) => ({ ...one, arrived: one.at - 3 + 0.002 }));
    const { sync, sets } = run({}, sends('left', 30, 0, 1), ahead);
    expect(sets.every(({ frames }) => frames.length === 1)).toBe(true);
    expect(sync.facts()[1].clockDifference).toBeCloseTo(-2.998, 6);
    exact(sync);
  });

  it('older than a set that is out are dropped as late', () => {
    const { sync, sets } = run({}, sends('left', 30, 0, 1), [{ camera: 'right', at: 0.5, arrived: 0.9 }]);
    expect(sets).toHaveLength(30);
    expect(sync.facts()[1]).toMatchObject({ frames: 1, fused: 0, lost: { late: 1 } });
  });

  it('begin anew where a recording is looped', () => {
    const twice = (name: string) => [
      ...sends(name, 30, 5, 6),
      ...sends(name, 30, 0, 1).map((one) => ({ ...one, arrived: one.at + 6 })),
    ];
    const { sync, sets } = run({}, twice('left'), twice('right'));
    expect(sets.map(shown)).toEqual(Array(60).fill('left+right'));
    exact(sync);
  });

  it('of three cameras are given out by the deadline where one comes too late', () => {
    const slow = sends('top', 30, 0, 1).map((one) => ({ ...one, arrived: one.at + 0.12 }));
    const { sync, sets } = run(
      { cameras: ['left', 'right', 'top'], deadline: 0.03 },
      sends('left', 30, 0, 1),
      sends('right', 30, 0, 1),
      slow,
    );
    expect(sets.slice(0, 30).every(({ frames }) => frames.length >= 2)).toBe(true);
    expect(sets.every(({ after, stamp }) => after === Infinity || after - Number(stamp) / 1e9 < 0.0334)).toBe(true);
    expect(sync.facts()[2].lost).toEqual({ late: 30 });
    exact(sync);
  });
});

it('a synchroniser refuses what cannot be', () => {
  expect(() => new FrameSync({ cameras: ['left', 'left'] })).toThrow(expect.objectContaining({ where: 'cameras' }));
  expect(() => new FrameSync({ cameras: ['left'], tolerance: -1 })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', where: 'tolerance' }),
  );
  expect(() => new FrameSync({ cameras: ['left'] }).push('right', frameAt(0))).toThrow(
    expect.objectContaining({ code: 'USAGE', found: 'right' }),
  );
});
