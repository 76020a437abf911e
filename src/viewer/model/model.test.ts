import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RAMP_SIZE, rampColor, rampTable } from './color-ramp.js';
import { depthRange, SteadyRange } from './depth-range.js';
import { FrameStamps } from './frame-stamps.js';
import { FrameTree } from './frame-tree.js';
import { GestureLog } from './gesture-log.js';
import { History } from './history.js';
import { momentHash, momentOf } from './moment-hash.js';
import { RateMeter } from './rate-meter.js';
import { Recent } from './recent.js';
import { LOST, RIBBON_BINS, TRACKED, TrackRibbon, UNSEEN } from './track-ribbon.js';
import { type Shown, wantedRoles } from './wanted.js';

const MS = 1_000_000n;

describe('a rate', () => {
  it('is that of a steady stream', () => {
    const meter = new RateMeter();
    for (let i = 0; i < 1000; i++) meter.tick(i * 40);
    expect(meter.rate(999 * 40)).toBeCloseTo(25, 6);
  });

  it('is zero when nothing comes any more, and unknown at the beginning', () => {
    const meter = new RateMeter();
    expect(meter.rate(0)).toBe(0);
    meter.tick(0);
    expect(meter.rate(10)).toBeUndefined();
    expect(meter.rate(5000)).toBe(0);
  });

  it('is unknown for what comes all at once', () => {
    const meter = new RateMeter();
    for (let i = 0; i < 10; i++) meter.tick(7);
    expect(meter.rate(7)).toBeUndefined();
  });
});

describe('the range of depth', () => {
  it('is that of most pixels, without the missing ones and the flying ones', () => {
    const depth = new Float32Array(10_000).fill(1.5);
    depth.fill(0.5, 0, 3000);
    depth.fill(0, 3000, 5000);
    depth[5000] = 0.05;
    depth[5001] = 19;
    const range = depthRange(depth, 1);
    expect(range?.near).toBeCloseTo(0.5, 1);
    expect(range?.far).toBeCloseTo(1.51, 1);
  });

  it('is never narrower than the noise of a wall', () => {
    const range = depthRange(new Float32Array(1000).fill(1))!;
    expect(range.far - range.near).toBeCloseTo(0.2, 6);
  });

  it.each([
    ['missing', 0],
    ['not a number', Number.NaN],
  ])('is none where all depth is %s', (_, value) => {
    expect(depthRange(new Float32Array(100).fill(value))).toBeUndefined();
  });

  it('bears any depth', () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 300 }), (depth) => {
        const range = depthRange(depth, 1);
        if (range !== undefined) expect(range.far).toBeGreaterThan(range.near);
      }),
    );
  });

  it('follows calmly, but at once into another scene', () => {
    const steady = new SteadyRange();
    steady.follow({ near: 1, far: 2 });
    expect(steady.follow({ near: 1, far: 2.4 })?.far).toBeCloseTo(2.06, 6);
    expect(steady.follow({ near: 4, far: 6 })).toEqual({ near: 4, far: 6 });
    expect(steady.follow(undefined)).toEqual({ near: 4, far: 6 });
  });
});

describe('the ramp of colours', () => {
  const luminance = ([r, g, b]: readonly [number, number, number]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

  it('gets darker from near to far at every step', () => {
    const steps = Array.from({ length: 60 }, (_, i) => luminance(rampColor(i / 59)));
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeLessThan(steps[i - 1]);
  });

  it('goes through its stops and ends at its ends', () => {
    expect(rampColor(-1)).toEqual([244, 239, 222]);
    expect(rampColor(2)).toEqual([32, 30, 62]);
    expect(rampTable()).toHaveLength(RAMP_SIZE);
  });
});

describe('the stamps of frames', () => {
  const frames = (...ms: number[]) => {
    const stamps = new FrameStamps();
    for (const one of ms) stamps.add(BigInt(one) * MS);
    return stamps;
  };
  const step = (stamps: FrameStamps, from: number, direction: 1 | -1) =>
    Number(stamps.step(BigInt(from) * MS, direction) / MS);

  it.each([
    ['to the next', 40, 1, 80],
    ['to the one before', 40, -1, 0],
    ['from between two, on', 50, 1, 80],
    ['from between two, back', 50, -1, 40],
    ['beyond the last, where one should be', 120, 1, 160],
    ['before the first, where one should be', 0, -1, -40],
    ['over nothing: what lies beyond a hole was not seen', 1000, -1, 960],
  ] as const)('are stepped %s', (_, from, direction, expected) => {
    expect(step(frames(0, 40, 80, 120, 1000, 1040), from === 120 && direction === 1 ? 120 : from, direction)).toBe(
      expected,
    );
  });

  it('may come in any order and twice', () => {
    const stamps = frames(80, 0, 40, 40, 0);
    expect(step(stamps, 0, 1)).toBe(40);
    expect(stamps.period).toBe(40n * MS);
  });

  it('are kept in bounded number', () => {
    const stamps = new FrameStamps();
    for (let i = 0n; i < 20_000n; i++) stamps.add(i * 40n * MS);
    expect(stamps.step(20_000n * 40n * MS, -1)).toBe(19_999n * 40n * MS);
    // The first ones are forgotten, and guessed.
    expect(stamps.step(41n * MS, -1)).toBe(1n * MS);
  });

  it('are guessed at 30 Hz where none are known', () => {
    expect(step(new FrameStamps(), 100, 1)).toBe(133);
  });
});

describe('a tree of frames', () => {
  const pose = (
    parent: string,
    child: string,
    x: number,
    rotation: [number, number, number, number] = [0, 0, 0, 1],
  ) => ({
    parent,
    child,
    transform: { translation: [x, 0, 0] as const, rotation },
  });

  it('joins frames by way of their common root', () => {
    const tree = new FrameTree();
    tree.set(pose('world', 'camera', 1));
    tree.set(pose('world', 'robot', 5));
    tree.set(pose('robot', 'tool', 2));
    expect(tree.between('tool', 'camera')?.translation).toEqual([6, 0, 0]);
    expect(tree.between('camera', 'tool')?.translation).toEqual([-6, 0, 0]);
    expect(tree.between('camera', 'camera')?.translation).toEqual([0, 0, 0]);
    expect(tree.between('elsewhere', 'camera')).toBeUndefined();
  });

  it('takes the newest pose of a frame', () => {
    const tree = new FrameTree();
    tree.set(pose('world', 'camera', 1));
    const { version } = tree;
    tree.set(pose('world', 'camera', 2));
    expect(tree.between('camera', 'world')?.translation).toEqual([2, 0, 0]);
    expect(tree.version).toBeGreaterThan(version);
  });

  it('leaves out what cannot be', () => {
    const tree = new FrameTree();
    tree.set(pose('a', 'a', 1));
    tree.set(pose('a', 'b', Number.NaN));
    tree.set(pose('a', 'c', 1, [0, 0, 0, 0]));
    expect(tree.version).toBe(0);
  });

  it('ends where frames hang on each other in a circle', () => {
    const tree = new FrameTree();
    tree.set(pose('a', 'b', 1));
    tree.set(pose('b', 'a', 1));
    expect(() => tree.between('a', 'elsewhere')).not.toThrow();
  });

  it('is bounded', () => {
    const tree = new FrameTree();
    for (let i = 0; i < 5000; i++) tree.set(pose('world', `frame ${i}`, 1));
    expect(tree.version).toBe(2000);
  });
});

describe('the ribbon of a recording', () => {
  const at = (bin: number) => (bin + 0.5) / RIBBON_BINS;

  it('fills small gaps between frames that follow each other', () => {
    const ribbon = new TrackRibbon();
    ribbon.mark(at(10), true);
    ribbon.mark(at(13), true);
    expect([...ribbon.bins.subarray(9, 15)]).toEqual([UNSEEN, TRACKED, TRACKED, TRACKED, TRACKED, UNSEEN]);
  });

  it('leaves open what was jumped over', () => {
    const ribbon = new TrackRibbon();
    ribbon.mark(at(10), true);
    ribbon.mark(at(30), false);
    expect(ribbon.bins[20]).toBe(UNSEEN);
    expect(ribbon.bins[30]).toBe(LOST);
  });

  it('shows a loss in a bin that also has a hand', () => {
    const ribbon = new TrackRibbon();
    ribbon.mark(at(10), false);
    ribbon.mark(at(10), true);
    expect(ribbon.bins[10]).toBe(LOST);
  });

  it('takes no mark outside the recording', () => {
    const ribbon = new TrackRibbon();
    for (const share of [-0.1, 1.1, Number.NaN]) ribbon.mark(share, true);
    expect(ribbon.version).toBe(0);
    ribbon.mark(1, true);
    expect(ribbon.bins[RIBBON_BINS - 1]).toBe(TRACKED);
  });
});

describe('the log of gestures', () => {
  const event = (phase: number, gesture = 'pinch', sec = 0) => ({
    hand_id: 0,
    gesture,
    phase,
    confidence: 0.9,
    duration: { sec, nanosec: 500_000_000 },
  });

  it('shows a gesture from its beginning to its end', () => {
    const log = new GestureLog();
    log.put(event(0));
    log.put(event(1, 'pinch', 1));
    expect(log.active).toMatchObject([{ gesture: 'pinch', phase: 'update', duration: 1.5 }]);
    log.put(event(2, 'pinch', 2));
    expect(log.active).toEqual([]);
    expect(log.over).toMatchObject([{ gesture: 'pinch', phase: 'end', duration: 2.5 }]);
  });

  it('keeps the latest six, newest first', () => {
    const log = new GestureLog();
    for (let i = 0; i < 100; i++) log.put(event(3, `g${i}`));
    expect(log.over.map(({ gesture }) => gesture)).toEqual(['g99', 'g98', 'g97', 'g96', 'g95', 'g94']);
  });

  it('refuses a phase that there is none of, and holds a bounded number', () => {
    const log = new GestureLog();
    expect(() => log.put(event(4))).toThrow(RangeError);
    for (let i = 0; i < 100; i++) log.put(event(0, `g${i}`));
    expect(log.active).toHaveLength(16);
    log.stop();
    expect(log.active).toEqual([]);
  });

  it('ends what one hand makes when that hand is lost, and no more', () => {
    const log = new GestureLog();
    for (const hand_id of [3, 4]) log.put({ ...event(0), hand_id });
    log.stop(3);
    expect(log.active.map(({ handId }) => handId)).toEqual([4]);
  });
});

describe('the address of a moment', () => {
  it.each([
    [0n, '#t=0'],
    [12_345_000_000n, '#t=12.345'],
    [1_033_333_333n, '#t=1.033333333'],
    [3_600_000_000_001n, '#t=3600.000000001'],
  ])('%s ns after the beginning is %s, and back', (time, hash) => {
    expect(momentHash(time)).toBe(hash);
    expect(momentOf(hash)).toBe(time);
  });

  it.each(['', '#side', '#t=', '#t=-1', '#t=1e3', '#t=1.2.3', '#t=1.0000000001', '#t=0x10'])('is not %s', (hash) => {
    expect(momentOf(hash)).toBeUndefined();
  });
});

describe('the history', () => {
  it('gives curves in seconds from a zero, interrupted where nothing was seen', () => {
    const history = new History();
    Object.assign(history.at(1000n * MS, 1000n * MS), { presence: 1, error: 4 });
    Object.assign(history.at(1040n * MS, 1040n * MS), { presence: 0.5, latency: 9 });
    history.at(2000n * MS, 2000n * MS).presence = 1;
    const { x, error, latency, presence } = history.curves(0n, 3000n * MS, 1000n * MS);
    expect(x.map((seconds) => Number(seconds.toFixed(3)))).toEqual([0, 0.04, 0.04, 1]);
    expect(error).toEqual([4, null, null, null]);
    expect(latency).toEqual([null, 9, null, null]);
    expect(presence).toEqual([1, 0.5, null, 1]);
    expect(history.curves(1030n * MS, 1050n * MS, 0n).x).toEqual([1.04]);
  });

  it('shows no hand from a loss, which is said once, until the next result', () => {
    const history = new History();
    history.at(1000n * MS, 1000n * MS).presence = 0;
    history.at(3000n * MS, 3000n * MS).presence = 1;
    expect(history.curves(0n, 3000n * MS, 0n).presence).toEqual([0, 0, 1]);
    expect(history.curves(0n, 3000n * MS, 0n).x[1]).toBeCloseTo(3, 5);
  });

  it('keeps its order when parts are played again, and replaces what was there', () => {
    const history = new History();
    for (const [ms, error] of [
      [0n, 1],
      [80n, 3],
      [40n, 2],
      [80n, 5],
    ] as const)
      history.at(ms * MS, ms * MS).error = error;
    expect(history.curves(0n, 100n * MS, 0n).error).toEqual([1, 2, 5]);
  });
});

it('of images that are kept, the nearest may be earlier or later', () => {
  const recent = new Recent<{ stamp: bigint }>(3);
  expect(recent.nearest(5n)).toBeUndefined();
  for (const stamp of [10n, 20n, 30n]) recent.put({ stamp });
  expect([1n, 14n, 16n, 99n].map((stamp) => recent.nearest(stamp)?.stamp)).toEqual([10n, 10n, 20n, 30n]);
});

describe('what is asked for', () => {
  const layers = (on: boolean) => ({
    ...{ skeleton: on, points: on, cube: on, voxels: on, grid: on },
    ...{ trails: on, truth: on, surface: on },
  });
  const [all, none] = [layers(true), layers(false)];
  const shown = (change: Partial<Shown>): Shown => ({
    page: true,
    scene: true,
    panels: new Set(),
    layers: none,
    ...change,
  });
  const roles = (change: Partial<Shown>) => [...wantedRoles(shown(change))].sort();

  it('is nothing in the background', () => {
    expect(roles({ page: false, layers: all, panels: new Set(['panel-depth']) })).toEqual([]);
  });

  it('is the hand at all times', () => {
    expect(roles({ scene: false })).toEqual(['joints']);
  });

  it('is depth where the image or the points can be seen', () => {
    expect(roles({ layers: { ...none, points: true } })).toContain('depth');
    expect(roles({ scene: false, layers: all })).not.toContain('depth');
    expect(roles({ scene: false, panels: new Set(['panel-depth']) })).toContain('camera');
  });

  it('is the cube with the voxels, which lie along its axes', () => {
    expect(roles({ layers: { ...none, voxels: true } })).toEqual(expect.arrayContaining(['cube', 'voxels']));
  });

  it('is ground truth where its layer is on and can be seen', () => {
    const truth = { ...none, truth: true };
    expect(roles({ layers: truth })).toContain('truth');
    expect(roles({ layers: truth, scene: false })).not.toContain('truth');
    expect(roles({ layers: truth, scene: false, panels: new Set(['panel-depth']) })).toContain('truth');
  });

  it('is gestures and diagnostics where their panels can be seen', () => {
    expect(roles({ panels: new Set(['panel-gestures']) })).toContain('gestures');
    expect(roles({ panels: new Set(['panel-pipeline']) })).toContain('diagnostics');
    expect(roles({ panels: new Set(['panel-history']) })).toEqual(expect.arrayContaining(['truth', 'descriptions']));
  });
});
