import type { RigidTransform, Vec3 } from '../geometry/matrix.js';
import { add, multiply, rotationX, rotationZ, scaled, transformPoint } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import type { DofName } from '../kinematics/hand-data.js';
import { blendPoses, clampPose, type HandPose, mapPose } from '../kinematics/hand-pose.js';
import { SENSORS } from './cameras.js';
import { graspAround, READY } from './grasp.js';
import { type HandMotion, type HandMotionOptions, handMotion, minimumJerk } from './hand-motion.js';
import { handScene } from './hand-scene.js';
import { type Preset, type PresetInput, SHOULDER, view } from './preset.js';
import { box, capsule, mirrored, type Primitive, plane, sphere } from './primitives.js';
import type { Scene } from './scene.js';

/** Seconds from one object to the next: it comes while the hand opens, the hand closes on it, holds it and lets go. */
const CYCLE = 3.6;
const COMES = 0.5;
const CLOSES: readonly [number, number] = [0.3, 0.8];
const OPENS: readonly [number, number] = [3, 3.4];
const GOES: readonly [number, number] = [3.15, 3.6];
/** Where an object comes from and goes to, from its place in the hand: palm frame, metres. */
const AWAY: Vec3 = [0.02, 0.1, 0.26];
/** How far a holding hand's fingers lift, as a share of the way back to {@link READY}, and how far the wrist bends, radians. */
const LIFT = 0.14;
const BEND = 0.25;

const VARIATION_STREAM = 31;
const ORDER_STREAM = 32;

/** A hand in front of a person that takes one thing after another, and goes on moving while it holds it. */
export const objects: Preset = {
  sensor: SENSORS.sr305,
  scene(input) {
    const center: Vec3 = [-0.08, -0.01, 0.56];
    const views = [
      view(0, 0, 0),
      view(-28, 8, 14),
      view(34, -10, -18),
      view(70, 6, -8),
      view(10, 28, 24),
      view(-52, -14, -6),
    ];
    const { motion, held } = takingThings(input, { views, center, sway: [0.05, 0.035, 0.05] });
    const scene = handScene({
      motion,
      shape: input.shape,
      handedness: input.handedness,
      shoulder: add(center, SHOULDER),
    });
    return (time) => withObjects(scene(time), [['held', held(time)]], input);
  },
};

/** The same, seen by its owner: the forearm comes from beside the camera, the back of the hand shows, a table lies behind. */
export const egocentric: Preset = {
  sensor: SENSORS.sr305,
  scene(input) {
    const center: Vec3 = [0.03, -0.05, 0.42];
    const views = [
      view(180, -45, 0),
      view(150, -30, -24),
      view(205, -52, 20),
      view(120, -25, -35),
      view(190, -20, -12),
      view(95, -35, -20),
    ];
    const { motion, held } = takingThings(input, { views, center, sway: [0.05, 0.03, 0.04] });
    const scene = handScene({ motion, shape: input.shape, handedness: input.handedness });
    return (time) => {
      const upperArm = capsule([0.24, 0.34, 0.02], elbowOf(scene(time), input), 0.05, 0.036 * input.shape.scale);
      const table = plane([0, 0.1, 1], [0, -0.64, -0.77]);
      return withObjects(
        scene(time),
        [
          ['arm', [upperArm]],
          ['held', held(time)],
          ['table', [table]],
        ],
        input,
      );
    };
  },
};

interface Taking {
  readonly motion: HandMotion;
  /** What is in the hand or on its way, in the optical frame of a right hand. */
  held(time: number): readonly Primitive[];
}

function takingThings(
  { seed, shape }: PresetInput,
  options: Pick<HandMotionOptions, 'views' | 'center' | 'sway'>,
): Taking {
  const base = handMotion({ ...options, poses: ['relaxed'], viewDwell: 0.2, viewMove: 1, swayPeriod: 3.4, seed });
  const things = HELD_OBJECTS.map(({ primitives }) => primitives.map((part) => moved(part, ALIKE, shape.scale)));
  const first = new SeededRandom(seed, ORDER_STREAM).integer(things.length);
  const grasps: (HandPose | undefined)[] = things.map(() => undefined);
  const wobble = wobbles(seed);
  const turnOf = (time: number): { thing: number; since: number } => {
    const turn = Math.max(0, Math.floor(time / CYCLE));
    return { thing: (first + turn) % things.length, since: time - turn * CYCLE };
  };
  const motion: HandMotion = (time) => {
    const { thing, since } = turnOf(time);
    grasps[thing] ??= graspAround(things[thing]!, shape);
    const closed = way(since, CLOSES) - way(since, OPENS);
    return { ...base(time), pose: wobble(blendPoses(READY, grasps[thing], closed), time) };
  };
  return {
    motion,
    held(time) {
      const { thing, since } = turnOf(time);
      const there = way(since, [0, COMES]) - way(since, GOES);
      if (there <= 0) return [];
      const { placement } = base(time);
      const offset = scaled(AWAY, (1 - there) * shape.scale);
      const at = { rotation: placement.rotation, translation: transformPoint(placement, offset) };
      return things[thing]!.map((part) => moved(part, at));
    },
  };
}

/** Fingers that lift a little, each in its own time, and a wrist that bends: smooth, and still within the limits. */
function wobbles(seed: number): (pose: HandPose, time: number) => HandPose {
  const random = new SeededRandom(seed, VARIATION_STREAM);
  const wave = (): ((time: number) => number) => {
    const rate = 2 * Math.PI * random.uniform(0.25, 0.6);
    const phase = random.uniform(0, 2 * Math.PI);
    return (time) => Math.sin(rate * time + phase);
  };
  const fingers = Object.fromEntries(['thumb', 'index', 'middle', 'ring', 'little'].map((finger) => [finger, wave()]));
  const [flexion, deviation] = [wave(), wave()];
  return (pose, time) =>
    clampPose(
      mapPose((dof) => {
        if (dof === 'wrist_flexion') return BEND * flexion(time);
        if (dof === 'wrist_deviation') return -0.1 + 0.5 * BEND * deviation(time);
        const lift = 0.5 * LIFT * (1 + fingers[fingerOf(dof)]!(time));
        return pose[dof] + (READY[dof] - pose[dof]) * lift;
      }),
    );
}

function fingerOf(dof: DofName): string {
  return dof.slice(0, dof.indexOf('_'));
}

/** 0 before, 1 after, and the minimum-jerk curve between. */
function way(time: number, [from, to]: readonly [number, number]): number {
  return minimumJerk((time - from) / (to - from));
}

const ALIKE: RigidTransform = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 0] };

/** A solid of the palm frame, scaled and moved. */
function moved(part: Primitive, transform: RigidTransform, scale = 1): Primitive {
  const to = (point: Vec3): Vec3 => transformPoint(transform, scaled(point, scale));
  switch (part.kind) {
    case 'cone':
      return { ...part, a: to(part.a), b: to(part.b), radiusA: scale * part.radiusA, radiusB: scale * part.radiusB };
    case 'ellipsoid':
      return { ...part, center: to(part.center), radii: scaled(part.radii, scale) };
    case 'box': {
      const rotation = multiply(transform.rotation, part.rotation);
      return { ...part, center: to(part.center), half: scaled(part.half, scale), rotation };
    }
    case 'plane':
      return part;
  }
}

function elbowOf({ hand }: Scene, { handedness }: PresetInput): Vec3 {
  const [x, y, z] = hand!.elbow;
  return [handedness === 'left' ? -x : x, y, z];
}

/** Things are given as they are around a right hand. */
function withObjects(
  scene: Scene,
  added: readonly (readonly [name: string, primitives: readonly Primitive[]])[],
  { handedness }: PresetInput,
): Scene {
  const things = added
    .filter(([, primitives]) => primitives.length > 0)
    .map(([name, primitives]) => ({ name, primitives: handedness === 'left' ? primitives.map(mirrored) : primitives }));
  return { ...scene, objects: [...scene.objects, ...things] };
}

/** Where the skin of the palm is in the palm frame of a hand of scale 1, metres. */
const PALM_SKIN = 0.0205;
/** y of the palm's crease where things lie that a hand closes around. */
const CREASE = 0.08;

/** Something that a hand holds: solids in the palm frame of a hand of scale 1 (x to the thumb, y to the fingers, z out of the palm). */
export interface HeldObject {
  readonly name: string;
  readonly primitives: readonly Primitive[];
}

function across(y: number, from: number, to: number, radius: number, radiusTo = radius): Primitive {
  const end = (x: number, r: number): Vec3 => [x, y, PALM_SKIN + r];
  return capsule(end(from, radius), end(to, radiusTo), radius, radiusTo);
}

/** Things of everyday, by the way they are held: around, in the palm, between thumb and fingers. */
export const HELD_OBJECTS: readonly HeldObject[] = [
  { name: 'bottle', primitives: [across(0.09, -0.1, 0.07, 0.028), across(0.09, 0.07, 0.14, 0.026, 0.012)] },
  { name: 'ball', primitives: [sphere([0.002, 0.082, PALM_SKIN + 0.033], 0.033)] },
  { name: 'carton', primitives: [box([0.01, 0.091, PALM_SKIN + 0.024], [0.075, 0.025, 0.022], rotationZ(0.12))] },
  {
    name: 'hammer',
    primitives: [across(CREASE, -0.09, 0.17, 0.0135), box([0.18, CREASE, PALM_SKIN + 0.014], [0.018, 0.018, 0.05])],
  },
  { name: 'book', primitives: [box([0.012, 0.141, PALM_SKIN + 0.018], [0.058, 0.08, 0.008], rotationX(0.1))] },
  {
    name: 'pear',
    primitives: [capsule([-0.012, 0.1, PALM_SKIN + 0.028], [0.032, 0.116, PALM_SKIN + 0.03], 0.029, 0.015)],
  },
  { name: 'wand', primitives: [capsule([0.09, 0.04, 0.075], [-0.06, 0.165, 0.02], 0.006)] },
];
