import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { drawHandPose } from '../synthetic/pose-mixture.js';
import { ChiralityFit } from './chirality.js';
import { mirrored } from './hand-fitter.js';
import { HandKinematics } from './hand-kinematics.js';
import { namedPose } from './hand-pose.js';
import { describedProportions } from './hand-proportions.js';
import { ANGLE_NAMES, restState } from './hand-state.js';

const CONFIDENCES = new Float32Array(21).fill(0.8);

/** Joints of a right hand, as far off as a network's. */
function jointsOf(pose: Readonly<Record<string, number>>, random: SeededRandom): Float64Array {
  const kinematics = new HandKinematics();
  const state = restState();
  ANGLE_NAMES.forEach((name, i) => {
    state.angles[i] = pose[name];
  });
  kinematics.update(state, describedProportions());
  return kinematics.joints.map((x) => x + 0.004 * random.normal());
}

describe('which hand joints are of, by how they are bent', () => {
  const chirality = new ChiralityFit();
  const costOfLeft = (joints: Float64Array) => chirality.costOfLeft({ joints, confidences: CONFIDENCES });

  it('is told of hands that are bent, and the other way round of their mirror images', () => {
    const random = new SeededRandom(3);
    for (const name of ['relaxed', 'fist', 'grip', 'pinch', 'claw', 'thumbs_up'] as const) {
      const joints = jointsOf(namedPose(name), random);
      expect(costOfLeft(joints), name).toBeGreaterThan(20);
      expect(costOfLeft(mirrored(joints)), name).toBeLessThan(-20);
    }
  });

  it('is hardly ever told wrongly of hands in any pose', () => {
    const random = new SeededRandom(4);
    const costs = Array.from({ length: 200 }, () => costOfLeft(jointsOf(drawHandPose(random), random)));
    expect(costs.filter((cost) => cost < 0).length).toBeLessThanOrEqual(2);
    expect(costs.filter((cost) => cost > 8).length).toBeGreaterThan(180);
  });

  it('leaves the joints as they are', () => {
    const joints = jointsOf(namedPose('open'), new SeededRandom(5));
    const before = joints.slice();
    costOfLeft(joints);
    expect(joints).toEqual(before);
  });
});
