import type { Vec3 } from '../geometry/index.js';
import { choleskySolve } from '../geometry/symmetric-eigen.js';
import { PALM_JOINTS } from '../hand/index.js';
import { median } from './median.js';
import { type OffsetSums, type SeenSurface, surfaceOffset } from './surface-offset.js';

/** Moments that a correction is taken over, and fewer of which say nothing of palms. */
const KEPT = 60;
const ENOUGH = 10;
/** Two views of a hand are read differently by so much, metres: what is less is no error of a place. */
const MEANT = 0.002;
/** More is not corrected, metres: it is a fault to be told, not a drift. */
const MOST = 0.03;
/** Points of the surface that say nothing yet, and what stands against each correction: as if so many points faced each way and said that there is none. */
const ENOUGH_POINTS = 40;
const PRIOR = 1;
/** Surfaces are compared in each of the first moments, then in every so many; so many of them count, each looked at so many times. */
const EVERY = 6;
const KEPT_SUMS = 20;
const ROUNDS = 3;

interface Known {
  /** x, y, z between the palms of each moment. */
  readonly ways: Vec3[];
  readonly sums: OffsetSums[];
  moments: number;
}

/**
 * By how much a camera sees hands beside where the first camera of a rig sees them. Where the surfaces of hands are known, it is the offset
 * that lays them onto each other; else the median of the way between their palms of late, of which what is beyond the usual difference of two
 * views is the error of the camera's place near the hands, and can be taken back.
 */
export class PlaceDrift {
  readonly #known = new Map<string, Known>();
  /** Surfaces that are still to be compared. */
  #lessons: (() => void)[] = [];

  /**
   * A camera and the first one saw a hand, at one moment and in the rig's frame.
   *
   * @param seen 63 numbers, metres, as `first`
   * @param surfaces of both, where they are known: the camera's, and the first one's; compared by {@link settle}, and only read
   */
  add(
    camera: string,
    seen: ArrayLike<number>,
    first: ArrayLike<number>,
    surfaces?: readonly [seen: SeenSurface, first: SeenSurface],
  ): void {
    const known = this.#known.get(camera) ?? { ways: [], sums: [], moments: 0 };
    this.#known.set(camera, known);
    const { ways, sums } = known;
    const way = [0, 1, 2].map((axis) => {
      return PALM_JOINTS.reduce((sum, j) => sum + seen[3 * j + axis] - first[3 * j + axis], 0) / PALM_JOINTS.length;
    });
    ways.push(way as unknown as Vec3);
    if (ways.length > KEPT) ways.shift();
    if (surfaces === undefined || (known.moments++ >= KEPT && known.moments % EVERY !== 0)) return;
    this.#lessons.push(() => this.#compare(camera, sums, surfaces));
  }

  /** Learn from the surfaces of the last moment: once its results are out, and before the next one. */
  settle(): void {
    for (const lesson of this.#lessons.splice(0)) lesson();
  }

  #compare(camera: string, sums: OffsetSums[], [seen, first]: readonly [SeenSurface, SeenSurface]): void {
    const offsetAt = surfaceOffset(first, seen);
    // which points belong together is looked at again by what they say
    for (let round = 0; round < ROUNDS; round++) {
      const [x, y, z] = this.correction(camera);
      if (round > 0) sums.pop();
      sums.push(offsetAt([-x, -y, -z]));
    }
    if (sums.length > KEPT_SUMS) sums.shift();
  }

  /** What is to be added to what a camera sees, metres; nothing where too little is known, or too much is wrong. */
  correction(camera: string): Vec3 {
    const { ways, sums } = this.#known.get(camera) ?? { ways: [], sums: [] };
    const bySurface = offsetOf(sums);
    if (bySurface !== undefined) return Math.hypot(...bySurface) > MOST ? NOTHING : bySurface;
    if (ways.length < ENOUGH) return NOTHING;
    const [x, y, z] = ([0, 1, 2] as const).map((axis) => median(ways.map((way) => way[axis])) as number);
    const length = Math.hypot(x, y, z);
    if (length <= MEANT || length > MOST) return NOTHING;
    const share = MEANT / length - 1;
    return [share * x, share * y, share * z];
  }

  reset(): void {
    this.#known.clear();
    this.#lessons = [];
  }
}

const NOTHING: Vec3 = [0, 0, 0];

/** What takes the offset that the sums say back. */
function offsetOf(sums: readonly OffsetSums[]): Vec3 | undefined {
  if (sums.reduce((sum, { points }) => sum + points, 0) < ENOUGH_POINTS) return undefined;
  const matrix = new Float64Array([PRIOR, 0, 0, 0, PRIOR, 0, 0, 0, PRIOR]);
  const right = new Float64Array(3);
  for (const one of sums) {
    for (let i = 0; i < 9; i++) matrix[i] += one.matrix[i];
    for (let i = 0; i < 3; i++) right[i] += one.right[i];
  }
  return choleskySolve(matrix, right, 3) ? [-right[0], -right[1], -right[2]] : undefined;
}
