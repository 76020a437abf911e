import { describe, expect, it } from 'vitest';
import { distance, type Vec3 } from '../geometry/matrix.js';
import { CAMERAS } from './cameras.js';
import { performanceTruth } from './performance.js';
import { PERFORMED_INTERACTIONS, PERFORMED_MOVEMENTS, PERFORMED_POSES } from './performed-gestures.js';
import { presetPerformances } from './preset-gestures.js';
import { syntheticStream } from './synthetic-stream.js';

const root = (positions: Float64Array): Vec3 => [positions[27]!, positions[28]!, positions[29]!];

describe('the preset gestures', () => {
  it('makes every gesture once in each round, one after the other, and says when', () => {
    const [hand] = presetPerformances('gestures', { seed: 3 });
    const meant = hand!.events.filter(({ optional }) => optional !== true);
    const names = new Set(meant.map(({ gesture }) => gesture));
    expect([...names].sort()).toEqual([...PERFORMED_POSES, ...PERFORMED_MOVEMENTS, ...PERFORMED_INTERACTIONS].sort());
    const strokes = meant.filter(({ gesture }) => gesture === 'swipe_left');
    expect(strokes.length).toBeGreaterThan(3);
    expect(meant.at(-1)!.from).toBeGreaterThan(500);
  });

  it('lets other ways to operate a surface answer where they are not what is tested', () => {
    const [hand] = presetPerformances('gestures', { seed: 3 });
    const pushes = hand!.events.filter(({ gesture }) => gesture === 'pointer_push');
    for (const { from } of pushes.filter(({ optional }) => optional !== true)) {
      expect(pushes.some((other) => other.optional && other.from < from && other.to > from)).toBe(false);
    }
  });

  it('shows the hands that it tells of, and what they do', () => {
    const options = {
      preset: 'gestures',
      seed: 4,
      handedness: 'left',
      frames: 90,
      fps: 3,
      camera: CAMERAS.small,
      sensor: null,
    } as const;
    const stream = syntheticStream(options);
    expect(stream.gestures.every(({ from }) => from < 30)).toBe(true);
    expect(stream.gestures.length).toBeGreaterThan(10);
    const moments = [
      ...performanceTruth(presetPerformances('gestures', { seed: 4, handedness: 'left' }), { frames: 8, fps: 3 }),
    ];
    const { truths } = stream.at(7);
    expect(truths.map(({ handId, handedness }) => [handId, handedness])).toEqual(
      moments[7]!.hands.map(({ id, handedness }) => [id, handedness]),
    );
    expect([...truths[0]!.positions]).toEqual([...moments[7]!.hands[0]!.positions]);
  });
});

describe('the preset everyday', () => {
  const hands = presetPerformances('everyday', { seed: 2 });
  const moments = [...performanceTruth(hands, { frames: 400, fps: 10 })];

  it('has two hands of a person that work without any gesture, no faster than hands do', () => {
    expect(hands.map(({ id, handedness, events }) => [id, handedness, events.length])).toEqual([
      [0, 'right', 0],
      [1, 'left', 0],
    ]);
    const ways = [0, 1].map((i) => {
      const way = moments.map(({ hands }) => root(hands[i]!.positions));
      return way.slice(1).map((p, k) => distance(p, way[k]!) * 10);
    });
    for (const speeds of ways) {
      expect(Math.max(...speeds)).toBeGreaterThan(0.4); // metres per second
      expect(Math.max(...speeds)).toBeLessThan(2.5);
    }
  });

  it('carries a thing from one place to the other and leaves it there', () => {
    const places = new Set<string>();
    for (let time = 0; time < 120; time += 0.5) {
      const [thing] = hands[0]!.things!(time);
      if (thing?.kind === 'box') places.add(thing.center.map((x) => x.toFixed(2)).join(' '));
    }
    // both places, and the way between them
    expect(places.has('-0.24 0.24 0.56') && places.has('-0.10 0.24 0.54')).toBe(true);
    expect(places.size).toBeGreaterThan(4);
  });
});
