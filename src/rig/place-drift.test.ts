import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/index.js';
import { PlaceDrift } from './place-drift.js';

/** A camera that sees the hand beside the first one by `off`, with noise of 4 mm, and now and then something else. */
function drifted(off: readonly number[], moments: number): PlaceDrift {
  const drift = new PlaceDrift();
  const random = new SeededRandom(2);
  const first = Float64Array.from({ length: 63 }, () => 0.1 * random.normal());
  for (let i = 0; i < moments; i++) {
    const wrong = i % 9 === 0 ? 0.1 : 0;
    drift.add(
      'right',
      first.map((value, k) => value + off[k % 3] + wrong + 0.004 * random.normal()),
      first,
    );
  }
  return drift;
}

describe('the drift of a place', () => {
  it('is taken back but for the usual difference of two views', () => {
    const [x, y, z] = drifted([0.008, 0, -0.006], 60).correction('right');
    expect(x).toBeCloseTo(-0.0064, 2.7);
    expect(y).toBeCloseTo(0, 2.7);
    expect(z).toBeCloseTo(0.0048, 2.7);
  });

  it('is nothing for small differences, for faults, and before enough is known', () => {
    expect(drifted([0.0004, 0, 0], 200).correction('right')).toEqual([0, 0, 0]);
    expect(drifted([0.05, 0, 0], 60).correction('right')).toEqual([0, 0, 0]);
    expect(drifted([0.01, 0, 0], 9).correction('right')).toEqual([0, 0, 0]);
    expect(drifted([0.01, 0, 0], 60).correction('left')).toEqual([0, 0, 0]);
  });

  it('is forgotten', () => {
    const drift = drifted([0.01, 0, 0], 60);
    drift.reset();
    expect(drift.correction('right')).toEqual([0, 0, 0]);
  });
});
