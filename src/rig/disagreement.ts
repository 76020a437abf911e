import { median } from './median.js';

/** How far apart two cameras see the same hand. */
export interface Disagreement {
  readonly cameras: readonly [string, string];
  /** Median distance between the palms of late, metres. */
  readonly distance: number;
  /** Moments that both saw it in. */
  readonly moments: number;
}

/** Moments that a median is taken over: six seconds at 30 Hz. */
const KEPT = 180;
/** Of fewer moments nothing is said. */
const ENOUGH = 30;

/** Remembers how far apart the cameras of a rig see the same hands: cameras that disagree for long are not where they are said to be. */
export class DisagreementMeter {
  readonly #pairs = new Map<
    string,
    { readonly cameras: readonly [string, string]; readonly distances: number[]; moments: number }
  >();

  /** Two cameras saw one hand this far apart, metres. */
  add(a: string, b: string, distance: number): void {
    const key = JSON.stringify([a, b]);
    const pair = this.#pairs.get(key) ?? { cameras: [a, b] as const, distances: [], moments: 0 };
    this.#pairs.set(key, pair);
    pair.moments++;
    pair.distances.push(distance);
    if (pair.distances.length > KEPT) pair.distances.shift();
  }

  /** Of each pair that has seen enough. */
  all(): Disagreement[] {
    return [...this.#pairs.values()]
      .filter(({ moments }) => moments >= ENOUGH)
      .map(({ cameras, distances, moments }) => ({ cameras, distance: median(distances) as number, moments }));
  }

  reset(): void {
    this.#pairs.clear();
  }
}

/** `camera left disagrees with camera right by 23 mm: calibrate`; undefined where no pair is more than `limit` metres apart. */
export function disagreementText(pairs: readonly Disagreement[], limit: number): string | undefined {
  const [worst] = [...pairs].sort((one, other) => other.distance - one.distance);
  if (worst === undefined || worst.distance <= limit) return undefined;
  const [a, b] = worst.cameras;
  return `camera ${a} disagrees with camera ${b} by ${Math.round(1000 * worst.distance)} mm: calibrate (voxhand calibrate)`;
}
