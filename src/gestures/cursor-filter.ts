/** How a cursor follows. */
export interface CursorFilterOptions {
  /** Cut-off frequency at rest, Hz: lower is stiller, and slower to start. */
  readonly minCutoff: number;
  /** Cut-off added for each m/s of the cursor: higher lags less. */
  readonly beta: number;
  /** The cursor stays where it is while the filtered point is nearer than this, metres. */
  readonly band: number;
}

/** Of the speed that steers the cut-off, Hz. */
const SPEED_CUTOFF = 1.5;

/**
 * A point on a surface, still at rest and quick in motion: the One-Euro filter (Casiez, Roussel, Vogel 2012) with one cut-off for both
 * axes, by the length of the velocity, and behind it a band within which the cursor does not move.
 */
export class CursorFilter {
  readonly #options: CursorFilterOptions;
  #time: number | undefined;
  #x = 0;
  #y = 0;
  #vx = 0;
  #vy = 0;
  #outX = 0;
  #outY = 0;

  constructor(options: CursorFilterOptions) {
    this.#options = options;
  }

  get x(): number {
    return this.#outX;
  }

  get y(): number {
    return this.#outY;
  }

  /** @param time seconds, later than that of the last call */
  step(x: number, y: number, time: number): void {
    if (this.#time === undefined) {
      [this.#x, this.#y, this.#outX, this.#outY] = [x, y, x, y];
      this.#time = time;
      return;
    }
    const dt = time - this.#time;
    if (!(dt > 0)) return;
    this.#time = time;
    const { minCutoff, beta, band } = this.#options;
    const speedWeight = weight(SPEED_CUTOFF, dt);
    this.#vx += speedWeight * ((x - this.#x) / dt - this.#vx);
    this.#vy += speedWeight * ((y - this.#y) / dt - this.#vy);
    const follow = weight(minCutoff + beta * Math.hypot(this.#vx, this.#vy), dt);
    this.#x += follow * (x - this.#x);
    this.#y += follow * (y - this.#y);
    const [wayX, wayY] = [this.#x - this.#outX, this.#y - this.#outY];
    const way = Math.hypot(wayX, wayY);
    if (way <= band) return;
    this.#outX += (wayX * (way - band)) / way;
    this.#outY += (wayY * (way - band)) / way;
  }

  reset(): void {
    this.#time = undefined;
    this.#vx = 0;
    this.#vy = 0;
  }
}

/** Of a new value in an exponential low-pass with a cut-off in Hz. */
export function weight(cutoff: number, dt: number): number {
  return 1 / (1 + 1 / (2 * Math.PI * cutoff * dt));
}
