import { add, scaled, subtract } from '../geometry/matrix.js';
import type { DofName } from '../kinematics/hand-data.js';
import { type HandPose, handPose, POSE_LIMITS } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { type HandCone, kinematicHand } from './kinematic-hand.js';
import { distanceTo, type Primitive } from './primitives.js';

const DEGREE = Math.PI / 180;

/** A hand about to take something: fingers open, thumb opposite to them. */
export const READY: HandPose = handPose({
  thumb_radial: 42 * DEGREE,
  thumb_palmar: 58 * DEGREE,
  thumb_twist: -72 * DEGREE,
  thumb_mcp: 0,
  thumb_ip: 0,
  ...Object.fromEntries(
    ['index', 'middle', 'ring', 'little'].flatMap((finger) => [
      [`${finger}_mcp`, 5 * DEGREE],
      [`${finger}_pip`, 12 * DEGREE],
      [`${finger}_dip`, 8 * DEGREE],
    ]),
  ),
});

/** How a finger closes: one joint after another, from the palm outwards, each to here at most (degrees). */
const CLOSING: readonly (readonly [group: HandCone['group'], joints: readonly (readonly [DofName, number])[]])[] = [
  [
    'thumb',
    [
      ['thumb_palmar', 20],
      ['thumb_mcp', 48],
      ['thumb_ip', 60],
    ],
  ],
  ...(['index', 'middle', 'ring', 'little'] as const).map(
    (finger) =>
      [
        finger,
        [
          [`${finger}_mcp`, 84],
          [`${finger}_pip`, 100],
          [`${finger}_dip`, 60],
        ],
      ] as [HandCone['group'], [DofName, number][]],
  ),
];

const STEPS = 32;
/** Skin gives way by so much, metres. */
const SOFT = 0.002;
/** Places along a bone where it may touch. */
const PLACES = [0, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * The pose in which a hand holds something: each finger closes, joint by joint from the palm outwards, until it touches.
 *
 * @param object solids in the palm frame of this hand, metres
 */
export function graspAround(object: readonly Primitive[], shape: HandShape): HandPose {
  let pose = READY;
  for (const [group, joints] of CLOSING) {
    for (const [dof, degrees] of joints) {
      const from = pose[dof];
      const to = Math.min(degrees * DEGREE, POSE_LIMITS[dof][1]);
      for (let step = 1; step <= STEPS; step++) {
        const next: HandPose = { ...pose, [dof]: from + ((to - from) * step) / STEPS };
        if (touches(next, group, object, shape)) break;
        pose = next;
      }
    }
  }
  return pose;
}

function touches(pose: HandPose, group: HandCone['group'], object: readonly Primitive[], shape: HandShape): boolean {
  const cones = kinematicHand(pose, shape).cones.filter((cone) => cone.group === group);
  return cones.some(({ a, b, radiusA, radiusB }) =>
    PLACES.some((share) => {
      const point = add(a, scaled(subtract(b, a), share));
      const radius = radiusA + share * (radiusB - radiusA);
      return object.some((primitive) => distanceTo(primitive, point) < radius - SOFT);
    }),
  );
}
