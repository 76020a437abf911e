import type { DepthFrame } from '../depth/index.js';
import { depthScale, likelyScale } from '../detection/index.js';
import type { HandLocator } from './hand-locator.js';

/** So long without a hand before depth is doubted, nanoseconds; twice as long after each look that found nothing wrong, up to {@link MOST_PATIENCE}. */
const PATIENCE = 1_000_000_000n;
const MOST_PATIENCE = 16_000_000_000n;
/** Before a hand has ever been seen: a recording may be short. */
const FIRST_PATIENCE = 100_000_000n;
/** A hand at another scale must be seen in so many looks in a row. */
const LOOKS = 2;

/** Tells, while no hand is found, whether depth may be read in a wrong unit. Time is read from the stamps. */
export class DepthUnitWatch {
  readonly #locator: Pick<HandLocator, 'misscaled'>;
  /** Of the first frame without a hand, and of the last look. */
  #since: bigint | undefined;
  #looked = 0n;
  /** From there to the next look, nanoseconds. */
  #patience = PATIENCE;
  /** Looks in a row that found depth at another scale, and the scale of the last one. */
  #suspicions = 0;
  #scale = 1;
  /** Looks before a hand has ever been seen; undefined afterwards. */
  #firstLooks: number | undefined = 0;

  constructor(locator: Pick<HandLocator, 'misscaled'>) {
    this.#locator = locator;
  }

  /** A frame has a hand, or all is forgotten. */
  reset(): void {
    this.#since = undefined;
    this.#suspicions = 0;
    this.#firstLooks = undefined;
  }

  /** A frame without a hand. @returns by which factor its depth seems to be off, as far as is known; undefined where it seems right */
  async wrong(frame: DepthFrame): Promise<number | undefined> {
    const { stamp } = frame;
    if (this.#since === undefined || stamp < this.#looked) {
      this.#since = stamp;
      this.#looked = stamp;
      this.#patience = PATIENCE;
      this.#suspicions = 0;
    }
    const waited = stamp - this.#looked;
    const isEarly = this.#firstLooks !== undefined && this.#firstLooks < LOOKS;
    if (waited >= this.#patience || (isEarly && (this.#firstLooks === 0 || waited >= FIRST_PATIENCE))) {
      if (this.#firstLooks !== undefined) this.#firstLooks++;
      this.#looked = stamp;
      const scale = await this.#look(frame);
      this.#suspicions = scale === undefined ? 0 : this.#suspicions + 1;
      const patience = 2n * this.#patience < MOST_PATIENCE ? 2n * this.#patience : MOST_PATIENCE;
      this.#patience = scale === undefined && !isEarly ? patience : PATIENCE;
      this.#scale = scale ?? 1;
    }
    return this.#suspicions >= LOOKS ? this.#scale : undefined;
  }

  async #look(frame: DepthFrame): Promise<number | undefined> {
    switch (depthScale(frame)) {
      case 'none':
        return undefined;
      case 'near':
      case 'far':
        this.#suspicions = LOOKS; // no second look is needed
        return likelyScale(frame);
      case 'usual':
        return this.#locator.misscaled?.(frame).catch(() => undefined);
    }
  }
}
