import { describe, expect, it } from 'vitest';
import { invertTransform, SeededRandom, type Transform, transformPoints } from '../geometry/index.js';
import { alignTracks, disagreementUnder, type JointTrack, placeDifference } from './align-tracks.js';

/** 70 degrees about the vertical, 60 cm apart. */
const PLACE: Transform = {
  translation: [-0.61, 0.02, 0.41],
  rotation: [0.02, Math.sin(0.61), -0.01, Math.sqrt(1 - Math.sin(0.61) ** 2 - 0.0005)],
};
/** Where the hand is, in the frame of the reference. */
const MIDDLE = [0, 0, 0.55];

interface Recording {
  readonly seconds: number;
  /** Standard deviation along each axis, metres. */
  readonly noise: number;
  /** What must be added to the other camera's stamps. */
  readonly offset: number;
  readonly amplitude?: readonly [number, number, number];
  readonly period?: number;
  readonly rates?: readonly [number, number];
  /** Share of moments in which the other camera sees something else. */
  readonly wrong?: number;
  readonly seed?: number;
}

/** A hand that waves, as two cameras see it. */
function record({
  seconds,
  noise,
  offset,
  amplitude = [0.15, 0.1, 0.1],
  period = 3.6,
  rates = [30, 30],
  wrong = 0,
  seed = 1,
}: Recording) {
  const shape = new SeededRandom(7);
  const hand = Array.from({ length: 63 }, () => 0.05 * shape.normal());
  const at = (time: number): Float64Array => {
    const turn = 0.5 * Math.sin((2 * Math.PI * time) / 2.7);
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const move = amplitude.map(
      (a, axis) => MIDDLE[axis] + a * Math.sin((2 * Math.PI * time * [1, 1.37, 0.71][axis]) / period),
    );
    return Float64Array.from(hand, (value, i) => {
      const axis = i % 3;
      const [x, y] = [hand[i - axis], hand[i - axis + 1]];
      return move[axis] + (axis === 0 ? c * x - s * y : axis === 1 ? s * x + c * y : value);
    });
  };
  const track = (camera: number, rate: number, place: Transform, clock: number): JointTrack => {
    const random = new SeededRandom(seed, camera);
    const times = Array.from({ length: Math.round(seconds * rate) }, (_, i) => (i + 0.37 * camera) / rate);
    const positions = times.map((time) => {
      const away = camera === 1 && random.next() < wrong ? 0.5 : 0;
      return transformPoints(invertTransform(place), at(time)).map((value) => value + away + noise * random.normal());
    });
    const confidences = times.map(() => new Float32Array(21).fill(0.7));
    return { stamps: times.map((time) => time - clock), positions, confidences };
  };
  const still: Transform = { translation: [0, 0, 0], rotation: [0, 0, 0, 1] };
  return [track(0, rates[0], still, 0), track(1, rates[1], PLACE, offset)] as const;
}

function errorOf(result: ReturnType<typeof alignTracks>) {
  if (result.state !== 'aligned') throw new Error(result.reason);
  return { ...placeDifference(result.place, PLACE, transformPoints(invertTransform(PLACE), MIDDLE)), result };
}

describe('calibration by waving', () => {
  it('of 20 s at 30 and 15 Hz finds place and clock, also where a fifth of it is wrong', () => {
    const recording = { seconds: 20, noise: 0.005, offset: 0.015, wrong: 0.2, rates: [30, 15] } as const;
    const { metres, degrees, result } = errorOf(alignTracks(...record(recording)));
    expect(metres).toBeLessThan(0.003);
    expect(degrees).toBeLessThan(0.4);
    expect(Math.abs(result.clockOffset - 0.015)).toBeLessThan(0.002);
    expect(result.residual.median).toBeLessThan(0.012);
    expect(result.error.metres).toBeLessThan(0.003);
    expect(result.outliers / result.moments).toBeCloseTo(0.2, 1);
  });

  it('is as good where each camera was looked at five times a second only', () => {
    const recording = { seconds: 25, noise: 0.004, offset: 0.015, rates: [5, 5] } as const;
    const { metres, degrees, result } = errorOf(alignTracks(...record(recording)));
    expect(metres).toBeLessThan(0.003);
    expect(degrees).toBeLessThan(0.4);
    // the surface makes the clock exact
    expect(Math.abs(result.clockOffset - 0.015)).toBeLessThan(0.004);
    expect(result.moments).toBeGreaterThan(110);
  });

  it('is exact without noise', () => {
    const { metres, degrees, result } = errorOf(alignTracks(...record({ seconds: 6, noise: 0, offset: 0.033 })));
    expect(metres).toBeLessThan(0.0002);
    expect(degrees).toBeLessThan(0.02);
    expect(result.clockOffset).toBeCloseTo(0.033, 3);
    expect(result.coverage.extent[0]).toBeCloseTo(0.3, 1);
    expect(result.coverage.middle[2]).toBeCloseTo(0.55, 1);
  });

  it.each([
    ['too short', { seconds: 1.5 }, /at the same time in only 4\d moments; 60 are needed/],
    ['in one place', { amplitude: [0.01, 0.01, 0.01] }, /moved by [0-9]+ cm .* only, 15 cm are needed/],
    ['in a plane', { amplitude: [0.15, 0.1, 0.002] }, /near and far only, 5 cm are needed/],
    ['too slow', { seconds: 20, period: 60, amplitude: [0.3, 0.3, 0.3] }, /m\/s only, 0\.08 m\/s are needed/],
  ] as const)('refuses a hand that waves %s, and says what to do', (_, recording, reason) => {
    const result = alignTracks(...record({ seconds: 8, noise: 0.003, offset: 0, ...recording }));
    expect(result).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) });
    expect((result as { reason: string }).reason).toContain('wave');
  });

  it('tells how far cameras disagree under a place that is said', () => {
    const [left, right] = record({ seconds: 4, noise: 0.001, offset: 0 });
    const off = { ...PLACE, translation: [-0.61 + 0.023, 0.02, 0.41] as const };
    expect(disagreementUnder(left, right, { place: PLACE, clockOffset: 0 }).median).toBeLessThan(0.003);
    expect(disagreementUnder(left, right, { place: off, clockOffset: 0 }).median).toBeCloseTo(0.023, 3);
    expect(placeDifference(off, PLACE, MIDDLE)).toMatchObject({
      metres: expect.closeTo(0.023, 6),
      degrees: expect.closeTo(0, 4),
    });
  });
});
