import { describe, expect, it, test } from 'vitest';
import { type HandKey, play, type ScriptedHand, secondsOf, steps } from '../../test/helpers/scripted-hands.js';
import type { Vec3 } from '../geometry/matrix.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { GestureEngine } from './gesture-engine.js';
import type { MotionGesture } from './gesture-profile.js';

const MOTIONS: MotionGesture[] = ['wave', 'circle', 'tap', 'knob', 'zoom', 'rotate'];
const played = (hands: readonly ScriptedHand[], noise = 0.003, gestures = MOTIONS) =>
  play(new GestureEngine({ gestures }), hands, { noise, seed: 3 }).gestures;

/** Keys at even times. */
function keysAt(times: number, count: number, key: (i: number) => Omit<HandKey, 't'>): HandKey[] {
  return Array.from({ length: count }, (_, i) => ({ t: i * times, ...key(i) }));
}

/** A finger that goes round, in small straight pieces. */
function circling(turns: number, radius: number, seconds: number, sense: 1 | -1 = 1): ScriptedHand {
  const keys = keysAt(1 / 30, Math.round(30 * seconds), (i) => {
    const angle = (sense * 2 * Math.PI * turns * i) / (30 * seconds);
    return { pose: 'point', at: [radius * Math.cos(angle), radius * Math.sin(angle), 0.5] as Vec3 };
  });
  return { keys: [...keys, { ...keys[keys.length - 1], t: seconds + 1.2 }] };
}

describe('wave', () => {
  const waving = (period: number, reach: number): ScriptedHand => ({
    keys: [
      { t: 0, pose: 'open' as const },
      ...keysAt(period, 8, (i) => ({ pose: 'open' as const, at: [i % 2 === 0 ? -reach : reach, 0, 0.5] as Vec3 })).map(
        (key) => ({ ...key, t: key.t + 0.5 }),
      ),
      { t: 0.5 + 8 * period, pose: 'open' as const },
      { t: 2 + 8 * period, pose: 'open' as const },
    ],
  });

  it('begins with the third way across, counts, and ends when the hand rests', () => {
    const events = played([waving(0.3, 0.07)]);
    expect(steps(events)).toEqual(['wave BEGIN', 'wave END']);
    expect(events[0].value).toBe(2);
    expect(events[0].reason).toMatch(/^2 ways across, the last of 1[1-4]\d mm in 0\.\d\d s$/);
    expect(events[events.length - 1].value).toBeGreaterThanOrEqual(6);
    expect(events[events.length - 1].reason).toBe('the hand rests');
  });

  it.each([
    ['slow', waving(0.9, 0.07)],
    ['small', waving(0.3, 0.015)],
    ['with a fist', { keys: waving(0.3, 0.07).keys.map((key) => ({ ...key, pose: 'fist' as const })) }],
    [
      'up and down',
      { keys: waving(0.3, 0.07).keys.map((key) => ({ ...key, at: [0, key.at?.[0] ?? 0, 0.5] as Vec3 })) },
    ],
  ])('a movement that is %s is none', (_, hand) => expect(played([hand])).toEqual([]));
});

describe('circle', () => {
  it.each([[1], [-1]] as const)('turns with the finger, in sense %i', (sense) => {
    const events = played([circling(4, 0.06, 4, sense)]);
    expect(steps(events)).toEqual(['circle BEGIN', 'circle END']);
    expect(events[events.length - 1].reason).toBe('the finger rests');
    expect(events[0].reason).toMatch(/^radius [56]\d mm, \d+ % off a circle, one turn in /);
    expect(secondsOf(events[0].stamp)).toBeLessThan(1.3);
    // the first 0.85 turns make it begin
    const updates = events.filter(({ phase }) => phase === 'UPDATE');
    const angle = Math.max(...updates.map(({ value }) => sense * value!));
    expect(angle).toBeGreaterThan(2 * Math.PI * 2.8);
    expect(angle).toBeLessThan(2 * Math.PI * 3.4);
  });

  it.each([
    ['half a turn', circling(0.5, 0.08, 1)],
    ['too small', circling(3, 0.01, 3)],
    [
      'to and fro',
      { keys: keysAt(0.5, 8, (i) => ({ pose: 'point' as const, at: [i % 2 ? 0.1 : -0.1, 0, 0.5] as Vec3 })) },
    ],
  ])('%s is none', (_, hand) => expect(played([hand])).toEqual([]));
});

describe('tap', () => {
  const POINT = { pose: 'point' as const };
  const bent = (angle: number) => ({ pose: { ...namedPose('point'), index_mcp: angle } });
  const tapping = (down: number, angle: number): ScriptedHand => ({
    keys: [
      { t: 0, ...POINT },
      { t: 0.5, ...POINT },
      { t: 0.5 + down, ...bent(angle) },
      { t: 0.5 + 2 * down, ...POINT },
      { t: 1.5 + 2 * down, ...POINT },
    ],
  });

  it('is a finger that goes down and back', () => {
    const events = played([tapping(0.15, 0.7)]);
    expect(steps(events)).toEqual(['tap BEGIN', 'tap END']);
    expect(events[1].duration).toBeGreaterThan(0.15);
    expect(events[0].reason).toMatch(/^tip \d\d mm down and \d\d mm back in 0\.\d\d s, palm moved by \d mm$/);
  });

  it.each([
    ['slow', tapping(0.6, 0.7)],
    ['small', tapping(0.15, 0.12)],
  ])('a %s one is none', (_, hand) => expect(played([hand])).toEqual([]));
});

test('a knob is a held pinch that turns, with its angle', () => {
  // the hand points away from the camera: a roll about the line of sight is one about the hand's direction
  const hand: ScriptedHand = {
    keys: [
      { t: 0, pose: 'relaxed', view: { pitch: 1.4 } },
      { t: 0.4, pose: 'pinch', view: { pitch: 1.4 } },
      { t: 0.8, pose: 'pinch', view: { pitch: 1.4 } },
      { t: 1.8, pose: 'pinch', view: { pitch: 1.4, roll: 1 } },
      { t: 2.2, pose: 'pinch', view: { pitch: 1.4, roll: 1 } },
      { t: 2.5, pose: 'relaxed', view: { pitch: 1.4, roll: 1 } },
      { t: 3, pose: 'relaxed', view: { pitch: 1.4, roll: 1 } },
    ],
  };
  const events = played([hand], 0.001);
  expect(steps(events)).toEqual(['knob BEGIN', 'knob END']);
  expect(Math.abs(events[events.length - 1].value!)).toBeGreaterThan(0.85);
  expect(Math.abs(events[events.length - 1].value!)).toBeLessThan(1.15);
});

describe('two hands', () => {
  const hand = (id: number, side: 'right' | 'left', from: Vec3, to: Vec3): ScriptedHand => ({
    id,
    side,
    keys: [
      { t: 0, pose: 'relaxed', at: from },
      { t: 0.4, pose: 'pinch', at: from },
      { t: 0.7, pose: 'pinch', at: from },
      { t: 1.4, pose: 'pinch', at: to },
      { t: 1.6, pose: 'pinch', at: to },
      { t: 2, pose: 'relaxed', at: to },
      { t: 2.3, pose: 'relaxed', at: to },
    ],
  });

  test('that pinch and move apart zoom', () => {
    const events = played(
      [hand(4, 'right', [-0.1, 0, 0.5], [-0.2, 0, 0.5]), hand(7, 'left', [0.1, 0, 0.5], [0.2, 0, 0.5])],
      0.002,
    );
    expect(steps(events)).toEqual(['zoom BEGIN', 'zoom END']);
    expect(events[0]).toMatchObject({ handId: 4, otherHandId: 7 });
    // the pinches are 36 mm nearer to the thumbs than the palms
    expect(events[events.length - 1].value).toBeGreaterThan(1.7);
    expect(events[events.length - 1].value).toBeLessThan(2.6);
  });

  test('that pinch and turn about each other rotate, clockwise in the picture is positive', () => {
    const events = played(
      [hand(1, 'right', [-0.15, 0, 0.5], [-0.13, -0.075, 0.5]), hand(2, 'left', [0.15, 0, 0.5], [0.13, 0.075, 0.5])],
      0.002,
    );
    expect(steps(events)).toEqual(['rotate BEGIN', 'rotate END']);
    expect(events[events.length - 1].value).toBeGreaterThan(0.45);
    expect(events[events.length - 1].value).toBeLessThan(0.85);
  });

  test('are cancelled when one of them is lost', () => {
    const lost = { ...hand(2, 'left', [0.1, 0, 0.5], [0.2, 0, 0.5]), away: (time: number) => time > 1.3 };
    const events = played([hand(1, 'right', [-0.1, 0, 0.5], [-0.2, 0, 0.5]), lost], 0.002);
    expect(steps(events)).toEqual(['zoom BEGIN', 'zoom CANCEL']);
    expect(events[events.length - 1]).toMatchObject({ handId: 1, otherHandId: 2, reason: 'the hand is lost' });
  });
});
