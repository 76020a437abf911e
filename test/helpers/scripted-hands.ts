import { rotate, scaled, type Vec3 } from '../../src/geometry/matrix.js';
import { SeededRandom } from '../../src/geometry/random.js';
import type { GestureEngine } from '../../src/gestures/gesture-engine.js';
import type { EnablingMessage, GestureEvent, PointerEvent } from '../../src/gestures/gesture-events.js';
import type { HandsAtMoment, TrackedHand } from '../../src/hand/tracked-hand.js';
import type { PoseName } from '../../src/kinematics/hand-data.js';
import { blendPoses, type HandPose, namedPose } from '../../src/kinematics/hand-pose.js';
import { neutralShape } from '../../src/kinematics/hand-shape.js';
import { attitude, minimumJerk, type View } from '../../src/synthetic/hand-motion.js';
import { kinematicHand } from '../../src/synthetic/kinematic-hand.js';

/** Where a hand is and how it is held at a moment; between two keys it moves on the minimum-jerk curve. */
export interface HandKey {
  /** Seconds. */
  readonly t: number;
  readonly pose: PoseName | HandPose;
  /** Of the middle of the palm; metres, optical frame. */
  readonly at?: Vec3;
  /** The palm faces the camera, fingers up, by default. */
  readonly view?: Partial<View>;
}

export interface ScriptedHand {
  readonly keys: readonly HandKey[];
  readonly id?: number;
  readonly side?: 'right' | 'left';
  /** How likely the tracker holds that side to be; not judged by default. */
  readonly sideScore?: (time: number) => number;
  readonly scale?: number;
  /** Not there at these times. */
  readonly away?: (time: number) => boolean;
  readonly presence?: (time: number) => number;
}

const CENTRE: Vec3 = [0, 0, 0.5];

/** The 63 numbers of a scripted hand at a time. */
export function scriptedJoints({ keys, side = 'right', scale = 1 }: ScriptedHand, time: number): Float64Array {
  const next = keys.findIndex(({ t }) => t > time);
  const [from, to] =
    next < 0 ? [keys[keys.length - 1], keys[keys.length - 1]] : [keys[Math.max(0, next - 1)], keys[next]];
  const share = to.t > from.t ? minimumJerk((time - from.t) / (to.t - from.t)) : 0;
  const mix = (a: number, b: number) => a + share * (b - a);
  const [a, b] = [from.at ?? CENTRE, to.at ?? CENTRE];
  const at: Vec3 = [mix(a[0], b[0]), mix(a[1], b[1]), mix(a[2], b[2])];
  const angle = (name: keyof View) => mix(from.view?.[name] ?? 0, to.view?.[name] ?? 0);
  const rotation = attitude({ yaw: angle('yaw'), pitch: angle('pitch'), roll: angle('roll') });
  const joints = jointsBetween(from.pose, to.pose, from.pose === to.pose ? 0 : share, scale);
  const mirror = side === 'left' ? -1 : 1;
  const palm = scaled([0, 0.043, 0], scale);
  const placed = new Float64Array(63);
  for (let j = 0; j < 63; j += 3) {
    const p = rotate(rotation, [mirror * joints[j], joints[j + 1] - palm[1], joints[j + 2]]);
    placed.set([p[0] + at[0], p[1] + at[1], p[2] + at[2]], j);
  }
  return placed;
}

/** Kinematics are the dear part: what was asked for once is kept. */
const KNOWN = new Map<string, Float64Array>();

function jointsBetween(from: HandKey['pose'], to: HandKey['pose'], share: number, scale: number): Float64Array {
  const key = typeof from === 'string' && typeof to === 'string' ? `${from} ${to} ${share} ${scale}` : undefined;
  const known = key === undefined ? undefined : KNOWN.get(key);
  if (known !== undefined) return known;
  const poseOf = (pose: HandKey['pose']) => (typeof pose === 'string' ? namedPose(pose) : pose);
  const { joints } = kinematicHand(blendPoses(poseOf(from), poseOf(to), share), neutralShape(scale));
  if (key !== undefined) KNOWN.set(key, joints);
  return joints;
}

export interface PlayOptions {
  readonly rate?: number;
  readonly until?: number;
  /** Standard deviation of each coordinate, metres. */
  readonly noise?: number;
  readonly seed?: number;
}

/** The moments of scripted hands. */
export function* scriptedMoments(
  hands: readonly ScriptedHand[],
  { rate = 30, until, noise = 0, seed = 1 }: PlayOptions = {},
): Generator<HandsAtMoment> {
  const random = new SeededRandom(seed);
  const end = until ?? Math.max(...hands.flatMap(({ keys }) => keys.map(({ t }) => t)));
  for (let frame = 0; frame / rate <= end + 1e-9; frame++) {
    const time = frame / rate;
    const tracked = hands.flatMap((hand, i): TrackedHand[] => {
      if (hand.away?.(time)) return [];
      const positions = scriptedJoints(hand, time).map((x) => x + noise * random.normal());
      const confidences = new Float32Array(21).fill(0.9);
      const presence = hand.presence?.(time) ?? 0.95;
      const [id, handedness, handednessScore] = [hand.id ?? i + 1, hand.side ?? 'right', hand.sideScore?.(time)];
      return [
        { id, handedness, positions, confidences, presence, ...(handednessScore !== undefined && { handednessScore }) },
      ];
    });
    yield { stamp: stampOf(time), frameId: 'camera', hands: tracked, lost: [], lagFrames: 0 };
  }
}

export function stampOf(seconds: number): bigint {
  return 1_000_000_000_000n + BigInt(Math.round(seconds * 1e9));
}

/** Seconds of a stamp of `scriptedMoments`. */
export function secondsOf(stamp: bigint): number {
  return Number(stamp - 1_000_000_000_000n) / 1e9;
}

/** All that an engine makes of scripted hands. */
export function play(engine: GestureEngine, hands: readonly ScriptedHand[], options: PlayOptions = {}) {
  const gestures: GestureEvent[] = [];
  const pointers: PointerEvent[] = [];
  const enabling: EnablingMessage[] = [];
  for (const moment of scriptedMoments(hands, options)) {
    const output = engine.take(moment);
    gestures.push(...output.gestures);
    pointers.push(...output.pointers);
    enabling.push(...output.enabling);
  }
  return { gestures, pointers, enabling };
}

/** `fist BEGIN` for each event but UPDATE. */
export function steps(gestures: readonly GestureEvent[]): string[] {
  return gestures.filter(({ phase }) => phase !== 'UPDATE').map(({ gesture, phase }) => `${gesture} ${phase}`);
}
