import type { Vec3 } from '../geometry/matrix.js';
import { add, mirroredTransform, multiply, rotationX, rotationZ, scaled, transformPoint } from '../geometry/matrix.js';
import { type HandShape, neutralShape } from '../kinematics/hand-shape.js';
import type { HandMotion, HandState } from './hand-motion.js';
import { kinematicHand } from './kinematic-hand.js';
import { hangingArm, trunk, upperArm } from './people.js';
import { box, capsule, mirrored, type Primitive, plane } from './primitives.js';
import { type PlacedHand, placeHand, type Scene, type SceneObject } from './scene.js';

/** Something that passes between the camera and the hand, from left to right, again and again. */
export interface Passing {
  /** Seconds from one passing to the next, of the first one, and of each. */
  readonly every: number;
  readonly start: number;
  readonly duration: number;
  /** Metres: where it starts (it ends at the opposite x). */
  readonly from: Vec3;
}

export interface HandSceneOptions {
  readonly motion: HandMotion;
  readonly shape?: HandShape;
  /** A left hand's scene is the mirror image (x negated) of the right hand's. */
  readonly handedness?: PlacedHand['handedness'];
  /** The right shoulder of a person behind the hand, to whom the arm belongs: metres, optical frame. */
  readonly shoulder?: Vec3;
  /** y of a table's top, metres (down). */
  readonly table?: number;
  /** z of a wall behind everything, metres. */
  readonly wall?: number;
  readonly passing?: Passing;
}

/**
 * A scene at any time (seconds): the moving hand, and what else is there.
 *
 * Objects are, where present and in this order: body, held, passing, table, wall.
 */
export function handScene(options: HandSceneOptions): (time: number) => Scene {
  const { motion, shape = neutralShape(), handedness = 'right', shoulder, table, wall, passing } = options;

  return (time) => {
    const state = motion(time);
    const geometry = kinematicHand(state.pose, shape);
    const right = placeHand(geometry, state.placement);
    const objects: SceneObject[] = [];
    const put = (name: string, ...primitives: readonly Primitive[]): void => {
      objects.push({ name, primitives: handedness === 'left' ? primitives.map(mirrored) : primitives });
    };

    if (shoulder !== undefined)
      put('body', ...body(add(shoulder, scaled(state.excursion, FOLLOW)), right.elbow, shape.scale));
    if (state.holding) put('held', held(state, shape.scale));
    const passer = passing && passingObject(passing, time);
    if (passer !== undefined) put('passing', passer);
    if (table !== undefined) put('table', box([0, table + 0.02, 0.95], [1.2, 0.02, 0.5]));
    if (wall !== undefined) put('wall', plane([0, 0, wall], [0, 0, -1]));

    const hand = handedness === 'right' ? right : placeHand(geometry, mirroredTransform(state.placement), 'left');
    return { hand, objects };
  };
}

/** By how much of the way the person steps along when the hand leaves the picture. */
const FOLLOW = 0.6;

/** Trunk, head and arms of a person whose right shoulder and elbow are given. */
function body(shoulder: Vec3, elbow: Vec3, handScale: number): Primitive[] {
  return [upperArm(shoulder, elbow, handScale), ...trunk(shoulder), ...hangingArm(shoulder)];
}

/** A bar across the palm, where the fingers of the pose `grip` close around it. */
function held({ placement }: HandState, scale: number): Primitive {
  const end = (x: number): Vec3 => transformPoint(placement, scaled([x, 0.078, 0.039], scale));
  return capsule(end(-0.085), end(0.085), 0.0185 * scale);
}

/** A book and a bottle in turn, each with its own tilt. */
function passingObject({ every, start, duration, from }: Passing, time: number): Primitive | undefined {
  const round = Math.floor(time / every);
  const share = (time - round * every - start) / duration;
  if (share < 0 || share > 1) return undefined;
  const center: Vec3 = [from[0] * (1 - 2 * share), from[1], from[2]];
  if (round % 2 === 0) return box(center, [0.055, 0.08, 0.01], multiply(rotationZ(0.3), rotationX(0.35)));
  return capsule(add(center, [0.02, -0.08, 0]), add(center, [-0.02, 0.1, 0]), 0.03);
}
