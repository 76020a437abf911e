import { JOINT_COUNT, ROOT_OF_MIDDLE } from '../hand/index.js';

/** What is compared of a hand whose joints are believed. */
export interface HandClaim {
  /** 63 numbers, metres. */
  readonly positions: ArrayLike<number>;
  /** The same hand's joints in its last frame; undefined where it had none lately. */
  readonly before: ArrayLike<number> | undefined;
  /** How sure it is, 0 to 1. */
  readonly certainty: number;
}

/** Middle roots farther apart than this are of two hands, and nearer ones than that of one: two palms laid together are 0.025 apart; metres. */
const FAR_ROOTS = 0.045;
const SAME_ROOTS = 0.02;
/** Joints that are nearer than this to the next joint of the other hand, on average, are the same ones, metres. */
const SAME_JOINTS = 0.018;
/**
 * A hand around a thing may be taken for one that reaches around it from the other side: the roots are then as far apart as the hand is
 * wide, but both have their middle at the same place, and joints near to each other's. Hands that hold each other or are laid together have
 * their middles 0.03 apart, and their joints are as far from each other; metres.
 */
const SAME_MIDDLE = 0.025;
const AROUND_JOINTS = 0.022;
/** Hands touch where a joint of one is nearer than this to one of the other, metres: two fingers side by side are 0.02 apart. */
const TOUCHING = 0.03;
/** A hand that came from so much farther away than the other is the one that slid onto it, metres. */
const FARTHER = 0.02;

/**
 * Of each two hands that lie on one, the one that is not it: the one that was not there before, or came from farther away, or is less
 * sure; of two that are alike the later one.
 *
 * @returns indexes into `hands`
 */
export function duplicateHands(hands: readonly HandClaim[]): Set<number> {
  const dropped = new Set<number>();
  for (let b = 1; b < hands.length; b++) {
    for (let a = 0; a < b && !dropped.has(b); a++) {
      if (dropped.has(a) || !areOne(hands[a].positions, hands[b].positions)) continue;
      dropped.add(isIntruder(hands[a], hands[b]) ? a : b);
    }
  }
  return dropped;
}

/** Whether two hands touch, by their joints: 63 numbers each, metres. */
export function handsTouch(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < JOINT_COUNT; i++) {
    for (let j = 0; j < JOINT_COUNT; j++) if (apart(a, i, b, j) < TOUCHING) return true;
  }
  return false;
}

function areOne(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const roots = apart(a, ROOT_OF_MIDDLE, b, ROOT_OF_MIDDLE);
  if (roots < SAME_ROOTS) return true;
  const isAround = apart(middle(a), 0, middle(b), 0) < SAME_MIDDLE;
  if (!isAround && !(roots < FAR_ROOTS)) return false;
  return (toNext(a, b) + toNext(b, a)) / 2 < (isAround ? AROUND_JOINTS : SAME_JOINTS);
}

/** Mean of a hand's joints. */
function middle(hand: ArrayLike<number>): Float64Array {
  const mean = new Float64Array(3);
  for (let i = 0; i < hand.length; i++) mean[i % 3] += hand[i] / JOINT_COUNT;
  return mean;
}

/** Whether `hand` slid onto `other`, and not the other way round. */
function isIntruder(hand: HandClaim, other: HandClaim): boolean {
  const [own, others] = [moved(hand), moved(other)];
  if (Math.abs(own - others) > FARTHER) return own > others;
  return hand.certainty < other.certainty;
}

/** How far the middle root has moved since the last frame; infinitely far where there was none. */
function moved({ positions, before }: HandClaim): number {
  return before === undefined ? Number.MAX_VALUE : apart(positions, ROOT_OF_MIDDLE, before, ROOT_OF_MIDDLE);
}

/** Mean distance from each joint to the nearest one of the other hand. */
function toNext(from: ArrayLike<number>, to: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < JOINT_COUNT; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < JOINT_COUNT; j++) least = Math.min(least, apart(from, i, to, j));
    sum += least;
  }
  return sum / JOINT_COUNT;
}

function apart(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  return Math.hypot(a[3 * i] - b[3 * j], a[3 * i + 1] - b[3 * j + 1], a[3 * i + 2] - b[3 * j + 2]);
}
