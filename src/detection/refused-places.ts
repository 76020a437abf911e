import { distance, type Vec3 } from '../geometry/index.js';
import { backOff, nanoseconds, secondsBetween } from '../timing/index.js';

/** A place where a further hand was not believed is left alone for so long, seconds and metres. */
const REFUSED = { seconds: 0.5, metres: 0.1 } as const;
/**
 * Without any hand, so many tries at one place may follow each other; from then on it is left alone after each, twice as long every time,
 * until it was left alone for `forgotten` more; seconds.
 */
const TRIES = { patient: 3, first: 0.15, longest: 1.2, forgotten: 2 } as const;

/** A place where the joints of a hand were not believed. */
interface Refusal {
  readonly root: Vec3;
  /** Left alone until then, nanoseconds. */
  readonly until: bigint;
  /** How often, one after the other, without any other hand. */
  readonly tries: number;
}

/** Places where the joints of hands were never believed: there a hand is tried ever more rarely. Stamps are nanoseconds. */
export class RefusedPlaces {
  #refused: Refusal[] = [];

  /** Time has come to this stamp. */
  pass(stamp: bigint): void {
    this.#refused = this.#refused.filter(({ until }) => secondsBetween(until, stamp) < TRIES.forgotten);
  }

  /**
   * A hand was not believed there.
   *
   * @param isAlone whether there is no other hand
   * @returns whether it may be tried again at once
   */
  refuse(root: Vec3, stamp: bigint, isAlone: boolean): boolean {
    const before = this.#at(root);
    this.#refused = this.#refused.filter((one) => !before.includes(one));
    const tries = isAlone ? 1 + Math.max(0, ...before.map((one) => one.tries)) : 0;
    const { patient } = TRIES;
    const pause = tries > patient ? backOff(tries - patient, TRIES) : 0;
    const until = stamp + nanoseconds(isAlone ? pause : REFUSED.seconds);
    this.#refused.push({ root, until, tries });
    return isAlone && tries <= patient;
  }

  /** Which places are left alone at a stamp, as a question that keeps its answer whatever is refused later. */
  leftAlone(stamp: bigint): (root: Vec3) => boolean {
    const places = this.#refused.filter(({ until }) => stamp < until);
    return (root) => places.some((place) => distance(place.root, root) < REFUSED.metres);
  }

  /** Whether a place was tried in vain so often that a hand there is no sign of one. */
  isTried(root: Vec3): boolean {
    return this.#at(root).some(({ tries }) => tries >= TRIES.patient);
  }

  /** Forget all places. */
  reset(): void {
    this.#refused = [];
  }

  #at(root: Vec3): Refusal[] {
    return this.#refused.filter((one) => distance(one.root, root) < REFUSED.metres);
  }
}
