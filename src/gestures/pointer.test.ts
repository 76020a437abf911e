import { describe, expect, it, test } from 'vitest';
import {
  type HandKey,
  type PlayOptions,
  play,
  type ScriptedHand,
  scriptedJoints,
  scriptedMoments,
} from '../../test/helpers/scripted-hands.js';
import type { Vec3 } from '../geometry/matrix.js';
import { blendPoses, namedPose } from '../kinematics/hand-pose.js';
import { GestureEngine } from './gesture-engine.js';
import type { Interaction, PointerEvent } from './gesture-events.js';
import type { GestureProfileInput } from './gesture-profile.js';

/**
 * A screen of 40 by 30 cm, 30 cm from the camera, which looks at the user: the user's right is the picture's left. Its middle is at the
 * optical axis.
 */
const SCREEN = {
  name: 'screen',
  origin: [0.2, -0.15, 0.3] as [number, number, number],
  xAxis: [-1, 0, 0] as [number, number, number],
  yAxis: [0, 1, 0] as [number, number, number],
  width: 0.4,
  height: 0.3,
  pixelWidth: 800,
  pixelHeight: 600,
};

function operated(
  interaction: Interaction,
  hands: readonly ScriptedHand[],
  more: Partial<GestureProfileInput> = {},
  options: PlayOptions = {},
) {
  const { surfaces, ...profile } = more;
  const surface = { ...SCREEN, interaction, ...surfaces?.[0] };
  const engine = new GestureEngine({ gestures: [], ...profile, surfaces: [surface] });
  return play(engine, hands, { noise: 0.002, seed: 11, ...options }).pointers;
}

/** Phases without repetitions: HOVER DOWN MOVE UP HOVER CANCEL. */
function phases(events: readonly PointerEvent[]): string {
  return events
    .map(({ phase }) => phase)
    .filter((phase, i, all) => phase !== all[i - 1])
    .join(' ');
}

/** Where the palm must be for the index finger's tip of a pointing hand that faces the camera to be at a place. */
function palmFor(tip: Vec3, pose: HandKey['pose'] = 'point'): Vec3 {
  const joints = scriptedJoints({ keys: [{ t: 0, pose, at: [0, 0, 0] }] }, 0);
  return [tip[0] - joints[24], tip[1] - joints[25], tip[2] - joints[26]];
}

const tipKeys = (...keys: readonly (readonly [t: number, ...tip: Vec3])[]): ScriptedHand => ({
  keys: keys.map(([t, ...tip]) => ({ t, pose: 'point' as const, at: palmFor(tip) })),
});

describe('the cursor', () => {
  it('is where the finger is in front of the surface, in metres, shares and pixels', () => {
    const events = operated('push', [tipKeys([0, -0.1, 0.075, 0.45], [1, -0.1, 0.075, 0.45])], {}, { noise: 0 });
    const last = events[events.length - 1];
    expect(last).toMatchObject({ phase: 'HOVER', surface: 'screen', handId: 1, dragging: false, frameId: 'camera' });
    expect(last.x).toBeCloseTo(0.3, 6);
    expect(last.y).toBeCloseTo(0.225, 6);
    expect([last.u, last.v]).toEqual([expect.closeTo(0.75, 6), expect.closeTo(0.75, 6)]);
    expect([last.pixelX, last.pixelY]).toEqual([expect.closeTo(600, 4), expect.closeTo(450, 4)]);
    expect(last.distance).toBeCloseTo(0.15, 6);
    expect(last.position).toEqual([expect.closeTo(-0.1, 6), expect.closeTo(0.075, 6), expect.closeTo(0.3, 6)]);
  });

  it('rests within 1 mm rms where the joints have 2 mm of noise', () => {
    const events = operated('push', [tipKeys([0, 0, 0, 0.5], [20, 0, 0, 0.5])]).slice(60);
    const mean = (of: (event: PointerEvent) => number) =>
      events.reduce((sum, event) => sum + of(event), 0) / events.length;
    const [x, y] = [mean((event) => event.x), mean((event) => event.y)];
    const rms = Math.sqrt(mean((event) => (event.x - x) ** 2 + (event.y - y) ** 2));
    expect(rms).toBeLessThan(0.001);
    expect(Math.hypot(x - 0.2, y - 0.15)).toBeLessThan(0.0015);
  });

  it('is late by less than 50 ms in motion', () => {
    // to and fro with a peak of 0.47 m/s; the lag that fits best
    const hand = tipKeys(...Array.from({ length: 20 }, (_, i) => [i * 0.8, i % 2 === 0 ? -0.1 : 0.1, 0, 0.5] as const));
    const events = operated('push', [hand], {}, { until: 15 }).slice(30);
    const truth = (time: number) => 0.2 - scriptedJoints(hand, time)[24];
    const errorAt = (lag: number) =>
      events.reduce((sum, event, i) => sum + (event.x - truth((i + 30) / 30 - lag)) ** 2, 0);
    const lags = Array.from({ length: 21 }, (_, i) => i / 200);
    const best = lags.reduce((a, b) => (errorAt(b) < errorAt(a) ? b : a));
    expect(best).toBeLessThan(0.05);
  });

  it('does not slip while the finger pushes, though it moves sideways by a centimetre', () => {
    const hand = tipKeys([0, 0.05, 0, 0.5], [1, 0.05, 0, 0.5], [1.25, 0.06, 0.004, 0.44], [1.6, 0.06, 0.004, 0.44]);
    const events = operated('push', [hand]);
    const before = events[25];
    const down = events.find(({ phase }) => phase === 'DOWN')!;
    expect(Math.hypot(down.x - before.x, down.y - before.y)).toBeLessThan(0.005);
  });

  it('snaps to targets within reach, and stays with the one it has', () => {
    const targets = [
      { name: 'yes', x: 0.1, y: 0.1, width: 0.04, height: 0.04 },
      { name: 'no', x: 0.2, y: 0.1, width: 0.04, height: 0.04 },
    ];
    const surfaces = [{ ...SCREEN, targets }];
    // from above "yes" slowly to above "no"; 30 mm above their upper edges
    const hand = tipKeys([0, 0.08, -0.08, 0.5], [1, 0.08, -0.08, 0.5], [4, -0.02, -0.08, 0.5], [5, -0.02, -0.08, 0.5]);
    const free = operated('push', [hand], { surfaces });
    expect(new Set(free.map(({ target }) => target))).toEqual(new Set([undefined]));
    const events = operated('push', [hand], { surfaces, pointer: { snap: 0.05 } });
    const names = events.map(({ target }) => target).filter((name, i, all) => name !== all[i - 1]);
    expect(names).toEqual(['yes', 'no']);
    expect(events[30]).toMatchObject({ x: expect.closeTo(0.12, 2), y: expect.closeTo(0.108, 4) });
  });
});

describe('clicks', () => {
  const push = tipKeys(
    [0, 0, 0, 0.5],
    [0.7, 0, 0, 0.5],
    [0.95, 0, 0, 0.44],
    [1.2, 0, 0, 0.44],
    [1.5, 0, 0, 0.5],
    [2.2, 0, 0, 0.5],
  );

  test('by a push: progress grows, DOWN, UP when the finger is drawn back', () => {
    const events = operated('push', [push]);
    expect(phases(events)).toBe('HOVER DOWN MOVE UP HOVER');
    const down = events.findIndex(({ phase }) => phase === 'DOWN');
    expect(events[down - 1].progress).toBeGreaterThan(0.1);
    expect(events[down]).toMatchObject({
      progress: 1,
      since: 0,
      reason: expect.stringMatching(/^pushed by [34]\d mm in 0\.\d\d s, \d mm sideways$/),
    });
    expect(events.find(({ phase }) => phase === 'UP')!.reason).toMatch(/^drawn back by 1\d mm$/);
  });

  test('not by a drift of 60 mm in four seconds, nor by a move along the surface that comes nearer', () => {
    expect(phases(operated('push', [tipKeys([0, 0, 0, 0.5], [4, 0, 0, 0.44])]))).toBe('HOVER');
    const along = tipKeys([0, 0.15, 0, 0.5], [0.5, 0.15, 0, 0.5], [1, -0.15, 0, 0.44], [2, -0.15, 0, 0.44]);
    expect(phases(operated('push', [along]))).toBe('HOVER');
  });

  test('by touching the plane, and not by a hand that comes from behind', () => {
    const touch = tipKeys([0, 0, 0, 0.4], [0.5, 0, 0, 0.4], [0.9, 0, 0, 0.29], [1.3, 0, 0, 0.29], [1.7, 0, 0, 0.4]);
    expect(phases(operated('touch', [touch]))).toBe('HOVER DOWN MOVE UP HOVER');
    expect(phases(operated('touch', [tipKeys([0, 0, 0, 0.29], [1, 0, 0, 0.29])]))).toBe('HOVER');
  });

  test('by touching the plane, where the finger is read somewhere else in a single frame of the way', () => {
    const touch = tipKeys([0, 0, 0, 0.4], [0.5, 0, 0, 0.4], [0.9, 0, 0, 0.29], [1.3, 0, 0, 0.29]);
    const fist = { keys: touch.keys.map((key) => ({ ...key, pose: 'fist' as const })) };
    const [right, wrong] = [touch, fist].map((hand) => [...scriptedMoments([hand], { noise: 0.002, seed: 11 })]);
    const engine = new GestureEngine({ gestures: [], surfaces: [{ ...SCREEN, interaction: 'touch' }] });
    const events = right.flatMap((moment, i) => engine.take(i === 21 ? wrong[i] : moment).pointers);
    expect(phases(events)).toBe('HOVER DOWN MOVE');
  });

  test('by staying for a second, once at a place', () => {
    const hand = tipKeys([0, 0, 0, 0.5], [3, 0, 0, 0.5], [3.5, 0.1, 0, 0.5], [5.5, 0.1, 0, 0.5]);
    const events = operated('hover', [hand]);
    expect(phases(events)).toBe('HOVER DOWN UP HOVER DOWN UP HOVER');
    const down = events.find(({ phase }) => phase === 'DOWN')!;
    expect(down.reason).toMatch(/^stayed within 12 mm for 1\.0\d s$/);
    const up = events.find(({ phase }) => phase === 'UP')!;
    expect(up.stamp).toBe(down.stamp);
  });

  /** Tips of thumb, index and middle finger are 30 to 40 mm apart. */
  const HALF_CLOSED = blendPoses(namedPose('relaxed'), namedPose('fist'), 0.3);
  /** Open for half a second, then closed for half a second. */
  const closing = (pose: 'fist' | 'pinch', open: HandKey['pose'], view = {}): ScriptedHand => {
    const keys = ([open, open, pose, pose, open, open] as const).map((key, i) => ({ t: 0.35 * i, pose: key, view }));
    return { keys };
  };
  test.each([
    ['grab', 'fist', 'open'],
    ['pinch', 'pinch', 'relaxed'],
  ] as const)('by a %s of a hand that was open', (interaction, pose, open) => {
    expect(phases(operated(interaction, [closing(pose, open)]))).toBe('HOVER DOWN MOVE UP HOVER');
  });

  test.each([
    ['grab', 'fist', 'open'],
    ['pinch', 'pinch', 'relaxed'],
  ] as const)('not by a %s on the way to another place, unless the way is allowed', (interaction, pose, open) => {
    const { keys } = closing(pose, open);
    const hand = { keys: keys.map((key, i) => ({ ...key, at: [i < 2 ? 0 : 0.045, 0, 0.5] as const })) };
    const events = operated(interaction, [hand]);
    expect(phases(events)).toBe('HOVER');
    expect(events.some(({ reason }) => /^the palm has moved by [34]\d mm$/.test(reason))).toBe(true);
    expect(phases(operated(interaction, [hand], { pointer: { closeStill: 0.1 } }))).toBe('HOVER DOWN MOVE UP HOVER');
  });

  test.each<[string, Interaction, ScriptedHand, RegExp]>([
    ['comes in closed', 'grab', closing('fist', 'fist'), /not still and open before/],
    ['closes from a half open hand', 'grab', closing('fist', 'relaxed'), /not still and open before/],
    ['shows the surface its back', 'grab', closing('fist', 'open', { yaw: Math.PI }), /palm does not face the surface/],
    [
      'is held to be of the other side',
      'grab',
      { ...closing('fist', 'open'), sideScore: () => 0.3 },
      /side of the hand is in doubt/,
    ],
    ['comes in as a pinch', 'pinch', closing('pinch', 'pinch'), /not still and open before/],
    ['has all tips together before, by a pinch', 'pinch', closing('pinch', HALF_CLOSED), /not still and open before/],
    ['is open, by a push', 'push', { keys: push.keys.map((key) => ({ ...key, pose: 'open' })) }, /does not point/],
    [
      'does not rest before, by a push',
      'push',
      { keys: push.keys.slice(1).map(({ t, ...key }, i) => ({ t: i === 0 ? 0 : t - 0.7, ...key })) },
      /has not rested/,
    ],
  ])('not by a hand that %s', (_, interaction, hand, reason) => {
    const events = operated(interaction, [hand]);
    expect(phases(events)).toBe('HOVER');
    expect(events.some((event) => reason.test(event.reason))).toBe(true);
  });

  test('that move become drags beyond the threshold, and scroll', () => {
    const drag = tipKeys(
      [0, 0, 0, 0.5],
      [0.7, 0, 0, 0.5],
      [0.95, 0, 0, 0.44],
      [1.2, 0, 0, 0.44],
      [2.2, 0, 0.08, 0.44],
      [2.5, 0, 0.08, 0.44],
      [2.8, 0, 0.08, 0.5],
    );
    const events = operated('push', [drag]);
    expect(phases(events)).toBe('HOVER DOWN MOVE UP HOVER');
    const moves = events.filter(({ phase }) => phase === 'MOVE');
    const still = moves.filter(({ dragging }) => !dragging);
    expect(still.length).toBeGreaterThan(8);
    expect(new Set(still.map(({ y }) => y)).size).toBe(1);
    expect(moves[moves.length - 1].dragging).toBe(true);
    const scrolled = moves.reduce((sum, { scrollY }) => sum + scrollY, 0);
    expect(scrolled).toBeGreaterThan(0.07);
    expect(scrolled).toBeLessThan(0.085);
  });
});

describe('one hand at a time', () => {
  const far = { ...tipKeys([0, 0.05, 0, 0.6], [3, 0.05, 0, 0.6]), id: 1 };

  it('a hand that is nearer takes over after a while, with a CANCEL in between', () => {
    const near = { ...tipKeys([0, -0.05, 0, 0.5], [3, -0.05, 0, 0.5]), id: 2, away: (time: number) => time < 1 };
    const events = operated('push', [far, near]);
    expect(phases(events)).toBe('HOVER CANCEL HOVER');
    const cancel = events.find(({ phase }) => phase === 'CANCEL')!;
    expect(cancel).toMatchObject({ handId: 1, reason: 'hand 2 takes over: it is nearer' });
    expect(Number(cancel.stamp - events[0].stamp) / 1e9).toBeCloseTo(1.3, 1);
    expect(events[events.length - 1].handId).toBe(2);
  });

  it('a hand that points goes before a nearer one that does not', () => {
    const idle = { keys: [{ t: 0, pose: 'relaxed' as const, at: palmFor([0.05, 0, 0.4], 'relaxed') }], id: 1 };
    const pointing = { ...tipKeys([0, -0.05, 0, 0.5], [2, -0.05, 0, 0.5]), id: 2, away: (time: number) => time < 1 };
    const events = operated('push', [idle, pointing]);
    expect(phases(events)).toBe('HOVER CANCEL HOVER');
    const cancel = events.find(({ phase }) => phase === 'CANCEL')!;
    expect(cancel.reason).toBe('hand 2 takes over: it is held to operate the surface');
    expect(Number(cancel.stamp - events[0].stamp) / 1e9).toBeCloseTo(1.3, 1);
  });

  it('never while the other one presses', () => {
    const pressing = { ...tipKeys([0, 0, 0, 0.6], [0.7, 0, 0, 0.6], [0.95, 0, 0, 0.54], [3, 0, 0, 0.54]), id: 1 };
    const near = { ...tipKeys([0, -0.1, 0, 0.4], [3, -0.1, 0, 0.4]), id: 2, away: (time: number) => time < 1.2 };
    const events = operated('push', [pressing, near]);
    expect(phases(events)).toBe('HOVER DOWN MOVE');
    expect(new Set(events.map(({ handId }) => handId))).toEqual(new Set([1]));
  });
});

describe('CANCEL', () => {
  const pressed = tipKeys([0, 0, 0, 0.5], [0.7, 0, 0, 0.5], [0.95, 0, 0, 0.44], [3, 0, 0, 0.44]);

  it.each<[string, ScriptedHand, RegExp]>([
    ['a loss', { ...pressed, away: (time) => time > 1.5 }, /^the hand is lost$/],
    ['low presence', { ...pressed, presence: (time) => (time > 1.5 ? 0.1 : 0.9) }, /^presence 0.10 is below 0.2$/],
    [
      'leaving',
      { keys: [...pressed.keys.slice(0, 3), { t: 2, pose: 'point', at: palmFor([0.6, 0, 0.44]) }] },
      /^left: (9|10)\d mm beside the surface$/,
    ],
    [
      'going away',
      { keys: [...pressed.keys.slice(0, 3), { t: 2, pose: 'point', at: palmFor([0, 0, 1.2]) }] },
      /^left: 4\d\d mm in front of the surface$/,
    ],
  ])('on %s, with the last place of the cursor', (_, hand, reason) => {
    const events = operated('push', [hand]);
    const last = events[events.length - 1];
    expect(last.phase).toBe('CANCEL');
    expect(last.reason).toMatch(reason);
    expect(last.x).toBe(events[events.length - 2].x);
    expect(events.filter(({ phase }) => phase === 'CANCEL')).toHaveLength(1);
  });
});

describe('a surface in another frame', () => {
  const surfaces = [{ ...SCREEN, frame: 'screen_frame', origin: [0.2, -0.15, 0] as [number, number, number] }];
  const hand = tipKeys([0, 0, 0, 0.5], [1, 0, 0, 0.5]);

  it('is operated where it is known where that lies', () => {
    const frames = (from: string, to: string) =>
      from === 'screen_frame' && to === 'camera'
        ? ({ translation: [0, 0, 0.3], rotation: [0, 0, 0, 1] } as const)
        : undefined;
    const { pointers } = play(new GestureEngine({ gestures: [], surfaces }, { frames }), [hand]);
    expect(pointers[pointers.length - 1]).toMatchObject({
      x: expect.closeTo(0.2, 4),
      distance: expect.closeTo(0.2, 4),
    });
  });

  it('is not operated where it is not', () => {
    expect(play(new GestureEngine({ gestures: [], surfaces }), [hand]).pointers).toEqual([]);
  });
});
