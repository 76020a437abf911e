import {
  add,
  IDENTITY,
  type Matrix3,
  mirroredPoint,
  multiply,
  type RigidTransform,
  rotate,
  rotationX,
  rotationZ,
  scaled,
  subtract,
  type Vec3,
} from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import type { PoseName } from '../kinematics/hand-data.js';
import { blendPoses, type HandPose, namedPose } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { graspAround, READY } from './grasp.js';
import { minimumJerk } from './hand-motion.js';
import { blendTargets, facing, type HandTarget, palmAt } from './hand-target.js';
import { box, capsule } from './primitives.js';

/** What two people do at one moment; hands as right ones (see `HandTarget`), things where they are. */
export interface Moment {
  readonly right: HandTarget;
  readonly left: HandTarget;
  /** The left hand of somebody beside the picture. */
  readonly guest?: HandTarget;
  readonly box: RigidTransform;
  /** It lies along its own x axis; absent while it is away. */
  readonly rod?: RigidTransform;
}

/** Something that is done, from home and back to it. Seconds. */
export interface Act {
  readonly duration: number;
  at(time: number): Moment;
}

/** Who acts with what: the same in all rounds. */
export interface Actors {
  readonly shape: HandShape;
  readonly guestShape: HandShape;
  readonly homes: readonly [right: HandTarget, left: HandTarget];
  readonly boxHalf: Vec3;
  readonly boxRest: Vec3;
  readonly rodRest: Vec3;
  /** Fingers around the rod. */
  readonly grasp: HandPose;
  readonly guestGrasp: HandPose;
}

/** y of the table's top, and z where things stand on it, metres. */
export const TABLE = 0.27;
export const TABLE_TOP = box([0, TABLE + 0.02, 0.62], [0.8, 0.02, 0.2]);
export const ROD = { radius: 0.021, half: 0.16 } as const;
const THINGS_Z = 0.6;
/** Where the skin of the palm is, and y of its crease, in the palm frame of a hand of scale 1. */
const PALM_SKIN = 0.0205;
const CREASE = 0.08;
/** Along the rod from its middle, up: where the first hand holds it, and the other one. */
const HELD_AT = [-0.08, 0.08] as const;
/** Between two palms that touch, metres. */
const TOUCH = 0.003;
/** The rod upright: its x axis points up. */
const UPRIGHT: Matrix3 = [0, 1, 0, -1, 0, 0, 0, 0, 1];
/** Out of the picture, below it. */
const DOWN_THERE: Vec3 = [-0.22, 0.56, 0.74];
const REST_POSES: readonly PoseName[] = ['open', 'relaxed', 'flat', 'cup', 'spread'];

const PERSON_STREAM = 42;

/** Those of a seed. */
export function actorsOf(seed: number, shape: HandShape, guestShape: HandShape): Actors {
  const random = new SeededRandom(seed, PERSON_STREAM);
  const boxHalf: Vec3 = [random.uniform(0.06, 0.12), random.uniform(0.035, 0.06), random.uniform(0.04, 0.07)];
  return {
    shape,
    guestShape,
    homes: [home(random), home(random)],
    boxHalf,
    boxRest: [random.uniform(-0.03, 0.03), TABLE - boxHalf[1], THINGS_Z + random.uniform(-0.02, 0.02)],
    rodRest: [-random.uniform(0.26, 0.29), TABLE - ROD.half - ROD.radius, THINGS_Z - random.uniform(0, 0.03)],
    grasp: graspOf(shape),
    guestGrasp: graspOf(guestShape),
  };
}

function graspOf(shape: HandShape): HandPose {
  const end = (x: number): Vec3 => [x, CREASE * shape.scale, PALM_SKIN * shape.scale + ROD.radius];
  return graspAround([capsule(end(-0.2), end(0.2), ROD.radius)], shape);
}

/** Where a hand waits: raised in front of the person, its palm more or less to the camera. */
function home(random: SeededRandom): HandTarget {
  return {
    pose: namedPose(REST_POSES[random.integer(REST_POSES.length)]!),
    center: [-random.uniform(0.12, 0.15), random.uniform(-0.05, 0.02), random.uniform(0.53, 0.6)],
    rotation: facing(
      [random.uniform(-0.25, 0.15), -1, random.uniform(-0.35, 0.05)],
      [random.uniform(-0.2, 0.6), 0, -1],
    ),
  };
}

/** 0 before `from`, 1 after `to` (seconds), smooth between. */
export function way(time: number, from: number, to: number): number {
  return minimumJerk((time - from) / (to - from));
}

export type MakeAct = (actors: Actors, random: SeededRandom) => Act;

/** Both hands pass to the other side, one before the other, and come back. */
export const crossing: MakeAct = (actors, random) => {
  const [over, rest] = [random.uniform(0.75, 1), random.uniform(0.1, 0.4)];
  const duration = 2 * over + rest + 0.1;
  const nearer = random.integer(2);
  const depth = [random.uniform(0.045, 0.08), random.uniform(0.045, 0.08)] as const;
  const reach = random.uniform(0.2, 0.28);
  const rise = [random.uniform(-0.03, 0.03), random.uniform(-0.03, 0.03)] as const;
  const there = [0, 1].map(() => namedPose(REST_POSES[random.integer(REST_POSES.length)]!));
  return {
    duration,
    at: (time) => {
      const back = over + rest;
      const across = way(time, 0.08 * over, over) - way(time, back, back + 0.92 * over);
      // apart in depth before they meet
      const apart = way(time, 0, 0.42 * over) - way(time, back + 0.58 * over, back + over);
      const [right, left] = actors.homes.map((from, i): HandTarget => {
        const z = (i === nearer ? -1 : 1) * depth[i]! * apart;
        return {
          ...from,
          pose: blendPoses(from.pose, there[i]!, across),
          center: add(from.center, [reach * across, rise[i]! * apart, z]),
        };
      }) as [HandTarget, HandTarget];
      return { right, left, box: standing(actors.boxRest), rod: standingRod(actors) };
    },
  };
};

/** Palm to palm, several times. */
export const clapping: MakeAct = (actors, random) => {
  const claps = 2 + random.integer(3);
  const period = random.uniform(0.32, 0.5);
  const [come, go] = [0.55, 0.5];
  const swing = random.uniform(0.035, 0.06);
  const { scale } = actors.shape;
  const together = -(PALM_SKIN * scale + TOUCH / 2);
  const fingers: Vec3 = [0, -1, -random.uniform(0.2, 0.7)];
  const height: Vec3 = [0, random.uniform(-0.06, 0), random.uniform(0.53, 0.58)];
  const shift: Vec3 = [0, random.uniform(-0.008, 0.008), random.uniform(-0.008, 0.008)];
  const duration = come + claps * period + go;
  return {
    duration,
    at: (time) => {
      // they meet in the middle of each period
      const phase = Math.min(claps, Math.max(0, (time - come) / period));
      const gap = swing * (1 + Math.cos(2 * Math.PI * phase));
      const ready = way(time, 0, come) - way(time, duration - go, duration);
      const [right, left] = actors.homes.map((from, i): HandTarget => {
        const center = add([together - gap, 0, 0], add(height, i === 0 ? shift : scaled(shift, -1)));
        return blendTargets(from, { pose: namedPose('flat'), center, rotation: facing(fingers, [1, 0, 0]) }, ready);
      }) as [HandTarget, HandTarget];
      return { right, left, box: standing(actors.boxRest), rod: standingRod(actors) };
    },
  };
};

/** Both hands take the box from the table, tilt it this way and that, and put it back. */
export const lifting: MakeAct = (actors, random) => {
  const { boxHalf, boxRest, shape } = actors;
  const [come, grip, hold, go] = [0.6, 0.12, random.uniform(1.2, 1.6), 0.55];
  const duration = come + 2 * grip + hold + go;
  const lift: Vec3 = [random.uniform(-0.05, 0.05), -random.uniform(0.14, 0.22), random.uniform(-0.08, 0.02)];
  const [roll, pitch] = [random.uniform(-0.5, 0.5), random.uniform(-0.35, 0.35)];
  const fingers: Vec3 = [0, -random.uniform(0.25, 0.9), -0.8];
  const open = random.uniform(0.03, 0.05);
  const pose = blendPoses(namedPose('flat'), namedPose('relaxed'), random.uniform(0, 0.25));
  return {
    duration,
    at: (time) => {
      const from = come + grip;
      const up = way(time, from, from + 0.45 * hold) - way(time, from + 0.55 * hold, from + hold);
      const rotation = multiply(rotationZ(roll * up), rotationX(pitch * up));
      const center = add(boxRest, scaled(lift, up));
      const held = way(time, 0, come) - way(time, duration - go, duration);
      const touch = way(time, come - 0.1, come + grip) - way(time, from + hold, from + hold + grip + 0.1);
      const [right, left] = actors.homes.map((away, i): HandTarget => {
        const side = boxHalf[0] + PALM_SKIN * shape.scale + TOUCH + (1 - touch) * open;
        const inBox: Vec3 = [i === 0 ? -side : side, -0.01, -0.01];
        const at = add(center, rotate(rotation, inBox));
        const turned = i === 0 ? rotation : multiply(rotationZ(-roll * up), rotationX(pitch * up));
        const target = {
          pose,
          center: i === 0 ? at : mirroredPoint(at),
          rotation: multiply(turned, facing(fingers, [1, 0, 0])),
        };
        return blendTargets(away, target, held);
      }) as [HandTarget, HandTarget];
      return { right, left, box: { rotation, translation: center }, rod: standingRod(actors) };
    },
  };
};

/** The right hand takes the rod and hands it to the guest, who carries it away; meanwhile the left hand is down. */
export const handingOver: MakeAct = (actors, random) => {
  const { shape, guestShape, rodRest, homes } = actors;
  const duration = 3.1;
  const meeting: Vec3 = [random.uniform(-0.08, 0), random.uniform(-0.02, 0.05), random.uniform(0.5, 0.56)];
  const turn = random.uniform(-0.1, 0.45);
  const mine = facing([turn, 0, -1], [1, 0, turn]);
  const theirs = facing([0.8, 0, -random.uniform(0.1, 0.6)], [0.4, 0, 1]);
  const away: Vec3 = [0.62, random.uniform(-0.05, 0.1), random.uniform(-0.02, 0.06)];
  /** The palm of a hand that holds the upright rod, whose middle is at `middle`, at `height` along it. */
  const holding = (middle: Vec3, rotation: Matrix3, height: number, of: HandShape): Vec3 => {
    const inPalm: Vec3 = [0, CREASE * of.scale, PALM_SKIN * of.scale + ROD.radius];
    const axis = add(middle, [0, -height, 0]);
    return palmAt({ rotation, translation: subtract(axis, rotate(rotation, inPalm)) }, of);
  };
  return {
    duration,
    at: (time) => {
      const carried = way(time, 0.75, 1.25);
      const gone = way(time, 1.85, 2.6);
      const middle = add(add(rodRest, scaled(subtract(meeting, rodRest), carried)), scaled(away, gone));
      const met = add(rodRest, scaled(subtract(meeting, rodRest), carried));

      const closed = way(time, 0.5, 0.72) - way(time, 1.62, 1.82);
      const grip = {
        pose: blendPoses(READY, actors.grasp, closed),
        center: holding(met, mine, HELD_AT[0], shape),
        rotation: mine,
      };
      // away from the rod along the palm's normal before the fingers close, and after they have opened
      const off = 1 - way(time, 0.3, 0.6) + way(time, 1.78, 2);
      const back = { ...grip, center: add(grip.center, rotate(mine, [0, 0, -0.05 * off])) };
      const right = blendTargets(homes[0], back, way(time, 0, 0.45) - way(time, 1.9, 2.5));

      const down = way(time, 0, 0.6) - way(time, 2.45, 3.05);
      const hanging = { pose: namedPose('relaxed'), center: DOWN_THERE, rotation: facing([0, 0.4, -1], [0, 1, 0.4]) };
      const left = blendTargets(homes[1], hanging, down);

      const taken = way(time, 1.32, 1.58);
      const palm = holding(mirroredPoint(middle), theirs, HELD_AT[1], guestShape);
      const coming = 1 - way(time, 0.7, 1.35);
      const near = 1 - way(time, 1.15, 1.4);
      const guest: HandTarget = {
        pose: blendPoses(READY, actors.guestGrasp, taken),
        center: add(add(palm, rotate(theirs, [0, 0, -0.05 * near])), [-0.62 * coming, 0.08 * coming, 0.04 * coming]),
        rotation: theirs,
      };
      return {
        ...{ right, left, box: standing(actors.boxRest) },
        ...(time > 0.65 && time < 2.65 && { guest }),
        ...(time < 2.65 && { rod: { rotation: UPRIGHT, translation: middle } }),
      };
    },
  };
};

function standing(center: Vec3): RigidTransform {
  return { rotation: IDENTITY, translation: center };
}

function standingRod({ rodRest }: Actors): RigidTransform {
  return { rotation: UPRIGHT, translation: rodRest };
}
