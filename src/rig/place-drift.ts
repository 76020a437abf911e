import type { Vec3 } from '../geometry/index.js';
import { PALM_JOINTS } from '../hand/index.js';
import { median } from './median.js';

/** Moments that a median is taken over, and fewer of which say nothing. */
const KEPT = 60;
const ENOUGH = 10;
/** Two views of a hand are read differently by so much, metres: what is less is no error of a place. */
const MEANT = 0.002;
/** More is not corrected, metres: it is a fault to be told, not a drift. */
const MOST = 0.03;

/**
 * By how much a camera sees hands beside where the first camera of a rig sees them: the median of the way between their palms of late. What
 * is beyond the usual difference of two views is the error of the camera's place near the hands, and can be taken back.
 */
export class PlaceDrift {
  /** By camera: x, y, z of each moment. */
  readonly #ways = new Map<string, Vec3[]>();

  /** A camera and the first one saw a hand: 63 numbers each, metres, in the rig's frame at one moment. */
  add(camera: string, seen: ArrayLike<number>, first: ArrayLike<number>): void {
    const ways = this.#ways.get(camera) ?? [];
    this.#ways.set(camera, ways);
    const way = [0, 1, 2].map((axis) => {
      return PALM_JOINTS.reduce((sum, j) => sum + seen[3 * j + axis] - first[3 * j + axis], 0) / PALM_JOINTS.length;
    });
    ways.push(way as unknown as Vec3);
    if (ways.length > KEPT) ways.shift();
  }

  /** What is to be added to what a camera sees, metres; nothing where too little is known, or too much is wrong. */
  correction(camera: string): Vec3 {
    const ways = this.#ways.get(camera) ?? [];
    if (ways.length < ENOUGH) return NOTHING;
    const [x, y, z] = ([0, 1, 2] as const).map((axis) => median(ways.map((way) => way[axis])) as number);
    const length = Math.hypot(x, y, z);
    if (length <= MEANT || length > MOST) return NOTHING;
    const share = MEANT / length - 1;
    return [share * x, share * y, share * z];
  }

  reset(): void {
    this.#ways.clear();
  }
}

const NOTHING: Vec3 = [0, 0, 0];
