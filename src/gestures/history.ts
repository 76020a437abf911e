import type { Vec3 } from '../geometry/index.js';

/** The last samples of a moving point, in bounded memory. */
export class History {
  readonly #times: Float64Array;
  readonly #points: Float64Array;
  #count = 0;

  /** @param kept how many samples are kept, at least 2 */
  constructor(kept = 64) {
    this.#times = new Float64Array(kept);
    this.#points = new Float64Array(3 * kept);
  }

  get length(): number {
    return Math.min(this.#count, this.#times.length);
  }

  /** @param time seconds, later than that of the last sample */
  add(time: number, point: Vec3): void {
    const at = this.#count++ % this.#times.length;
    this.#times[at] = time;
    this.#points.set(point, 3 * at);
  }

  /** The time of a sample; 0 is the newest one. */
  time(back: number): number {
    return this.#times[this.#at(back)];
  }

  point(back: number): Vec3 {
    const at = 3 * this.#at(back);
    return [this.#points[at], this.#points[at + 1], this.#points[at + 2]];
  }

  /** How many of the newest samples are at most `seconds` old. */
  within(seconds: number): number {
    const last = this.length === 0 ? 0 : this.time(0);
    let count = 0;
    while (count < this.length && last - this.time(count) <= seconds + 1e-6) count++;
    return count;
  }

  /** Velocity by least squares over the samples of the last `seconds`, at least two of them; zeros where there are none. */
  velocity(seconds: number): Vec3 {
    const count = Math.min(this.length, Math.max(2, this.within(seconds)));
    if (count < 2) return [0, 0, 0];
    let meanTime = 0;
    const mean = [0, 0, 0];
    for (let back = 0; back < count; back++) {
      meanTime += this.time(back) / count;
      const at = 3 * this.#at(back);
      for (let axis = 0; axis < 3; axis++) mean[axis] += this.#points[at + axis] / count;
    }
    let square = 0;
    const product = [0, 0, 0];
    for (let back = 0; back < count; back++) {
      const dt = this.time(back) - meanTime;
      square += dt * dt;
      const at = 3 * this.#at(back);
      for (let axis = 0; axis < 3; axis++) product[axis] += dt * (this.#points[at + axis] - mean[axis]);
    }
    return square > 0 ? [product[0] / square, product[1] / square, product[2] / square] : [0, 0, 0];
  }

  clear(): void {
    this.#count = 0;
  }

  #at(back: number): number {
    return (this.#count - 1 - back) % this.#times.length;
  }
}
