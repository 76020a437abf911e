import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../geometry/random.js';
import { namedPose } from '../../kinematics/hand-pose.js';
import { drawHandShape, neutralShape } from '../../kinematics/hand-shape.js';
import { handMesh, skinnedVertices } from '../../synthetic/hand-mesh.js';
import { kinematicHand } from '../../synthetic/kinematic-hand.js';
import { handSkin } from './hand-skin.js';

/** Of the hand without the forearm: the mean distance of the vertices, millimetres. */
function apart(a: Float64Array, b: Float64Array): number {
  const { firstForearmVertex: count } = handMesh();
  let sum = 0;
  for (let i = 0; i < 3 * count; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return (1000 * sum) / count;
}

describe('the skin of a hand by its joints', () => {
  it.each(['open', 'fist', 'point', 'victory', 'pinch'] as const)(
    'is that of the synthetic hand in the pose %s',
    (name) => {
      const hand = kinematicHand(namedPose(name));
      const skin = handSkin({ positions: hand.joints, handedness: 'right' });
      expect(apart(skin, skinnedVertices(hand))).toBeLessThan(1.5);
    },
  );

  it('follows hands of other sizes and proportions', () => {
    const shape = { ...drawHandShape(new SeededRandom(7)), glove: 0, sleeve: 0 };
    const hand = kinematicHand(namedPose('open'), shape);
    const skin = handSkin({ positions: hand.joints, handedness: 'right' });
    expect(apart(skin, skinnedVertices(hand))).toBeLessThan(3);
    const neutral = handSkin({
      positions: kinematicHand(namedPose('open'), neutralShape()).joints,
      handedness: 'right',
    });
    expect(apart(neutral, skinnedVertices(hand))).toBeGreaterThan(5);
  });

  it('of a left hand is the mirror image', () => {
    const { joints } = kinematicHand(namedPose('point'));
    const left = handSkin({ positions: joints.map((x, i) => (i % 3 === 0 ? -x : x)), handedness: 'left' });
    const right = handSkin({ positions: joints, handedness: 'right' });
    expect(
      apart(
        left.map((x, i) => (i % 3 === 0 ? -x : x)),
        right,
      ),
    ).toBeLessThan(1e-9);
  });
});
