import { describe, expect, it } from 'vitest';
import type { HandCandidate } from './ports.js';
import type { SecondLook } from './second-look.js';
import { TriedPlaces } from './tried-places.js';

const MS = 1_000_000n;
const EDGE = 96;
const WINDOW = { left: 10, top: 20, width: EDGE, height: EDGE };

function look(x: number, score = 0.1): SecondLook {
  const root = [x, 0, 1] as const;
  const first: HandCandidate = { score, root, mass: root, direction: [0, -1], size: 1, left: 0 };
  return { first, window: WINDOW };
}

/** A wall, before which a square thing of so many pixels stands. */
const wall =
  (edge = 0, depth = 1) =>
  () => {
    const isThing = (i: number) => i % EDGE < edge && Math.floor(i / EDGE) < edge;
    return {
      width: EDGE,
      height: EDGE,
      depth: Float32Array.from({ length: EDGE ** 2 }, (_, i) => (isThing(i) ? depth : 2)),
    };
  };

/** How long one place with a picture is left alone after each look in vain, at 100 frames per second; ms. */
function pauses(count: number, peak: SecondLook, shown: (time: number) => ReturnType<typeof wall>): number[] {
  const places = new TriedPlaces();
  const times: number[] = [];
  for (let time = 0; times.length <= count; time += 10) {
    places.pass(BigInt(time) * MS);
    const [due] = places.worthwhile([peak], shown(time));
    if (due === undefined) continue;
    places.looked(due, shown(time), true);
    times.push(time);
  }
  return times.slice(1).map((time, i) => time - times[i]);
}

describe('places that were looked at in vain', () => {
  it('are left alone ever longer while nothing changes there, faint or not', () => {
    expect(pauses(4, look(0), () => wall())).toEqual([150, 300, 600, 600]);
    expect(pauses(2, look(0, 0.7), () => wall())).toEqual([150, 300]);
  });

  it('are looked at as soon as something comes, and then it begins anew', () => {
    const comes = (time: number) => (time < 500 ? wall() : wall(24));
    expect(pauses(4, look(0), comes)).toEqual([150, 300, 50, 150]);
  });

  it('are the same with noise and single pixels that come and go', () => {
    const noisy = (time: number) => () => {
      const { depth, ...size } = wall(24)();
      return { ...size, depth: depth.map((z, i) => ((7 * i + time) % 13 === 0 ? 0 : z + 0.01 * Math.sin(i * time))) };
    };
    expect(pauses(3, look(0), noisy)).toEqual([150, 300, 600]);
  });

  it('are looked at again where a hand was seen', () => {
    const places = new TriedPlaces();
    places.looked(look(0), wall(), true);
    places.looked(look(0), wall(), false);
    expect(places.worthwhile([look(0)], wall())).toHaveLength(1);
  });

  it('are forgotten when time goes back, and on reset', () => {
    for (const forget of [(places: TriedPlaces) => places.pass(0n), (places: TriedPlaces) => places.reset()]) {
      const places = new TriedPlaces();
      places.pass(MS);
      places.looked(look(0), wall(), true);
      expect(places.worthwhile([look(0)], wall())).toEqual([]);
      forget(places);
      expect(places.worthwhile([look(0)], wall())).toHaveLength(1);
    }
  });
});

describe('faint peaks', () => {
  it('are looked at one after the other, and what is not faint at once', () => {
    const places = new TriedPlaces();
    const peaks = [look(0, 0.9), look(0.2, 0.15), look(0.4), look(0.6, 0.3)];
    const order: number[][] = [];
    for (let time = 0n; time < 5n; time++) {
      places.pass(time * MS);
      // the picture changes all the time
      const shown = wall(24, Number(time + 1n) / 4);
      const due = places.worthwhile(peaks, shown);
      for (const one of due) places.looked(one, shown, true);
      order.push(due.map((one) => peaks.indexOf(one)));
    }
    expect(order).toEqual([
      [0, 1, 3],
      [0, 2, 3],
      [0, 1, 3],
      [0, 2, 3],
      [0, 1, 3],
    ]);
  });
});
