import { inverse } from '../geometry/symmetric-eigen.js';
import { ANGLE_PRIOR_COVARIANCE, ANGLE_PRIOR_MEAN } from './angle-prior-data.js';
import { ANGLE_COUNT } from './hand-state.js';

const DEGREE = Math.PI / 180;
/** What each angle varies by beside what the angles do together, radians: no pose is ruled out. */
const OWN_DEVIATION = 6 * DEGREE;

/** The most common pose, radians. */
export const PRIOR_MEAN = Float64Array.from(ANGLE_PRIOR_MEAN, (degrees) => degrees * DEGREE);
/** The inverse of the covariance of the angles: 21 x 21 numbers, 1 / radian^2. */
export const PRIOR_PRECISION = precision();

function precision(): Float64Array {
  const n = ANGLE_COUNT;
  const covariance = new Float64Array(n * n);
  ANGLE_PRIOR_COVARIANCE.forEach((row, i) => {
    row.forEach((value, j) => {
      covariance[i * n + j] = value * DEGREE * DEGREE + (i === j ? OWN_DEVIATION ** 2 : 0);
    });
  });
  return inverse(covariance, n);
}
