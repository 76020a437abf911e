import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { drawHandShape } from '../kinematics/hand-shape.js';
import { performance, performanceTruth } from './performance.js';
import {
  PERFORMANCE_SURFACE,
  PERFORMED_INTERACTIONS,
  PERFORMED_MOVEMENTS,
  PERFORMED_POSES,
  PERFORMED_STROKES,
} from './performed-gestures.js';

const SIDES = ['right', 'left'] as const;
const FPS = 40;
const ALL = [...PERFORMED_POSES, ...PERFORMED_MOVEMENTS, ...PERFORMED_INTERACTIONS];

/** Joint `joint` of a performance, FPS times a second. */
function way(of: ReturnType<typeof performance>, joint: number, seconds = 4): Vec3[] {
  return [...performanceTruth(of, { frames: seconds * FPS, fps: FPS })].map(({ hands: [hand] }) => {
    return [...hand!.positions.subarray(3 * joint, 3 * joint + 3)] as unknown as Vec3;
  });
}

describe('a performance', () => {
  it.each(SIDES.flatMap((side) => PERFORMED_STROKES.map((gesture) => [gesture, side] as const)))(
    'moves the palm as %s says for whoever looks, fastest in its moment: %s hand',
    (gesture, handedness) => {
      const axis = { swipe_left: -1, swipe_right: 1, swipe_up: -2, swipe_down: 2, push: -3, pull: 3 }[gesture];
      const stroke = performance(gesture, { at: [1.5], handedness, seed: 4 });
      const { from, to } = stroke.events.find((event) => event.gesture === gesture)!;
      expect(to).toBe(from);
      const root = way(stroke, 9);
      const speeds = root
        .slice(1)
        .map((p, i) => Math.sign(axis) * (p[Math.abs(axis) - 1]! - root[i]![Math.abs(axis) - 1]!) * FPS);
      const fastest = speeds.indexOf(Math.max(...speeds));
      expect(Math.abs(fastest / FPS - from)).toBeLessThan(0.05);
      expect(speeds[fastest]!).toBeGreaterThan(0.9); // metres per second
      // the way back is no gesture
      expect(Math.min(...speeds)).toBeGreaterThan(-0.75);
    },
  );

  it.each(SIDES)('touches the surface with the tip of the index finger in its moment: %s hand', (handedness) => {
    const shape = drawHandShape(new SeededRandom(8), [0.9, 1.1]);
    const touching = performance('pointer_touch', { at: [1.5], handedness, shape });
    const { from, to } = touching.events.find(({ gesture }) => gesture === 'pointer_touch')!;
    const tip = way(touching, 8);
    const [, , surface] = PERFORMANCE_SURFACE.origin;
    const behind = tip.flatMap(([, , z], i) => (z < surface ? [i / FPS] : []));
    expect(Math.abs(behind[0]! - from)).toBeLessThan(0.06);
    expect(Math.abs(behind.at(-1)! - to)).toBeLessThan(0.06);
    const [x, y] = tip[Math.round(from * FPS)]!;
    const [left, top] = [PERFORMANCE_SURFACE.origin[0] - x, y - PERFORMANCE_SURFACE.origin[1]];
    expect(left > 0 && left < PERFORMANCE_SURFACE.width && top > 0 && top < PERFORMANCE_SURFACE.height).toBe(true);
  });

  it('has the poses that are true of the same hand among its events', () => {
    const names = (gesture: (typeof ALL)[number]) =>
      performance(gesture, { at: [2] }).events.map((event) => (event.optional ? `(${event.gesture})` : event.gesture));
    expect(names('victory')).toEqual(['two', 'victory']);
    expect(names('swipe_left')).toEqual(['(five)', '(open_palm)', 'swipe_left']);
    expect(names('tap')).toEqual(['(one)', '(point)', 'tap']);
  });

  it.each(ALL)('of %s is at home before and after, and never faster than hands are', (gesture) => {
    const play = performance(gesture, { at: [1.5], seed: 2, speed: 1.3 });
    const root = way(play, 9, Math.ceil(play.end) + 1);
    const steps = root
      .slice(1)
      .map((p, i) => Math.hypot(p[0] - root[i]![0], p[1] - root[i]![1], p[2] - root[i]![2]) * FPS);
    expect(Math.max(...steps)).toBeLessThan(2.5);
    const [first, last] = [root[0]!, root.at(-1)!];
    expect(Math.hypot(last[0] - first[0], last[1] - first[1], last[2] - first[2])).toBeLessThan(0.012);
    for (const { from, to, handId, handedness } of play.events.filter(({ optional }) => !optional)) {
      expect(to).toBeGreaterThanOrEqual(from);
      expect([handId, handedness]).toEqual([0, 'right']);
      expect(from > 1.3 && to < play.end).toBe(true);
    }
  });

  it('may be a script of gestures, and is the same each time', () => {
    const script = () =>
      performance(
        [
          { gesture: 'fist', at: 4 },
          { gesture: 'swipe_up', at: 1.5, speed: 1.2 },
        ],
        { seed: 9 },
      );
    expect(script().events.map(({ gesture }) => gesture)).toEqual(['five', 'open_palm', 'swipe_up', 'fist', 'grab']);
    const at = (of: ReturnType<typeof performance>) => [
      ...performanceTruth(of, { frames: 3, fps: 1, start: 5n, noise: 0.001 }),
    ];
    expect(at(script())).toEqual(at(script()));
    expect(at(script())[1]!.stamp).toBe(1_000_000_005n);
  });

  it('refuses gestures that begin before the one before is over', () => {
    expect(() => performance('fist', { at: [1, 2] })).toThrow('fist after fist');
  });
});
