import { distance } from '../geometry/index.js';
import type { GestureHand } from './gesture-hand.js';
import type { PointerSettings } from './gesture-profile.js';
import { History } from './history.js';
import { Hysteresis } from './hysteresis.js';
import { mm, openness, poseScore } from './pose-scores.js';
import type { Press, PressSample, PressState } from './press-sample.js';

/** A hand that was open so long ago does not mean to close any more, and for so long it must have been in its place when it is closed, seconds. */
const STAYS_OPEN = 0.7;
const IN_PLACE = 0.3;
/** So far apart are the tips of thumb and index finger of a hand that is open for a pinch, metres, and this is the openness of one that is open for a grab. */
const TIPS_APART = 0.04;
const OPEN = 0.4;

/**
 * Grab and pinch: pressed while the hand is closed. It must have been open and still shortly before, and close where it is, with the palm
 * to the surface: hands that talk or take things close on their way.
 */
export class ClosedPress implements Press {
  readonly #pose: 'grab' | 'pinch';
  readonly #settings: PointerSettings;
  readonly #closed: Hysteresis;
  readonly #palms = new History(32);
  #openSince: number | undefined;
  /** When it was last open and still for long enough. */
  #openAt: number | undefined;
  #pressed = false;
  /** The hand has closed in a way that counts for nothing, and has not opened since. */
  #closedBefore = false;

  constructor(pose: 'grab' | 'pinch', settings: PointerSettings) {
    const { closeEnter, closeLeave, closeHold } = settings;
    this.#pose = pose;
    this.#settings = settings;
    this.#closed = new Hysteresis({ enter: closeEnter, leave: closeLeave, hold: closeHold, release: closeHold });
  }

  step({ time, hand, facing }: PressSample): PressState {
    // of the palm: tips that come together move
    const speed = Math.hypot(...hand.described.palmVelocity);
    this.#palms.add(time, hand.described.palmPosition);
    const { score, weakest } = poseScore(this.#pose, hand.features);
    const { restSpeed, closeReady } = this.#settings;
    if (!isOpenFor(this.#pose, hand, facing) || speed > restSpeed) this.#openSince = undefined;
    else {
      this.#openSince ??= time;
      if (time - this.#openSince >= closeReady) this.#openAt = time;
    }
    const closed = this.#closed.step(score, time);
    if (!closed) {
      const reason = this.#pressed ? `no longer ${weakest()}` : 'over the surface';
      this.#pressed = false;
      this.#closedBefore = false;
      const ready = this.#openAt !== undefined && time - this.#openAt <= STAYS_OPEN;
      return { pressed: false, progress: ready ? Math.min(score, 0.99) : 0, reason };
    }
    if (this.#pressed) return { pressed: true, progress: 1, reason: 'closed' };
    const why = this.#closedBefore ? 'the hand was closed before' : this.#whyNot(hand, time, facing);
    this.#closedBefore = true;
    if (why !== undefined) return { pressed: false, progress: 0, reason: why };
    this.#pressed = true;
    return { pressed: true, progress: 1, reason: weakest() };
  }

  #whyNot({ sideDoubted }: GestureHand, time: number, facing: number): string | undefined {
    if (sideDoubted) return 'the side of the hand is in doubt';
    if (facing < FACES[this.#pose]) return 'the palm does not face the surface';
    if (this.#openAt === undefined || time - this.#openAt > STAYS_OPEN) return 'the hand was not still and open before';
    const palms = Array.from({ length: this.#palms.within(IN_PLACE) }, (_, back) => this.#palms.point(back));
    const moved = Math.max(...palms.map((palm) => distance(palm, palms[0])));
    return moved > this.#settings.closeStill ? `the palm has moved by ${mm(moved)}` : undefined;
  }
}

/** Open, with the palm to the surface, and surely so: no finger is read where its neighbour is. */
export function isOpenFor(pose: 'grab' | 'pinch', { features, misreadSince }: GestureHand, facing: number): boolean {
  if (misreadSince !== undefined) return false;
  const isOpen = pose === 'grab' ? openness(features) >= OPEN : Math.hypot(...features.toIndex) >= TIPS_APART;
  return isOpen && facing >= FACES[pose];
}

/** Cosine between the palm's normal and the way to the surface from which on the palm faces it. */
const FACES = { grab: 0.4, pinch: 0.1 };
