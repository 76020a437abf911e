import { JOINT_COUNT } from '../hand/skeleton.js';
import { HandFit } from './fit-hand.js';
import type { JointReading } from './fit-options.js';
import { mirrored } from './hand-fitter.js';
import { describedProportions } from './hand-proportions.js';

/**
 * Tells a right hand's joints from a left hand's by how hands can bend: fingers bend towards the palm and hardly backwards, and a thumb comes
 * out of the palm. The skeleton is fitted to the joints alone, as a right hand and as a left one. Arrays are made once.
 */
export class ChiralityFit {
  readonly #fit = new HandFit({ iterations: 6, surfaceNoise: 0, freeSpaceNoise: 0 });
  readonly #proportions = describedProportions();
  readonly #mirrored = new Float64Array(3 * JOINT_COUNT);

  /**
   * How much more the joints cost as a left hand's than as a right one's, in the units of the fit (squares of deviations): above 0 a right
   * hand explains them better.
   *
   * @param reading joints of any frame that is not mirrored; only read
   */
  costOfLeft({ joints, confidences }: JointReading): number {
    const fit = this.#fit;
    fit.fit({ joints, confidences }, this.#proportions);
    const right = fit.cost;
    fit.fit({ joints: mirrored(joints, this.#mirrored), confidences }, this.#proportions);
    return fit.cost - right;
  }
}
