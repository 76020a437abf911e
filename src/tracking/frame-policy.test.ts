import { firstValueFrom, lastValueFrom, Observable, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { withPolicy } from './frame-policy.js';
import { FrameStream } from './frame-stream.js';

/** Work that the test finishes by hand. */
function manualWork() {
  const open: { value: number; finish: () => void }[] = [];
  let most = 0;
  return {
    open,
    most: () => most,
    work: (value: number) =>
      new Promise<number>((resolve) => {
        const entry = {
          value,
          finish: () => {
            open.splice(open.indexOf(entry), 1);
            resolve(value);
          },
        };
        open.push(entry);
        most = Math.max(most, open.length);
      }),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the frame policy latest', () => {
  it('keeps one in flight and one waiting, and counts each one that is replaced', async () => {
    const source = new Subject<number>();
    const { work, open, most } = manualWork();
    const dropped: number[] = [];
    const results: number[] = [];
    source
      .pipe(
        withPolicy(work, {
          policy: 'latest',
          onDrop: (value, cause) => dropped.push(value) && expect(cause).toBe('replaced'),
        }),
      )
      .subscribe((value) => results.push(value));
    for (let i = 0; i < 100; i++) source.next(i);
    expect(open.map(({ value }) => value)).toEqual([0]);
    open[0].finish();
    await settle();
    expect(open.map(({ value }) => value)).toEqual([99]);
    open[0].finish();
    await settle();
    expect(results).toEqual([0, 99]);
    expect(dropped).toEqual(Array.from({ length: 98 }, (_, i) => i + 1));
    expect(most()).toBe(1);
  });

  it('still works on the waiting frame when the source completes', async () => {
    const source = new Subject<number>();
    const { work, open } = manualWork();
    const all = firstValueFrom(source.pipe(withPolicy(work, { policy: 'latest', onDrop: () => undefined }), toArray()));
    source.next(1);
    source.next(2);
    source.complete();
    open[0].finish();
    await settle();
    open[0].finish();
    expect(await all).toEqual([1, 2]);
  });
});

describe('the frame policy every', () => {
  it('reads a stream with a pull side in lock step', async () => {
    let handedOut = 0;
    let done = 0;
    const stream = new FrameStream<number>(
      (async function* () {
        for (let i = 0; i < 50; i++) {
          expect(handedOut - done).toBe(0);
          handedOut++;
          yield i;
        }
      })(),
    );
    const work = async (value: number) => {
      await settle();
      done++;
      return value;
    };
    const results = await lastValueFrom(
      stream.pipe(
        (source) => withPolicy(work, { policy: 'every', onDrop: () => expect.fail('nothing is lost') })(source),
        toArray(),
      ),
    );
    expect(results).toHaveLength(50);
  });

  it('queues a stream that cannot be pulled up to its bound and counts the rest', async () => {
    const source = new Subject<number>();
    const { work, open } = manualWork();
    const dropped: string[] = [];
    const results: number[] = [];
    source
      .pipe(
        withPolicy(work, {
          policy: 'every',
          queueSize: 3,
          onDrop: (value, cause) => dropped.push(`${value} ${cause}`),
        }),
      )
      .subscribe((value) => results.push(value));
    for (let i = 0; i < 6; i++) source.next(i);
    for (let i = 0; i < 4; i++) {
      open[0].finish();
      await settle();
    }
    expect(results).toEqual([0, 1, 2, 3]);
    expect(dropped).toEqual(['4 queue-full', '5 queue-full']);
  });

  it('closes the source when nobody listens any more', async () => {
    let closed = false;
    const stream = new FrameStream<number>(
      (async function* () {
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          closed = true;
        }
      })(),
    );
    const first = await firstValueFrom(
      withPolicy(async (v: number) => v, { policy: 'every', onDrop: () => undefined })(stream),
    );
    await settle();
    expect(first).toBe(0);
    expect(closed).toBe(true);
  });

  it('passes on an error of the work', async () => {
    const failing = withPolicy(() => Promise.reject(new Error('no')), { policy: 'every', onDrop: () => undefined });
    await expect(lastValueFrom(failing(new Observable<number>((s) => s.next(1))))).rejects.toThrow('no');
  });
});
