import type { DepthFrame } from '../depth/index.js';
import { depthScale } from '../detection/index.js';
import type { HandLocator } from './hand-locator.js';

/** So long without a hand before depth is doubted, and between two looks; nanoseconds. */
const PATIENCE = 1_000_000_000n;
/** A hand at another scale must be seen in so many looks in a row. */
const LOOKS = 2;

/** Tells, while no hand is found, whether depth may be read in a wrong unit. Time is read from the stamps. */
export class DepthUnitWatch {
  readonly #locator: Pick<HandLocator, 'misscaled'>;
  /** Of the first frame without a hand, and of the last look. */
  #since: bigint | undefined;
  #looked = 0n;
  #suspicions = 0;

  constructor(locator: Pick<HandLocator, 'misscaled'>) {
    this.#locator = locator;
  }

  /** A frame has a hand, or all is forgotten. */
  reset(): void {
    this.#since = undefined;
    this.#suspicions = 0;
  }

  /** A frame without a hand. @returns whether its unit is wrong, as far as is known */
  async wrong(frame: DepthFrame): Promise<boolean> {
    const { stamp } = frame;
    if (this.#since === undefined || stamp < this.#looked) {
      this.#since = stamp;
      this.#looked = stamp;
      this.#suspicions = 0;
    }
    if (stamp - this.#looked >= PATIENCE) {
      this.#looked = stamp;
      this.#suspicions = (await this.#suspicious(frame)) ? this.#suspicions + 1 : 0;
    }
    return this.#suspicions >= LOOKS;
  }

  async #suspicious(frame: DepthFrame): Promise<boolean> {
    switch (depthScale(frame)) {
      case 'none':
        return false;
      case 'near':
      case 'far':
        this.#suspicions = LOOKS; // no second look is needed
        return true;
      case 'usual':
        return (await this.#locator.misscaled?.(frame).catch(() => false)) ?? false;
    }
  }
}
