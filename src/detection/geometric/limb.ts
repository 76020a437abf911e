import type { DepthGrid } from './depth-grid.js';
import type { Thickness } from './thickness.js';

/** From a palm's centre to the elbow: of a child, and of a large adult with the elbow's point beyond, metres. */
const SHORTEST = 0.15;
const LONGEST = 0.4;
/** Half-width of a strip between two cells, wide enough for a bent wrist; and how far it may bulge in depth, metres. */
const STRIP = 0.03;
const BULGE = 0.06;
/** So near to its ends the strip is not looked at, metres. */
const MARGIN = 0.03;
/** The wrist is thicker than a finger, metres, but narrower than both ends by this factor. */
const WRIST_MIN_HALF = 0.0125;
const NARROWER = 0.9;
/** What is at most so much thicker than the narrowest place is as narrow. */
const AS_NARROW = 1.1;
/** From a palm's centre to the wrist, metres. */
const TO_WRIST = 0.1;
/** From the wrist to an elbow, metres: what is nearer may be a palm that the strip was walked to from the forearm. */
const TO_ELBOW = 0.11;
/** The hand's end is nearer to the wrist than the elbow's by at least this factor. */
const NEARER = 0.6;

/** What lies between the hand and the elbow of a limb, or what may be both. */
export interface Limb {
  /** Whether its other end is so far from the wrist that it can be no hand. */
  readonly long: boolean;
}

/**
 * The limb that runs from cell `a`, its hand, to cell `b`; undefined where there is none. A wrist, narrower than either end, lies
 * between, much nearer to `a`: a forearm seen from its elbow gets narrower on nearly its whole length.
 *
 * The limb is taken to be straight: a strip of the grid between the two cells, without gaps, near to the line in space.
 */
export function limbBetween(grid: DepthGrid, { half }: Thickness, a: number, b: number): Limb | undefined {
  const { x, y, z, cols } = grid;
  const dx = x[a] - x[b];
  const dy = y[a] - y[b];
  const dz = z[a] - z[b];
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (length < SHORTEST || length > LONGEST) return undefined;
  const colA = a % cols;
  const rowA = (a - colA) / cols;
  const toCol = (b % cols) - colA;
  const toRow = (b - (b % cols)) / cols - rowA;
  const steps = Math.max(Math.abs(toCol), Math.abs(toRow));
  const across = Math.abs(toCol) === steps ? cols : 1;
  const slack = Math.max(1, Math.round(STRIP / grid.pitchAt((z[a] + z[b]) / 2)));
  /** The thickest in the strip after `step` of its steps, metres; 0 in a gap. */
  const widthAt = (step: number): number => {
    const share = step / steps;
    const middle = Math.round(rowA + share * toRow) * cols + Math.round(colA + share * toCol);
    const depth = z[a] - share * dz;
    let width = 0;
    for (let cell = middle - slack * across; cell <= middle + slack * across; cell += across) {
      if (half[cell] > width && Math.abs(z[cell] - depth) < BULGE) width = half[cell];
    }
    return width;
  };
  // most pairs of cells have nothing between them
  for (const share of [0.5, 0.25, 0.75]) if (widthAt(Math.round(share * steps)) === 0) return undefined;

  const from = Math.ceil((MARGIN / length) * steps);
  const widths = new Float32Array(steps + 1);
  let narrowest = Infinity;
  for (let step = from; step <= steps - from; step++) {
    widths[step] = widthAt(step);
    if (widths[step] === 0) return undefined;
    narrowest = Math.min(narrowest, widths[step]);
  }
  if (narrowest < WRIST_MIN_HALF || narrowest > NARROWER * Math.min(half[a], half[b])) return undefined;
  let first = from;
  while (widths[first] > AS_NARROW * narrowest) first++;
  let last = steps - from;
  while (widths[last] > AS_NARROW * narrowest) last--;
  const toA = (first / steps) * length;
  const toB = ((steps - last) / steps) * length;
  return toA < TO_WRIST && toA < NEARER * toB ? { long: toB > TO_ELBOW } : undefined;
}
