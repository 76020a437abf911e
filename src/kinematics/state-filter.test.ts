import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { ANGLE_REST, type HandState, moveState, restState, STEP_SIZE, stepBetween } from './hand-state.js';
import { StateFilter } from './state-filter.js';

const SECONDS = 1 / 30;
/** Fits of a hand at rest err by 0.7 mm and 0.01 rad, and say that they err by three times as much, as those of `hand-fitter.ts` do. */
const noise = Float64Array.from({ length: STEP_SIZE }, (_, k) => (k >= 3 && k < 6 ? 0.0007 : 0.01));
const variances = noise.map((deviation) => (3 * deviation) ** 2);

/** Where a hand is after so many seconds, and what a fit makes of it. */
function seen(at: (seconds: number) => { readonly place: number; readonly bend: number }, frames: number) {
  const random = new SeededRandom(7);
  return Array.from({ length: frames }, (_, frame) => {
    const { place, bend } = at(frame * SECONDS);
    const truth = restState();
    truth.translation.set([place, 0, 0.5]);
    truth.angles[6] = ANGLE_REST[6] + bend;
    const fit = restState();
    moveState(
      truth,
      noise.map((deviation) => deviation * random.normal()),
      fit,
    );
    return { truth, fit };
  });
}

/** Root mean square of the error's change from frame to frame, and of the error, from frame 15 on: of the place, or of one angle. */
function errors(frames: ReturnType<typeof seen>, filtered: boolean, number: number) {
  const filter = new StateFilter();
  const each = frames.map(({ truth, fit }, i) => {
    if (i === 0) filter.begin(fit, variances);
    else filter.add(fit, variances, SECONDS);
    const step = new Float64Array(STEP_SIZE);
    stepBetween(truth, filtered ? filter.state : fit, step);
    return step[number];
  });
  const rms = (list: number[]) => Math.sqrt(list.reduce((sum, x) => sum + x * x, 0) / list.length);
  const late = each.slice(15);
  return { error: rms(late), jitter: rms(late.slice(1).map((x, i) => x - late[i])) };
}

describe('the filter of a hand that rests', () => {
  const frames = seen(() => ({ place: 0.1, bend: 0.4 }), 90);

  it.each([
    ['its place', 3],
    ['an angle', 12],
  ])('takes a third of the jitter of %s, and adds no error', (_, number) => {
    expect(errors(frames, true, number).jitter).toBeLessThan(0.67 * errors(frames, false, number).jitter);
    expect(errors(frames, true, number).error).toBeLessThan(0.9 * errors(frames, false, number).error);
  });
});

describe('the filter of a hand that moves', () => {
  it('has no lag at constant speed', () => {
    const frames = seen((seconds) => ({ place: 0.5 * seconds, bend: 0 }), 60);
    expect(errors(frames, true, 3).error).toBeLessThan(errors(frames, false, 3).error);
  });

  it('follows a finger that begins to bend at 10 radians per second within a frame', () => {
    const frames = seen((seconds) => ({ place: 0, bend: 10 * Math.max(0, seconds - 0.5) }), 24);
    const filter = new StateFilter();
    let lag = 0;
    for (const [i, { truth, fit }] of frames.entries()) {
      if (i === 0) filter.begin(fit, variances);
      else filter.add(fit, variances, SECONDS);
      if (i >= 17 && i <= 20) lag = Math.max(lag, Math.abs(filter.state.angles[6] - truth.angles[6]));
    }
    expect(lag).toBeLessThan(0.33); // which is by how much it moves per frame
    expect(filter.speed[12]).toBeGreaterThan(6);
  });
});

describe('the step between two states', () => {
  it('leads from one to the other', () => {
    const from: HandState = restState();
    const step = Float64Array.from({ length: STEP_SIZE }, (_, k) => 0.02 * Math.sin(k + 1) * (k < 3 ? 30 : 1));
    const to = restState();
    moveState(from, step, to);
    const back = new Float64Array(STEP_SIZE);
    stepBetween(from, to, back);
    for (let k = 0; k < 6; k++) expect(back[k]).toBeCloseTo(step[k], 12);
  });
});
