import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/index.js';
import { DisagreementMeter, disagreementText } from './disagreement.js';
import {
  associateHands,
  expectedError,
  fuseJoints,
  fuseSides,
  movedBy,
  palmDistance,
  type ViewedHand,
} from './fuse-hands.js';

/** A hand-like cloud of joints, moved by `at`. */
function hand(camera: string, id: number, at: readonly number[], more: Partial<ViewedHand> = {}): ViewedHand {
  const random = new SeededRandom(3);
  const positions = Float64Array.from({ length: 63 }, (_, i) => 0.05 * random.normal() + at[i % 3]);
  return { camera, id, handedness: 'right', positions, confidences: new Float32Array(21).fill(0.7), ...more };
}

const shown = (groups: ViewedHand[][]) =>
  groups.map((group) => group.map(({ camera, id }) => `${camera}${id}`).join('+'));

describe('hands of several cameras', () => {
  it('are one where their palms are near, the nearest first, and never two of one camera', () => {
    const hands = [
      hand('a', 0, [0, 0, 0.5]),
      hand('a', 1, [0.09, 0, 0.5]),
      hand('b', 4, [0.01, 0, 0.5]),
      hand('b', 5, [0.1, 0, 0.5]),
      hand('c', 7, [0.5, 0, 0.5]),
    ];
    expect(shown(associateHands(hands, 0.12))).toEqual(['a0+b4', 'a1+b5', 'c7']);
    expect(shown(associateHands(hands, 0.005))).toEqual(['a0', 'a1', 'b4', 'b5', 'c7']);
  });

  it('of three cameras come together in one group', () => {
    const hands = [hand('a', 0, [0, 0, 0.5]), hand('b', 0, [0.05, 0, 0.5]), hand('c', 0, [0.02, 0, 0.5])];
    expect(shown(associateHands(hands, 0.06))).toEqual(['a0+b0+c0']);
  });

  it('of different sides are one only where they are nearer than two hands can be', () => {
    const right = hand('a', 0, [0, 0, 0.5]);
    const left = (x: number) => hand('b', 0, [x, 0, 0.5], { handedness: 'left' });
    expect(shown(associateHands([right, left(0.05)], 0.12))).toEqual(['a0', 'b0']);
    expect(shown(associateHands([right, left(0.03)], 0.12))).toEqual(['a0+b0']);
  });

  it('that were one stay one a little farther apart', () => {
    const hands = [hand('a', 0, [0, 0, 0.5]), hand('b', 0, [0.15, 0, 0.5])];
    expect(shown(associateHands(hands, 0.12))).toEqual(['a0', 'b0']);
    expect(shown(associateHands(hands, 0.12, () => true))).toEqual(['a0+b0']);
  });
});

describe('fused joints', () => {
  it('lie nearer to the view that is surer of them, joint by joint', () => {
    const a = hand('a', 0, [0, 0, 0.5]);
    const b = hand('b', 0, [0.01, 0, 0.5]);
    a.confidences[4] = 0.8;
    b.confidences[4] = 0.5;
    const { positions, confidences } = fuseJoints([a, b]);
    expect(positions[0] - a.positions[0]).toBeCloseTo(0.005, 9);
    const weight = 1 / 0.0145 ** 2 / (1 / 0.0145 ** 2 + 1 / 0.005 ** 2);
    expect(positions[12] - a.positions[12]).toBeCloseTo(0.01 * weight, 9);
    expect(confidences[4]).toBeCloseTo(0.8 - 0.3 * weight, 6);
  });

  it('of a view that is no hand hardly count', () => {
    const a = hand('a', 0, [0, 0, 0.5], { presence: 0.95 });
    const b = hand('b', 0, [0.1, 0, 0.5], { presence: 0.001 });
    expect(fuseJoints([a, b]).positions[0] - a.positions[0]).toBeCloseTo(0.005, 9);
  });

  it('of one view are its own, in new arrays', () => {
    const a = hand('a', 0, [0, 0, 0.5]);
    const fused = fuseJoints([a]);
    expect(fused).toEqual({ positions: a.positions, confidences: a.confidences });
    expect(fused.positions).not.toBe(a.positions);
    expect(() => fuseJoints([])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('expect an error that falls with the confidence', () => {
    expect([0, 0.2, 0.45, 0.75, 1].map(expectedError)).toEqual([0.025, 0.025, 0.01725, 0.0055, 0.005]);
  });
});

it('two scores for a side outweigh one against it', () => {
  const side = (handedness: 'left' | 'right', handednessScore: number) =>
    hand('a', 0, [0, 0, 0], { handedness, handednessScore });
  const { handedness, handednessScore } = fuseSides([side('left', 0.7), side('right', 0.6), side('left', 0.7)]);
  expect(handedness).toBe('left');
  expect(handednessScore).toBeCloseTo(1 / (1 + (0.3 / 0.7) ** 2 / (0.4 / 0.6)), 9);
  expect(fuseSides([hand('a', 0, [0, 0, 0])])).toEqual({ handedness: 'right' });
});

it('joints of another moment are moved on by the velocity', () => {
  expect([...movedBy(Float64Array.of(0, 0, 1, 1, 1, 1), [1, 0, -2], 0.01)]).toEqual([0.01, 0, 0.98, 1.01, 1, 0.98]);
});

describe('cameras that disagree', () => {
  const meterOf = (distance: number, moments: number) => {
    const meter = new DisagreementMeter();
    for (let i = 0; i < moments; i++) meter.add('left', 'right', distance + (i % 10 === 0 ? 0.2 : 0));
    return meter;
  };

  it('are named with the median distance, and what to do', () => {
    expect(disagreementText(meterOf(0.023, 60).all(), 0.015)).toBe(
      'camera left disagrees with camera right by 23 mm: calibrate (voxhand calibrate)',
    );
  });

  it('are not judged by few moments, nor named while they are near', () => {
    expect(meterOf(0.023, 29).all()).toEqual([]);
    expect(disagreementText(meterOf(0.008, 60).all(), 0.015)).toBeUndefined();
  });

  it('are judged by the newest six seconds', () => {
    const meter = meterOf(0.023, 1000);
    for (let i = 0; i < 120; i++) meter.add('left', 'right', 0.004);
    expect(meter.all()).toMatchObject([{ cameras: ['left', 'right'], distance: 0.004, moments: 1120 }]);
  });
});

it('the distance of palms leaves the fingers out', () => {
  const a = hand('a', 0, [0, 0, 0.5]).positions;
  const bent = a.slice();
  bent[3 * 8] += 0.1;
  expect(palmDistance(a, bent)).toBe(0);
});
