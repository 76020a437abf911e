import { describe, expect, it, test } from 'vitest';
import {
  play,
  type ScriptedHand,
  scriptedMoments,
  secondsOf,
  stampOf,
  steps,
} from '../../test/helpers/scripted-hands.js';
import { POSE_GESTURES } from '../hand/pose-gestures.js';
import type { PoseName } from '../kinematics/hand-data.js';
import { GestureEngine } from './gesture-engine.js';

const NOISE = 0.003;
const ALL_POSES = { gestures: [...POSE_GESTURES] };

/** Relaxed, then a pose for a second, then relaxed again. */
const shown = (pose: PoseName, rest: Partial<ScriptedHand> = {}, roll = 0): ScriptedHand => ({
  keys: [
    { t: 0, pose: 'relaxed', view: { roll } },
    { t: 0.5, pose: 'relaxed', view: { roll } },
    { t: 0.8, pose, view: { roll } },
    { t: 1.8, pose, view: { roll } },
    { t: 2.1, pose: 'relaxed', view: { roll } },
    { t: 2.6, pose: 'relaxed', view: { roll } },
  ],
  ...rest,
});

describe('poses', () => {
  test.each<[PoseName, string[]]>([
    ['spread', ['open_palm', 'five']],
    ['open', ['open_palm', 'five']],
    ['fist', ['fist', 'grab']],
    ['point', ['point', 'one']],
    ['victory', ['victory', 'two']],
    ['three', ['three']],
    ['four', ['four']],
    ['pinch', ['pinch']],
    ['ok', ['pinch', 'ok']],
    ['call', ['call']],
    ['relaxed', []],
    ['claw', []],
  ])('%s is %j of either hand, small or large, and begins and ends once', (pose, gestures) => {
    for (const [side, scale] of [
      ['right', 1],
      ['left', 0.8],
      ['right', 1.15],
    ] as const) {
      const { gestures: events } = play(new GestureEngine(ALL_POSES), [shown(pose, { side, scale })], {
        noise: NOISE,
        seed: 5,
      });
      const expected = gestures.flatMap((gesture) => [`${gesture} BEGIN`, `${gesture} END`]);
      expect(steps(events).sort()).toEqual(expected.sort());
    }
  });

  // thumb to the side in a hand that points up: turned by a quarter it points up or down
  test.each([
    ['thumbs_up', 'right', -1],
    ['thumbs_down', 'right', 1],
    ['thumbs_up', 'left', 1],
    ['thumbs_down', 'left', -1],
  ] as const)('a %s of the %s hand', (gesture, side, turn) => {
    const hand = shown('thumbs_up', { side }, (turn * Math.PI) / 2);
    const { gestures } = play(new GestureEngine(ALL_POSES), [hand], { noise: NOISE });
    expect(steps(gestures).filter((step) => step.startsWith('thumbs'))).toEqual([`${gesture} BEGIN`, `${gesture} END`]);
  });

  it('that are shown by a hand of a doubted side are none, and end when the doubt comes', () => {
    const fist = (sideScore: ScriptedHand['sideScore']) =>
      play(new GestureEngine({ gestures: ['fist'] }), [shown('fist', sideScore && { sideScore })]).gestures;
    expect(fist(() => 0.4)).toEqual([]);
    expect(steps(fist(() => 0.5))).toEqual(['fist BEGIN', 'fist END']);
    const end = fist((time) => (time < 1.2 ? 0.9 : 0.1)).at(-1);
    expect(end).toMatchObject({ phase: 'END', reason: 'no longer sure of its side' });
    expect(secondsOf(end?.stamp ?? 0n)).toBeLessThan(1.3);
  });

  describe('while the network reads the index finger where the middle finger is, less sure of it', () => {
    const [INDEX, MIDDLE] = [5, 9];
    /** An OK, whose index finger is misread from one time to another. */
    const misread = (from: number, to: number, indexConfidence = 0.4) => {
      const engine = new GestureEngine({ gestures: ['open_palm', 'ok'] });
      return [...scriptedMoments([shown('ok')])].flatMap((moment) => {
        const [{ positions, confidences }] = moment.hands;
        const time = secondsOf(moment.stamp);
        for (const k of [1, 2, 3]) {
          if (time < from || time >= to) break;
          // beside the middle finger, as where a heat map has its peak
          for (const axis of [0, 1, 2]) {
            positions[3 * (INDEX + k) + axis] = positions[3 * (MIDDLE + k) + axis] + (axis === 0 ? 0.012 : 0);
          }
          confidences[INDEX + k] = indexConfidence;
        }
        const { gestures } = engine.take(moment);
        return gestures.filter(({ phase }) => phase !== 'UPDATE');
      });
    };

    it('no pose begins, and the one that is held goes on', () => {
      const events = misread(1, 1.4);
      expect(steps(events)).toEqual(['ok BEGIN', 'ok END']);
      expect(secondsOf(events[1].stamp)).toBeGreaterThan(1.8);
      const late = misread(0.5, 1.4);
      expect(steps(late)).toEqual(['ok BEGIN', 'ok END']);
      expect(secondsOf(late[0].stamp)).toBeGreaterThan(1.4);
    });

    it('for half a second at most', () => {
      const events = misread(1, 1.75);
      expect(steps(events).slice(0, 2)).toEqual(['ok BEGIN', 'ok END']);
      expect(secondsOf(events[1].stamp)).toBeCloseTo(1.53, 1);
      expect(events[1].reason).toBe('no longer sure of its fingers: two of them are read in one place');
    });

    it('but where both are bent, as those under the thumb of a victory, it begins', () => {
      const engine = new GestureEngine({ gestures: ['victory'] });
      const [RING, LITTLE] = [13, 17];
      const events = [...scriptedMoments([shown('victory')])].flatMap((moment) => {
        const [{ positions, confidences }] = moment.hands;
        for (const k of [1, 2, 3]) {
          for (let axis = 0; axis < 3; axis++) {
            const [at, next] = [3 * (RING + k) + axis, 3 * (LITTLE + k) + axis];
            positions[at] = positions[next] + 0.9 * (positions[at] - positions[next]);
          }
          confidences[RING + k] = 0.5;
        }
        return engine.take(moment).gestures;
      });
      expect(events.filter(({ phase }) => phase === 'BEGIN')).toHaveLength(1);
    });

    it('and of fingers of which it is equally sure, side by side, poses are told as ever', () => {
      expect(steps(misread(1, 1.4, 0.9))).toContain('open_palm BEGIN');
    });
  });

  it('says why a fist begins and ends', () => {
    const { gestures } = play(new GestureEngine({ gestures: ['fist'] }), [shown('fist')]);
    const begin = gestures[0];
    expect(begin).toMatchObject({
      gesture: 'fist',
      phase: 'BEGIN',
      handId: 1,
      handedness: 'right',
      duration: 0,
      frameId: 'camera',
    });
    expect(begin.reason).toMatch(/^held for 0\.0\d s; \w+ finger bent: curl 0\.\d\d$/);
    expect(secondsOf(begin.since)).toBeGreaterThan(0.6);
    expect(secondsOf(begin.since)).toBeLessThan(0.81);
    const end = gestures[gestures.length - 1];
    expect(end).toMatchObject({ phase: 'END', since: begin.since });
    expect(end.reason).toMatch(/^no longer \w+ finger bent: curl 0\.\d\d$/);
    expect(end.duration).toBeCloseTo(secondsOf(end.stamp) - secondsOf(begin.stamp), 9);
  });
});

describe('strokes', () => {
  const swiped = (dx: number, dy: number, dz: number, seconds: number): ScriptedHand => ({
    keys: [
      { t: 0, pose: 'open', at: [-dx / 2, -dy / 2, 0.5 - dz / 2] },
      { t: 0.5, pose: 'open', at: [-dx / 2, -dy / 2, 0.5 - dz / 2] },
      { t: 0.5 + seconds, pose: 'open', at: [dx / 2, dy / 2, 0.5 + dz / 2] },
      { t: 1 + seconds, pose: 'open', at: [dx / 2, dy / 2, 0.5 + dz / 2] },
      // and slowly back
      { t: 3 + seconds, pose: 'open', at: [-dx / 2, -dy / 2, 0.5 - dz / 2] },
    ],
  });
  const profile = { gestures: ['swipe_left', 'swipe_right', 'swipe_up', 'swipe_down', 'push', 'pull'] as const };
  const played = (hand: ScriptedHand, options = {}) =>
    play(new GestureEngine({ ...profile, gestures: [...profile.gestures], ...options }), [hand], { noise: NOISE })
      .gestures;

  test.each<[string, number, number, number]>([
    ['swipe_right', 0.3, 0, 0],
    ['swipe_left', -0.3, 0.03, 0],
    ['swipe_up', 0, -0.25, 0],
    ['swipe_down', 0, 0.25, 0.03],
    ['push', 0, 0, -0.15],
    ['pull', 0.02, 0, 0.15],
  ])('%s', (gesture, dx, dy, dz) => {
    const events = played(swiped(dx, dy, dz, 0.35));
    expect(steps(events)).toEqual([`${gesture} BEGIN`, `${gesture} END`]);
    expect(events[0].stamp).toBe(events[1].stamp);
    expect(events[1].duration).toBeGreaterThan(0.1);
    expect(events[0].reason).toMatch(/^\d+ mm in 0\.\d\d s, \d\.\d\d m\/s, \d+ % of the way along the axis$/);
  });

  test.each<[string, ScriptedHand]>([
    ['slow', swiped(0.3, 0, 0, 1.2)],
    ['short', swiped(0.08, 0, 0, 0.2)],
    ['diagonal', swiped(0.25, 0.25, 0, 0.35)],
    ['with a fist', { keys: swiped(0.3, 0, 0, 0.35).keys.map((key) => ({ ...key, pose: 'fist' as const })) }],
    [
      'back and forth',
      {
        keys: [-1, 1, -1, 1, -1, 1].map((side, i) => ({
          t: 0.3 * i,
          pose: 'open' as const,
          at: [0.15 * side, 0, 0.5] as const,
        })),
      },
    ],
  ])('a movement that is %s is none', (_, hand) => {
    expect(played(hand)).toEqual([]);
  });

  it('axes of the user turn left into right', () => {
    const axes = { right: [-1, 0, 0] as [number, number, number] };
    expect(steps(played(swiped(0.3, 0, 0, 0.35), { axes }))).toEqual(['swipe_left BEGIN', 'swipe_left END']);
  });
});

describe('CANCEL', () => {
  const fist: ScriptedHand = { keys: [{ t: 0, pose: 'fist' }] };
  const engine = () => new GestureEngine({ gestures: ['fist'] });
  /** An engine in whose hand 1 a fist has begun, and the moment after. */
  function held() {
    const it = engine();
    const moments = [...scriptedMoments([fist], { until: 0.5 })];
    const last = moments.pop()!;
    for (const moment of moments) it.take(moment);
    return { engine: it, next: last };
  }

  test('on a loss that the tracker reports, with its reason', () => {
    const { engine, next } = held();
    const { gestures } = engine.take({
      ...next,
      hands: [],
      lost: [{ id: 1, handedness: 'right', reason: 'no-candidate' }],
    });
    expect(gestures).toMatchObject([
      { gesture: 'fist', phase: 'CANCEL', reason: 'the hand is lost: no-candidate', stamp: next.stamp },
    ]);
  });

  test.each<[string, Parameters<GestureEngine['take']>[0] | undefined, RegExp]>([
    ['a hand that is missing', { ...held().next, hands: [] }, /^the hand is lost$/],
    [
      'low presence',
      { ...held().next, hands: [{ ...held().next.hands[0], presence: 0.1 }] },
      /^presence 0.10 is below 0.2$/,
    ],
    [
      'another side',
      { ...held().next, hands: [{ ...held().next.hands[0], handedness: 'left' }] },
      /^the hand is left and was right$/,
    ],
    [
      'NaN',
      { ...held().next, hands: [{ ...held().next.hands[0], positions: new Float64Array(63).fill(Number.NaN) }] },
      /no numbers/,
    ],
    ['a step back in time', { ...held().next, stamp: stampOf(-1) }, /^time stepped back by 1.47 s$/],
    ['a gap', { ...held().next, stamp: stampOf(0.6) }, /^no result for 0.13 s$/],
    ['another frame', { ...held().next, frameId: 'world' }, /^the frame of the joints is now world$/],
  ])('on %s', (_, moment, reason) => {
    const [event, ...more] = held().engine.take(moment!).gestures;
    expect(event).toMatchObject({ phase: 'CANCEL', handId: 1 });
    expect(event.reason).toMatch(reason);
    expect(more).toEqual([]);
  });

  test('on a silent camera, once, after 100 ms and not before', () => {
    const { engine, next } = held();
    engine.take(next, 70);
    expect(engine.tick(70.09).gestures).toEqual([]);
    const stamp = next.stamp + 110_000_000n;
    expect(engine.tick(70.11).gestures).toMatchObject([{ phase: 'CANCEL', reason: 'no result for 0.11 s', stamp }]);
    expect(engine.tick(70.2).gestures).toEqual([]);
  });

  test('on a result that comes too late, though its stamp is that of the next frame', () => {
    const { engine, next } = held();
    engine.take(next, 70);
    const { gestures } = engine.take({ ...next, stamp: next.stamp + 33_333_333n }, 70.2);
    expect(steps(gestures)).toEqual(['fist CANCEL']);
    expect(gestures[0].reason).toBe('no result for 0.20 s');
  });

  test('on a reset', () => {
    const { engine } = held();
    expect(engine.cancel(stampOf(0.5), 'paused').gestures).toMatchObject([{ phase: 'CANCEL', reason: 'paused' }]);
    expect(engine.cancel(stampOf(0.5), 'paused').gestures).toEqual([]);
  });
});

it('the same moments give the same events', () => {
  const run = () =>
    play(new GestureEngine(ALL_POSES), [shown('fist'), shown('victory', { side: 'left' })], { noise: 0.005 });
  expect(run()).toEqual(run());
});

it('a moment with the stamp of the last one is left out', () => {
  const engine = new GestureEngine({ gestures: ['fist'] });
  const [moment] = scriptedMoments([{ keys: [{ t: 0, pose: 'fist' }] }], { until: 0 });
  for (let i = 0; i < 10; i++) expect(engine.take(moment).gestures).toEqual([]);
});
