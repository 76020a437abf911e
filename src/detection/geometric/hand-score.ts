import type { Vec3 } from '../../geometry/index.js';
import type { Branch, HandEvidence } from './hand-evidence.js';
import { isLong } from './hand-evidence.js';

/** What a candidate is compared with: the scene around it. */
export interface Scene {
  /** Depth of the nearest thing as thick as a hand, metres. */
  readonly nearest: number;
  /** Depth of the torso, metres; undefined where nothing is as thick as one. */
  readonly torso: number | undefined;
  /** Where a hand is expected (the last pose), if one is. */
  readonly expected: Vec3 | undefined;
}

/** Where a candidate is. */
export interface Place {
  readonly point: Vec3;
  /** The other ends of limbs whose hand it may be: what reaches out with its elbow is no less of a hand. */
  readonly elbows: readonly Vec3[];
}

/** The parts of a score, each 0 to 1, for people who ask why. */
export interface ScoreParts {
  /** What must hold: it multiplies. */
  readonly palm: number;
  readonly area: number;
  readonly end: number;
  readonly apart: number;
  readonly notHead: number;
  readonly notBehind: number;
  readonly notElbow: number;
  /** Evidence for it, weighed and summed. */
  readonly fingers: number;
  readonly wrist: number;
  readonly taper: number;
  readonly place: number;
  readonly score: number;
}

/** Half-widths of a finger and of two that touch, and from the palm to fingertips in noisy depth, metres. */
const ONE_FINGER = 0.0125;
const TWO_FINGERS = 0.018;
const LONG_FINGERS = 0.19;
/** Half-widths between which what thin things hang on becomes a palm, metres. */
const FINGERS_FROM = 0.012;
const FINGERS_TO = 0.02;
/** What an elbow's score is worth. */
const ELBOW = 0.4;
/** Shares of what is weighed; they add up to 1. */
const WEIGHT = { base: 0.1, fingers: 0.25, wrist: 0.1, taper: 0.2, place: 0.35 };

/**
 * How much a candidate looks like a hand, 0 to 1.
 *
 * What must hold multiplies: as thick as a hand, as large, the end of a limb (at most one branch goes on), not a bump on
 * a torso, not as big and round as a head, not behind the torso. The rest is weighed: fingers; a wrist narrower than the
 * palm; a forearm that gets thicker away from it (from the elbow, it gets thinner); and its place, see `scorePlace`.
 *
 * Lengths in the code are metres, areas square metres, of adults' hands and of children's from about six years on.
 */
export function scoreHand(e: HandEvidence, where: Place, scene: Scene): ScoreParts {
  const palm = scoreThickness(e.half);
  const area = ramp(e.area, 0.002, 0.005) * ramp(e.area, 0.03, 0.022);
  const long = e.branches.filter((branch) => goesOn(branch, e)).length + (e.leavesView ? 1 : 0);
  const end = long <= 1 ? 1 : long === 2 ? 0.35 : 0.15;
  const apart = 0.6 + 0.4 * ramp(e.torso, 0.08, 0.2);
  const fingers = scoreFingers(e.fingerArea, e.half);
  const big = Math.max(ramp(e.half, 0.041, 0.048), ramp(e.area, 0.0115, 0.014));
  const head = Math.max(big * ramp(e.dome, 0.003, 0.008), ramp(e.half, 0.05, 0.057));
  const wrist = e.arm === undefined ? 0.4 : ramp(e.arm.half / Math.max(e.half, 1e-3), 1, 0.75);
  const taper = scoreTaper(e.arm);
  // what a tapering forearm leads to is no head, however round: a fist around a bar
  const limb = e.arm?.farHalf === undefined ? 0 : wrist * taper;
  const notHead = 1 - 0.6 * (1 - fingers) * head * (1 - limb);
  const notBehind = notBehindTorso(where, scene);
  const place = scorePlace(where, scene);
  const weighed =
    WEIGHT.base + WEIGHT.fingers * fingers + WEIGHT.wrist * wrist + WEIGHT.taper * taper + WEIGHT.place * place;
  const score = palm * area * end * apart * notHead * notBehind * notRim(place) * weighed;
  return { palm, area, end, apart, notHead, notBehind, notElbow: 1, fingers, wrist, taper, place, score };
}

/** What is left of the score of an elbow whose hand is in sight. */
export function asElbow(parts: ScoreParts): ScoreParts {
  return { ...parts, notElbow: ELBOW, score: ELBOW * parts.score };
}

/**
 * Whether the limb goes on in this branch: in the forearm, and in any other that is longer or thicker than fingers are,
 * or as thick as the candidate itself.
 */
function goesOn(branch: Branch, e: HandEvidence): boolean {
  if (branch === e.arm) return isLong(branch);
  const shortAndThin = branch.half < TWO_FINGERS && branch.reach < LONG_FINGERS;
  const fingers = shortAndThin || (branch.farHalf ?? Infinity) < ONE_FINGER;
  const long = isLong(branch) && (branch.leavesView || branch.reach > LONG_FINGERS);
  return (long && !fingers) || branch.half > Math.max(0.025, 0.95 * e.half);
}

/** A forearm gets thicker from the wrist on, thinner from the elbow on; a neck ends in shoulders, wider than any arm. */
function scoreTaper(arm: Branch | undefined): number {
  if (arm?.farHalf === undefined) return 0.5;
  const growth = arm.farHalf / arm.half;
  const neck = Math.min(ramp(growth, 1.7, 2.2), ramp(arm.farHalf, 0.05, 0.06));
  return ramp(growth, 0.85, 1.15) * (1 - neck);
}

/**
 * About the most that a candidate of this thickness at this place can score, with this much finger-thin surface (square
 * metres) around it, whatever else is seen.
 */
export function scoreAtMost(half: number, fingerArea: number, where: Place, scene: Scene): number {
  const place = scorePlace(where, scene);
  const weighed = 1 - WEIGHT.place * (1 - place) - WEIGHT.fingers * (1 - scoreFingers(fingerArea, half));
  return scoreThickness(half) * notBehindTorso(where, scene) * notRim(place) * weighed;
}

function scoreFingers(area: number, half: number): number {
  return ramp(area, 0.0003, 0.0025) * ramp(half, FINGERS_FROM, FINGERS_TO);
}

/** Between a hand seen edge on and a head. The thinner, the likelier it is but a part of a hand. */
function scoreThickness(half: number): number {
  return ramp(half, 0.008, 0.013) * (0.85 + 0.15 * ramp(half, 0.013, 0.03)) * ramp(half, 0.066, 0.054);
}

/** What lies far behind the rest is rather the ragged rim of a body. */
function notRim(place: number): number {
  return 0.75 + 0.25 * ramp(place, 0.35, 0.6);
}

function notBehindTorso({ point, elbows }: Place, { torso }: Scene): number {
  if (torso === undefined) return 1;
  return 0.5 + 0.5 * ramp(torso - nearestOf(point, elbows), -0.12, -0.02);
}

/** Hands reach out: in front of the torso and nearer than elbows; and they are where they were a frame ago. */
function scorePlace({ point, elbows }: Place, scene: Scene): number {
  const depth = nearestOf(point, elbows);
  const front = scene.torso === undefined ? 0.6 : ramp(scene.torso - depth, -0.05, 0.1);
  const near = Math.exp(-Math.max(0, depth - scene.nearest) / 0.15);
  const place = 0.5 * front + 0.5 * near;
  if (scene.expected === undefined) return place;
  const [x, y, z] = scene.expected;
  const stay = Math.exp(-Math.hypot(point[0] - x, point[1] - y, point[2] - z) / 0.1);
  return Math.max(place, 0.4 * place + 0.6 * stay);
}

function nearestOf(point: Vec3, elbows: readonly Vec3[]): number {
  return elbows.reduce((nearest, elbow) => Math.min(nearest, elbow[2]), point[2]);
}

/** 0 at `from`, 1 at `to`, straight between; works downwards too. */
function ramp(value: number, from: number, to: number): number {
  const t = (value - from) / (to - from);
  return Math.max(0, Math.min(1, t));
}
