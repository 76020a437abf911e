import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { poseViolations } from '../kinematics/hand-pose.js';
import { drawAngles, drawHandPose, POSE_MIXTURE } from './pose-mixture.js';

const json = JSON.parse(readFileSync(new URL('pose-mixture.json', import.meta.url), 'utf8'));

/** Mean [D] and covariance [D][D] of the mixture of the file, degrees. */
function moments() {
  const { components, dofs } = json as typeof POSE_MIXTURE;
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  const expected = (value: (c: (typeof components)[number]) => number) =>
    components.reduce((sum, c) => sum + (c.weight / total) * value(c), 0);
  const mean = dofs.map((_, i) => expected((c) => c.mean[i]!));
  const covariance = dofs.map((_, i) =>
    dofs.map((_, k) =>
      expected((c) => {
        const within = c.factor[i]!.reduce((sum, f, m) => sum + f * (c.factor[k]![m] ?? 0), 0);
        return within + (c.mean[i]! - mean[i]!) * (c.mean[k]! - mean[k]!);
      }),
    ),
  );
  return { mean, covariance };
}

describe('poses from the fitted mixture', () => {
  it('come from pose-mixture.json', () => expect(POSE_MIXTURE).toEqual(json));

  it('have the mean and the covariance of the file', () => {
    const n = 20_000;
    const random = new SeededRandom(3);
    const draws = Array.from({ length: n }, () => drawAngles(random));
    const { mean, covariance } = moments();
    const found = mean.map((_, i) => draws.reduce((sum, d) => sum + d[i]!, 0) / n);
    for (const [i, m] of mean.entries()) expect(Math.abs(found[i]! - m)).toBeLessThan(1.2);
    let [difference, size] = [0, 0];
    for (const [i, row] of covariance.entries()) {
      for (const [k, c] of row.entries()) {
        const own = draws.reduce((sum, d) => sum + (d[i]! - found[i]!) * (d[k]! - found[k]!), 0) / n;
        difference += (own - c) ** 2;
        size += c ** 2;
      }
    }
    expect(Math.sqrt(difference / size)).toBeLessThan(0.04);
  });

  it('have every angle within its limits, and a wrist that bends by 28 degrees', () => {
    const random = new SeededRandom(4);
    const poses = Array.from({ length: 2000 }, () => drawHandPose(random));
    expect(poses.flatMap((pose) => poseViolations(pose))).toEqual([]);
    const degrees = poses.map((pose) => (pose.wrist_flexion * 180) / Math.PI);
    const sd = Math.sqrt(degrees.reduce((sum, d) => sum + d * d, 0) / degrees.length);
    expect(sd).toBeGreaterThan(25);
    expect(sd).toBeLessThan(30);
  });

  it('are the same for the same seed', () => {
    expect(drawHandPose(new SeededRandom(5))).toEqual(drawHandPose(new SeededRandom(5)));
    expect(drawHandPose(new SeededRandom(5))).not.toEqual(drawHandPose(new SeededRandom(6)));
  });
});
