import { SeededRandom } from '../../src/geometry/random.js';
import type { PoseName } from '../../src/kinematics/hand-data.js';
import { handPose, namedPose } from '../../src/kinematics/hand-pose.js';
import { drawHandShape } from '../../src/kinematics/hand-shape.js';
import { attitude } from '../../src/synthetic/hand-motion.js';
import { kinematicHand } from '../../src/synthetic/kinematic-hand.js';
import { capsule, ellipsoid, type Primitive } from '../../src/synthetic/primitives.js';
import { type PlacedHand, placeHand, type Scene } from '../../src/synthetic/scene.js';

type Vec3 = readonly [number, number, number];

export interface RaisedHandOptions {
  readonly seed: number;
  /** One of them is drawn. */
  readonly poses?: readonly PoseName[];
  /** Distance of the wrist from the camera, metres. */
  readonly distance?: readonly [number, number];
}

const OPEN: readonly PoseName[] = ['open', 'spread', 'flat'];
const DEGREE = Math.PI / 180;
/** From the shoulder to the elbow, of a hand of scale 1, metres. */
const UPPER_ARM = 0.28;

/**
 * A person behind a raised hand: the forearm goes up from an elbow in the picture, the upper arm from there to a shoulder behind
 * it, closely folded or far out at the side, bare or in a sleeve. Size, view, pose, arm and body are drawn by the seed.
 */
export function raisedHand({
  seed,
  poses = OPEN,
  distance = [0.5, 0.95],
}: RaisedHandOptions): Scene & { readonly hand: PlacedHand } {
  const random = new SeededRandom(seed, 71);
  const shape = drawHandShape(random);
  const { scale } = shape;
  const back = random.next() < 0.25;
  const rotation = attitude({
    yaw: (back ? 180 : 0) * DEGREE + random.uniform(-45, 45) * DEGREE,
    pitch: random.uniform(-35, 40) * DEGREE,
    roll: random.uniform(-30, 30) * DEGREE,
  });
  const pose = handPose({
    ...namedPose(poses[random.integer(poses.length)]),
    wrist_flexion: random.uniform(-25, 25) * DEGREE,
    wrist_deviation: random.uniform(-15, 10) * DEGREE,
  });
  const translation = [random.uniform(-0.1, 0.05), random.uniform(-0.08, 0.02), random.uniform(...distance)] as const;
  const hand = placeHand(kinematicHand(pose, shape), { rotation, translation });
  const wrist = [hand.joints[0], hand.joints[1], hand.joints[2]] as const;

  // the upper arm goes up and back from the elbow: folded against the forearm, or out to the side
  const away = unit([random.uniform(-0.3, 0.8), random.uniform(-1, 0.1), random.uniform(0.15, 0.9)]);
  const shoulder = along(hand.elbow, away, UPPER_ARM * scale);
  const sleeve = random.next() < 0.5;
  const bulk = scale * (sleeve ? random.uniform(1.1, 1.45) : random.uniform(0.95, 1.1));
  const cuff = along(wrist, unit(minus(hand.elbow, wrist)), random.uniform(0.04, 0.14));
  const arm: Primitive[] = [capsule(hand.elbow, shoulder, 0.036 * bulk, 0.05 * bulk)];
  if (sleeve) arm.push(capsule(cuff, hand.elbow, 0.031 * bulk, 0.037 * bulk));
  return {
    hand,
    objects: [
      { name: 'arm', primitives: arm },
      { name: 'body', primitives: bodyBehind(shoulder) },
    ],
  };
}

/** Trunk, head, and the other shoulder of a person whose right shoulder this is. */
function bodyBehind([x, y, z]: Vec3): Primitive[] {
  return [
    capsule([x + 0.02, y + 0.01, z + 0.04], [x + 0.35, y + 0.01, z + 0.04], 0.06),
    ellipsoid([x + 0.18, y + 0.17, z + 0.05], [0.175, 0.24, 0.115]),
    ellipsoid([x + 0.18, y + 0.45, z + 0.05], [0.155, 0.34, 0.115]),
    capsule([x + 0.18, y - 0.03, z + 0.05], [x + 0.18, y - 0.13, z + 0.035], 0.055, 0.05),
    ellipsoid([x + 0.18, y - 0.21, z + 0.02], [0.074, 0.115, 0.095]),
  ];
}

/** Middle of the wrist and the roots of the four fingers, metres. */
export function palmOf({ joints }: Pick<PlacedHand, 'joints'>): Vec3 {
  const mean = (axis: number) => [0, 5, 9, 13, 17].reduce((sum, joint) => sum + joints[3 * joint + axis], 0) / 5;
  return [mean(0), mean(1), mean(2)];
}

function along([x, y, z]: Vec3, direction: Vec3, length: number): Vec3 {
  return [x + length * direction[0], y + length * direction[1], z + length * direction[2]];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function unit(v: Vec3): Vec3 {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}
