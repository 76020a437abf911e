import { add, mirroredPoint, rotate, scaled, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { drawHandShape, type HandShape } from '../kinematics/hand-shape.js';
import { SENSORS } from './cameras.js';
import { type HandTarget, handAt, reaching } from './hand-target.js';
import { SHOULDERS, trunk, upperArm } from './people.js';
import { ADULT, type Preset, type PresetInput } from './preset.js';
import { box, capsule, mirrored, type Primitive } from './primitives.js';
import type { PlacedHand, SceneObject } from './scene.js';
import {
  type Act,
  type Actors,
  actorsOf,
  clapping,
  crossing,
  handingOver,
  lifting,
  ROD,
  TABLE_TOP,
} from './two-hand-acts.js';

/** The right shoulder of the person behind the table, and the guest's beside the picture, as a right one: metres, optical frame. */
const SHOULDER: Vec3 = [-SHOULDERS[0] / 2, 0.1, 0.93];
const GUEST_SHOULDER: Vec3 = [-0.82, 0.12, 0.72];

const ACT_STREAM = 41;
const GUEST_STREAM = 43;
const SWAY_STREAM = 44;

/**
 * A person behind a table crosses both hands, claps, lifts a box with both, and hands a rod over to somebody whose arm comes from the
 * side (or gets it back): in an order and with variations that the seed decides, all within about ten seconds, and then again.
 *
 * Ids: 0 the right hand, 1 the left, from 2 on the guest's, a new one for each visit. No more than two hands are in the picture.
 */
export const twoHands: Preset = {
  sensor: SENSORS.sr305,
  scene({ seed, shape, handedness }) {
    const guestShape = drawHandShape(new SeededRandom(seed, GUEST_STREAM), ADULT);
    const actors = actorsOf(seed, shape, guestShape);
    const actAt = rounds(seed, actors);
    const sway = swayOf(seed);
    return (time) => {
      const { round, act, since } = actAt(Math.max(0, time));
      const moment = act.at(since);
      const moved = sway(time);
      const shoulder = add(SHOULDER, scaled(moved, 0.8));
      const put = (target: HandTarget, side: PlacedHand['handedness'], id: number, from: Vec3, of: HandShape) => {
        const center = add(target.center, side === 'left' ? mirroredPoint(moved) : moved);
        return handAt(reaching({ ...target, center }, from, of), of, sideIn(side, handedness), id);
      };
      const right = put(moment.right, 'right', 0, shoulder, shape);
      const left = put(moment.left, 'left', 1, mirroredPoint(add(shoulder, SHOULDERS)), shape);
      const guest = moment.guest && put(moment.guest, 'left', 2 + round, GUEST_SHOULDER, guestShape);

      const elbow = (hand: PlacedHand): Vec3 => (handedness === 'left' ? mirroredPoint(hand.elbow) : hand.elbow);
      const person = [
        ...trunk(shoulder),
        upperArm(shoulder, elbow(right), shape.scale),
        upperArm(add(shoulder, SHOULDERS), elbow(left), shape.scale),
      ];
      const things: (readonly [string, readonly Primitive[]])[] = [
        ['body', person],
        ['table', [TABLE_TOP]],
        ['box', [box(add(moment.box.translation, moved), actors.boxHalf, moment.box.rotation)]],
      ];
      if (moment.rod !== undefined) {
        const [middle, half] = [add(moment.rod.translation, moved), rotate(moment.rod.rotation, [ROD.half, 0, 0])];
        things.push(['rod', [capsule(add(middle, half), add(middle, scaled(half, -1)), ROD.radius)]]);
      }
      if (guest !== undefined) {
        things.push(['guest', [upperArm(mirroredPoint(GUEST_SHOULDER), elbow(guest), guestShape.scale)]]);
      }
      return {
        hands: guest === undefined ? [right, left] : [right, left, guest],
        objects: objectsOf(things, handedness),
      };
    };
  },
};

/** What is done when: round after round, each in an order of its own. */
function rounds(seed: number, actors: Actors): (time: number) => { round: number; act: Act; since: number } {
  const known: { readonly start: number; readonly end: number; readonly acts: readonly Act[] }[] = [];
  return (time) => {
    for (let round = 0; ; round++) {
      if (known[round] === undefined) {
        const acts = actsOf(seed, round, actors);
        const start = round === 0 ? 0 : known[round - 1]!.end;
        known[round] = { start, end: acts.reduce((sum, { duration }) => sum + duration, start), acts };
      }
      const { start, end, acts } = known[round]!;
      if (time >= end) continue;
      let since = time - start;
      let next = 0;
      while (next < acts.length - 1 && since >= acts[next]!.duration) since -= acts[next++]!.duration;
      return { round, act: acts[next]!, since };
    }
  };
}

function actsOf(seed: number, round: number, actors: Actors): Act[] {
  const random = new SeededRandom(seed, ACT_STREAM, round);
  const making = [handingOver, crossing, clapping, lifting]
    .map((make, i) => ({ make, draw: random.next(), random: new SeededRandom(seed, ACT_STREAM, round, i) }))
    .sort((a, b) => a.draw - b.draw);
  // the rod goes in one round and comes back in the next one
  const isBack = round % 2 === 1;
  let isThere = !isBack;
  return making.map(({ make, random: own }): Act => {
    const { duration, at } = make(actors, own);
    if (make === handingOver) {
      isThere = isBack;
      return isBack ? { duration, at: (time) => at(duration - time) } : { duration, at };
    }
    if (isThere) return { duration, at };
    return {
      duration,
      at: (time) => {
        const { rod: _, ...rest } = at(time);
        return rest;
      },
    };
  });
}

/** How the whole person moves a little, metres. */
function swayOf(seed: number): (time: number) => Vec3 {
  const random = new SeededRandom(seed, SWAY_STREAM);
  const waves = [0.012, 0.008, 0.015].map((amplitude) => {
    const [rate, phase] = [2 * Math.PI * random.uniform(0.15, 0.4), random.uniform(0, 2 * Math.PI)];
    return (time: number) => amplitude * Math.sin(rate * time + phase);
  });
  return (time) => waves.map((wave) => wave(time)) as unknown as Vec3;
}

/** The side of a hand in a scene that is mirrored for a left hand. */
export function sideIn(side: PlacedHand['handedness'], preset: PresetInput['handedness']): PlacedHand['handedness'] {
  if (preset === 'right') return side;
  return side === 'left' ? 'right' : 'left';
}

/** Things of a scene, mirrored for a left hand; those of no solid are left out. */
export function objectsOf(
  things: readonly (readonly [name: string, primitives: readonly Primitive[]])[],
  handedness: PresetInput['handedness'],
): SceneObject[] {
  return things
    .filter(([, primitives]) => primitives.length > 0)
    .map(([name, primitives]) => ({ name, primitives: handedness === 'left' ? primitives.map(mirrored) : primitives }));
}
