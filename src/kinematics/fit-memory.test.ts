import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { HandFit } from './fit-hand.js';
import { HandKinematics } from './hand-kinematics.js';
import { describedProportions } from './hand-proportions.js';
import { HandSkin } from './hand-skin.js';
import { ANGLE_REST, copyState, restState } from './hand-state.js';

/** Frames of a hand that moves: joints with errors, and points of its skin that are seen from the origin. */
function frames(count: number) {
  const [kinematics, skin] = [new HandKinematics(), new HandSkin()];
  const confidences = new Float32Array(JOINT_COUNT).fill(0.7);
  return Array.from({ length: count }, (_, i) => {
    const angles = ANGLE_REST.map((angle, k) => angle + 0.2 * Math.sin(i / 3 + k));
    const state = { ...restState(), translation: Float64Array.of(0, 0, 0.5), angles };
    kinematics.update(state, describedProportions());
    skin.update(kinematics, state, describedProportions());
    const points: number[] = [];
    for (let vertex = 0; vertex < skin.count; vertex += 3) {
      skin.at(vertex);
      if (skin.normal[2] < 0) points.push(...skin.point);
    }
    const joints = kinematics.joints.map((x, k) => x + 0.004 * Math.sin(7 * i + k));
    return { joints, confidences, points: Float32Array.from(points), pitch: 0.006, exact: true };
  });
}

/** Bytes that asking for the memory takes itself, at most. */
const MEASURING = 3000;

describe('the memory of a fit', () => {
  it('is made once: fits of compiled code allocate nothing', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const seen = frames(20);
    const fit = new HandFit();
    const proportions = describedProportions();
    const before = restState();
    const fitAll = () => {
      for (const evidence of seen) {
        fit.fit(evidence, proportions, before, 1 / 30);
        copyState(fit.state, before);
      }
    };
    fit.fit(seen[0], proportions);
    copyState(fit.state, before);
    for (let i = 0; i < 25; i++) fitAll();
    // code is compiled meanwhile, and what is not yet compiled allocates: what counts is the least growth (in a process of its own: code that
    // other tests ran before is compiled for their arguments, too)
    let least = Infinity;
    for (let i = 0; i < 60 && least > MEASURING; i++) {
      collect();
      const used = process.memoryUsage().heapUsed;
      fitAll();
      least = Math.min(least, process.memoryUsage().heapUsed - used);
    }
    expect(least).toBeLessThanOrEqual(MEASURING);
  });
});
