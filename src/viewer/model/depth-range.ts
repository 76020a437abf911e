/** Near and far end of what is worth showing, metres. */
export interface DepthRange {
  readonly near: number;
  readonly far: number;
}

/** Histogram of 1 cm bins up to 20 m. */
const BIN = 0.01;
const BINS = 2000;
/** Shares of the pixels nearer than `near` and farther than `far`: flying pixels, and the far end of a corridor. */
const NEAREST_SHARE = 0.005;
const FARTHEST_SHARE = 0.98;
/** The range is not made narrower, metres: noise on a wall should not fill the whole scale. */
const LEAST_SPAN = 0.2;
/** Share of the way that the range goes towards a new one with each frame. */
const STEP = 0.15;
/** A range this far off is not approached but taken, metres: another scene. */
const JUMP = 0.8;

/** The range of one depth image, or undefined where no pixel has depth. Looks at every `stride`-th pixel. */
export function depthRange(depth: Float32Array, stride = 7): DepthRange | undefined {
  const bins = new Uint32Array(BINS);
  let valid = 0;
  for (let i = 0; i < depth.length; i += stride) {
    if (!(depth[i] > 0)) continue;
    bins[Math.min(BINS - 1, Math.floor(depth[i] / BIN))]++;
    valid++;
  }
  if (valid === 0) return undefined;
  const near = quantile(bins, valid * NEAREST_SHARE) * BIN;
  const far = (quantile(bins, valid * FARTHEST_SHARE) + 1) * BIN;
  const missing = Math.max(0, LEAST_SPAN - (far - near));
  return { near: Math.max(0, near - missing / 2), far: far + missing / 2 };
}

/** A range that follows the images calmly, so that colours do not flicker. */
export class SteadyRange {
  #range: DepthRange | undefined;

  follow(next: DepthRange | undefined): DepthRange | undefined {
    if (next === undefined) return this.#range;
    const last = this.#range;
    const isNew = last === undefined || Math.abs(next.near - last.near) > JUMP || Math.abs(next.far - last.far) > JUMP;
    this.#range = isNew
      ? next
      : { near: last.near + STEP * (next.near - last.near), far: last.far + STEP * (next.far - last.far) };
    return this.#range;
  }
}

function quantile(bins: Uint32Array, count: number): number {
  let bin = 0;
  for (let below = bins[0]; below < count && bin < BINS - 1; below += bins[++bin]);
  return bin;
}
