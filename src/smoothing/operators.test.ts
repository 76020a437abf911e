import { map, range, take, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { handAt, lostAt } from '../../test/helpers/hands.js';
import { randomPoses } from '../../test/helpers/random-poses.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { fitPosePrior } from './fit-pose-prior.js';
import { oneEuro } from './one-euro.js';
import { outlierGate } from './outlier-gate.js';
import { posePrior } from './prior-stage.js';
import { smoothHands } from './smooth-hands.js';
import { temporalWindow } from './temporal-window.js';

const model = fitPosePrior(randomPoses(60), { components: 8 });

/** Letters a to j are resting hands of frames 0 to 9; L and M are lost ones of frames 3 and 4. */
const hands: Record<string, HandJoints> = {
  ...Object.fromEntries([...'abcdefghij'].map((letter, frame) => [letter, handAt({ frame })])),
  L: lostAt(3),
  M: lostAt(4),
};

/** Marbles by stamp and tracking: what a resting hand's joints become is tested elsewhere. */
const marble = map((hand: HandJoints) =>
  Object.keys(hands).find((key) => hands[key].stamp === hand.stamp && hands[key].tracked === hand.tracked),
);

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
const centred = temporalWindow({ mode: 'centred', k: 2 });

describe('operators in time', () => {
  it.each([
    ['posePrior gives at once', posePrior(model), '-a-b-cL-d|', '-a-b-cL-d|', '^--------!'],
    ['oneEuro gives at once', oneEuro(), '-a-b-cL-d|', '-a-b-cL-d|', '^--------!'],
    ['outlierGate gives at once', outlierGate(), '-a-b-cL-d|', '-a-b-cL-d|', '^--------!'],
    ['a causal window gives at once', temporalWindow({ k: 2 }), '-a-b-cL-d|', '-a-b-cL-d|', '^--------!'],
    [
      'a centred window is k frames late and gives its tail on completion',
      centred,
      'abcde----|',
      '--abc----(de|)',
      '^--------!',
    ],
    ['a centred window gives its tail before a loss', centred, 'abc--L----M--|', '--a--(bcL)M--|', '^------------!'],
    ['a centred window of fewer frames than k', centred, 'a--|', '---(a|)', '^--!'],
    ['an empty stream', centred, '---|', '---|', '^--!'],
    ['a stream that never ends', centred, 'abc', '--a', '^'],
    ['an error passes at once and drops what was held back', centred, 'abc-#', '--a-#', '^---!'],
    [
      'all stages together',
      smoothHands({ gate: {}, prior: { model }, window: { mode: 'centred', k: 1 }, oneEuro: {} }),
      'abcL--efg|',
      '-ab(cL)ef(g|)',
      '^--------!',
    ],
    ['no stage at all', smoothHands({}), 'abL-e|', 'abL-e|', '^----!'],
  ])('%s', (_, operator, input, output, subscriptions) => {
    // A group like (bcL) happens at once, but takes as much room in the diagram as it has characters.
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(input, hands);
      expectObservable(source.pipe(operator, marble)).toBe(output, letters(output));
      expectSubscriptions(source.subscriptions).toBe(subscriptions);
    });
  });

  it('unsubscribes from its source when its subscriber leaves', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('abcdefg', hands);
      expectObservable(source.pipe(centred, marble), '----!').toBe('--ab', letters('ab'));
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('stops an endless synchronous source when it has enough', () => {
    let results: HandJoints[] = [];
    range(0, 1e9)
      .pipe(
        map((frame) => handAt({ frame })),
        centred,
        take(3),
        toArray(),
      )
      .subscribe((list) => {
        results = list;
      });
    expect(results).toHaveLength(3);
  });

  it('keeps the state of each subscription apart', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const smoothed = cold('abc|', hands).pipe(centred, marble);
      expectObservable(smoothed).toBe('--a(bc|)', letters('abc'));
      expectObservable(smoothed, '-^').toBe('---a(bc|)', letters('abc'));
    });
  });

  it('refuses bad options when it is made, not when it is subscribed to', () => {
    expect(() => temporalWindow({ k: -1 })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

function letters(marbles: string): Record<string, string> {
  return Object.fromEntries([...marbles].filter((letter) => /[A-Za-z]/.test(letter)).map((letter) => [letter, letter]));
}
