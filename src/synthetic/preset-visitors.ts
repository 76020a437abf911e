import {
  add,
  mirroredPoint,
  multiply,
  rotate,
  rotationX,
  rotationY,
  rotationZ,
  scaled,
  subtract,
  unit,
  type Vec3,
} from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { POSE_NAMES } from '../kinematics/hand-data.js';
import { drawHandShape, type HandShape } from '../kinematics/hand-shape.js';
import { SENSORS } from './cameras.js';
import { handMotion } from './hand-motion.js';
import { facing, type HandTarget, handAt } from './hand-target.js';
import { hangingArm, trunk, upperArm } from './people.js';
import { ADULT, type Preset } from './preset.js';
import { objectsOf, sideIn } from './preset-two-hands.js';
import type { Primitive } from './primitives.js';
import type { PlacedHand } from './scene.js';
import { way } from './two-hand-acts.js';

/** One hand that comes, stays a while and goes. Seconds. */
interface Visit {
  readonly id: number;
  readonly side: PlacedHand['handedness'];
  readonly shape: HandShape;
  readonly start: number;
  readonly end: number;
  at(time: number): HandTarget;
}

/** Where hands show up, metres: each place has one visitor at a time. */
const PLACES: readonly Vec3[] = [
  [-0.23, -0.02, 0.6],
  [0, -0.02, 0.6],
  [0.23, -0.02, 0.6],
];
/** Where the forearm comes from at each place: unit vectors of the fingers' direction, in the picture. */
const WAYS: readonly (readonly Vec3[])[] = [
  [
    [0.15, -1, 0],
    [1, -0.35, 0],
    [0.7, -0.7, 0],
  ],
  [
    [0.1, -1, 0],
    [-0.15, -1, 0],
    [0, 1, 0],
  ],
  [
    [-0.15, -1, 0],
    [-1, -0.35, 0],
    [-0.7, -0.7, 0],
  ],
];
/** From its place to where no part of a hand is in the picture. */
const OUTSIDE = 0.62;
/** The elbow to the shoulder of an arm whose owner is not in the picture. */
const UPPER_ARM = 0.3;
const POSES = POSE_NAMES.filter((name) => name !== 'grip');

const VISIT_STREAM = 51;
const PEOPLE_STREAM = 52;

/**
 * Hands that come and go, none to three at a time, right or left, from below, from beside and from above, palm or back to the camera; one
 * or two people stand behind with their arms down. Each visit has an id of its own.
 */
export const visitors: Preset = {
  sensor: SENSORS.sr305,
  scene({ seed, handedness }) {
    const visitsAt = PLACES.map((_, place) => visitsOf(seed, place));
    const people = peopleBehind(seed);
    return (time) => {
      const present = visitsAt
        .flatMap((at) => at(time))
        .sort((a, b) => a.id - b.id)
        .map((visit) => {
          const hand = handAt(visit.at(time), visit.shape, sideIn(visit.side, handedness), visit.id);
          return { visit, hand };
        });
      const things: (readonly [string, readonly Primitive[]])[] = people.map((person, i) => [
        `person ${i}`,
        person(time),
      ]);
      for (const { visit, hand } of present) {
        const mirror = (point: Vec3): Vec3 => (handedness === 'left' ? mirroredPoint(point) : point);
        const elbow = mirror(hand.elbow);
        const wrist = mirror([hand.joints[0]!, hand.joints[1]!, hand.joints[2]!]);
        const shoulder = add(elbow, scaled(unit(add(unit(subtract(elbow, wrist)), [0, 0.3, 0.5])), UPPER_ARM));
        things.push([`arm ${visit.id}`, [upperArm(shoulder, elbow, visit.shape.scale)]]);
      }
      return { hands: present.map(({ hand }) => hand), objects: objectsOf(things, handedness) };
    };
  },
};

/** The visits to one place, of which none or one is there at a time. */
function visitsOf(seed: number, place: number): (time: number) => Visit[] {
  const visits: Visit[] = [];
  return (time) => {
    while (visits.length === 0 || visits.at(-1)!.end <= time) {
      visits.push(visitOf(seed, place, visits.length, visits.at(-1)?.end ?? 0));
    }
    return visits.filter(({ start, end }) => time >= start && time < end);
  };
}

function visitOf(seed: number, place: number, number: number, since: number): Visit {
  const random = new SeededRandom(seed, VISIT_STREAM, place, number);
  const start = since + (number === 0 ? random.uniform(0, 1.2) : random.uniform(0.4, 1.6));
  const [come, stay, go] = [random.uniform(0.5, 0.8), random.uniform(1, 3.2), random.uniform(0.45, 0.75)];
  const end = start + come + stay + go;
  const side = random.integer(2) === 0 ? 'right' : 'left';
  const shape = drawHandShape(random, ADULT);
  const vary = (amount: number): number => random.uniform(-amount, amount);
  // as they are in the picture, and then as a right hand's
  const own = (v: Vec3): Vec3 => (side === 'left' ? mirroredPoint(v) : v);
  const spot = own(add(PLACES[place]!, [vary(0.02), vary(0.05), random.uniform(-0.1, 0.06)]));
  const ways = WAYS[place]!;
  const straight = ways[random.integer(ways.length)]!;
  const fingers = own(unit(add(unit(straight), [vary(0.15), vary(0.15), -random.uniform(0, 0.35)])));
  const isPalm = random.integer(3) > 0; // to the camera, more often than the back
  const rotation = facing(fingers, [vary(0.5), 0, isPalm ? -1 : 1]);
  const poses = Array.from({ length: 4 }, () => POSES[random.integer(POSES.length)]!);
  const motion = handMotion({
    poses,
    dwell: random.uniform(0.25, 0.6),
    move: random.uniform(0.3, 0.6),
    poseVariation: 0.05,
    seed: seed + 101 * place + 7919 * number,
  });
  const wave = (amplitude: number): ((time: number) => number) => {
    const [rate, phase] = [2 * Math.PI * random.uniform(0.15, 0.45), random.uniform(0, 2 * Math.PI)];
    return (time) => amplitude * Math.sin(rate * time + phase);
  };
  const sway = [wave(0.02), wave(0.025), wave(0.03)];
  const turn = [wave(0.3), wave(0.35), wave(0.3)];
  const [flexion, deviation] = [wave(0.3), wave(0.12)];
  const [from, to] = [OUTSIDE + vary(0.05), OUTSIDE + vary(0.05)];
  return {
    ...{ id: place + PLACES.length * number, side, shape, start, end },
    at: (time) => {
      const t = time - start;
      const away = from * (1 - way(t, 0, come)) + to * way(t, come + stay, end - start);
      const drift = sway.map((s) => s(t)) as unknown as Vec3;
      const wobble = multiply(rotationX(turn[0]!(t)), rotationY(turn[1]!(t)), rotationZ(turn[2]!(t)));
      const turned = multiply(rotation, wobble);
      // it comes and goes along its own forearm
      const back = rotate(rotation, [0, -away, 0]);
      const { pose } = motion(t);
      return {
        pose: { ...pose, wrist_flexion: flexion(t), wrist_deviation: deviation(t) },
        center: add(add(spot, drift), back),
        rotation: turned,
      };
    },
  };
}

/** One or two people who stand behind, a little apart from each other, and shift their weight. */
function peopleBehind(seed: number): ((time: number) => Primitive[])[] {
  const random = new SeededRandom(seed, PEOPLE_STREAM);
  const count = 1 + random.integer(2);
  return Array.from({ length: count }, (_, i) => {
    const middle = count === 1 ? random.uniform(-0.15, 0.15) : (i === 0 ? -1 : 1) * random.uniform(0.27, 0.35);
    const base: Vec3 = [middle - 0.18, random.uniform(0.12, 0.2), random.uniform(1.02, 1.2)];
    const [rate, phase] = [2 * Math.PI * random.uniform(0.1, 0.25), random.uniform(0, 2 * Math.PI)];
    return (time) => {
      const shoulder = add(base, [0.04 * Math.sin(rate * time + phase), 0, 0.02 * Math.sin(0.7 * rate * time)]);
      return [...trunk(shoulder), ...hangingArm(shoulder), ...hangingArm(shoulder, 'right')];
    };
  });
}
