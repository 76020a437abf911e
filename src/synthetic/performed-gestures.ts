import { add, type Matrix3, multiply, rotate, rotationZ, scaled, subtract, type Vec3 } from '../geometry/matrix.js';
import type { SeededRandom } from '../geometry/random.js';
import { POSE_GESTURES } from '../hand/pose-gestures.js';
import { INDEX_TIP, jointIndex, THUMB_TIP } from '../hand/skeleton.js';
import type { PoseName } from '../kinematics/hand-data.js';
import { blendPoses, type HandPose, handPose, namedPose } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { minimumJerk } from './hand-motion.js';
import { facing, type HandTarget, PALM } from './hand-target.js';
import { jointPosition, kinematicHand } from './kinematic-hand.js';

/** Poses that are held; movements; and what operates a surface in front of the hand (see `PERFORMANCE_SURFACE`). */
export const PERFORMED_POSES = POSE_GESTURES;
export const PERFORMED_STROKES = ['swipe_left', 'swipe_right', 'swipe_up', 'swipe_down', 'push', 'pull'] as const;
export const PERFORMED_MOVEMENTS = [...PERFORMED_STROKES, 'wave', 'circle', 'tap'] as const;
export const PERFORMED_INTERACTIONS = [
  'pointer_push',
  'pointer_hover',
  'pointer_touch',
  'pointer_grab',
  'pointer_pinch',
] as const;
export type PerformedGesture =
  | (typeof PERFORMED_POSES)[number]
  | (typeof PERFORMED_MOVEMENTS)[number]
  | (typeof PERFORMED_INTERACTIONS)[number];

/** What is true about a gesture: seconds of its own time. */
export interface Performed {
  /** Still before the gesture, and what it takes from 0 on. */
  readonly first: HandTarget;
  readonly duration: number;
  at(time: number): HandTarget;
  /** Gestures that are true meanwhile, by the moment from which on they are, and until when. */
  readonly truths: readonly {
    readonly gesture: string;
    readonly from: number;
    readonly to: number;
    /** It may be recognised or not. */
    readonly optional?: true;
  }[];
}

export interface PerformedOptions {
  /** 1: as people do who do not hurry. */
  readonly speed: number;
  /** How long a pose is held, seconds. */
  readonly hold: number;
  /** -1 where the hand is a left one: its target is mirrored, directions in the picture are not. */
  readonly side: 1 | -1;
  /** Of the hand: where its finger tip is when it touches. */
  readonly shape: HandShape;
  readonly random: SeededRandom;
}

/**
 * A surface parallel to the picture between hand and camera, as someone who faces the camera sees it: the corner at the top left, metres,
 * optical frame; its axes and size, and the names of the settings of a gesture profile.
 */
export const PERFORMANCE_SURFACE = {
  origin: [0.3, -0.22, 0.46],
  xAxis: [-1, 0, 0],
  yAxis: [0, 1, 0],
  width: 0.6,
  height: 0.44,
} as const;

const DEGREE = Math.PI / 180;

const POSES: Readonly<Record<(typeof PERFORMED_POSES)[number], PoseName | HandPose>> = {
  open_palm: 'open',
  five: 'spread',
  fist: 'fist',
  grab: 'fist',
  point: 'point',
  one: 'point',
  pinch: 'pinch',
  pinch_middle: handPose({
    ...namedPose('pinch'),
    thumb_radial: 20 * DEGREE,
    index_mcp: 12 * DEGREE,
    index_pip: 16 * DEGREE,
    index_dip: 8 * DEGREE,
    middle_mcp: 60 * DEGREE,
    middle_pip: 58 * DEGREE,
    middle_dip: 24 * DEGREE,
  }),
  thumbs_up: 'thumbs_up',
  thumbs_down: 'thumbs_up',
  victory: 'victory',
  two: 'victory',
  ok: 'ok',
  three: 'three',
  four: 'four',
  call: 'call',
};
/** What else is true of the same hand. */
const ALSO: Readonly<Partial<Record<string, readonly string[]>>> = {
  open_palm: ['five'],
  five: ['open_palm'],
  fist: ['grab'],
  grab: ['fist'],
  point: ['one'],
  one: ['point'],
  victory: ['two'],
  two: ['victory'],
  ok: ['pinch'],
  thumbs_up: ['grab'],
  thumbs_down: ['grab'],
};
/** The share of the way's time at which a pose counts: the minimum-jerk curve has gone 0.84 of it. */
const REACHED_AT = 0.68;

/** Time that the way to a gesture's first target and the rest there take, and the way back, seconds. */
export const COMES = 0.8;
export const RESTS = 0.2;
export const GOES = 0.9;

/** Between open and closed: nothing that is meant. */
export const IDLE: HandPose = blendPoses(namedPose('relaxed'), namedPose('fist'), 0.3);

/** Play a gesture that begins where the hand is at home. */
export function performed(gesture: PerformedGesture, home: HandTarget, options: PerformedOptions): Performed {
  if (isOneOf(PERFORMED_POSES, gesture)) return pose(gesture, home, options);
  if (isOneOf(PERFORMED_STROKES, gesture)) return stroke(gesture, home, options);
  switch (gesture) {
    case 'wave':
      return wave(home, options);
    case 'circle':
      return circle(home, options);
    case 'tap':
      return tap(home, options);
    case 'pointer_grab':
    case 'pointer_pinch':
      return closing(gesture, home, options);
    default:
      return pressing(gesture, home, options);
  }
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

function named(pose: PoseName | HandPose): HandPose {
  return typeof pose === 'string' ? namedPose(pose) : pose;
}

/** The gesture itself and what it implies. */
function truthsOf(gesture: string, from: number, to: number): Performed['truths'] {
  return [gesture, ...(ALSO[gesture] ?? [])].map((name) => ({ gesture: name, from, to }));
}

/** The pose in which a movement is made: nobody means it. From before the hand is there until it is back. */
function meanwhile(pose: string, end: number): Performed['truths'] {
  return truthsOf(pose, -COMES - RESTS, end + GOES).map((truth) => ({ ...truth, optional: true as const }));
}

/** 0 to 1 within the first `takes` seconds, 1 until `end - takes`, and back to 0. */
function thereAndBack(time: number, takes: number, end: number): number {
  return minimumJerk(time / takes) - minimumJerk((time - end + takes) / takes);
}

function pose(
  gesture: (typeof PERFORMED_POSES)[number],
  home: HandTarget,
  { speed, hold }: PerformedOptions,
): Performed {
  const target = named(POSES[gesture]);
  const takes = 0.3 / speed;
  const duration = 2 * takes + hold;
  const first = { ...home, pose: IDLE, rotation: isThumb(gesture) ? thumbTurned(target, gesture) : home.rotation };
  return {
    first,
    duration,
    at: (time) => ({ ...first, pose: blendPoses(IDLE, target, thereAndBack(time, takes, duration)) }),
    truths: truthsOf(gesture, REACHED_AT * takes, duration - REACHED_AT * takes),
  };
}

function isThumb(gesture: string): gesture is 'thumbs_up' | 'thumbs_down' {
  return gesture === 'thumbs_up' || gesture === 'thumbs_down';
}

/** The attitude in which the thumb of this pose points up or down. */
function thumbTurned(pose: HandPose, gesture: 'thumbs_up' | 'thumbs_down'): Matrix3 {
  const { joints } = kinematicHand(pose);
  const [from, to] = [jointPosition(joints, jointIndex('thumb_mcp')), jointPosition(joints, THUMB_TIP)];
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const upright = gesture === 'thumbs_up' ? facing([1, 0, -0.35], [0.35, 0, 1]) : facing([1, 0, -0.35], [-0.35, 0, -1]);
  return multiply(upright, rotationZ(-angle));
}

const DIRECTIONS: Readonly<Record<(typeof PERFORMED_STROKES)[number], Vec3>> = {
  swipe_left: [-1, 0, 0],
  swipe_right: [1, 0, 0],
  swipe_up: [0, -1, 0],
  swipe_down: [0, 1, 0],
  push: [0, 0, -1],
  pull: [0, 0, 1],
};

/** One quick straight movement of the flat hand, out of rest; its moment is that of the highest speed. */
function stroke(
  gesture: (typeof PERFORMED_STROKES)[number],
  home: HandTarget,
  { speed, side, random }: PerformedOptions,
): Performed {
  const [x, y, z] = DIRECTIONS[gesture];
  const along = [side * x, y, z] as const;
  const length = random.uniform(0.2, 0.27) * (z === 0 ? 1 : 0.85);
  const peak = (z === 0 ? 1.35 : 1.05) * speed;
  const takes = (1.875 * length) / peak;
  const still = 0.25;
  const open = { ...home, pose: blendPoses(namedPose('open'), namedPose('flat'), random.next()) };
  const at = (share: number): HandTarget => ({
    ...open,
    center: add(home.center, scaled(along, (share - 0.5) * length)),
  });
  const duration = still + takes + still;
  const moment = still + takes / 2;
  return {
    first: at(0),
    duration,
    at: (time) => at(minimumJerk((time - still) / takes)),
    truths: [{ gesture, from: moment, to: moment }, ...meanwhile('open_palm', duration)],
  };
}

/** The open hand from side to side about the elbow; its moment is when it has been on both sides. */
function wave(home: HandTarget, { speed, random }: PerformedOptions): Performed {
  const swings = 5 + random.integer(3);
  const takes = 0.3 / speed;
  const angle = random.uniform(20, 28) * DEGREE;
  const open = { ...home, pose: namedPose('open') };
  const duration = swings * takes;
  return {
    first: open,
    duration,
    at: (time) => {
      const phase = Math.min(swings, Math.max(0, time / takes));
      const fade = Math.min(1, 2 * phase, 2 * (swings - phase));
      const turn = angle * Math.sin(Math.PI * phase) * minimumJerk(fade);
      return {
        ...open,
        center: add(home.center, [0.12 * Math.sin(turn), 0, 0]),
        rotation: multiply(rotationZ(turn), home.rotation),
      };
    },
    truths: [{ gesture: 'wave', from: 2 * takes, to: duration }, ...meanwhile('open_palm', duration)],
  };
}

/** The index finger draws circles in the picture's plane; its moment is five sixths of the first turn. */
function circle(home: HandTarget, { speed, side, random }: PerformedOptions): Performed {
  const turns = 2;
  const radius = random.uniform(0.05, 0.09);
  const sense = side * (random.integer(2) === 0 ? 1 : -1);
  const takes = 0.95 / speed;
  const ramp = 0.3 * takes;
  const pointing = { ...home, pose: namedPose('point') };
  const duration = turns * takes + ramp;
  // the angle grows evenly but for its beginning and its end
  const angleAt = (time: number): number => {
    const t = Math.min(duration, Math.max(0, time));
    const early = t < ramp ? (t * t) / (2 * ramp) : t - ramp / 2;
    const late = t > duration - ramp ? (t - duration + ramp) ** 2 / (2 * ramp) : 0;
    return ((2 * Math.PI) / takes) * (early - late);
  };
  const from = (5 / 6) * takes + ramp / 2;
  return {
    first: pointing,
    duration,
    at: (time) => {
      const angle = sense * angleAt(time);
      return { ...pointing, center: add(home.center, [radius * Math.sin(angle), radius * (1 - Math.cos(angle)), 0]) };
    },
    truths: [{ gesture: 'circle', from, to: duration }, ...meanwhile('point', duration)],
  };
}

/** The straight index finger goes down and comes back; its moment is half of the way back. */
function tap(home: HandTarget, { speed, random }: PerformedOptions): Performed {
  const takes = 0.17 / speed;
  const depth = random.uniform(38, 50) * DEGREE;
  const pointing = { ...home, pose: namedPose('point') };
  const still = 0.25;
  const duration = still + 2 * takes + still;
  const moment = still + 1.5 * takes;
  return {
    first: pointing,
    duration,
    at: (time) => {
      const down = minimumJerk((time - still) / takes) - minimumJerk((time - still - takes) / takes);
      return { ...pointing, pose: { ...pointing.pose, index_mcp: pointing.pose.index_mcp + depth * down } };
    },
    truths: [{ gesture: 'tap', from: moment, to: moment }, ...meanwhile('point', duration)],
  };
}

/** In front of the surface the hand closes, moves a little, and opens. */
function closing(
  gesture: 'pointer_grab' | 'pointer_pinch',
  home: HandTarget,
  { speed, hold, random }: PerformedOptions,
): Performed {
  const isGrab = gesture === 'pointer_grab';
  const closed = namedPose(isGrab ? 'fist' : 'pinch');
  const open = isGrab ? namedPose('open') : namedPose('relaxed');
  const takes = 0.28 / speed;
  const still = 0.3;
  const drag = [random.uniform(-0.08, 0.08), random.uniform(-0.06, 0.06), 0] as const;
  const duration = still + 2 * takes + hold + still;
  const first = { ...home, pose: open };
  const [from, to] = [still + REACHED_AT * takes, duration - still - REACHED_AT * takes];
  return {
    first,
    duration,
    at: (time) => ({
      ...first,
      pose: blendPoses(open, closed, thereAndBack(time - still, takes, duration - 2 * still)),
      center: add(home.center, scaled(drag, minimumJerk((time - still - takes) / Math.max(hold, 0.2)))),
    }),
    truths: [
      { gesture, from, to },
      ...truthsOf(isGrab ? 'fist' : 'pinch', from, to),
      ...(isGrab ? meanwhile('open_palm', duration) : []),
    ],
  };
}

/** A finger that dwells counts after one second, 0.4 s of which it has been nearly still before the gesture's own time begins. */
const DWELL = 0.6;

/**
 * The index finger points towards the camera and goes to the surface (`pointer_push`, `pointer_touch`: through it), or stays still in front
 * of it (`pointer_hover`). Moments: half of the way; the tip passes the surface; after a second of rest.
 */
function pressing(
  gesture: 'pointer_push' | 'pointer_hover' | 'pointer_touch',
  home: HandTarget,
  { speed, hold, shape, random }: PerformedOptions,
): Performed {
  const pointing = namedPose('point');
  const rotation = facing([0.1, -0.25, -1], [0.2, 0.95, -0.25]);
  const tip = tipFrom(pointing, shape, rotation);
  const surface = PERFORMANCE_SURFACE.origin[2];
  const far = gesture === 'pointer_hover' ? random.uniform(0.05, 0.12) : random.uniform(0.06, 0.09);
  const deep = gesture === 'pointer_touch' ? random.uniform(0.012, 0.03) : 0.005;
  const place: Vec3 = [home.center[0], home.center[1], surface + far - tip[2]];
  const first: HandTarget = { pose: pointing, center: place, rotation };
  const still = gesture === 'pointer_hover' ? 0 : 0.35;
  const takes = 0.32 / speed;
  if (gesture === 'pointer_hover') {
    const duration = 1 + hold;
    return {
      first,
      duration,
      at: () => first,
      truths: [{ gesture, from: DWELL, to: duration }, ...meanwhile('point', duration)],
    };
  }
  const duration = still + 2 * takes + hold * 0.5 + still;
  const way = far + deep;
  const isTouch = gesture === 'pointer_touch';
  const share = isTouch ? shareWhere(far / way) : 0.5;
  const [from, to] = [still + share * takes, duration - still - share * takes];
  return {
    first,
    duration,
    at: (time) => {
      const pressed = thereAndBack(time - still, takes, duration - 2 * still);
      return { ...first, center: add(place, [0, 0, -way * pressed]) };
    },
    truths: [{ gesture, from, to }, ...meanwhile('point', duration)],
  };
}

/** The share of time at which the minimum-jerk curve has gone so far. */
function shareWhere(gone: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (minimumJerk(middle) < gone) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** From the middle of the palm to the tip of the index finger: metres, optical frame. */
function tipFrom(pose: HandPose, shape: HandShape, rotation: Matrix3): Vec3 {
  const [x, y, z] = jointPosition(kinematicHand(pose, shape).joints, INDEX_TIP);
  return rotate(rotation, subtract([x, y, z], scaled(PALM, shape.scale)));
}
