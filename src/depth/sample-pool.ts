import type { DepthFrame } from './depth-frame.js';
import { samplesOf } from './stored-depth.js';

/**
 * Memory of decoded images that is used again. Without it, a camera of 640x480 at 30 Hz makes 18 MB of garbage a second, whose collection
 * stops the main thread twice a second.
 */
export class SamplePool {
  readonly #lent = new WeakSet<object>();
  #spare: Uint16Array[] = [];

  /** Memory for so many numbers, in which anything may be. */
  take(count: number): Uint16Array {
    this.#spare = this.#spare.filter(({ length }) => length === count); // another camera, another size
    const samples = this.#spare.pop() ?? new Uint16Array(count);
    this.#lent.add(samples);
    return samples;
  }

  /** A frame that nobody will read any more: its memory goes to a later one, if it is from here. */
  giveBack(frame: DepthFrame): void {
    const { samples } = samplesOf(frame);
    if (samples instanceof Uint16Array && this.#lent.delete(samples)) this.#spare.push(samples);
  }
}
