import { describe, expect, it } from 'vitest';
import { play, type ScriptedHand, scriptedMoments, steps } from '../../test/helpers/scripted-hands.js';
import type { TrackedHand } from '../hand/tracked-hand.js';
import { POSE_NAMES, type PoseName } from '../kinematics/hand-data.js';
import { GestureEngine } from './gesture-engine.js';
import { type TaughtPose, taughtScore, teachPose } from './taught-pose.js';

/** Two seconds of a hand that holds a pose and turns a little. */
function samplesOf(pose: PoseName, seed: number, rest: Partial<ScriptedHand> = {}): TrackedHand[] {
  const keys = [0, 1, 2].map((t) => ({ t, pose, view: { yaw: 0.3 * (t - 1), pitch: 0.2 * t } }));
  return [...scriptedMoments([{ keys, ...rest }], { noise: 0.004, seed })].map(({ hands }) => hands[0]);
}

const TAUGHT = (['horns', 'gun', 'claw'] as const).map((pose) => teachPose(pose, samplesOf(pose, 1)));

describe.each(TAUGHT)('$name, taught from two seconds of one hand', (taught: TaughtPose) => {
  it('is known again on the other side, on a larger and on a smaller hand, and no other pose is taken for it', () => {
    const accepted = (pose: PoseName, rest: Partial<ScriptedHand>) => {
      const samples = samplesOf(pose, 2, rest);
      return samples.filter((sample) => taughtScore(taught, sample).score >= 0.6).length / samples.length;
    };
    for (const rest of [{ side: 'left' as const }, { scale: 0.82 }, { scale: 1.15 }]) {
      for (const pose of POSE_NAMES) {
        const share = accepted(pose, rest);
        if (pose === taught.name) expect(share, pose).toBeGreaterThan(0.95);
        else expect(share, pose).toBeLessThan(0.05);
      }
    }
  });
});

it('gives events under its name, with the distance as the reason', () => {
  const engine = new GestureEngine({ gestures: [], taught: [TAUGHT[0]] });
  const keys = (['relaxed', 'relaxed', 'horns', 'horns', 'relaxed', 'relaxed'] as const).map((pose, i) => ({
    t: 0.4 * i,
    pose,
  }));
  const { gestures } = play(engine, [{ keys }], { noise: 0.003 });
  expect(steps(gestures)).toEqual(['horns BEGIN', 'horns END']);
  expect(gestures[0].reason).toMatch(
    /^held for 0\.0\d s; distance \d\.\d\d from the template, rejected from \d\.\d\d$/,
  );
});

it('survives being written to a file', () => {
  const again = JSON.parse(JSON.stringify(TAUGHT[0]));
  expect(new GestureEngine({ taught: [again] }).profile.taught).toEqual([TAUGHT[0]]);
});

it('is refused for fewer than ten samples', () => {
  expect(() => teachPose('few', samplesOf('horns', 1).slice(0, 9))).toThrow(
    'expected at least 10 samples of a hand; found 9',
  );
});

it('is refused under a name that a profile cannot have', () => {
  expect(() => teachPose('my horns', samplesOf('horns', 1))).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('1 to 64 letters') }),
  );
});
