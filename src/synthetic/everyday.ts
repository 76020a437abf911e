import { add, multiply, rotate, rotationX, rotationZ, scaled, subtract, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { blendPoses, type HandPose, namedPose } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { graspAround, READY } from './grasp.js';
import { blendTargets, facing, type HandTarget, palmAt, reaching } from './hand-target.js';
import type { Performance } from './performance.js';
import { drawHandPose } from './pose-mixture.js';
import { box, type Primitive } from './primitives.js';
import type { PlacedHand } from './scene.js';
import { TABLE, way } from './two-hand-acts.js';

/** One thing that a hand does, from rest and back to it; seconds of its own time. */
interface Deed {
  readonly duration: number;
  at(time: number): HandTarget;
  /** Where the thing is meanwhile, and how it lies in the hand, if it does. */
  thing?(time: number): Vec3;
}

export interface EverydayOptions {
  readonly seed: number;
  readonly id: number;
  readonly handedness: PlacedHand['handedness'];
  readonly shape: HandShape;
  /** As of a right hand. */
  readonly shoulder: Vec3;
}

const STREAM = 71;
/** Half of the edges of the thing that is carried, metres, and its middle in the palm frame of a hand of scale 1. */
const THING: Vec3 = [0.028, 0.022, 0.022];
const IN_PALM: Vec3 = [0, 0.085, 0.0205 + 0.022];
const SPOTS: readonly Vec3[] = [
  [-0.24, TABLE - THING[0], 0.56],
  [-0.1, TABLE - THING[0], 0.54],
];

/**
 * A hand of somebody who works: gesticulates, scratches the head, carries a thing from one place to another, types, reaches across, and
 * rests. Nothing is meant as a gesture. It goes on for as long as it is asked for.
 */
export function everydayHand({ seed, id, handedness, shape, shoulder }: EverydayOptions): Performance {
  const random = new SeededRandom(seed, STREAM, id);
  const rest: HandTarget = {
    pose: blendPoses(namedPose('relaxed'), namedPose('fist'), random.uniform(0.1, 0.4)),
    center: [-random.uniform(0.13, 0.18), random.uniform(0.08, 0.14), random.uniform(0.58, 0.66)],
    rotation: facing([random.uniform(-0.1, 0.3), -0.6, -0.6], [random.uniform(0.3, 0.9), 0.2, -0.4]),
  };
  const start = random.integer(2);
  const grasp = graspAround([box(scaled(IN_PALM, shape.scale), THING)], shape);
  const deeds: { readonly deed: Deed; readonly start: number; readonly end: number; readonly spot: number }[] = [];
  const deedAt = (time: number): (typeof deeds)[number] => {
    while (deeds.length === 0 || deeds.at(-1)!.end <= time) {
      const last = deeds.at(-1);
      const [begin, spot] = [last?.end ?? 0, last?.spot ?? start];
      const own = new SeededRandom(seed, STREAM, id, deeds.length + 1);
      const kind = own.integer(KINDS.length);
      const isCarrying = KINDS[kind] === carrying;
      const deed = KINDS[kind]!({ random: own, rest, shape, spot, grasp });
      deeds.push({ deed, start: begin, end: begin + deed.duration, spot: isCarrying ? 1 - spot : spot });
    }
    let [low, high] = [0, deeds.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (deeds[middle]!.end <= time) low = middle + 1;
      else high = middle;
    }
    return deeds[low]!;
  };
  return {
    ...{ id, handedness, shape, shoulder },
    events: [],
    end: Number.POSITIVE_INFINITY,
    target: (time) => {
      const { deed, start } = deedAt(Math.max(0, time));
      return reaching(deed.at(Math.max(0, time) - start), shoulder, shape);
    },
    things: (time): Primitive[] => {
      const { deed, start, spot } = deedAt(Math.max(0, time));
      return [box(deed.thing?.(time - start) ?? SPOTS[spot]!, THING)];
    },
  };
}

interface DeedInput {
  readonly random: SeededRandom;
  readonly rest: HandTarget;
  readonly shape: HandShape;
  /** Where the thing stands. */
  readonly spot: number;
  readonly grasp: HandPose;
}

/** There and back again. */
function visit(rest: HandTarget, takes: number, stays: number, there: (time: number) => HandTarget): Deed {
  const duration = 2 * takes + stays;
  return {
    duration,
    at: (time) => blendTargets(rest, there(time - takes), way(time, 0, takes) - way(time, takes + stays, duration)),
  };
}

function resting({ random, rest }: DeedInput): Deed {
  const wave = waveOf(random, 0.006);
  const duration = random.uniform(0.5, 2);
  const fade = (time: number): number => way(time, 0, 0.2) - way(time, duration - 0.2, duration);
  return { duration, at: (time) => ({ ...rest, center: add(rest.center, scaled(wave(time), fade(time))) }) };
}

/** Talks with the hands: one pose after another as hands take them, in lively but short movements. */
function gesticulating({ random, rest }: DeedInput): Deed {
  const step = random.uniform(0.45, 0.8);
  const poses = Array.from({ length: 8 }, () => drawHandPose(random));
  const [center, turn] = [waveOf(random, random.uniform(0.03, 0.07), [0.5, 1.1]), waveOf(random, 0.45, [0.4, 0.9])];
  const base = {
    center: add(rest.center, [random.uniform(-0.03, 0.06), -random.uniform(0.05, 0.14), -random.uniform(0, 0.06)]),
    rotation: facing(
      [random.uniform(0, 0.7), -1, -random.uniform(0.2, 0.8)],
      [random.uniform(0.2, 1), random.uniform(-0.4, 0.3), -0.6],
    ),
  };
  return visit(rest, 0.7, random.uniform(1.5, 3.5), (time) => {
    const key = Math.max(0, Math.floor(time / step));
    const [from, to] = [poses[key % poses.length]!, poses[(key + 1) % poses.length]!];
    const [a, , c] = turn(time);
    return {
      pose: blendPoses(from, to, way(time - key * step, 0, step)),
      center: add(base.center, center(time)),
      rotation: multiply(base.rotation, rotationX(a), rotationZ(c)),
    };
  });
}

function scratching({ random, rest }: DeedInput): Deed {
  const [rate, depth] = [2 * Math.PI * random.uniform(2.5, 4.5), random.uniform(0.006, 0.012)];
  const place: Vec3 = [-0.085 + random.uniform(-0.01, 0.01), -random.uniform(0.14, 0.2), 0.86];
  const rotation = facing([0.55, -0.75, 0.25], [0.85, 0.35, 0.35]);
  return visit(rest, 0.9, random.uniform(0.8, 1.8), (time) => ({
    pose: namedPose('claw'),
    center: add(place, [0, depth * Math.sin(rate * time), depth * Math.cos(rate * time)]),
    rotation,
  }));
}

/** Fingers on a keyboard or at a piece of work on the table. */
function typing({ random, rest }: DeedInput): Deed {
  const fingers = ['index', 'middle', 'ring', 'little'] as const;
  const rates = fingers.map(() => 2 * Math.PI * random.uniform(1.5, 4));
  const drift = waveOf(random, 0.02, [0.2, 0.5]);
  const place: Vec3 = [-random.uniform(0.06, 0.14), TABLE - 0.075, random.uniform(0.54, 0.6)];
  return visit(rest, 0.7, random.uniform(1.5, 3.5), (time) => {
    const pose = { ...namedPose('relaxed') };
    fingers.forEach((finger, i) => {
      pose[`${finger}_mcp`] += 0.2 * (1 + Math.sin(rates[i]! * time + i));
    });
    return { pose, center: add(place, drift(time)), rotation: facing([0.2, 0.25, -1], [0, 1, 0.25]) };
  });
}

/** For something on the other side, in front of the body. */
function reachingAcross({ random, rest }: DeedInput): Deed {
  const place: Vec3 = [random.uniform(0.12, 0.24), random.uniform(-0.05, 0.12), random.uniform(0.48, 0.58)];
  const there = { pose: namedPose('relaxed'), center: place, rotation: facing([0.8, -0.3, -0.5], [0.3, 0.6, 0.6]) };
  return visit(rest, random.uniform(0.5, 0.8), random.uniform(0.1, 0.6), () => there);
}

/** Out of the picture, below it. */
function away({ random, rest }: DeedInput): Deed {
  const there = {
    pose: namedPose('relaxed'),
    center: [-0.2, 0.56, 0.74] as const,
    rotation: facing([0, 0.4, -1], [0, 1, 0.4]),
  };
  return visit(rest, random.uniform(0.6, 0.9), random.uniform(0.3, 1.5), () => there);
}

/** Takes the thing, carries it to the other spot, and lets go. */
function carrying({ random, rest, shape, spot, grasp }: DeedInput): Deed {
  const [from, to] = [SPOTS[spot]!, SPOTS[1 - spot]!];
  // the thing stands on its short side: its x axis, the palm's, is upright
  const rotation = facing([0.35, 0, -1], [1, 0, 0.35]);
  const [come, close, carry, open, go] = [0.7, 0.25, random.uniform(0.7, 1.1), 0.25, 0.7];
  const duration = come + close + carry + open + go;
  const rise = random.uniform(0.06, 0.14);
  const inPalm = rotate(rotation, scaled(IN_PALM, shape.scale));
  const thing = (time: number): Vec3 => {
    const t = time - come - close;
    const moved = add(from, scaled(subtract(to, from), way(t, 0, carry)));
    return add(moved, [0, -rise * (way(t, 0, 0.4 * carry) - way(t, 0.6 * carry, carry)), 0]);
  };
  return {
    duration,
    thing,
    at: (time) => {
      const closed = way(time, come, come + close) - way(time, duration - go - open, duration - go);
      const off = 1 - way(time, come - 0.35, come) + way(time, duration - go, duration - go + 0.3);
      const translation = add(subtract(thing(time), inPalm), rotate(rotation, [0, 0, -0.05 * off]));
      const holding: HandTarget = {
        pose: blendPoses(READY, grasp, closed),
        center: palmAt({ rotation, translation }, shape),
        rotation,
      };
      return blendTargets(rest, holding, way(time, 0, come) - way(time, duration - go, duration));
    },
  };
}

const KINDS = [
  resting,
  resting,
  gesticulating,
  gesticulating,
  scratching,
  typing,
  reachingAcross,
  away,
  carrying,
  carrying,
];

/** Slow to and fro on three axes; the amplitude is that of each. */
function waveOf(
  random: SeededRandom,
  amplitude: number,
  hertz: readonly [number, number] = [0.3, 0.8],
): (time: number) => Vec3 {
  const axes = [0, 1, 2].map(() => [2 * Math.PI * random.uniform(...hertz), random.uniform(0, 2 * Math.PI)] as const);
  return (time) => axes.map(([rate, phase]) => amplitude * Math.sin(rate * time + phase)) as unknown as Vec3;
}
