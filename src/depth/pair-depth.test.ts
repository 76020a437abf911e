import { map, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { PairOptions, PairOutcome } from './depth-pairer.js';
import { pairDepth } from './pair-depth.js';

/** A letter's stamp: `0` to `9` in tenths of a second, `z` an hour. */
const MESSAGES = Object.fromEntries(
  [...'0123456789z'].map((name) => [name, { stamp: BigInt(name === 'z' ? 3600e9 : +name * 1e8), value: name }]),
);

const tell = (outcome: PairOutcome<string, string>) =>
  outcome.kind === 'pair'
    ? `${outcome.depth.value}=${outcome.camera.value}`
    : `${outcome.depth.value}!${outcome.cause}`;

interface Diagram {
  depth: string;
  subscribed?: string;
  camera: string;
  cameraSubscribed?: string;
  expected: string;
  /** What the expected diagram's letters stand for: `1=1` a pair, `1!cause` a drop. */
  told?: Record<string, string>;
  unsubscribe?: string;
  options?: PairOptions;
}

function run({ depth, subscribed, camera, cameraSubscribed, expected, told, unsubscribe, options }: Diagram): void {
  const scheduler = new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted));
  scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
    const depth$ = hot(depth, MESSAGES);
    const camera$ = hot(camera, MESSAGES);
    expectObservable(depth$.pipe(pairDepth(camera$, options), map(tell)), unsubscribe).toBe(expected, told);
    if (subscribed !== undefined) expectSubscriptions(depth$.subscriptions).toBe(subscribed);
    if (cameraSubscribed !== undefined) expectSubscriptions(camera$.subscriptions).toBe(cameraSubscribed);
  });
}

describe('pairDepth', () => {
  it('lets a pair out as soon as both are there, and completes with the images', () => {
    run({
      depth: '           -1---2-|',
      subscribed: '      ^------!',
      camera: '          ---1-2------',
      cameraSubscribed: '^------!',
      expected: '        ---a-b-|',
      told: { a: '1=1', b: '2=2' },
    });
  });

  it('waits after the last image for the infos that are still to come', () => {
    run({
      depth: '           -12|',
      subscribed: '      ^--!',
      camera: '          -----1-2---',
      cameraSubscribed: '^------!',
      expected: '        -----a-(b|)',
      told: { a: '1=1', b: '2=2' },
    });
  });

  it('drops what waits when both have completed', () => {
    run({
      depth: '   -12|',
      camera: '  -----1-|',
      expected: '-----a-(b|)',
      told: { a: '1=1', b: '2!camera-missing' },
    });
  });

  it('goes on after the infos have completed', () => {
    run({
      depth: '   ---1--1-|',
      camera: '  -1|',
      expected: '---a--a-|',
      told: { a: '1=1' },
    });
  });

  it('drops images without info, each with its cause', () => {
    run({
      depth: '   -12-----34-5|',
      camera: '  ---2-------|',
      expected: '---(ab)----c(de|)',
      told: { a: '1!camera-missing', b: '2=2', c: '3!queue-full', d: '4!camera-missing', e: '5!camera-missing' },
      options: { queueSize: 2 },
    });
  });

  it('starts anew when time jumps back', () => {
    run({
      depth: '   --z---1-2|',
      camera: '  -------1-2-',
      expected: '------ab-(c|)',
      told: { a: 'z!time-jump', b: '1=1', c: '2=2' },
    });
  });

  it('takes the latest info in that mode', () => {
    run({
      depth: '   -1--3-4-|',
      camera: '  --z--0---',
      expected: '-a--b-c-|',
      told: { a: '1!camera-missing', b: '3=z', c: '4=0' },
      options: { mode: 'latest' },
    });
  });

  it('serves the first image with an info that is there already', () => {
    const told: string[] = [];
    of(MESSAGES[2])
      .pipe(pairDepth(of(MESSAGES[1]), { mode: 'latest' }), map(tell))
      .subscribe((text) => told.push(text));
    expect(told).toEqual(['2=1']);
  });

  it('passes on an error of the images and leaves the infos', () => {
    run({ depth: '-1-#', camera: '-1------', cameraSubscribed: '^--!', expected: '-a-#', told: { a: '1=1' } });
  });

  it('passes on an error of the infos and leaves the images', () => {
    run({ depth: '-1------', subscribed: '^--!', camera: '-1-#', expected: '-a-#', told: { a: '1=1' } });
  });

  it('leaves both when it is left', () => {
    run({
      depth: '           -1-2-3',
      subscribed: '      ^---!',
      camera: '          -1-2-3',
      cameraSubscribed: '^---!',
      expected: '        -a-b--',
      told: { a: '1=1', b: '2=2' },
      unsubscribe: '     ----!',
    });
  });

  it('starts with empty queues for every subscriber', () => {
    const scheduler = new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted));
    scheduler.run(({ hot, expectObservable }) => {
      const paired$ = hot('-1-1', MESSAGES).pipe(pairDepth(hot('-1----', MESSAGES)), map(tell));
      expectObservable(paired$).toBe('-a-a', { a: '1=1' });
      expectObservable(paired$, '--^').toBe('------');
    });
  });
});
