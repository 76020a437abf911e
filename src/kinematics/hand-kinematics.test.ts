import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { HandKinematics } from './hand-kinematics.js';
import { handPose } from './hand-pose.js';
import { describedProportions, proportionsOf } from './hand-proportions.js';
import { drawHandShape, neutralShape } from './hand-shape.js';
import { ANGLE_MAX, ANGLE_MIN, ANGLE_NAMES, copyState, moveState, restState, STEP_SIZE } from './hand-state.js';

/** Angles anywhere within their limits. */
function drawAngles(random: SeededRandom): Float64Array {
  return ANGLE_MIN.map((min, i) => random.uniform(min, ANGLE_MAX[i]));
}

/** A hand anywhere, turned and bent anyhow. */
function drawState(random: SeededRandom) {
  const state = restState();
  const step = new Float64Array(STEP_SIZE).map(() => random.normal());
  moveState(restState(), step, state);
  state.angles.set(drawAngles(random));
  return state;
}

describe('the kinematics of a hand', () => {
  it('give the joints of the synthetic hand of the same angles and shape', () => {
    const hand = new HandKinematics();
    for (let seed = 0; seed < 20; seed++) {
      const random = new SeededRandom(seed);
      const shape = drawHandShape(random);
      const angles = drawAngles(random);
      const pose = handPose(Object.fromEntries(ANGLE_NAMES.map((name, i) => [name, angles[i]])));
      hand.update({ ...restState(), angles }, proportionsOf(shape));
      const { joints } = kinematicHand(pose, shape);
      for (let i = 0; i < 63; i++) expect(hand.joints[i]).toBeCloseTo(joints[i], 12);
    }
  });

  it('have the derivatives that finite differences give', () => {
    const hand = new HandKinematics();
    const proportions = describedProportions(0.9);
    const jacobian = new Float64Array(63 * STEP_SIZE);
    const random = new SeededRandom(3);
    const state = drawState(random);
    state.angles.forEach((angle, i) => {
      state.angles[i] = Math.min(ANGLE_MAX[i] - 0.01, Math.max(ANGLE_MIN[i] + 0.01, angle));
    });
    hand.update(state, proportions);
    hand.jacobian(jacobian);
    const moved = restState();
    const h = 1e-5;
    for (let k = 0; k < STEP_SIZE; k++) {
      const at = [-h, h].map((by) => {
        const step = new Float64Array(STEP_SIZE);
        step[k] = by;
        moveState(state, step, moved);
        hand.update(moved, proportions);
        return hand.joints.slice();
      });
      for (let i = 0; i < 63; i++) expect(jacobian[i * STEP_SIZE + k]).toBeCloseTo((at[1][i] - at[0][i]) / (2 * h), 8);
    }
  });

  it('keep rotations orthonormal over many steps', () => {
    const random = new SeededRandom(5);
    let [state, next] = [restState(), restState()];
    for (let i = 0; i < 1000; i++) {
      moveState(
        state,
        new Float64Array(STEP_SIZE).map(() => 0.3 * random.normal()),
        next,
      );
      [state, next] = [next, state];
    }
    const r = state.rotation;
    expect(r[0] * r[0] + r[3] * r[3] + r[6] * r[6]).toBeCloseTo(1, 9);
    expect(r[0] * r[1] + r[3] * r[4] + r[6] * r[7]).toBeCloseTo(0, 9);
  });

  it('never leave the anatomical limits', () => {
    const state = restState();
    moveState(restState(), new Float64Array(STEP_SIZE).fill(10), state);
    expect(state.angles).toEqual(ANGLE_MAX);
    const copy = restState();
    copyState(state, copy);
    expect(copy).toEqual(state);
  });

  it('of the described hand are those of a neutral shape', () => {
    expect(proportionsOf(neutralShape(1.1)).lengths).toEqual(describedProportions(1.1).lengths);
  });
});
