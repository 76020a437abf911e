import { JOINT_COUNT } from '../hand/skeleton.js';
import { HandFitter } from './hand-fitter.js';
import { HandKinematics } from './hand-kinematics.js';
import { describedProportions } from './hand-proportions.js';
import { HandSkin } from './hand-skin.js';
import { ANGLE_REST, restState } from './hand-state.js';

/** Fits after which the code is compiled. */
const FITS = 40;
let done = false;

/** Fit a hand that is not there, once in a process: otherwise the first hand that is seen would wait for the compiler, frame after frame. */
export function warmUpFit(): void {
  if (done) return;
  done = true;
  const kinematics = new HandKinematics();
  const skin = new HandSkin();
  const fitter = new HandFitter({ learn: true, surface: true, iterations: 4 });
  const confidences = new Float32Array(JOINT_COUNT).fill(0.7);
  for (let i = 0; i < FITS; i++) {
    const angles = ANGLE_REST.map((angle, k) => angle + 0.2 * Math.sin(i + k));
    const state = { ...restState(), translation: Float64Array.of(0, 0, 0.5), angles };
    kinematics.update(state, describedProportions());
    skin.update(kinematics, state, describedProportions());
    const points: number[] = [];
    for (let vertex = 0; vertex < skin.count; vertex += 4) {
      skin.at(vertex);
      points.push(...skin.point);
    }
    const positions = kinematics.joints.map((x, k) => x + 0.004 * Math.sin(7 * i + k));
    const seen = { stamp: BigInt(i) * 33_000_000n, handedness: 'right' as const, positions, confidences, exact: true };
    fitter.fit({ ...seen, points: Float32Array.from(points), pitch: 0.007 });
  }
}
