import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Transform, transformPoints } from '../geometry/transform.js';
import { TransformBuffer, type TransformBufferOptions } from './transform-buffer.js';

const SECOND = 1_000_000_000n;
const ms = (value: number) => BigInt(Math.round(value * 1e6));
const HALF = Math.SQRT1_2;
const LEFT_TURN = [0, 0, HALF, HALF] as const;
const UPRIGHT = [0, 0, 0, 1] as const;

const at = (x: number, y = 0, z = 0, rotation: Transform['rotation'] = UPRIGHT): Transform => ({
  translation: [x, y, z],
  rotation,
});

/** `['map', 'base', at(1)]` says that base is at 1 m along x in map. */
type Link = readonly [parent: string, child: string, transform: Transform];

function bufferOf(links: readonly Link[], options?: TransformBufferOptions): TransformBuffer {
  const buffer = new TransformBuffer(options);
  for (const [parent, child, transform] of links) buffer.add({ stamp: 0n, parent, child, transform }, true);
  return buffer;
}

function move(buffer: TransformBuffer, stamp: bigint, transform: Transform, parent = 'base', child = 'arm') {
  return buffer.add({ stamp, parent, child, transform });
}

function through(buffer: TransformBuffer, target: string, source: string, stamp: bigint, point: readonly number[]) {
  const lookup = buffer.lookup(target, source, stamp);
  if (lookup.state === 'missing') expect.fail(lookup.text);
  return Array.from(transformPoints(lookup.transform, point), (c) => Math.round(c * 1e9) / 1e9 + 0);
}

describe('frames that stand still', () => {
  // map > base > arm > camera, base > lidar; base is turned to the left
  const buffer = bufferOf([
    ['map', 'base', at(10, 0, 0, LEFT_TURN)],
    ['base', 'arm', at(1, 0, 0.5)],
    ['arm', 'camera', at(0, 0.2, 0, LEFT_TURN)],
    ['base', 'lidar', at(0, 0, 2)],
  ]);

  it.each([
    ['a frame in itself', 'camera', 'camera', [1, 2, 3], [1, 2, 3]],
    ['a child in its parent', 'base', 'arm', [0, 0, 0], [1, 0, 0.5]],
    ['a turned child in its parent', 'arm', 'camera', [1, 0, 0], [0, 1.2, 0]],
    ['a parent in its child', 'arm', 'base', [1, 0, 0.5], [0, 0, 0]],
    // camera (1, 0, 0) > arm (0, 1.2, 0) > base (1, 1.2, 0.5) > map: turned left (-1.2, 1, 0.5), moved by 10
    ['a leaf in the root', 'map', 'camera', [1, 0, 0], [8.8, 1, 0.5]],
    ['the root in a leaf', 'camera', 'map', [8.8, 1, 0.5], [1, 0, 0]],
    ['a leaf in another branch', 'lidar', 'camera', [1, 0, 0], [1, 1.2, -1.5]],
    ['names with the slash of old times', '/base', '/arm', [0, 0, 0], [1, 0, 0.5]],
  ] as const)('gives %s', (_, target, source, point, expected) => {
    expect(through(buffer, target, source, 123n, point)).toEqual(expected);
  });

  it('hold at any time', () => {
    expect(through(buffer, 'base', 'arm', -(10n ** 18n), [0, 0, 0])).toEqual([1, 0, 0.5]);
    expect(through(buffer, 'base', 'arm', 10n ** 18n, [0, 0, 0])).toEqual([1, 0, 0.5]);
  });

  it.each([
    [
      'a frame that nobody names',
      ['base', 'nowhere'],
      'unknown-frame',
      'no transform names the frame "nowhere"; frames known: "base", "arm", "camera", "lidar", "map"',
    ],
    ['a target that nobody names', ['world', 'arm'], 'unknown-frame', '"world"'],
  ] as const)('says that %s is missing', (_, [target, source], cause, text) => {
    const lookup = buffer.lookup(target, source, 0n);
    expect(lookup).toMatchObject({ state: 'missing', cause });
    expect(lookup).toHaveProperty('text', expect.stringContaining(text));
  });

  it('says which two trees nothing joins', () => {
    const two = bufferOf([
      ['map', 'base', at(1)],
      ['camera_link', 'camera', at(0)],
    ]);
    expect(two.lookup('base', 'camera', 0n)).toEqual({
      state: 'missing',
      cause: 'not-connected',
      text: 'no transform joins "camera" and "base": "camera" hangs under "camera_link", "base" hangs under "map"',
    });
    expect(two.lookup('map', 'camera', 0n)).toHaveProperty('text', expect.stringContaining('"map" has no parent'));
  });

  it('take the newest pose that was said', () => {
    const moved = bufferOf([['map', 'base', at(1)]]);
    moved.add({ stamp: 0n, parent: 'map', child: 'base', transform: at(2) }, true);
    expect(through(moved, 'map', 'base', 0n, [0, 0, 0])).toEqual([2, 0, 0]);
  });
});

describe('a frame that moves', () => {
  const moving = (options?: TransformBufferOptions) => {
    const buffer = bufferOf([['map', 'base', at(100)]], options);
    for (let i = 0; i <= 10; i++) move(buffer, SECOND + ms(100 * i), at(i));
    return buffer;
  };

  it.each([
    ['at a sample', 1300, 3],
    ['between two', 1350, 3.5],
    ['near the later one', 1399, 3.99],
    ['at the first', 1000, 0],
    ['before the first, within the tolerance', 900, 0],
    ['at the last', 2000, 10],
    ['after the last, within the tolerance', 2100, 10],
  ])('is %s where it should be', (_, milliseconds, x) => {
    expect(through(moving(), 'map', 'arm', ms(milliseconds), [0, 0, 0])).toEqual([100 + x, 0, 0]);
  });

  it.each([
    [2101, 'too-old', '"base" to "arm": the newest transform is older than the frame by 0.101 s, tolerance 0.100 s'],
    [
      899,
      'too-new',
      '"base" to "arm": the oldest transform kept is newer than the frame by 0.101 s, tolerance 0.100 s',
    ],
  ])('is not guessed at %i ms', (milliseconds, cause, text) => {
    expect(moving().lookup('map', 'arm', ms(milliseconds))).toEqual({ state: 'missing', cause, text });
  });

  it('is turned on the way between two samples', () => {
    const buffer = new TransformBuffer();
    move(buffer, 0n, at(0));
    move(buffer, SECOND, at(0, 0, 0, LEFT_TURN));
    const eighth = Math.round(HALF * 1e9) / 1e9;
    expect(through(buffer, 'base', 'arm', SECOND / 2n, [1, 0, 0])).toEqual([eighth, eighth, 0]);
  });

  it('takes samples that come late in their place', () => {
    const buffer = new TransformBuffer();
    for (const i of [0, 4, 2, 1, 3]) expect(move(buffer, ms(100 * i), at(i))).toBeUndefined();
    for (const x of [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]) {
      expect(through(buffer, 'base', 'arm', ms(100 * x), [0, 0, 0])).toEqual([x, 0, 0]);
    }
  });

  it('keeps the first of two samples of one stamp', () => {
    const buffer = moving();
    expect(move(buffer, ms(1300), at(77))).toBe('repeated');
    expect(through(buffer, 'base', 'arm', ms(1300), [0, 0, 0])).toEqual([3, 0, 0]);
  });

  it.each([
    ['older than the buffer is long', { buffer: 0.5, tolerance: 0 }, 1499, 1500],
    ['more than there is room for', { maxSamples: 4, tolerance: 0 }, 1699, 1700],
  ])('forgets samples that are %s', (_, options, forgotten, kept) => {
    const buffer = moving(options);
    expect(buffer.lookup('base', 'arm', ms(forgotten))).toMatchObject({ cause: 'too-new' });
    expect(buffer.lookup('base', 'arm', ms(kept))).toMatchObject({ state: 'found' });
  });

  it('keeps its order in a ring that went round many times, late samples and all', () => {
    const buffer = new TransformBuffer({ maxSamples: 20 });
    for (let i = 0; i < 500; i += 2) {
      move(buffer, ms(i + 1), at(i + 1));
      move(buffer, ms(i), at(i));
    }
    for (let x = 481; x <= 499; x += 0.5) {
      expect(through(buffer, 'base', 'arm', ms(x), [0, 0, 0])[0]).toBeCloseTo(x, 6);
    }
  });

  it('is reset under another parent', () => {
    const buffer = moving();
    expect(move(buffer, ms(2000), at(5), 'map')).toBeUndefined();
    expect(through(buffer, 'map', 'arm', ms(2000), [0, 0, 0])).toEqual([5, 0, 0]);
    expect(buffer.lookup('map', 'arm', ms(1500))).toMatchObject({ state: 'missing', cause: 'too-new' });
    expect(buffer.counts()).toMatchObject({ reparented: 1 });
  });

  it('may have stood still before, and stand still again', () => {
    const buffer = bufferOf([['base', 'arm', at(7)]]);
    move(buffer, SECOND, at(1));
    expect(through(buffer, 'base', 'arm', SECOND, [0, 0, 0])).toEqual([1, 0, 0]);
    buffer.add({ stamp: 0n, parent: 'base', child: 'arm', transform: at(9) }, true);
    expect(through(buffer, 'base', 'arm', 99n * SECOND, [0, 0, 0])).toEqual([9, 0, 0]);
  });
});

describe('time that goes back', () => {
  it('makes the buffer forget what moved, and nothing else', () => {
    const buffer = bufferOf([['map', 'base', at(100)]]);
    move(buffer, 60n * SECOND, at(1));
    move(buffer, 60n * SECOND, at(1), 'base', 'head');
    expect(move(buffer, SECOND, at(2))).toBeUndefined();
    expect(through(buffer, 'map', 'arm', SECOND, [0, 0, 0])).toEqual([102, 0, 0]);
    expect(buffer.lookup('map', 'arm', 60n * SECOND)).toMatchObject({ cause: 'too-old' });
    expect(buffer.lookup('map', 'head', SECOND)).toMatchObject({ cause: 'unknown-frame' });
    expect(buffer.counts()).toMatchObject({ timeJumps: 1 });
  });

  it('is no jump within a second', () => {
    const buffer = new TransformBuffer();
    move(buffer, 10n * SECOND, at(1));
    move(buffer, 9n * SECOND, at(0));
    expect(through(buffer, 'base', 'arm', (19n * SECOND) / 2n, [0, 0, 0])).toEqual([0.5, 0, 0]);
    expect(buffer.counts().timeJumps).toBe(0);
  });

  it('forgets everything when told so', () => {
    const buffer = bufferOf([['map', 'base', at(1)]]);
    buffer.clear();
    expect(buffer.lookup('map', 'base', 0n)).toMatchObject({ cause: 'unknown-frame' });
  });
});

describe('what cannot be', () => {
  const NAN = Number.NaN;
  it.each([
    ['a parent without a name', '', 'a', at(0), 'no-name'],
    ['a child without a name', 'a', '/', at(0), 'no-name'],
    ['a name without an end', 'a', 'b'.repeat(257), at(0), 'no-name'],
    ['a frame in itself', 'a', 'a', at(0), 'self-parent'],
    ['a frame in itself by the old spelling', '/a', 'a', at(0), 'self-parent'],
    ['a place that is no number', 'a', 'b', at(NAN), 'not-finite'],
    ['a place at infinity', 'a', 'b', at(0, -Infinity), 'not-finite'],
    ['a turn that is no number', 'a', 'b', at(0, 0, 0, [NAN, 0, 0, 1]), 'not-a-rotation'],
    ['a turn that was never set', 'a', 'b', at(0, 0, 0, [0, 0, 0, 0]), 'not-a-rotation'],
    ['a turn of another length', 'a', 'b', at(0, 0, 0, [0, 0, 0, 1.1]), 'not-a-rotation'],
  ] as const)('is refused and counted: %s', (_, parent, child, transform, fault) => {
    for (const isStatic of [true, false]) {
      const buffer = new TransformBuffer();
      expect(buffer.add({ stamp: 0n, parent, child, transform }, isStatic)).toBe(fault);
      expect(buffer.counts()).toMatchObject({ kept: 0, frames: 0, refused: { [fault]: 1 } });
    }
  });

  it('is refused and counted: a stamp beyond 64 bits', () => {
    expect(move(new TransformBuffer(), 1n << 63n, at(0))).toBe('not-finite');
  });

  it('is refused and counted: a ring of parents, of any length', () => {
    const buffer = bufferOf([
      ['a', 'b', at(1)],
      ['b', 'c', at(1)],
    ]);
    expect(move(buffer, 0n, at(1), 'c', 'a')).toBe('cycle');
    expect(move(buffer, 0n, at(1), 'b', 'a')).toBe('cycle');
    // a frame may not have its own child as parent either
    expect(move(buffer, 0n, at(1), 'c', 'b')).toBe('cycle');
    expect(through(buffer, 'a', 'c', 0n, [0, 0, 0])).toEqual([2, 0, 0]);
  });

  it('is bounded: a million names take the room of a few', () => {
    const buffer = bufferOf([['map', 'base', at(1)]], { maxFrames: 8 });
    move(buffer, SECOND, at(3), 'base', 'mine');
    for (let i = 0; i < 1_000_000; i++) move(buffer, SECOND, at(0), 'evil', `evil_${i}`);
    expect(buffer.counts()).toMatchObject({ frames: 8, refused: { 'too-many-frames': 1_000_000 - 6 } });
    expect(through(buffer, 'map', 'mine', SECOND, [0, 0, 0])).toEqual([4, 0, 0]);
  });

  it('gives its room back when it falls silent', () => {
    const buffer = new TransformBuffer({ maxFrames: 2, buffer: 5 });
    move(buffer, 0n, at(0), 'evil', 'evil_1');
    move(buffer, 0n, at(0), 'base', 'old');
    expect(move(buffer, 0n, at(0), 'base', 'new')).toBe('too-many-frames');
    move(buffer, 10n * SECOND, at(1), 'base', 'old');
    expect(move(buffer, 10n * SECOND, at(0), 'base', 'new')).toBeUndefined();
    expect(buffer.lookup('base', 'old', 10n * SECOND)).toMatchObject({ state: 'found' });
    expect(buffer.lookup('evil', 'evil_1', 0n)).toMatchObject({ state: 'missing' });
  });

  it('names a few frames of many in an error', () => {
    const buffer = bufferOf(Array.from({ length: 100 }, (_, i) => ['map', `f${i}`, at(0)] as const));
    const lookup = buffer.lookup('map', 'x', 0n);
    expect(lookup).toHaveProperty('text', expect.stringMatching(/"f7" and 93 more$/));
  });

  it.each([{ buffer: 0 }, { buffer: Number.NaN }, { tolerance: -1 }, { maxFrames: 0 }, { maxSamples: 1.5 }])(
    'is no bound: %o',
    (options) => {
      expect(() => new TransformBuffer(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});

describe('any tree', () => {
  const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
  const unit = fc
    .tuple(coordinate, coordinate, coordinate, coordinate)
    .filter((q) => Math.hypot(...q) > 0.1)
    .map((q) => {
      const [x, y, z, w] = q.map((c) => c / Math.hypot(...q));
      return [x, y, z, w] as const;
    });
  const pose = fc.record({ translation: fc.tuple(coordinate, coordinate, coordinate), rotation: unit });
  /** Frame i hangs under one of those before it; odd ones move, with samples each second. */
  const tree = fc
    .array(fc.tuple(fc.nat(), fc.array(pose, { minLength: 4, maxLength: 4 })), { minLength: 2, maxLength: 12 })
    .map((nodes) => {
      const buffer = new TransformBuffer();
      nodes.forEach(([pick, poses], i) => {
        const link = { parent: `f${pick % (i + 1)}`, child: `f${i + 1}` };
        if (i % 2 === 0) buffer.add({ stamp: 0n, ...link, transform: poses[0] }, true);
        else
          for (const [k, transform] of poses.entries()) buffer.add({ stamp: SECOND * BigInt(k), ...link, transform });
      });
      return { buffer, frames: nodes.length + 1 };
    });

  it('leads there and back, and over any third frame to the same place', () => {
    const stamp = fc.bigInt({ min: -ms(100), max: 3n * SECOND + ms(100) });
    fc.assert(
      fc.property(
        tree,
        fc.nat(),
        fc.nat(),
        fc.nat(),
        stamp,
        pose,
        ({ buffer, frames }, a, b, c, when, { translation }) => {
          const [from, over, to] = [a, b, c].map((n) => `f${n % frames}`);
          const go = (target: string, source: string, point: ArrayLike<number>) => {
            const lookup = buffer.lookup(target, source, when);
            if (lookup.state === 'missing') expect.fail(lookup.text);
            return transformPoints(lookup.transform, point);
          };
          const direct = go(to, from, translation);
          const detour = go(to, over, go(over, from, translation));
          const back = go(from, to, direct);
          for (let i = 0; i < 3; i++) {
            expect(detour[i]).toBeCloseTo(direct[i], 9);
            expect(back[i]).toBeCloseTo(translation[i], 9);
          }
        },
      ),
    );
  });

  it('stays a tree under any sequence of parents', () => {
    const name = fc.integer({ min: 0, max: 5 }).map((i) => `f${i}`);
    const steps = fc.array(fc.tuple(name, name, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, name, name, (links, a, b) => {
        const buffer = new TransformBuffer();
        links.forEach(([parent, child, isStatic], i) => {
          buffer.add({ stamp: BigInt(i), parent, child, transform: at(1) }, isStatic);
        });
        expect(['found', 'missing']).toContain(buffer.lookup(a, b, 0n).state); // and it ends
      }),
    );
  });
});
