import fc from 'fast-check';
import { concat, from, lastValueFrom, NEVER, of, range, take, throwError, toArray, VirtualTimeScheduler } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { describe, expect, it, test } from 'vitest';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toPointStamped } from '../messages/points.js';
import { toTfMessage } from '../messages/transforms.js';
import { parseDuration } from '../timing/parse-duration.js';
import type { BusMessage, BusSource } from '../transport/port/bus.js';
import { FaultySource, shiftMessage } from '../transport/port/faulty-source.js';
import { FaultLine } from './fault-line.js';
import { type FaultSpec, parseFaults } from './fault-spec.js';
import {
  corrupting,
  delaying,
  dropping,
  duplicating,
  jumpingTime,
  reordering,
  stalling,
  withFaults,
} from './operators.js';

const MS = 1_000_000n;

/** Values 0, 1, 2... every 10 ms; what comes out, and when in ms. */
function through(faults: FaultSpec, count = 1000): { out: { value: number; ms: number }[]; line: FaultLine<number> } {
  const line = new FaultLine<number>(faults, { corrupt: (value) => -value, shift: (value) => value });
  const out: { value: number; ms: number }[] = [];
  const take = (now: bigint) => {
    for (const { value, at } of line.due(now)) out.push({ value, ms: Number(at) / 1e6 });
  };
  for (let i = 0; i < count; i++) {
    take(BigInt(i) * 10n * MS);
    line.push(i, BigInt(i) * 10n * MS);
    take(BigInt(i) * 10n * MS);
  }
  line.end();
  take(1_000_000_000n * MS);
  return { out, line };
}

const values = (faults: FaultSpec, count?: number) => through(faults, count).out.map(({ value }) => value);

describe('a line on which things go wrong', () => {
  it('gives everything as it comes where nothing goes wrong', () => {
    expect(through({}).out).toEqual(Array.from({ length: 1000 }, (_, i) => ({ value: i, ms: 10 * i })));
  });

  test.each([
    ['drop', { drop: 0.1 }, 'dropped'],
    ['duplicate', { duplicate: 0.1 }, 'duplicated'],
    ['corrupt', { corrupt: 0.1 }, 'corrupted'],
    ['reorder', { reorder: 0.1 }, 'reordered'],
    ['stall', { stall: 0.1, stallFor: 0.001 }, 'stalls'],
    ['jump', { jump: 0.1 }, 'jumps'],
  ] as const)('%s happens to its share, which is counted', (_, faults, name) => {
    const { line } = through({ ...faults, seed: 5 }, 5000);
    const { counts } = line;
    expect(counts[name]).toBeGreaterThan(0.07 * 5000);
    expect(counts[name]).toBeLessThan(0.13 * 5000);
    expect(counts.in).toBe(5000);
    expect(counts.out).toBe(5000 - counts.dropped + counts.duplicated);
  });

  it('suffers the same with the same seed, and otherwise with another', () => {
    const all = { drop: 0.1, duplicate: 0.1, reorder: 0.1, jitter: 0.05, stall: 0.01 };
    expect(through({ ...all, seed: 3 }).out).toEqual(through({ ...all, seed: 3 }).out);
    expect(values({ ...all, seed: 3 })).not.toEqual(values({ ...all, seed: 4 }));
  });

  it('loses the same values whatever else goes wrong', () => {
    const dropped = (faults: FaultSpec) => {
      const there = new Set(values(faults).map(Math.abs));
      return Array.from({ length: 1000 }, (_, i) => i).filter((i) => !there.has(i));
    };
    expect(dropped({ drop: 0.1, seed: 3 })).toEqual(
      dropped({ drop: 0.1, seed: 3, corrupt: 0.5, jitter: 1, duplicate: 0.3 }),
    );
  });

  it('is late by its delay, and by its jitter at most beyond, without changing the order', () => {
    const { out } = through({ delay: 0.1, jitter: 0.05 });
    expect(out.map(({ value }) => value)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    for (const { value, ms } of out) {
      expect(ms).toBeGreaterThanOrEqual(10 * value + 100);
      expect(ms).toBeLessThan(10 * value + 150);
    }
    expect(new Set(out.map(({ value, ms }) => ms - 10 * value)).size).toBeGreaterThan(100);
  });

  it('is overtaken by the next one only', () => {
    const found = values({ reorder: 0.3, seed: 2 });
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    for (const [i, value] of found.entries()) expect(Math.abs(value - i)).toBeLessThanOrEqual(1);
  });

  it('stops and then comes all at once', () => {
    const { out, line } = through({ stall: 0.002, stallFor: 0.5, seed: 8 });
    expect(line.counts.stalls).toBeGreaterThan(0);
    const atOnce = new Map<number, number>();
    for (const { ms } of out) atOnce.set(ms, (atOnce.get(ms) ?? 0) + 1);
    expect(Math.max(...atOnce.values())).toBeGreaterThanOrEqual(50);
  });

  it('loses or keeps every value, whatever goes wrong, and keeps the time', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const spec = fc.record({
      seed: fc.integer(),
      drop: share,
      duplicate: share,
      reorder: share,
      stall: share,
      jitter: share,
      delay: share,
    });
    fc.assert(
      fc.property(spec, (faults) => {
        const { out, line } = through(faults, 60);
        const { counts } = line;
        expect(counts.out).toBe(60 - counts.dropped + counts.duplicated);
        expect(out.length).toBe(counts.out);
        for (const [i, { value, ms }] of out.entries()) {
          expect(ms).toBeGreaterThanOrEqual(10 * value);
          if (i > 0) expect(ms).toBeGreaterThanOrEqual(out[i - 1].ms);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('has what waits come at once when time goes back, as a looped bag has it', () => {
    const line = new FaultLine<string>({ delay: 10 });
    line.push('a', 5000n * MS);
    line.push('b', 0n);
    expect(line.due(0n).map(({ value }) => value)).toEqual(['a']);
    expect(line.due(10_000n * MS).map(({ value }) => value)).toEqual(['b']);
  });

  it('does not grow without bound', () => {
    const line = new FaultLine<number>({ delay: 1e6 });
    for (let i = 0; i < 20_000; i++) line.push(i, BigInt(i));
    expect(line.waiting).toBe(10_000);
    expect(line.counts.queueFull).toBe(10_000);
  });

  it('refuses what cannot be', () => {
    expect(() => new FaultLine({ drop: 1.5 })).toThrow(/drop=1.5/);
    expect(() => new FaultLine({ delay: -1 })).toThrow(/delay=-1/);
    expect(() => new FaultLine({ corrupt: 0.1 })).toThrow(/corrupt needs/);
    expect(() => new FaultLine({ jump: 0.1 })).toThrow(/jump needs/);
  });
});

describe('faults on a command line', () => {
  test.each<[string, FaultSpec]>([
    ['drop=0.1,jitter=20ms,seed=3', { drop: 0.1, jitter: 0.02, seed: 3 }],
    ['drop=10%', { drop: 0.1 }],
    ['stall=0.01,stall-for=2s', { stall: 0.01, stallFor: 2 }],
    ['jump=1%,jump-by=-1.5s', { jump: 0.01, jumpBy: -1.5 }],
    ['delay=5ms, topics=/depth/**+/tf', { delay: 0.005, topics: ['/depth/**', '/tf'] }],
  ])('%s', (text, spec) => {
    expect(parseFaults(text)).toEqual(spec);
  });

  test.each(['', 'drop', 'drop=', 'drop=2', 'drop=x', 'lose=0.1', 'jitter=fast', 'seed=1.5', 'delay=-1s'])(
    '%j is refused',
    (text) => {
      expect(() => parseFaults(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );

  test.each([
    ['20ms', 0.02],
    ['1.5s', 1.5],
    ['2m', 120],
    ['1h', 3600],
    ['-3s', -3],
    ['7', 7],
    ['1e3us', 0.001],
    ['', undefined],
    ['ms', undefined],
    ['3 weeks', undefined],
  ])('%j is %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

describe('operators', () => {
  const marbles = (run: (helpers: RunHelpers & { scheduler: TestScheduler }) => void) => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    scheduler.run((helpers) => run({ ...helpers, scheduler }));
  };

  it('delay every value, and complete after the last', () => {
    marbles(({ cold, expectObservable, scheduler }) => {
      expectObservable(cold('a-b-|').pipe(delaying(0.003, { scheduler }))).toBe('---a-(b|)');
    });
  });

  it('pass an error at once, and lose what waits', () => {
    marbles(({ cold, expectObservable, scheduler }) => {
      expectObservable(cold('a-b-#').pipe(delaying(0.003, { scheduler }))).toBe('---a#');
    });
  });

  it('stop, and go on where they stopped', () => {
    marbles(({ cold, expectObservable, scheduler }) => {
      expectObservable(cold('a-b-c-|').pipe(stalling(1, 0.004, { scheduler }))).toBe('----a-b-(c|)');
    });
  });

  it('give at once, in the same turn, what is not late', () => {
    const found: number[] = [];
    from([1, 2, 3])
      .pipe(duplicating(1))
      .subscribe((value) => found.push(value));
    expect(found).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('drop, reorder, damage and shift, the same every time', async () => {
    const run = <T>(operator: ReturnType<typeof dropping<T>>, all: T[]) =>
      lastValueFrom(from(all).pipe(operator, toArray()));
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    const kept = await run(dropping(0.2, { seed: 4 }), numbers);
    expect(kept.length).toBeLessThan(180);
    expect(await run(dropping(0.2, { seed: 4 }), numbers)).toEqual(kept);
    expect([...(await run(reordering(0.3), numbers))].sort((a, b) => a - b)).toEqual(numbers);
    expect(
      await run(
        corrupting(1, (value: number) => -value),
        [1, 2],
      ),
    ).toEqual([-1, -2]);
    const shifted = await run(
      jumpingTime(1, -2, (value: bigint, ns) => value + ns),
      [10_000_000_000n, 10_100_000_000n],
    );
    expect(shifted).toEqual([8_000_000_000n, 6_100_000_000n]);
  });

  it('end with whoever has enough: a source without end, and the timer for the next', () => {
    const scheduler = new VirtualTimeScheduler();
    const found: number[] = [];
    range(0, 1e9)
      .pipe(dropping(0.5), take(3))
      .subscribe((value) => found.push(value));
    expect(found).toHaveLength(3);
    concat(of(1, 2, 3), NEVER)
      .pipe(withFaults({ delay: 1, jitter: 5 }, { scheduler }), take(1))
      .subscribe((value) => found.push(value));
    scheduler.flush();
    expect(found).toHaveLength(4);
    expect(scheduler.actions).toHaveLength(0);
    expect(scheduler.frame).toBeLessThan(6000);
  });

  it('hand on what a tool throws as an error of the stream', () => {
    const errors: unknown[] = [];
    const broken = (): number => {
      throw new Error('cannot damage this');
    };
    of(1)
      .pipe(corrupting(1, broken))
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ message: 'cannot damage this' }]);
  });

  it('tell their counts at the end, and leave no timer behind', () => {
    const scheduler = new VirtualTimeScheduler();
    const counts: unknown[] = [];
    const subscription = NEVER.pipe(
      withFaults({ delay: 1 }, { scheduler, onEnd: (end) => counts.push(end) }),
    ).subscribe();
    subscription.unsubscribe();
    of(1, 2)
      .pipe(withFaults({ drop: 1 }, { scheduler, onEnd: (end) => counts.push(end) }))
      .subscribe();
    expect(counts).toMatchObject([{ in: 0 }, { in: 2, dropped: 2, out: 0 }]);
    expect(scheduler.actions).toHaveLength(0);
    expect(() => withFaults({ drop: 7 })).toThrow(/drop=7/);
    throwError(() => new Error('x'))
      .pipe(withFaults({}))
      .subscribe({ error: () => undefined });
  });
});

describe('messages that suffer', () => {
  const points = cdrCodec('geometry_msgs/msg/PointStamped');
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = points;
  const message = (i: number, topic = '/a'): BusMessage => ({
    topic,
    schemaName,
    schemaEncoding,
    schemaData,
    messageEncoding,
    data: points.encode(toPointStamped(BigInt(i) * 100n * MS, 'c', [0, 0, i])),
    logTime: BigInt(i) * 100n * MS,
    publishTime: BigInt(i) * 100n * MS,
    sequence: i,
  });
  const bus = (topics: readonly string[] = ['/a']): BusSource => ({
    topics: () => [],
    async *subscribe() {
      for (let i = 1; i <= 50; i++) for (const topic of topics) yield message(i, topic);
    },
    close: async () => undefined,
  });
  const read = async (source: BusSource) => {
    const found: BusMessage[] = [];
    for await (const each of source.subscribe()) found.push(each);
    return found;
  };

  it('come late in their own time, between the messages of other topics', async () => {
    const found = await read(new FaultySource(bus(['/a', '/b']), { delay: 0.25, topics: ['/a'] }));
    expect(found).toHaveLength(100);
    for (const [i, { logTime }] of found.entries())
      if (i > 0) expect(logTime).toBeGreaterThanOrEqual(found[i - 1].logTime);
    const late = found.filter(({ topic }) => topic === '/a');
    expect(late.map(({ sequence, logTime, publishTime }) => [sequence, logTime - publishTime])).toEqual(
      Array.from({ length: 50 }, (_, i) => [i + 1, 250n * MS]),
    );
    expect(found.filter(({ topic }) => topic === '/b').map(({ sequence }) => sequence)).toEqual(
      late.map(({ sequence }) => sequence),
    );
  });

  it('are damaged in copies, the same every time', async () => {
    const source = bus();
    const original = await read(source);
    const run = async () => {
      const faulty = new FaultySource(source, parseFaults('corrupt=0.5,drop=0.1,seed=3'));
      return { found: await read(faulty), counts: faulty.counts };
    };
    const [first, second] = [await run(), await run()];
    expect(first).toEqual(second);
    expect(first.counts).toMatchObject({ in: 50, out: first.found.length });
    const damaged = first.found.filter(({ sequence, data }) => Buffer.compare(data, original[sequence - 1].data) !== 0);
    expect(damaged.length).toBeGreaterThan(10);
    expect(original).toEqual(await read(source));
  });

  it('are stamped by a clock that was set', () => {
    const moved = shiftMessage(message(50), -2000n * MS);
    expect(moved.publishTime).toBe(3000n * MS);
    expect(moved.logTime).toBe(5000n * MS);
    expect(points.decode(moved.data).header.stamp).toEqual({ sec: 3, nanosec: 0 });
    const tf = cdrCodec('tf2_msgs/msg/TFMessage');
    const transform = {
      ...message(1),
      schemaName: tf.schemaName,
      schemaData: tf.schemaData,
      data: tf.encode(toTfMessage({ stamp: 5_000n * MS, frameId: 'c' })),
    };
    expect(tf.decode(shiftMessage(transform, 1n).data).transforms[0].header.stamp).toEqual({ sec: 5, nanosec: 1 });
    const broken = { ...message(1), data: new Uint8Array(3) };
    expect(shiftMessage(broken, 1n).data).toBe(broken.data);
    expect(points.decode(shiftMessage(message(1), -10_000n * MS).data).header.stamp).toEqual({ sec: 0, nanosec: 0 });
  });
});
