import {
  IDENTITY,
  multiply,
  type RigidTransform,
  rotationX,
  rotationY,
  transformPoint,
  type Vec3,
} from '../../src/geometry/matrix.js';
import { box, capsule, type Primitive } from '../../src/synthetic/primitives.js';
import type { Scene } from '../../src/synthetic/scene.js';

/** Where the arm stands: on a table's edge, right of the middle; metres in the optical frame. */
const BASE: Vec3 = [0.16, 0.42, 1.05];
const UPPER = 0.3;
const LOWER = 0.24;

/**
 * An articulated robot arm with a parallel gripper, a flange and a cable along its links, as it moves: it has upper and lower
 * links that narrow, an elbow, a wrist and two fingers, and is no hand. Links run along -y of their own frames.
 *
 * @param time seconds; the same time gives the same scene
 */
export function robotArm(time: number): Scene {
  const swing = (period: number, from: number, to: number) =>
    from + (to - from) * (0.5 - 0.5 * Math.cos((2 * Math.PI * time) / period));
  const shoulder = then({ rotation: IDENTITY, translation: BASE }, [0, -0.12, 0], rotationY(swing(7, -0.9, 0.5)));
  const upper = then(shoulder, [0, 0, 0], rotationX(swing(5, 0.0, 0.7)));
  const lower = then(upper, [0, -UPPER, 0], rotationX(swing(4, 0.8, 1.7)));
  const wrist = then(lower, [0, -LOWER, 0], multiply(rotationX(swing(3, -0.6, 0.9)), rotationY(swing(6, -1.5, 1.5))));
  const open = swing(2, 0.012, 0.045);
  const link = (frame: RigidTransform, from: Vec3, to: Vec3, radiusA: number, radiusB = radiusA) =>
    capsule(transformPoint(frame, from), transformPoint(frame, to), radiusA, radiusB);
  const block = (frame: RigidTransform, center: Vec3, half: Vec3) =>
    box(transformPoint(frame, center), half, frame.rotation);
  const arm: Primitive[] = [
    link({ rotation: IDENTITY, translation: BASE }, [0, 0.1, 0], [0, -0.12, 0], 0.065),
    link(upper, [0, 0, 0], [0, -UPPER, 0], 0.05, 0.042),
    link(lower, [-0.045, 0, 0], [0.045, 0, 0], 0.045),
    link(lower, [0, 0, 0], [0, -LOWER, 0], 0.04, 0.03),
    link(wrist, [-0.03, 0, 0], [0.03, 0, 0], 0.032),
    link(wrist, [0, 0, 0], [0, -0.06, 0], 0.028),
    block(wrist, [0, -0.085, 0], [0.045, 0.02, 0.018]),
    block(wrist, [-open, -0.135, 0], [0.008, 0.035, 0.011]),
    block(wrist, [open, -0.135, 0], [0.008, 0.035, 0.011]),
    link(lower, [0.05, 0.05, 0.02], [0.045, -0.16, 0.03], 0.006),
    link(lower, [0.045, -0.16, 0.03], [0.03, -LOWER, 0.01], 0.006),
  ];
  return {
    objects: [
      { name: 'robot', primitives: arm },
      { name: 'table', primitives: [box([0, 0.48, 1], [0.8, 0.02, 0.45])] },
    ],
  };
}

/** The frame that is turned by `rotation` at `point` of `frame`. */
function then(frame: RigidTransform, point: Vec3, rotation: RigidTransform['rotation']): RigidTransform {
  return { rotation: multiply(frame.rotation, rotation), translation: transformPoint(frame, point) };
}
