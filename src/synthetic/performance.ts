import { VoxhandError } from '../errors/voxhand-error.js';
import { add, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import type { HandsAtMoment } from '../hand/tracked-hand.js';
import { type HandShape, neutralShape } from '../kinematics/hand-shape.js';
import { SYNTHETIC_FRAME_ID } from './depth-camera.js';
import { blendTargets, facing, type HandTarget, jointsAt, reaching } from './hand-target.js';
import { COMES, GOES, IDLE, type Performed, type PerformedGesture, performed, RESTS } from './performed-gestures.js';
import type { Primitive } from './primitives.js';
import type { PlacedHand } from './scene.js';
import { way } from './two-hand-acts.js';

/** One gesture of a script. */
export interface PerformanceStep {
  readonly gesture: PerformedGesture;
  /** When it begins, seconds; the hand is there a little earlier. */
  readonly at: number;
  /** 1 unless given: as people do who do not hurry. */
  readonly speed?: number;
  /** How long a pose is held, seconds. Default 0.8. */
  readonly hold?: number;
}

export interface PerformanceOptions {
  /** Decides what varies: ways, angles, rest between gestures. */
  readonly seed?: number;
  readonly handedness?: PlacedHand['handedness'];
  readonly shape?: HandShape;
  /** Id of the hand. Default 0. */
  readonly id?: number;
  /** Where the middle of the palm is between gestures: metres, optical frame, where it really is for either hand. */
  readonly place?: Vec3;
  /** Where fingers and palm point there, as of a right hand. Default up, and to the camera. */
  readonly fingers?: Vec3;
  readonly palm?: Vec3;
  /** The shoulder as of a right hand, metres; behind and below the hand unless given. */
  readonly shoulder?: Vec3;
}

/** A gesture that is made, and when: seconds. */
export interface TrueGesture {
  /** As gestures are called in events; of a surface `pointer_` and how it is operated. */
  readonly gesture: string;
  /** From when on it is made; of a movement that is over at once the moment itself, see docs/synthetic.md. */
  readonly from: number;
  readonly to: number;
  readonly handId: number;
  readonly handedness: PlacedHand['handedness'];
  /** It may be recognised or not: neither is wrong. */
  readonly optional?: true;
}

/** A hand that does what a script says. */
export interface Performance {
  readonly id: number;
  readonly handedness: PlacedHand['handedness'];
  readonly shape: HandShape;
  /** In the order of their beginning. */
  readonly events: readonly TrueGesture[];
  /** When the last gesture is over and the hand is back, seconds. */
  readonly end: number;
  /** Its shoulder, as a right one: metres, optical frame. */
  readonly shoulder: Vec3;
  /** The hand at any time, as a right one; its wrist bends as its arm asks for. */
  target(time: number): HandTarget;
  /** What it works with, as a right hand does. */
  things?(time: number): readonly Primitive[];
}

const DEFAULT_HOLD = 0.8;
const STREAM = 61;

/**
 * A hand that makes gestures at given times and is at rest in between.
 *
 * Each gesture takes the second before its time to get ready, and 0.9 s after its end to go back; the next one may begin to get ready
 * meanwhile, but not before the gesture itself is over.
 *
 * @throws VoxhandError `CONFIG_INVALID` for steps that overlap
 * @example
 * ```ts
 * const pushes = performance('push', { at: [1, 3.5], speed: 1.2 });
 * pushes.events[0]; // { gesture: 'push', from: 1.35..., to: 1.35..., handId: 0, handedness: 'right' }
 * for (const moment of performanceTruth(pushes, { frames: 150 })) engine.take(moment);
 * ```
 */
export function performance(
  gesture: PerformedGesture,
  options: PerformanceOptions & Omit<PerformanceStep, 'gesture' | 'at'> & { readonly at: readonly number[] },
): Performance;
export function performance(steps: readonly PerformanceStep[], options?: PerformanceOptions): Performance;
export function performance(
  what: PerformedGesture | readonly PerformanceStep[],
  options: PerformanceOptions & Omit<PerformanceStep, 'gesture' | 'at'> & { readonly at?: readonly number[] } = {},
): Performance {
  const { seed = 0, handedness = 'right', shape = neutralShape(), id = 0 } = options;
  const { speed, hold, at = [] } = options;
  const steps =
    typeof what === 'string'
      ? at.map((time) => ({ gesture: what, at: time, ...(speed && { speed }), ...(hold && { hold }) }))
      : [...what].sort((a, b) => a.at - b.at);
  const side = handedness === 'left' ? -1 : 1;
  const [x, y, z] = options.place ?? [side * -0.1, 0, 0.6];
  const place: Vec3 = [side * x, y, z];
  const shoulder = options.shoulder ?? add(place, [-0.06, 0.14, 0.36]);
  const home: HandTarget = {
    pose: IDLE,
    center: place,
    rotation: facing(options.fingers ?? [0, -1, -0.1], options.palm ?? [0.15, 0, -1]),
  };
  const random = new SeededRandom(seed, STREAM, id);
  const drift = driftOf(random);
  const made = steps.map((step) => {
    const own = new SeededRandom(seed, STREAM, id, Math.round(1000 * step.at));
    const vary = add(home.center, [own.uniform(-0.02, 0.02), own.uniform(-0.02, 0.02), own.uniform(-0.02, 0.02)]);
    const { speed = 1, hold = DEFAULT_HOLD } = step;
    const play = performed(step.gesture, { ...home, center: vary }, { speed, hold, side, shape, random: own });
    return { ...step, play };
  });
  made.forEach(({ at, gesture, play }, i) => {
    const next = made[i + 1];
    if (next === undefined || next.at - COMES - RESTS >= at + play.duration - 1e-9) return;
    throw new VoxhandError('CONFIG_INVALID', 'a gesture begins before the one before it is over', {
      expected: `at least ${(at + play.duration + COMES + RESTS).toFixed(2)} s`,
      found: `${next.at} s`,
      where: `${next.gesture} after ${gesture}`,
    });
  });
  return {
    ...{ id, handedness, shape, shoulder },
    end: made.reduce((end, { at, play }) => Math.max(end, at + play.duration + GOES), 0),
    events: made
      .flatMap(({ at, play }) =>
        play.truths.map(({ from, to, ...truth }) => {
          return { ...truth, from: Math.max(0, at + from), to: at + to, handId: id, handedness };
        }),
      )
      .sort((a, b) => a.from - b.from || a.gesture.localeCompare(b.gesture)),
    target: (time) => {
      const target = between(made, home, time);
      return reaching({ ...target, center: add(target.center, drift(time)) }, shoulder, shape);
    },
  };
}

interface MadeStep {
  readonly at: number;
  readonly play: Performed;
}

/** In a gesture, on the way to one or from one, or at home. */
function between(made: readonly MadeStep[], home: HandTarget, time: number): HandTarget {
  let before: MadeStep | undefined;
  for (const step of made) {
    const { at, play } = step;
    if (time >= at + play.duration) {
      before = step;
      continue;
    }
    if (time >= at) return play.at(time - at);
    const from = before === undefined ? home : leaving(before, home, time);
    return blendTargets(from, play.first, way(time, at - RESTS - COMES, at - RESTS));
  }
  return before === undefined ? home : leaving(before, home, time);
}

function leaving({ at, play }: MadeStep, home: HandTarget, time: number): HandTarget {
  const end = at + play.duration;
  return blendTargets(play.at(play.duration), home, way(time, end, end + GOES));
}

/** No hand is quite still: some millimetres, slowly, and its tremor. */
function driftOf(random: SeededRandom): (time: number) => Vec3 {
  const waves = [0.0025, 0.0025, 0.003].map((amplitude) => {
    const [slow, fast] = [random.uniform(0.25, 0.6), random.uniform(6, 9)].map((hertz) => 2 * Math.PI * hertz);
    const phase = random.uniform(0, 2 * Math.PI);
    return (time: number) => amplitude * Math.sin(slow! * time + phase) + 0.0002 * Math.sin(fast! * time + 2 * phase);
  });
  return (time) => waves.map((wave) => wave(time)) as unknown as Vec3;
}

/** The beginning or the end of a gesture that is made, as a `GestureEvent` tells of one. */
export interface TrueGestureEvent {
  readonly stamp: bigint;
  readonly frameId: string;
  readonly handId: number;
  readonly handedness: PlacedHand['handedness'];
  readonly gesture: string;
  readonly phase: 'BEGIN' | 'END';
  /** 0 of an optional one. */
  readonly confidence: 0 | 1;
  /** Not given: zeros. */
  readonly position: Vec3;
  readonly direction: Vec3;
  /** Since BEGIN, seconds. */
  readonly duration: number;
  readonly reason: string;
}

/** Gestures as events, in order of time; each BEGIN comes before its END. */
export function trueGestureEvents(
  gestures: readonly TrueGesture[],
  { start = 0n, frameId = SYNTHETIC_FRAME_ID }: Pick<PerformanceTruthOptions, 'start' | 'frameId'> = {},
): TrueGestureEvent[] {
  const none: Vec3 = [0, 0, 0];
  const stampOf = (seconds: number): bigint => start + BigInt(Math.round(1e9 * seconds));
  return gestures
    .flatMap(({ gesture, from, to, handId, handedness, optional }) => {
      const about = { frameId, handId, handedness, gesture, position: none, direction: none };
      const confidence = optional ? (0 as const) : (1 as const);
      const reason = optional ? 'may be recognised or not' : 'by the script';
      return [
        { ...about, stamp: stampOf(from), phase: 'BEGIN' as const, confidence, duration: 0, reason },
        { ...about, stamp: stampOf(to), phase: 'END' as const, confidence, duration: to - from, reason },
      ];
    })
    .sort((a, b) => Number(a.stamp - b.stamp));
}

export interface PerformanceTruthOptions {
  readonly frames: number;
  /** Frames per second. */
  readonly fps?: number;
  /** Stamp of the first moment, nanoseconds. */
  readonly start?: bigint;
  readonly frameId?: string;
  /** Standard deviation of each coordinate of each joint, metres; as exact as can be unless given. */
  readonly noise?: number;
  readonly seed?: number;
}

/**
 * The true joints of performing hands without any picture: tens of thousands of moments per second.
 *
 * @param hands each with an id of its own
 */
export function* performanceTruth(
  hands: Performance | readonly Performance[],
  { frames, fps = 30, start = 0n, frameId = SYNTHETIC_FRAME_ID, noise = 0, seed = 0 }: PerformanceTruthOptions,
): Generator<HandsAtMoment> {
  const performers = 'target' in hands ? [hands] : hands;
  for (let i = 0; i < frames; i++) {
    const random = new SeededRandom(seed, STREAM + 1, i);
    yield {
      stamp: start + BigInt(Math.round((i * 1e9) / fps)),
      frameId,
      hands: performers.map(({ id, handedness, shape, target }) => {
        const positions = jointsAt(target(i / fps), shape, handedness);
        if (noise > 0) for (let k = 0; k < positions.length; k++) positions[k]! += noise * random.normal();
        return { id, handedness, positions, confidences: new Float32Array(JOINT_COUNT).fill(1) };
      }),
      lost: [],
      lagFrames: 0,
    };
  }
}
