import { describe, expect, it } from 'vitest';
import { add, scaled, subtract } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { poseViolations } from '../kinematics/hand-pose.js';
import { drawHandShape, type HandShape, neutralShape } from '../kinematics/hand-shape.js';
import { graspAround, READY } from './grasp.js';
import { kinematicHand } from './kinematic-hand.js';
import { HELD_OBJECTS } from './preset-objects.js';
import { distanceTo, type Primitive, sphere } from './primitives.js';

const FINGERS = ['thumb', 'index', 'middle', 'ring', 'little'] as const;

/** From the skin of each finger to a thing, metres; negative where they overlap. */
function gaps(object: readonly Primitive[], pose: ReturnType<typeof graspAround>, shape: HandShape): number[] {
  return FINGERS.map((finger) => {
    const cones = kinematicHand(pose, shape).cones.filter(({ group }) => group === finger);
    return Math.min(
      ...cones.flatMap(({ a, b, radiusA, radiusB }) =>
        [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((share) => {
          const point = add(a, scaled(subtract(b, a), share));
          return object.map((part) => distanceTo(part, point) - (radiusA + share * (radiusB - radiusA)));
        }),
      ),
    );
  });
}

describe.each(HELD_OBJECTS.map(({ name, primitives }) => [name, primitives] as const))(
  'a hand holds a %s',
  (_, object) => {
    it.each([
      ['a plain hand', neutralShape()],
      ['another hand', drawHandShape(new SeededRandom(9), [1, 1])],
    ])('with fingers that touch it and do not go through it: %s', (_, shape) => {
      const pose = graspAround(object, shape);
      const between = gaps(object, pose, shape);
      expect(poseViolations(pose)).toEqual([]);
      // 2 mm of soft skin, and what a bone bulges between the places that are looked at
      for (const gap of between) expect(gap).toBeGreaterThan(-0.0045);
      expect(between.filter((gap) => gap < 0.004).length).toBeGreaterThanOrEqual(2);
    });
  },
);

it('closes to a fist around nothing, and stays open before something that fills the hand', () => {
  const shape = neutralShape();
  const fist = graspAround([], shape);
  expect(fist.index_mcp).toBeGreaterThan(1.4);
  expect(fist.ring_pip).toBeGreaterThan(1.7);
  const filled = graspAround([sphere([0, 0.12, 0.1], 0.1)], shape);
  expect(filled.middle_mcp).toBeCloseTo(READY.middle_mcp, 6);
});
