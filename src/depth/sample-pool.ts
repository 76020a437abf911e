import type { DepthFrame } from './depth-frame.js';
import { samplesOf } from './stored-depth.js';

/** Whatever is sent here is freed at once. */
let nowhere: InstanceType<typeof MessageChannel>['port1'] | undefined;

/**
 * Memory of images that is used again, or freed without a collection. Without it, a camera of 640x480 at 30 Hz makes 18 MB of garbage a
 * second, whose collection stops the main thread twice a second.
 */
export class SamplePool {
  readonly #lent = new WeakSet<object>();
  readonly #messages = new WeakMap<DepthFrame, Uint8Array<ArrayBuffer>>();
  #spare: Uint16Array[] = [];

  /** Memory for so many numbers, in which anything may be. */
  take(count: number): Uint16Array {
    this.#spare = this.#spare.filter(({ length }) => length === count); // another camera, another size
    const samples = this.#spare.pop() ?? new Uint16Array(count);
    this.#lent.add(samples);
    return samples;
  }

  /** The frame is read from a message whose whole buffer it has for itself. */
  takeAlong(frame: DepthFrame, data: Uint8Array): void {
    this.#messages.set(frame, data as Uint8Array<ArrayBuffer>);
  }

  /** A frame that nobody will read any more: its memory goes to a later one, if it is from here; that of its message is freed. */
  giveBack(frame: DepthFrame): void {
    const { samples } = samplesOf(frame);
    const message = this.#messages.get(frame);
    if (message !== undefined) {
      this.#messages.delete(frame);
      free(message.buffer);
    }
    if (samples instanceof Uint16Array && this.#lent.delete(samples)) this.#spare.push(samples);
  }
}

function free(buffer: ArrayBuffer): void {
  if (nowhere === undefined) {
    nowhere = new MessageChannel().port1;
    nowhere.close();
  }
  nowhere.postMessage(undefined, [buffer]);
}
